"""Many corrections: looked at, applied where nothing has changed since, undone; small and by a worker."""

import pytest

from surveys import correction_batches, jobs
from surveys.correction_batches import Line
from surveys.errors import SurveyError
from surveys.models import (
    Change,
    CorrectionBatch,
    Interview,
    Job,
    QuestionnaireVersion,
    Role,
    Site,
    User,
)
from surveys.proposals import Uncorrectable
from surveys.submissions import Sender
from surveys.wording import in_words
from tests.factories import make_member, make_version, receive
from tests.surveys.admin.test_ledger import REPEATED
from tests.surveys.test_ledger import correct, now, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(version: QuestionnaireVersion, enumerator: User) -> list[Interview]:
    """Two who work 40 hours."""
    return [send(version, enumerator, f"uuid:{name}") for name in ("a", "b")]


def batch_of(site: Site, by: User, *lines: tuple[str, str, str | None, str]) -> CorrectionBatch:
    """Of interview, question, before and after; the reason of each is `phone`."""
    asked = [
        Line(number, interview, question, before, after, "phone")
        for number, (interview, question, before, after) in enumerate(lines, start=2)
    ]
    batch = correction_batches.begin(site.survey, "list.csv", asked, by)
    correction_batches.check(batch, by)
    return batch


def faults(batch: CorrectionBatch) -> list[str]:
    return [in_words(SurveyError(row.fault, **row.fault_params)) for row in batch.rows.all()]


def hours(*people: Interview) -> list[str]:
    return [now(person).answers.get("g/hours", "") for person in people]


def test_a_batch_is_looked_at_applied_and_undone(
    site: Site, coordinator: User, people: list[Interview]
) -> None:
    batch = batch_of(
        site, coordinator, ("uuid:a", "hours", "40", "48"), ("b", "g/works", None, "no")
    )
    assert faults(batch) == ["", ""]
    assert list(batch.rows.values_list("found", "follows")) == [("40", 0), ("yes", 1)]
    assert batch.checked_at
    assert not Change.objects.exists()
    assert correction_batches.apply(batch, coordinator) == 2
    assert hours(*people) == ["48", ""]
    assert Change.objects.filter(batch=batch, reason="phone").count() == 3
    assert correction_batches.apply(batch, coordinator) == 0
    assert correction_batches.undo(batch, coordinator) == 2
    assert hours(*people) == ["40", "40"]
    assert correction_batches.undo(batch, coordinator) == 0


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (("uuid:c", "hours", None, "48"), "This survey has no interview uuid:c."),
        (("", "hours", None, "48"), "This survey has no interview –."),
        (("a", "hour", None, "48"), "There is no question hour in this interview."),
        (("a", "hours", "39", "48"), "The answer is 40, not 39: somebody changed it."),
        (
            ("a", "hours", "", "48"),
            "The answer is 40, and “before” is blank. Write there what you saw, or leave the whole "
            "column out.",
        ),
        (("a", "hours", None, "40"), "The answer is that already. There is nothing to correct."),
        (("a", "hours", None, "148"), "The form does not allow 148 for g/hours."),
        (("a", "hours", None, "many"), "many is not of the type of g/hours."),
        (("a", "works", None, "maybe"), "maybe is not one of the choices of g/works."),
        (("a", "age", None, ""), "g/age needs an answer."),
        (("a", "psu_id", None, "S9"), "This survey has no site S9."),
    ],
)
def test_each_line_says_what_is_wrong_with_it(
    site: Site,
    coordinator: User,
    people: list[Interview],
    line: tuple[str, str, str | None, str],
    fault: str,
) -> None:
    batch = batch_of(site, coordinator, line, ("b", "hours", "40", "41"))
    assert faults(batch) == [fault, ""]
    assert correction_batches.apply(batch, coordinator) == 1
    assert hours(*people) == ["40", "41"]


