"""Interviews counted by version: few as a page is made, many as they were counted last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys import erasure, tallies
from surveys.models import Interview, Questionnaire, QuestionnaireVersion, Tombstone, VersionCount
from surveys.submissions import Sender
from tests.factories import NOBODY, make_enumerator, make_site, make_survey, make_version, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> QuestionnaireVersion:
    version = make_version(make_survey())
    send(version)
    return version


def send(version: QuestionnaireVersion) -> Interview:
    sender = Sender(make_enumerator(make_site(version.questionnaire.survey, "S1")))
    return receive(version, sender, psu_id="S1", age="30", works="no").submission.interview


def counts(version: QuestionnaireVersion) -> dict[tuple[int, int | None], int]:
    return tallies.by_version(Questionnaire.objects.filter(pk=version.questionnaire_id))


def test_few_are_counted_now(version: QuestionnaireVersion) -> None:
    assert counts(version) == {(version.questionnaire_id, version.pk): 1}
    Interview.objects.update(current=None)  # nobody can read it
    assert counts(version) == {(version.questionnaire_id, None): 1}


def test_many_are_as_they_were_counted_last(
    version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "FEW", 1)
    assert counts(version) == {}
    tallies.refresh(version.questionnaire.survey)
    assert counts(version) == {(version.questionnaire_id, version.pk): 1}


def test_of_others_nothing_is_said(version: QuestionnaireVersion) -> None:
    assert counts(make_version(make_survey("other"))) == {}


def test_they_are_counted_again_when_something_is_gone(
    version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "FEW", 1)
    survey = version.questionnaire.survey
    gone = receive(version, NOBODY, psu_id="S1", age="31", works="no").submission.interview
    tallies.refresh(survey)
    Interview.objects.update(changed_at=timezone.now() - timedelta(days=1))
    erasure.erase(gone.pk, by=None, reason=Tombstone.Reason.WITHDRAWN)
    tallies.refresh(survey)
    assert counts(version) == {(version.questionnaire_id, version.pk): 1}


def test_they_are_counted_again_after_a_change_only(
    version: QuestionnaireVersion,
) -> None:
    survey = version.questionnaire.survey
    tallies.refresh(survey)
    long_ago = timezone.now() - timedelta(days=1)
    Interview.objects.update(changed_at=long_ago)
    VersionCount.objects.update(interviews=7)
    tallies.refresh(survey)
    assert VersionCount.objects.get().interviews == 7
    Interview.objects.update(changed_at=timezone.now())
    tallies.refresh(survey)
    assert VersionCount.objects.get().interviews == 1
