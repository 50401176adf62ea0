"""The office corrects answers: a version of its own, what follows, who overtakes whom, and undoing it."""

from functools import partial

import pytest
from django.utils import timezone

from scoring import changes, pipeline, schemes, verification
from scoring.changes import Cause
from scoring.maths.cells import Cell as CellKey
from surveys import ledger, reconciliation, review
from surveys.ledger import Overtaken
from surveys.models import (
    Change,
    Decision,
    Finding,
    Interview,
    QuestionnaireVersion,
    Role,
    Site,
    Submission,
    User,
    Wave,
)
from surveys.proposals import Uncorrectable
from surveys.submissions import Sender, UnsatisfiedForm
from surveys.xforms.instance import read_instance
from tests.factories import (
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.scoring.test_concurrency import together
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db
State = Interview.State
WHY = "Decimal point missed; confirmed by phone."
WORKED_OUT = """
| survey |             |         |                |                                |
|        | type        | name    | label::en (en) | calculation                    |
|        | text        | psu_id  | Site           | if(${hours} > 99, 'S9', 'S1')  |
|        | begin_group | g       | About you      |                                |
|        | integer     | age     | Age            |                                |
|        | text        | works   | Work           |                                |
|        | integer     | hours   | Hours          |                                |
|        | integer     | minutes | Minutes        | ${hours} * 60                  |
|        | end_group   |         |                |                                |
| settings |           |         |                |                                |
|        | form_title  | form_id | version        |                                |
|        | Worked out  | worked  | 1              |                                |
"""


def send(
    version: QuestionnaireVersion, by: User, name: str, corrects: str = "", **answers: str
) -> Interview:
    """What a device sends; by default somebody of 30 who works 40 hours."""
    complete = {"psu_id": "S1", "age": "30", "works": "yes", "hours": "40", **answers}
    received = receive(version, Sender(by), name, corrects, **complete)
    return Interview.objects.get(pk=received.submission.interview_id)


@pytest.fixture
def interview(version: QuestionnaireVersion, enumerator: User) -> Interview:
    return send(version, enumerator, "uuid:1")


def correct(interview: Interview, by: User, seen: int | None = None, **answers: str) -> Submission:
    """Answers of the group `g`, by name."""
    places = {f"g/{name}": text for name, text in answers.items()}
    return ledger.correct(interview.pk, places, by=by, reason=WHY, seen=seen)


def told(correction: Submission) -> list[tuple[str, str, str, bool]]:
    rows = correction.changes.values_list("place", "before", "after", "is_consequence")
    return [tuple(row) for row in rows]  # type: ignore[misc]


def now(interview: Interview) -> Interview:
    return Interview.objects.get(pk=interview.pk)


def test_a_correction_is_a_version_of_its_own(interview: Interview, coordinator: User) -> None:
    sent = interview.current
    assert sent is not None
    evidence = bytes(sent.xml)
    made = correct(interview, coordinator, sent.pk, hours="48")
    assert now(interview).current == made
    assert now(interview).answers == {**interview.answers, "g/hours": "48"}
    assert (made.is_office, made.sender, made.deprecated_id) == (True, coordinator, "uuid:1")
    assert read_instance(bytes(made.xml)).instance_id == made.instance_id != "uuid:1"
    assert bytes(Submission.objects.get(pk=sent.pk).xml) == evidence
    assert not Submission.objects.get(pk=sent.pk).is_office
    assert told(made) == [("g/hours", "40", "48", False)]
    assert Change.objects.get().reason == WHY
    assert str(Change.objects.get()) == "g/hours: 40 → 48"


def test_what_follows_is_told_as_a_consequence(interview: Interview, coordinator: User) -> None:
    made = correct(interview, coordinator, works="no")
    assert told(made) == [("g/works", "yes", "no", False), ("g/hours", "40", "", True)]
    assert now(interview).skipped == ["g/hours"]


def test_a_correction_keeps_the_state_and_the_doubts(
    interview: Interview, coordinator: User, version: QuestionnaireVersion, enumerator: User
) -> None:
    make_site(version.questionnaire.survey, "S2")
    waits = send(version, enumerator, "uuid:2", psu_id="S2")
    for one, state in ((waits, State.QUARANTINED), (interview, State.APPROVED)):
        Interview.objects.filter(pk=one.pk).update(state=state)
        correct(one, coordinator, age="40")
        assert now(one).state == state
    doubts = Finding.objects.filter(submission=now(waits).current_id)
    assert [one.kind for one in doubts] == [Finding.Kind.UNASSIGNED_SITE]


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"g/age": "150"}, "constraint"),
        ({"g/age": "old"}, "type"),
        ({"g/age": ""}, "required"),
        ({"g/works": "maybe"}, "choice"),
        ({"g/works": "no", "g/hours": "3"}, "irrelevant"),
        ({"g/nothing": "3"}, "unknown"),
        ({"start": "2026-01-01"}, "unknown"),
        ({"psu_id": "S9"}, "site"),
    ],
)
def test_a_correction_must_satisfy_the_form(
    interview: Interview, coordinator: User, answers: dict[str, str], kind: str
) -> None:
    with pytest.raises(UnsatisfiedForm) as raised:
        ledger.correct(interview.pk, answers, by=coordinator, reason=WHY, seen=None)
    place = list(answers)[-1]
    assert [(one.path, one.kind) for one in raised.value.problems] == [(place, kind)]
    assert now(interview).current == interview.current
    assert not Change.objects.exists()


