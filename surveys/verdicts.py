"""What may be decided about an interview, by whom, and what it is afterwards."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Q, QuerySet

from surveys.models import Interview, Role, Submission, Survey, User
from surveys.models.decision import Verdict
from surveys.models.survey import supervises

State = Interview.State
OPEN = (State.QUARANTINED, State.REJECTED)  # a rejection can be taken back
IN_HAND = frozenset({State.SUBMITTED, State.FLAGGED, State.RETURNED, State.APPROVED})


@dataclass(frozen=True)
class Step:
    """What a verdict makes of interviews in one of the states `before`.

    What `is_last_word` resolves all comments.
    """

    before: frozenset[Interview.State]
    after: Interview.State
    is_last_word: bool = False


STEPS: Mapping[Verdict, Step] = MappingProxyType(  # in the order in which they are offered
    {
        Verdict.REPLACE: Step(frozenset(OPEN), State.SUBMITTED),
        Verdict.COUNT: Step(frozenset(OPEN), State.SUBMITTED),
        Verdict.APPROVE: Step(IN_HAND - {State.APPROVED}, State.APPROVED, is_last_word=True),
        Verdict.RETURN: Step(IN_HAND - {State.RETURNED}, State.RETURNED),
        Verdict.HOLD: Step(IN_HAND - {State.FLAGGED}, State.FLAGGED),
        Verdict.REOPEN: Step(IN_HAND - {State.SUBMITTED}, State.SUBMITTED),
        Verdict.REJECT: Step(IN_HAND | {State.QUARANTINED}, State.REJECTED, is_last_word=True),
    }
)


def decidable_by(person: User) -> QuerySet[Interview]:
    """The interviews that are the person's to decide on: as coordinator all, as supervisor those of
    the team.
    """
    coordinated = Survey.objects.with_role(person, Role.COORDINATOR)
    return Interview.objects.filter(
        Q(questionnaire__survey__in=coordinated)
        | supervises(person, survey="questionnaire__survey", person="enumerator")
    )


def original_of(interview: Interview) -> Interview | None:
    """The other interview that this one corrects, where it is here."""
    return originals_of([interview]).get(interview.pk)


def originals_of(interviews: Collection[Interview]) -> dict[int, Interview]:
    """By the key of an interview the other one that it corrects, where that is here; in one query
    for interviews with their current versions.
    """
    corrected = {one.pk: _corrected(one) for one in interviews}
    names = {name for _questionnaire, name in corrected.values() if name}
    versions = Submission.objects.filter(
        questionnaire__in={one.questionnaire_id for one in interviews}, instance_id__in=names
    )
    found = versions.select_related("interview").defer("xml") if names else ()
    originals = {(one.questionnaire_id, one.instance_id): one.interview for one in found}
    return {
        pk: originals[name]
        for pk, name in corrected.items()
        if name in originals and originals[name].pk != pk
    }


def _corrected(interview: Interview) -> tuple[int, str]:
    """The questionnaire and the id of what it corrects, which is blank where it corrects nothing."""
    current = interview.current
    return interview.questionnaire_id, current.deprecated_id if current else ""


def verdicts_on(interview: Interview, person: User) -> tuple[Verdict, ...]:
    """What the person may decide about it now."""
    return verdicts_on_each([interview], person)[interview.pk]


def verdicts_on_each(
    interviews: Collection[Interview], person: User
) -> dict[int, tuple[Verdict, ...]]:
    """The same for several by their keys, in two queries if they have their current versions."""
    originals = originals_of(interviews)
    keys = {one.pk for one in (*interviews, *originals.values())}
    theirs = set(decidable_by(person).filter(pk__in=keys).values_list("pk", flat=True))
    return {
        one.pk: tuple(_verdicts(one, originals.get(one.pk), theirs)) if one.pk in theirs else ()
        for one in interviews
    }


def _verdicts(
    interview: Interview, original: Interview | None, theirs: Collection[int]
) -> Iterator[Verdict]:
    is_read = interview.current is not None and not interview.current.is_encrypted
    has_original = original is not None and original.pk in theirs
    is_possible = {
        Verdict.REPLACE: is_read and has_original,
        Verdict.COUNT: is_read,
        Verdict.RETURN: interview.enumerator_id is not None and interview.site_id is not None,
    }
    for verdict, step in STEPS.items():
        if interview.state in step.before and is_possible.get(verdict, True):
            yield verdict
