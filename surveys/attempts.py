"""Attempts at people who were selected, and what they say has become of each of them so far."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Attempt, Case, Interview, User
from surveys.models.interview import NEVER_COUNTED
from surveys.sampling import attempts as tried
from surveys.sampling.outcomes import Outcome

BY_INTERVIEWS = (Outcome.COMPLETED, Outcome.PARTIAL, Outcome.BROKEN_OFF)
RECORDED = tuple(one for one in Outcome if one not in (*BY_INTERVIEWS, Outcome.NOT_ATTEMPTED))
STANDS = ("outcome", "attempt_count", "last_at", "due_at", "is_settled", "tried_by_id")
SLIP = timedelta(hours=1)  # for which who recorded an attempt may take it back
AT_ONCE = 500  # cases that are looked at together

Try: TypeAlias = tuple[tried.Attempt, int | None]  # and the key of who made it


class NotTried(SurveyError):
    """An attempt that cannot have been as it is written down."""

    status = 422


@dataclass(frozen=True)
class Record:
    """An attempt as it is written down; sent again with the same `key`, it is the same one."""

    key: UUID
    outcome: Outcome
    at: datetime
    again_at: datetime | None = None
    note: str = ""


@transaction.atomic
def record(case: Case, enumerator: User, told: Record) -> Attempt:
    """Keep an attempt, once, and what it says has become of the person.

    Raises SiteNotYours where the enumerator does not work at the person's site now, NotTried where
    the outcome is none of `RECORDED` or the time to come back is not after the attempt.
    """
    fieldwork.require_active_assignment(enumerator, case.site)
    _require_possible(told)
    attempt, _ = Attempt.objects.get_or_create(
        key=told.key,
        defaults={
            "case": case,
            "enumerator": enumerator,
            "outcome": told.outcome,
            "at": told.at,
            "again_at": told.again_at,
            "note": told.note.strip(),
        },
    )
    follow(attempt.case)
    return attempt


def _require_possible(told: Record) -> None:
    if told.outcome not in RECORDED:
        raise NotTried(gettext_noop("Say what became of the visit."))
    if told.again_at is not None and told.again_at <= told.at:
        raise NotTried(gettext_noop("The time to come back is past. Choose a later one."))


@transaction.atomic
def take_back(case: Case, attempt_id: int, enumerator: User) -> None:
    """Forget an attempt that was recorded by a slip a moment ago. Raises NotTried afterwards."""
    if not slips_of(case, enumerator).filter(pk=attempt_id).delete()[0]:
        raise NotTried(
            gettext_noop(
                "This attempt cannot be taken back any more. Record what is true as another one."
            )
        )
    follow(case)


def slips_of(case: Case, enumerator: User) -> QuerySet[Attempt]:
    """The attempts at a case that the enumerator may still take back."""
    return Attempt.objects.filter(
        case=case, enumerator=enumerator, received_at__gt=timezone.now() - SLIP
    )


def follow(*cases: Case | None) -> None:
    """Write down what has become of cases whose attempts or interviews changed, in the transaction
    that changed them; of those only that were selected beforehand.
    """
    keys = {case.pk for case in cases if case is not None and case.is_listed}
    if keys:
        _write(keys)


def rebuild(cases: QuerySet[Case]) -> int:
    """Make what is written down of listed cases again, from their attempts and interviews; how many
    differed.
    """
    keys = sorted(set(cases.filter(is_listed=True).values_list("pk", flat=True)))
    changed = 0
    for begin in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            changed += _write(keys[begin : begin + AT_ONCE])
    return changed


def _write(keys: Collection[int]) -> int:
    """Hold cases and bring them up to date; how many were not."""
    # Interviews refer to cases: a stronger lock would wait for those that come at the same time.
    held = Case.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    tries, changed = _tries(keys), []
    for case in held:
        before = _stands(case)
        _put(case, tries.get(case.pk, ()))
        if _stands(case) != before:
            changed.append(case)
    Case.objects.bulk_update(changed, STANDS)
    return len(changed)


def _stands(case: Case) -> list[object]:
    return [getattr(case, name) for name in STANDS]


def _put(case: Case, made: Sequence[Try]) -> None:
    found = tried.standing(one for one, _ in made)
    last = max(made, key=lambda one: (one[0].at, one[0].outcome), default=None)
    case.outcome, case.attempt_count = found.outcome.value, found.attempts
    case.last_at, case.due_at = found.last_at, found.due_at
    case.is_settled, case.tried_by_id = found.is_settled, last[1] if last else None


def _tries(cases: Collection[int]) -> Mapping[int, Sequence[Try]]:
    """Attempts and interviews by case. An interview that nobody believes was none."""
    made: defaultdict[int, list[Try]] = defaultdict(list)
    for case, outcome, at, again_at, who in Attempt.objects.filter(case__in=cases).values_list(
        "case", "outcome", "at", "again_at", "enumerator"
    ):
        made[case].append((tried.Attempt(Outcome(outcome), at, again_at), who))
    interviews = interviews_with(cases)
    for case, outcome, ended_at, received_at, who in interviews.values_list(
        "case", "outcome", "ended_at", "received_at", "enumerator"
    ):
        made[case].append((tried.Attempt(Outcome(outcome), ended_at or received_at), who))
    return made


def interviews_with(cases: Iterable[int]) -> QuerySet[Interview]:
    """The interviews that are attempts at cases: broken off and refused ones too."""
    found = Interview.objects.filter(case__in=cases, is_practice=False).order_by()
    return found.exclude(state__in=NEVER_COUNTED)