def test_what_was_wrong_before_may_stay_but_nothing_else_may_become_wrong(
    version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    wrong = send(version, enumerator, "uuid:2", age="7", hours="500")
    made = correct(wrong, coordinator, hours="50")
    assert now(wrong).answers["g/age"] == "7"
    kept = Finding.objects.filter(submission=made)
    assert [(one.kind, one.path, one.value) for one in kept] == [("constraint", "g/age", "7")]
    with pytest.raises(UnsatisfiedForm):
        correct(wrong, coordinator, age="8")


def test_a_reason_and_a_change_are_needed(interview: Interview, coordinator: User) -> None:
    with pytest.raises(Uncorrectable, match="why"):
        ledger.correct(interview.pk, {"g/age": "31"}, by=coordinator, reason=" ", seen=None)
    with pytest.raises(Uncorrectable, match="nothing to correct"):
        correct(interview, coordinator, age="30")


def test_only_who_may_decide_may_correct(
    interview: Interview, site: Site, enumerator: User
) -> None:
    enumerator.memberships.update(team="north")
    leads = make_member(site.survey, Role.SUPERVISOR, team="north")
    correct(interview, leads, age="31")
    strangers = [
        enumerator,
        make_member(site.survey, Role.ANALYST),
        make_member(site.survey, Role.SUPERVISOR, team="south"),
        make_member(make_survey(), Role.COORDINATOR),
    ]
    for stranger in strangers:
        with pytest.raises(Uncorrectable, match="not yours"):
            correct(interview, stranger, age="32")
    assert now(interview).answers["g/age"] == "31"


def test_who_is_overtaken_is_told_and_nothing_is_overwritten(
    interview: Interview, coordinator: User, site: Site
) -> None:
    seen = interview.current_id
    first = correct(interview, coordinator, seen, hours="48")
    other = make_member(site.survey, Role.COORDINATOR)
    with pytest.raises(Overtaken) as raised:
        correct(interview, other, seen, hours="50")
    assert raised.value.newest == first
    assert [(one.place, one.before, one.after) for one in raised.value.since] == [
        ("g/hours", "40", "48")
    ]
    assert now(interview).current == first
    correct(interview, other, first.pk, hours="50")
    assert now(interview).answers["g/hours"] == "50"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_overtaken(
    interview: Interview, coordinator: User, site: Site
) -> None:
    other = make_member(site.survey, Role.COORDINATOR)
    found: list[str] = []

    def race(by: User, hours: str) -> None:
        try:
            correct(interview, by, interview.current_id, hours=hours)
        except Overtaken as overtaken:
            found.append(f"overtaken by {overtaken.since[0].after}")
        else:
            found.append("corrected")

    together(partial(race, coordinator, "48"), partial(race, other, "50"))
    hours = now(interview).answers["g/hours"]
    assert sorted(found) == ["corrected", f"overtaken by {hours}"]
    assert Change.objects.count() == 1


def test_a_device_that_does_not_know_of_a_correction_does_not_overwrite_it(
    interview: Interview, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = correct(interview, coordinator, hours="48", age="31")
    edit = send(version, enumerator, "uuid:edit", "uuid:1", age="30", hours="44")
    assert now(interview).current == made
    assert edit.state == State.QUARANTINED
    assert edit != interview
    found = {one.place: one for one in reconciliation.contradictions(edit)}
    assert set(found) == {"g/hours", "g/age"}
    hours = found["g/hours"]
    assert (hours.before, hours.office, hours.device) == ("40", "48", "44")
    assert reconciliation.contradictions(interview) == []


def test_an_edit_that_nobody_decided_on_is_not_corrected(
    interview: Interview, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    """It would not be known any more what it edits."""
    correct(interview, coordinator, hours="48")
    edit = send(version, enumerator, "uuid:edit", "uuid:1", hours="44")
    with pytest.raises(Uncorrectable, match="Decide that first"):
        correct(edit, coordinator, hours="45")
    review.decide(edit.pk, Decision.Verdict.COUNT, by=coordinator)
    correct(edit, coordinator, hours="45")


def test_an_edit_is_reconciled_with_what_the_office_corrected(
    interview: Interview, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    correct(interview, coordinator, hours="48", age="31")
    edit = send(version, enumerator, "uuid:edit", "uuid:1", age="33", hours="44", works="yes")
    seen = edit.current_id
    whole = reconciliation.reconcile(
        edit.pk, ["g/hours"], by=coordinator, seen=seen, over=now(interview).current_id, reason=WHY
    )
    assert whole == interview
    assert not Interview.objects.filter(pk=edit.pk).exists()
    assert now(interview).answers["g/hours"] == "48"
    assert now(interview).answers["g/age"] == "33"
    assert Decision.objects.get().verdict == Decision.Verdict.REPLACE
    versions = [(one.is_office, one.instance_id) for one in interview.submissions.order_by("pk")]
    assert versions[2] == (False, "uuid:edit")
    assert [is_office for is_office, _ in versions] == [False, True, False, True]


def test_what_the_office_corrects_while_somebody_reconciles_is_not_overwritten(
    interview: Interview, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    looked_at = correct(interview, coordinator, hours="48")
    edit = send(version, enumerator, "uuid:edit", "uuid:1", age="33", hours="44")
    correct(interview, coordinator, age="31")
    with pytest.raises(Overtaken) as caught:
        reconciliation.reconcile(
            edit.pk,
            ["g/hours"],
            by=coordinator,
            seen=edit.current_id,
            over=looked_at.pk,
            reason=WHY,
        )
    assert [(one.place, one.after) for one in caught.value.since] == [("g/age", "31")]
    assert now(interview).answers["g/age"] == "31"
    assert now(edit).state == State.QUARANTINED


def test_what_the_form_works_out_follows_whichever_answer_is_kept(
    site: Site, enumerator: User, coordinator: User
) -> None:
    version = make_version(site.survey, WORKED_OUT)
    interview = send(version, enumerator, "uuid:1", minutes="2400")
    made = correct(interview, coordinator, hours="48")
    assert ("g/minutes", "2400", "2880", True) in told(made)
    edit = send(version, enumerator, "uuid:edit", "uuid:1", hours="44", minutes="2640")
    assert [one.place for one in reconciliation.contradictions(edit)] == ["g/hours"]
    reconciliation.reconcile(
        edit.pk, ["g/hours"], by=coordinator, seen=edit.current_id, over=made.pk, reason=WHY
    )
    assert now(interview).answers["g/minutes"] == "2880"


def test_an_edit_that_is_put_in_place_tells_which_corrections_no_longer_stand(
    interview: Interview, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = correct(interview, coordinator, hours="48")
    edit = send(version, enumerator, "uuid:edit", "uuid:1", hours="44")
    review.decide(edit.pk, Decision.Verdict.REPLACE, by=coordinator)
    assert now(interview).answers["g/hours"] == "44"
    assert not ledger.stands(made.changes.get(), now(interview))
    with pytest.raises(Uncorrectable, match="g/hours was changed again"):
        ledger.undo(made.pk, by=coordinator)


def test_an_edit_of_the_correction_itself_follows(
    interview: Interview, version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    made = correct(interview, coordinator, hours="48")
    after = send(version, enumerator, "uuid:edit", made.instance_id, hours="44")
    assert after == interview
    assert after.answers["g/hours"] == "44"


def test_a_correction_is_undone_with_what_followed(interview: Interview, coordinator: User) -> None:
    made = correct(interview, coordinator, works="no")
    put_back = ledger.undo(made.pk, by=coordinator)
    assert now(interview).answers == interview.answers
    assert told(put_back) == [("g/works", "no", "yes", False), ("g/hours", "", "40", True)]
    assert {change.undone_by for change in made.changes.all()} == {put_back}
    with pytest.raises(Uncorrectable, match="already"):
        ledger.undo(made.pk, by=coordinator)


def test_what_was_wrong_before_a_correction_is_so_again(
    version: QuestionnaireVersion, enumerator: User, coordinator: User
) -> None:
    wrong = send(version, enumerator, "uuid:2", age="7")
    made = correct(wrong, coordinator, age="17")
    ledger.undo(made.pk, by=coordinator)
    assert now(wrong).answers["g/age"] == "7"


def test_an_earlier_correction_is_undone_without_touching_later_ones(
    interview: Interview, coordinator: User
) -> None:
    made = correct(interview, coordinator, works="no")
    correct(interview, coordinator, age="31")
    ledger.undo(made.pk, by=coordinator)
    assert now(interview).answers == {**interview.answers, "g/age": "31"}


def test_what_was_corrected_again_is_not_undone(interview: Interview, coordinator: User) -> None:
    made = correct(interview, coordinator, hours="48")
    correct(interview, coordinator, hours="50")
    with pytest.raises(Uncorrectable, match="g/hours was changed again"):
        ledger.undo(made.pk, by=coordinator)
    assert now(interview).answers["g/hours"] == "50"


def test_what_is_no_correction_is_not_undone(interview: Interview, coordinator: User) -> None:
    with pytest.raises(Uncorrectable, match="no such correction"):
        ledger.undo(interview.current_id or 0, by=coordinator)


def test_a_corrected_site_moves_the_interview(
    interview: Interview, coordinator: User, site: Site
) -> None:
    elsewhere = make_site(site.survey, "S2")
    ledger.correct(interview.pk, {"psu_id": "S2"}, by=coordinator, reason=WHY, seen=None)
    assert now(interview).site == elsewhere


def test_a_site_that_is_worked_out_stays_one_of_the_survey(
    site: Site, enumerator: User, coordinator: User
) -> None:
    interview = send(make_version(site.survey, WORKED_OUT), enumerator, "uuid:1", minutes="2400")
    with pytest.raises(UnsatisfiedForm) as caught:
        correct(interview, coordinator, hours="100")
    assert [(one.path, one.kind) for one in caught.value.problems] == [("psu_id", "site")]
    assert now(interview).site == site


def test_scores_follow_and_everything_verifies(
    site: Site, version: QuestionnaireVersion, coordinator: User
) -> None:
    scheme = schemes.add(site.survey, SMALL_SCHEME, "equal", is_default=True)
    sites = [site, make_site(site.survey, "S2"), make_site(site.survey, "S3")]
    people = [make_interview(sites[number % 3], version, works="no") for number in range(12)]
    for number in range(12):
        make_interview(sites[number % 3], version, works="yes")
    pipeline.sweep()
    moment = timezone.now()
    for person in people:
        correct(person, coordinator, works="yes")
    pipeline.sweep()
    assert list(verification.differences(site.survey)) == []
    found = changes.explain(scheme, Wave.objects.get(), CellKey("all", "all", "index"), moment)
    assert found.change is not None
    assert (found.change.then, found.change.now) == (0.5, 1)
    assert found.steps[Cause.ANSWERS].people == 12
