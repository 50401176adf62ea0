"""Returned interviews: corrected by their enumerator in a draft, or answered, and back in the office."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from surveys import comments, drafts, questionnaires, returns, review
from surveys.corrections import Superseded
from surveys.draft_keys import KeyClosed
from surveys.models import (
    Comment,
    Draft,
    Entity,
    Interview,
    Questionnaire,
    QuestionnaireVersion,
    ReviewRule,
    Site,
    User,
)
from surveys.models.decision import Verdict
from surveys.returns import NotReturned
from surveys.submissions import Sender, UnsatisfiedForm
from surveys.xforms.instance import find, meta_text
from tests.factories import SMALL_FORM, make_enumerator, make_version, receive, with_key

pytestmark = pytest.mark.django_db
State = Interview.State


@pytest.fixture
def enumerator(site: Site, version: QuestionnaireVersion) -> User:
    return make_enumerator(site)


Return = Callable[..., Interview]


@pytest.fixture
def give_back(version: QuestionnaireVersion, enumerator: User, coordinator: User) -> Return:
    """An interview of the enumerator's that is received and returned."""

    def give_back(**answers: str) -> Interview:
        complete = {"psu_id": "S1", "age": "30", "works": "yes", "hours": "126", **answers}
        files = [ContentFile(b"picture", complete["photo"])] if "photo" in complete else []
        receipt = receive(version, Sender(enumerator), "uuid:1", "", files, **complete)
        pk = receipt.submission.interview_id
        comments.say(pk, "126? Please ask again.", by=coordinator, path="g/hours")
        return review.decide(pk, Verdict.RETURN, by=coordinator)

    return give_back


def test_the_enumerator_sees_what_is_asked(give_back: Return, site: Site, enumerator: User) -> None:
    interview = give_back()
    (shown,) = returns.returned_to(enumerator)
    assert shown == interview
    assert [(one.path, one.text) for one in shown.asked] == [  # type: ignore[attr-defined]
        ("g/hours", "126? Please ask again.")
    ]
    assert not returns.returned_to(make_enumerator(site))


def test_it_is_corrected_from_its_answers_and_comes_back(
    give_back: Return, enumerator: User, coordinator: User
) -> None:
    moments = {"start": "2026-03-01T09:00:00+08:00", "end": "2026-03-01T09:20:00+08:00"}
    interview = give_back(**moments)
    draft = returns.correct(enumerator, interview.pk, "She meant both jobs.")
    assert draft.corrects == interview.current
    assert meta_text(drafts.tree_of(draft), "instanceID") == f"uuid:{draft.pk}"
    assert returns.correct(enumerator, interview.pk) == draft  # twice is once
    drafts.save(draft, {"/data/g/hours": "60"})
    receipt = drafts.finish(draft)
    back = Interview.objects.get()
    assert (back, back.state, back.answers["g/hours"]) == (interview, State.SUBMITTED, "60")
    assert back.current == receipt.submission
    assert receipt.submission.deprecated_id == "uuid:1"
    assert back.ended_at is not None
    assert back.ended_at.isoformat() == "2026-03-01T01:20:00+00:00"  # when it took place
    said = Comment.objects.order_by("pk")
    assert [one.is_reply for one in said] == [False, True]
    assert said[0].answered_at is not None
    assert not returns.returned_to(enumerator)
    review.decide(back.pk, Verdict.APPROVE, by=coordinator)
    assert not Comment.objects.filter(resolved_at=None).exists()


def test_a_correction_must_satisfy_the_form(give_back: Return, enumerator: User) -> None:
    draft = returns.correct(enumerator, give_back().pk)
    drafts.save(draft, {"/data/g/hours": "200"})
    with pytest.raises(UnsatisfiedForm):
        drafts.finish(draft)
    assert Interview.objects.get().state == State.RETURNED


def test_a_closed_questionnaire_still_takes_what_it_asked_for(
    give_back: Return, version: QuestionnaireVersion, enumerator: User
) -> None:
    interview = give_back()
    questionnaires.set_state(version.questionnaire, Questionnaire.State.CLOSED)
    drafts.finish(returns.correct(enumerator, interview.pk))
    assert Interview.objects.get().state == State.SUBMITTED