def test_lines_of_one_interview_are_one_correction(
    site: Site, coordinator: User, people: list[Interview]
) -> None:
    """Together they may satisfy the form; each keeps the other out that it contradicts."""
    batch = batch_of(
        site,
        coordinator,
        ("a", "age", None, "31"),
        ("b", "age", None, "31"),
        ("a", "hours", None, "50"),
        ("b", "age", None, "32"),
    )
    both = "Another line corrects the same answer."
    assert faults(batch) == ["", both, "", both]
    correction_batches.apply(batch, coordinator)
    assert people[0].submissions.count() == 2
    assert people[1].submissions.count() == 1


def test_what_would_make_another_answer_wrong_is_kept_out(
    site: Site, coordinator: User, enumerator: User
) -> None:
    form = make_version(site.survey, REPEATED)
    receive(form, Sender(enumerator), "uuid:f", psu_id="S1", children="0")
    batch = batch_of(site, coordinator, ("f", "children", None, "1"), ("f", "age", None, "3"))
    assert faults(batch) == [
        "With it the answer to child[1]/age would become wrong, or is needed too.",
        "Say which age, by its place such as child[1]/age.",
    ]
    whole = batch_of(
        site, coordinator, ("f", "children", None, "1"), ("f", "child[1]/age", None, "3")
    )
    assert faults(whole) == ["", ""]
    assert correction_batches.apply(whole, coordinator) == 1


def test_what_somebody_changed_since_is_left(
    site: Site, coordinator: User, people: list[Interview]
) -> None:
    batch = batch_of(site, coordinator, ("a", "hours", None, "48"), ("b", "hours", None, "48"))
    correct(people[0], coordinator, hours="44")
    assert correction_batches.apply(batch, coordinator) == 1
    assert hours(*people) == ["44", "48"]
    assert faults(batch) == ["Somebody changed the interview since. Check it again.", ""]
    correction_batches.check(batch, coordinator)
    assert faults(batch) == ["", ""]
    assert correction_batches.apply(batch, coordinator) == 1
    assert hours(*people) == ["48", "48"]


def test_only_the_chosen_lines_are_applied(
    site: Site, coordinator: User, people: list[Interview]
) -> None:
    batch = batch_of(site, coordinator, ("a", "hours", None, "48"), ("b", "hours", None, "48"))
    assert correction_batches.apply(batch, coordinator, [3]) == 1
    assert hours(*people) == ["40", "48"]


def test_what_was_corrected_again_stays_when_the_batch_is_undone(
    site: Site, coordinator: User, people: list[Interview]
) -> None:
    batch = batch_of(site, coordinator, ("a", "hours", None, "48"), ("b", "hours", None, "48"))
    correction_batches.apply(batch, coordinator)
    correct(people[0], coordinator, hours="50")
    assert correction_batches.undo(batch, coordinator) == 1
    assert hours(*people) == ["50", "40"]
    assert "was changed again since" in faults(batch)[0]


def test_every_line_needs_a_reason(site: Site, coordinator: User, people: list[Interview]) -> None:
    line = Line(2, "a", "hours", None, "48", " ")
    batch = correction_batches.begin(site.survey, "list.csv", [line], coordinator)
    correction_batches.check(batch, coordinator)
    assert faults(batch) == ["It says no reason. Every correction needs one."]


def test_only_coordinators_correct_many(site: Site, people: list[Interview]) -> None:
    for role in (Role.SUPERVISOR, Role.ANALYST, Role.ENUMERATOR):
        with pytest.raises(Uncorrectable, match="Only coordinators"):
            correction_batches.begin(site.survey, "x", [], make_member(site.survey, role))


def test_a_worker_does_the_same_and_counts(
    site: Site, coordinator: User, people: list[Interview]
) -> None:
    batch = batch_of(site, coordinator, ("a", "hours", None, "48"), ("b", "hours", None, "48"))
    for work, found in (("check", ["40", "40"]), ("apply", ["48", "48"]), ("undo", ["40", "40"])):
        job = correction_batches.request(batch, work, coordinator)
        assert correction_batches.waiting(batch) == job
        jobs.run(job.pk)
        done = Job.objects.get(pk=job.pk)
        assert (done.state, done.done, done.total) == (Job.State.DONE, 2, 2)
        assert hours(*people) == found
    assert correction_batches.waiting(batch) is None
