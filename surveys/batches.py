"""One word on several interviews: looked at before, said in one transaction, taken back together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from surveys import review, verdicts
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Decision, DecisionBatch, Interview, Submission, User
from surveys.models.decision import Verdict
from surveys.review import Undecidable, Word
from surveys.signals import submission_saved

MOST = 50  # at once; a decision takes up to 80 ms, and a request must end
NO_STATES: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Left:
    """An interview on which nothing is decided along with the others, and why."""

    interview: Interview
    why: SurveyError


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: the interviews on which it was decided, and those that were left."""

    batch: DecisionBatch
    decided: Sequence[Interview]
    left: Sequence[Left]


def left_of(interviews: Collection[Interview], verdict: Verdict, person: User) -> list[Left]:
    """Those of a selection that the person cannot decide on in this way, or should look at one by
    one; in three queries for interviews with their current versions.
    """
    decidable = verdicts.verdicts_on_each(interviews, person)
    originals = verdicts.originals_of(interviews)
    found = ((one, _why_not(one, verdict, decidable[one.pk], originals)) for one in interviews)
    return [Left(one, why) for one, why in found if why is not None]


def _why_not(
    interview: Interview,
    verdict: Verdict,
    possible: Collection[Verdict],
    originals: Mapping[int, Interview],
) -> SurveyError | None:
    is_sealed = interview.current is not None and interview.current.is_encrypted
    if not possible:
        return Undecidable(gettext_noop("It does not wait for your decision."))
    if verdict not in possible and verdict == Verdict.COUNT and is_sealed:
        return Undecidable(gettext_noop("It is encrypted. Decrypt it first."))
    if verdict not in possible and interview.state == verdicts.STEPS[verdict].after:
        return Undecidable(_ALREADY[verdict])
    if verdict not in possible:
        return Undecidable(_NOT_YET.get(Interview.State(interview.state), _OTHERWISE))
    if verdict == Verdict.COUNT and interview.pk in originals:
        return Undecidable(
            gettext_noop(
                "It corrects an interview that is here. Open it and say which of the two counts."
            )
        )
    return None


_ALREADY = {
    Verdict.REJECT: gettext_noop("It is rejected already."),
    Verdict.APPROVE: gettext_noop("It is approved already."),
    Verdict.RETURN: gettext_noop("It is returned already."),
    Verdict.HOLD: gettext_noop("It is held already."),
    Verdict.COUNT: gettext_noop("It does not wait for your decision."),
    Verdict.REOPEN: gettext_noop("It is open already."),
}
_NOT_YET = {
    Interview.State.QUARANTINED: gettext_noop(
        "It waits in quarantine. Let it count or reject it first."
    ),
    Interview.State.REJECTED: gettext_noop("It is rejected. Let it count first."),
}
_OTHERWISE = gettext_noop("That cannot be decided about it. Open it to see what can.")


@transaction.atomic
def decide(
    seen: Mapping[int, int],
    verdict: Verdict,
    *,
    by: User,
    reason: str = "",
    states: Mapping[int, str] = NO_STATES,
) -> Outcome:
    """Let one word stand on several interviews, `seen` by key in the version that was looked at, and
    in its state among the `states`.

    An interview on which it cannot stand keeps no other from it. Raises Undecidable for too many.
    """
    if len(seen) > MOST:
        raise Undecidable(gettext_noop("Choose at most %(most)s interviews at once."), most=MOST)
    batch = DecisionBatch.objects.create(verdict=verdict, by=by)
    rows = Interview.objects.filter(pk__in=seen).select_related("current", "questionnaire")
    interviews = list(rows.order_by("pk"))
    left = {one.interview.pk: one for one in left_of(interviews, verdict, by)}
    decided = []
    for interview in interviews:
        if interview.pk in left:
            continue
        try:
            review.decide(
                interview.pk,
                verdict,
                by=by,
                reason=reason,
                seen=seen[interview.pk],
                state=states.get(interview.pk, ""),
                batch=batch,
            )
            decided.append(interview)
        except SurveyError as error:
            left[interview.pk] = Left(interview, error)
    return Outcome(batch, decided, list(left.values()))


def visible_to(person: User) -> QuerySet[DecisionBatch]:
    """The batches with an interview that is the person's to decide on."""
    made = Decision.objects.filter(batch__isnull=False)
    theirs = made.filter(interview__in=verdicts.decidable_by(person))
    return DecisionBatch.objects.filter(pk__in=theirs.values("batch"))


@dataclass(frozen=True)
class Undoing:
    """What taking a batch back would do: decisions that still stand, and those that do not."""

    standing: Sequence[Decision]
    left: Sequence[Left]


def undoing(batch: DecisionBatch, person: User) -> Undoing:
    """Which decisions of a batch can be taken back: those after which nothing has happened to the
    interview, where it is the person's to decide on.
    """
    made = list(
        batch.decisions.exclude(verdict=Verdict.UNDO)
        .select_related("interview__site", "submission")
        .defer("submission__xml")
        .annotate(latest=Max("interview__decisions"))
        .order_by("pk")
    )
    keys = [decision.interview_id for decision in made]
    theirs = verdicts.decidable_by(person).filter(pk__in=keys).values_list("pk", flat=True)
    left = list(_changed_since(made, set(theirs)))
    without = {one.interview.pk for one in left}
    return Undoing([one for one in made if one.interview_id not in without], left)


def _changed_since(made: Collection[Decision], theirs: Collection[int]) -> Iterator[Left]:
    for decision in made:
        interview = decision.interview
        is_last = decision.latest == decision.pk  # type: ignore[attr-defined]  # annotated above
        stands = interview.state == decision.after
        if interview.pk not in theirs:
            yield Left(interview, Undecidable(gettext_noop("It does not wait for your decision.")))
        elif not is_last or not stands or interview.current_id != decision.submission_id:
            yield Left(
                interview,
                Undecidable(gettext_noop("Something has happened to it since: it stays as it is.")),
            )


@transaction.atomic
def undo(batch_id: int, *, by: User) -> Outcome:
    """Take back what a batch decided, where nothing has happened since; once by whoever decides on
    all of it. A supervisor takes back what is the team's, and leaves the others the rest.

    What the enumerator was told is taken back as well. Raises Undecidable.
    """
    batch = visible_to(by).select_for_update().filter(pk=batch_id).first()
    if batch is None or batch.undone_at is not None:
        raise Undecidable(gettext_noop("This was taken back already, or it is not yours."))
    held = Interview.objects.filter(decisions__batch=batch).order_by("pk")
    list(held.select_for_update(of=("self",)).values_list("pk", flat=True))
    found = undoing(batch, by)
    for decision in found.standing:
        _take_back(decision, batch, by)
    if not batch.decisions.exclude(interview__in=verdicts.decidable_by(by)).exists():
        batch.undone_at = timezone.now()
        batch.save(update_fields=["undone_at"])
    return Outcome(batch, [decision.interview for decision in found.standing], found.left)


def _take_back(decision: Decision, batch: DecisionBatch, by: User) -> None:
    interview = decision.interview
    if decision.verdict == Verdict.RETURN:
        during = (batch.made_at, decision.decided_at)
        told = interview.comments.filter(path="", by=decision.by, written_at__range=during)
        told.update(resolved_at=timezone.now())
    if verdicts.STEPS[Verdict(decision.verdict)].is_last_word:
        interview.comments.filter(resolved_at__gte=batch.made_at).update(resolved_at=None)
    word = Word(Verdict.UNDO, by, batch=batch)
    review.note(interview, decision.submission, word, Interview.State(decision.before))
    submission_saved.send(sender=Submission, submission_id=decision.submission_id)
