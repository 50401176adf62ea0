"""What of judging needs a person."""

import pytest

from scoring import pipeline, rescoring, schemes, scores
from scoring.concerns import waiting_sites
from tests.factories import make_interview
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.scoring.test_worker import make_fieldwork

pytestmark = pytest.mark.django_db


def test_sites_that_nobody_adds_up_are_told() -> None:
    survey = make_fieldwork(sites=3, interviews=1)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.catch_up()
    assert list(waiting_sites()) == []
    rescoring.request(scheme, None)
    assert list(waiting_sites()) == []  # the job tells how far it is
    site = survey.sites.earliest("pk")
    make_interview(site, survey.questionnaires.get().versions.get())
    scores.mark_waiting(scheme)
    assert [concern.params for concern in waiting_sites()] == [{"count": 1}]
