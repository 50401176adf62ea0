"""Drafts: saved section by section, changed in one place at a time, finished once."""

from collections.abc import Callable

import pytest
from django.db.models import ProtectedError

from surveys import drafts
from surveys.drafts import DraftMoved, FormClosed
from surveys.fieldwork import SiteNotYours
from surveys.models import Draft, Interview, Questionnaire
from surveys.submissions import UnsatisfiedForm
from surveys.xforms.instance import find
from tests.factories import make_enumerator, make_site, make_survey, make_version, with_key

pytestmark = pytest.mark.django_db
COMPLETE = {"/data/g/age": "30", "/data/g/works": "yes", "/data/g/hours": "40"}


@pytest.fixture
def draft() -> Draft:
    site = make_site(make_survey(), "S1")
    version = make_version(site.survey)
    return drafts.start(make_enumerator(site, "E01"), site, version.questionnaire)


def text(draft: Draft, path: str) -> str:
    element = find(drafts.tree_of(draft), path)
    assert element is not None
    return element.text


def test_a_draft_knows_its_site_and_start(draft: Draft) -> None:
    assert text(draft, "/data/psu_id") == "S1"
    assert text(draft, "/data/start")


def test_answers_are_kept(draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    assert text(with_key(Draft.objects.get()), "/data/g/hours") == "40"


def test_wrong_answers_are_kept_too(draft: Draft) -> None:
    drafts.save(draft, {"/data/g/age": "seven"})
    assert text(with_key(Draft.objects.get()), "/data/g/age") == "seven"


def test_answers_that_do_not_apply_in_the_end_are_not_sent(draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    drafts.save(draft, {"/data/g/works": "no"})
    submission = drafts.finish(draft).submission
    assert b"<hours/>" in bytes(submission.xml)
    assert submission.interview.skipped == ["g/hours"]
    assert not submission.findings.exists()


@pytest.mark.parametrize("end", [drafts.finish, drafts.discard])
def test_a_page_that_is_behind_ends_nothing(draft: Draft, end: Callable[[Draft], object]) -> None:
    behind = with_key(Draft.objects.get())
    drafts.save(draft, COMPLETE)
    with pytest.raises(DraftMoved):
        end(behind)
    assert Draft.objects.count() == 1
    assert not Interview.objects.exists()


def test_a_site_that_one_no_longer_works_at_is_not_started(draft: Draft) -> None:
    draft.enumerator.assignments.update(is_active=False)
    with pytest.raises(SiteNotYours):
        drafts.start(draft.enumerator, draft.site, draft.version.questionnaire)


def test_a_site_with_a_draft_is_not_deleted(draft: Draft) -> None:
    with pytest.raises(ProtectedError):
        draft.site.delete()


def test_a_page_that_is_behind_changes_nothing(draft: Draft) -> None:
    behind = with_key(Draft.objects.get())
    drafts.save(draft, COMPLETE)
    with pytest.raises(DraftMoved):
        drafts.save(behind, {"/data/g/age": "50"})
    assert text(with_key(Draft.objects.get()), "/data/g/age") == "30"


def test_a_finished_draft_is_an_interview(draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    receipt = drafts.finish(draft)
    interview = Interview.objects.get()
    assert receipt.submission.interview == interview
    assert receipt.submission.instance_id == drafts.instance_id_of(draft.pk)
    assert interview.answers["g/age"] == "30"
    assert interview.ended_at is not None
    assert not Draft.objects.exists()


def test_a_draft_that_breaks_a_rule_stays_a_draft(draft: Draft) -> None:
    drafts.save(draft, {**COMPLETE, "/data/g/age": "7"})
    with pytest.raises(UnsatisfiedForm):
        drafts.finish(draft)
    assert Draft.objects.count() == 1
    assert not Interview.objects.exists()


def test_a_site_of_somebody_else_is_refused(draft: Draft) -> None:
    other = make_site(draft.site.survey)
    with pytest.raises(SiteNotYours):
        drafts.start(draft.enumerator, other, draft.version.questionnaire)


def test_a_closed_form_is_not_started(draft: Draft) -> None:
    questionnaire = draft.version.questionnaire
    questionnaire.state = Questionnaire.State.CLOSED
    with pytest.raises(FormClosed):
        drafts.start(draft.enumerator, draft.site, questionnaire)