def test_what_was_corrected_meanwhile_is_begun_again(
    give_back: Return, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    interview = give_back()
    draft = returns.correct(enumerator, interview.pk)
    by_phone = {"psu_id": "S1", "age": "31", "works": "no"}
    receive(version, Sender(coordinator), "uuid:2", "uuid:1", **by_phone)
    with pytest.raises(Superseded):
        drafts.finish(draft)
    review.decide(interview.pk, Verdict.RETURN, by=coordinator, reason="Once more.")
    again = returns.correct(enumerator, interview.pk)
    assert again != draft
    age = find(drafts.tree_of(again), "/data/g/age")
    assert age is not None
    assert age.text == "31"


def test_an_answer_alone_sends_it_back(give_back: Return, enumerator: User) -> None:
    interview = give_back()
    with pytest.raises(comments.NoComment):
        returns.answer(enumerator, interview.pk, "  ")
    returns.answer(enumerator, interview.pk, "I asked again: 126.")
    back = Interview.objects.get()
    assert (back.state, back.answers["g/hours"]) == (State.SUBMITTED, "126")
    assert Comment.objects.answered().get().text == "126? Please ask again."


def test_a_rule_holds_what_comes_back_as_well(
    give_back: Return, site: Site, enumerator: User
) -> None:
    interview = give_back()
    ReviewRule.objects.create(survey=site.survey, picks=ReviewRule.Picks.ALL)
    assert returns.answer(enumerator, interview.pk, "As it was.").state == State.FLAGGED


def test_it_is_nobody_elses_and_not_for_ever(
    give_back: Return, site: Site, enumerator: User, coordinator: User
) -> None:
    interview = give_back()
    for person in (make_enumerator(site), coordinator):
        with pytest.raises(NotReturned):
            returns.correct(person, interview.pk)
    review.decide(interview.pk, Verdict.APPROVE, by=coordinator)
    for act in (returns.correct, returns.answer):
        with pytest.raises(NotReturned):
            act(enumerator, interview.pk, "Late.")
    assert not Draft.objects.exists()


def test_without_the_key_no_draft_is_begun(give_back: Return, enumerator: User) -> None:
    interview = give_back()
    enumerator.draft_key = None
    with pytest.raises(KeyClosed):
        returns.correct(enumerator, interview.pk, "Later.")
    assert not Comment.objects.filter(is_reply=True).exists()


def test_pictures_stay_with_the_interview(
    site: Site, coordinator: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    table = SMALL_FORM.replace("| start  ", "| image | photo | Photo | | | | | |\n|  | start  ", 1)
    version, enumerator = make_version(site.survey, table), make_enumerator(site)
    complete = {"psu_id": "S1", "age": "30", "works": "no", "photo": "a.jpg"}
    picture = ContentFile(b"picture", "a.jpg")
    sent = receive(version, Sender(enumerator), "uuid:1", "", [picture], **complete)
    pk = sent.submission.interview_id
    review.decide(pk, Verdict.RETURN, by=coordinator, reason="Ask again.")
    receipt = drafts.finish(with_key(returns.correct(enumerator, pk)))
    with receipt.submission.attachments.get().file.open() as file:
        assert file.read() == b"picture"


LISTING = """
| survey |  |  |  |  |
|  | type | name | label | save_to |
|  | text | psu_id | Site |  |
|  | text | person | Name | person |
| entities |  |  |  |  |
|  | dataset | label |  |  |
|  | people | ${person} |  |  |
| settings |  |  |  |  |
|  | form_title | form_id | version |  |
|  | Listing | listing | 1 |  |
"""


def test_what_it_created_in_a_list_is_the_same_entry(site: Site, coordinator: User) -> None:
    version, enumerator = make_version(site.survey, LISTING), make_enumerator(site)
    draft = drafts.start(enumerator, site, version.questionnaire)
    drafts.save(draft, {"/data/psu_id": "S1", "/data/person": "Wang"})
    pk = drafts.finish(draft).submission.interview_id
    entity = Entity.objects.get()
    review.decide(pk, Verdict.RETURN, by=coordinator, reason="How is that written?")
    again = returns.correct(enumerator, pk)
    drafts.save(again, {"/data/person": "Wang Li"})
    drafts.finish(again)
    changed = Entity.objects.get()
    assert (changed, changed.label) == (entity, "Wang Li")
