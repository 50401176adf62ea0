"""Attempts at people who were selected, and what they say has become of each of them so far."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from surveys import fieldwork
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Assignment, Attempt, Case, Interview, Site, User, Wave
from surveys.models.fieldwork import CaseQuerySet
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


class NotListed(SurveyError):
    """Nobody of that code was selected, or it is not for this person to see."""

    status = 404


@dataclass(frozen=True)
class Record:
    """An attempt as it is written down; sent again with the same `key`, it is the same one."""

    key: UUID
    outcome: Outcome
    at: datetime
    again_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """How many were selected at a site, how many of these nobody needs to visit, and how many wait
    for somebody who comes back at the time that was agreed or is due.
    """

    people: int = 0
    settled: int = 0
    due: int = 0


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
    listed = cases.filter(is_listed=True).order_by("pk")
    keys = sorted(set(listed.values_list("pk", flat=True)))
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


def people_at(site: Site) -> CaseQuerySet:
    """Who was selected at a site in this wave, by code."""
    wave = fieldwork.current_wave(site.survey)
    return Case.objects.listed().filter(wave=wave, site=site).order_by("code")


def person_for(user: User, case_id: int) -> Case:
    """Somebody who was selected at a site where the user works now, or whose survey the user runs.

    Raises NotListed, SiteNotYours.
    """
    rows = Case.objects.visible_to(user).listed().select_related("site__survey", "wave")
    case = rows.filter(pk=case_id).first()
    if case is None:
        raise not_listed()
    fieldwork.require_active_assignment(user, case.site)
    return case


def not_listed() -> NotListed:
    return NotListed(gettext_noop("This person is on no list here. Ask your supervisor."))


def progress_at(sites: Iterable[Site], now: datetime | None = None) -> dict[int, Progress]:
    """By the key of the site, where anybody was selected in this wave."""
    counted = _current(site.pk for site in sites).order_by().values_list("site")
    rows = counted.annotate(
        people=Count("pk"),
        settled=Count("pk", filter=Q(is_settled=True)),
        due=Count("pk", filter=Q(due_at__lte=now or timezone.now())),
    )
    return {site: Progress(*counts) for site, *counts in rows}


def due_for(enumerator: User, until: datetime, most: int) -> list[Case]:
    """Whom to come back to until then at the enumerator's sites, the earliest first."""
    mine = Assignment.objects.filter(enumerator=enumerator, is_active=True).values("site")
    rows = _current(mine).filter(due_at__lte=until).select_related("site")
    return list(rows.order_by("due_at", "pk")[:most])


def _current(sites: Iterable[int] | QuerySet[Any, Any]) -> CaseQuerySet:
    """Who was selected at the sites in the wave that their survey is in."""
    latest = Wave.objects.begun().filter(survey=OuterRef("wave__survey"))
    later = latest.filter(number__gt=OuterRef("wave__number"))
    begun = latest.filter(pk=OuterRef("wave"))
    return Case.objects.listed().filter(~Exists(later), Exists(begun), site__in=sites)
