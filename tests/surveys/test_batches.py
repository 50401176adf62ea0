"""One word on several interviews: what is left and why, and taken back where nothing has happened since."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import batches, comments, review
from surveys.errors import SurveyError
from surveys.models import Comment, Decision, Interview, QuestionnaireVersion, Role, Site, User
from surveys.models.decision import Verdict
from surveys.review import Undecidable
from surveys.submissions import Sender
from tests.factories import make_enumerator, make_member, make_survey, receive

pytestmark = pytest.mark.django_db
State = Interview.State


@pytest.fixture
def interviews(site: Site, version: QuestionnaireVersion) -> list[Interview]:
    sender, answers = Sender(make_enumerator(site)), {"psu_id": "S1", "age": "30", "works": "no"}
    return [receive(version, sender, **answers).submission.interview for _ in range(3)]


def seen(interviews: Sequence[Interview]) -> dict[int, int]:
    return {one.pk: one.current_id or 0 for one in interviews}


def states() -> list[str]:
    return list(Interview.objects.order_by("pk").values_list("state", flat=True))


def whys(outcome: batches.Outcome) -> list[str]:
    return [str(one.why) for one in outcome.left]


def test_one_word_stands_on_all_or_on_those_on_which_it_can(
    interviews: list[Interview], coordinator: User
) -> None:
    first, second, third = interviews
    review.decide(first.pk, Verdict.APPROVE, by=coordinator)
    outdated = {**seen(interviews), third.pk: 0}
    outcome = batches.decide(outdated, Verdict.APPROVE, by=coordinator, reason="Looked at.")
    assert [one.pk for one in outcome.decided] == [second.pk]
    assert whys(outcome) == [
        "It is approved already.",
        "It was changed since you opened it. Look again.",
    ]
    assert states() == [State.APPROVED, State.APPROVED, State.SUBMITTED]
    word = Decision.objects.get(batch=outcome.batch)
    assert (word.interview_id, word.reason) == (second.pk, "Looked at.")


def test_a_word_that_came_meanwhile_is_not_overruled_unread(
    interviews: list[Interview], coordinator: User
) -> None:
    looked_at = {one.pk: one.state for one in interviews}
    review.decide(interviews[0].pk, Verdict.HOLD, by=coordinator)
    outcome = batches.decide(seen(interviews), Verdict.APPROVE, by=coordinator, states=looked_at)
    assert states() == [State.FLAGGED, State.APPROVED, State.APPROVED]
    assert whys(outcome) == [
        "Somebody has decided on this interview already. Look at what it is now."
    ]


def test_what_stands_against_a_word_is_said_before(
    interviews: list[Interview], coordinator: User
) -> None:
    Interview.objects.filter(pk=interviews[0].pk).update(state=State.QUARANTINED)
    Interview.objects.filter(pk=interviews[1].pk).update(state=State.REJECTED)
    chosen = list(Interview.objects.select_related("current").order_by("pk"))
    with CaptureQueriesContext(connection) as queries:
        left = batches.left_of(chosen, Verdict.APPROVE, coordinator)
    assert len(queries) <= 3
    assert [str(one.why) for one in left] == [
        "It waits in quarantine. Let it count or reject it first.",
        "It is rejected. Let it count first.",
    ]
    stranger = make_member(make_survey(), Role.COORDINATOR)
    assert len(batches.left_of(chosen, Verdict.REJECT, stranger)) == 3


def test_too_many_are_refused(coordinator: User) -> None:
    many = dict.fromkeys(range(batches.MOST + 1), 1)
    with pytest.raises(Undecidable, match="at most 50"):
        batches.decide(many, Verdict.REJECT, by=coordinator)


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.HOLD, Verdict.REJECT, Verdict.RETURN])
def test_a_batch_is_taken_back(
    interviews: list[Interview], coordinator: User, verdict: Verdict
) -> None:
    made = batches.decide(seen(interviews), verdict, by=coordinator, reason="Together.")
    assert len(made.decided) == 3
    undone = batches.undo(made.batch.pk, by=coordinator)
    assert (len(undone.decided), undone.left) == (3, [])
    assert states() == [State.SUBMITTED] * 3
    assert not Comment.objects.unanswered().exists()
    assert Decision.objects.filter(verdict=Verdict.UNDO, batch=made.batch).count() == 3
    with pytest.raises(Undecidable, match="already"):
        batches.undo(made.batch.pk, by=coordinator)


def test_what_happened_since_stays(
    interviews: list[Interview], version: QuestionnaireVersion, coordinator: User
) -> None:
    comments.say(interviews[2].pk, "Look here.", by=coordinator)
    made = batches.decide(seen(interviews), Verdict.APPROVE, by=coordinator)
    review.decide(interviews[0].pk, Verdict.REJECT, by=coordinator)
    Interview.objects.filter(pk=interviews[1].pk).update(state=State.SUBMITTED)  # was sent again
    undone = batches.undo(made.batch.pk, by=coordinator)
    assert [one.pk for one in undone.decided] == [interviews[2].pk]
    assert {str(one.why) for one in undone.left} == {
        "Something has happened to it since: it stays as it is."
    }
    assert states() == [State.REJECTED, State.SUBMITTED, State.SUBMITTED]
    assert Comment.objects.unanswered().count() == 1


def test_a_batch_belongs_to_who_decides_on_its_interviews(
    site: Site, interviews: list[Interview], coordinator: User
) -> None:
    made = batches.decide(seen(interviews), Verdict.HOLD, by=coordinator)
    for person in (
        make_member(site.survey, Role.ANALYST),
        make_member(site.survey, Role.SUPERVISOR, team="south"),
        make_member(make_survey(), Role.COORDINATOR),
    ):
        assert not batches.visible_to(person).exists()
        with pytest.raises(SurveyError):
            batches.undo(made.batch.pk, by=person)
    assert batches.visible_to(coordinator).get() == made.batch


def test_a_supervisor_leaves_others_what_is_not_the_teams(
    site: Site, version: QuestionnaireVersion, interviews: list[Interview], coordinator: User
) -> None:
    member = make_member(site.survey, Role.ENUMERATOR, team="south")
    theirs = receive(version, Sender(member, site=site), psu_id="S1").submission.interview
    Interview.objects.update(state=State.SUBMITTED)
    made = batches.decide(seen([*interviews, theirs]), Verdict.HOLD, by=coordinator)
    supervisor = make_member(site.survey, Role.SUPERVISOR, team="south")
    undone = batches.undo(made.batch.pk, by=supervisor)
    assert [one.pk for one in undone.decided] == [theirs.pk]
    assert len(batches.undo(made.batch.pk, by=coordinator).decided) == 3
    assert states() == [State.SUBMITTED] * 4
