"""What a fault run looks for would be found."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from scoring import pipeline, schemes
from scoring.models import Scheme
from surveys import jobs
from surveys.models import Interview, Job, Submission, Survey
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.faults import checking
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(settings: Settings, tmp_path: Path) -> Scheme:
    settings.MEDIA_ROOT = tmp_path
    survey = make_survey("judged")
    make_interview(make_site(survey, "S1"), make_version(survey))
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.sweep()
    return scheme


@pytest.fixture
def visits() -> Survey:
    survey = make_survey("visits")
    make_interview(make_site(survey, "S2"), make_version(survey), age="40")
    return survey


def ledger(visits: Survey, **changed: Any) -> dict[str, Any]:
    """As a device would have it that was told of the one interview."""
    sent = Submission.objects.get(questionnaire__survey=visits)
    record = {"id": sent.instance_id, "is_sent": True, "said": "", "sha256": sent.xml_sha256}
    return {"records": [record | {"files": {}} | changed], "drafts": []}


def test_nothing_is_found_where_all_is_well(scheme: Scheme, visits: Survey) -> None:
    assert list(checking.faults(scheme, visits, [ledger(visits)])) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "uuid:lost"}, "uuid:lost is here 0 times"),
        ({"sha256": sha256(b"other").hexdigest()}, "is here 1 times"),
        ({"files": {"a.jpg": "1"}}, "has other files"),
        ({"is_sent": False, "said": "Error 500"}, "was never sent: Error 500"),
    ],
)
def test_what_was_acknowledged_must_be_here(
    scheme: Scheme, visits: Survey, changed: dict[str, Any], said: str
) -> None:
    found, *_ = checking.faults(scheme, visits, [ledger(visits, **changed)])
    assert said in found


def test_what_nobody_sent_is_found(scheme: Scheme, visits: Survey) -> None:
    (found,) = checking.faults(scheme, visits, [{"records": [], "drafts": []}])
    assert found == "1 interviews are here, 0 were sent"


@pytest.mark.parametrize(
    "draft",
    [
        {"revision": 2, "saved": "30", "finished": True},
        {"revision": 2, "saved": "30", "finished": False},
    ],
)
def test_what_a_page_was_told_must_be_here(
    scheme: Scheme, visits: Survey, draft: dict[str, Any]
) -> None:
    key = "8a7d2f1c-3f0f-4b5a-9d57-7b3b5c0f8a11"
    told = ledger(visits) | {"drafts": [draft | {"id": key, "unsure": [], "here": ""}]}
    assert any(key in one for one in checking.faults(scheme, visits, [told]))


def test_jobs_end_and_say_why(scheme: Scheme, visits: Survey) -> None:
    jobs.request("rescore", scheme.survey, {}, None)
    Job.objects.create(kind="rescore", survey=visits, state=Job.State.FAILED)
    found = "\n".join(checking.faults(scheme, visits, [ledger(visits)]))
    assert "is queued still" in found
    assert "failed without a word" in found


def test_what_is_stored_and_would_be_computed_otherwise_is_found(
    scheme: Scheme, visits: Survey
) -> None:
    Interview.objects.filter(questionnaire__survey=visits).update(answers={"age": "41"})
    assert list(checking.faults(scheme, visits, [ledger(visits)]))
