"""Interviews counted by site, person and day, and by version, again wherever they have changed; `progress`
reads them.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from surveys import fieldwork
from surveys.models import (
    DayCount,
    DayTotal,
    Interview,
    PersonProgress,
    Questionnaire,
    SiteProgress,
    Survey,
    VersionCount,
    Wave,
)
from surveys.models.interview import LEFT_OUT, NEVER_COUNTED

TOGETHER = 200  # sites counted in a transaction
FEW = 10_000  # interviews are counted while a page is made
COMMITTED = timedelta(minutes=10)  # a transaction that changed an interview has ended by then
LONG_AGO = datetime.fromtimestamp(0, UTC)


class State(NamedTuple):
    """What a site's interviews were when they were counted, as SiteProgress keeps it."""

    interviews: int
    changed_at: datetime | None
    rule: str


def refresh_all() -> int:
    """Bring the counts of every survey up to date; at how many sites something was counted."""
    return sum(refresh(survey) for survey in Survey.objects.all())


def refresh(survey: Survey) -> int:
    """Count those sites again whose interviews are not those that were counted, or count by another
    rule now. Returns how many sites; doing it twice changes nothing.

    Looks at every interview of a wave in which something has changed: seconds for a million. Interviews
    of each version are counted along with them.
    """
    if not _are_versions_counted(survey):
        _count_versions(survey)
    judged = _judged(survey)
    rule = hashlib.sha256(f"{survey.counts} {judged}".encode()).hexdigest()[:32]
    return sum(_refresh(wave, survey.counts, judged, rule) for wave in survey.waves.all())


def by_version(questionnaires: QuerySet[Questionnaire]) -> dict[tuple[int, int | None], int]:
    """How many interviews there are by questionnaire and version, None for those that cannot be read: as
    there are now while these are `FEW`, else as they were counted last.
    """
    interviews = Interview.objects.filter(questionnaire__in=questionnaires.order_by().values("pk"))
    if interviews.order_by()[:FEW].count() < FEW:
        return _versions_of(interviews)
    kept = VersionCount.objects.filter(questionnaire__in=questionnaires.order_by().values("pk"))
    rows = kept.values_list("questionnaire", "version", "interviews")
    return {(questionnaire, version): count for questionnaire, version, count in rows}


def _versions_of(interviews: QuerySet[Interview]) -> dict[tuple[int, int | None], int]:
    rows = interviews.order_by().values_list("questionnaire", "current__version")
    return {
        (questionnaire, version): count
        for questionnaire, version, count in rows.annotate(Count("pk"))
    }


def _are_versions_counted(survey: Survey) -> bool:
    """Whether no interview can have changed since."""
    kept = VersionCount.objects.filter(questionnaire__survey=survey)
    last = kept.aggregate(last=Max("counted_at"))["last"]
    if last is None:
        return False
    changed = Interview.objects.filter(
        questionnaire__survey=survey, changed_at__gt=last - COMMITTED
    )
    return not changed.exists()


@transaction.atomic
def _count_versions(survey: Survey) -> None:
    """Replace the numbers of each version."""
    Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)  # one worker at a time
    interviews, now = Interview.objects.filter(questionnaire__survey=survey), timezone.now()
    VersionCount.objects.filter(questionnaire__survey=survey).delete()
    VersionCount.objects.bulk_create(
        VersionCount(questionnaire_id=one, version_id=version, interviews=count, counted_at=now)
        for (one, version), count in _versions_of(interviews).items()
    )


def _judged(survey: Survey) -> list[int]:
    """The questionnaires that indicators are made of; all, where there are no indicators yet."""
    found = fieldwork.judged_in(Survey.objects.filter(pk=survey.pk)).get(survey.pk)
    asked = Questionnaire.objects.filter(survey=survey, kind=Questionnaire.Kind.MAIN)
    every = asked.values_list("pk", flat=True)
    return sorted(found or every)


def _refresh(wave: Wave, counts: str, judged: Collection[int], rule: str) -> int:
    if _is_quiet(wave, rule):
        return 0
    interviews = Interview.objects.filter(wave=wave, questionnaire__in=judged).order_by()
    there = interviews.values_list("site").annotate(Count("pk"), Max("changed_at"))
    now = {site: State(count, changed_at, rule) for site, count, changed_at in there}
    kept = SiteProgress.objects.filter(wave=wave).values_list("site", *State._fields)
    before = {site: State(*state) for site, *state in kept}
    waiting = [site for site in now.keys() | before.keys() if now.get(site) != before.get(site)]
    for start in range(0, len(waiting), TOGETHER):
        some = {site: now.get(site) for site in waiting[start : start + TOGETHER]}
        _count(wave, some, interviews, counts)
    if waiting:
        _sum_up(wave)
    return len(waiting)


def ask_again(survey_id: int, places: Collection[tuple[int | None, int | None]]) -> None:
    """Let these (wave, site) of a survey and its versions be counted again, though nothing that is there
    has changed: something is gone.
    """
    for wave, site in places:
        SiteProgress.objects.filter(wave=wave, site=site).update(rule="")
    VersionCount.objects.filter(questionnaire__survey=survey_id).update(counted_at=LONG_AGO)


def _is_quiet(wave: Wave, rule: str) -> bool:
    """Whether nothing has changed for so long that nothing can have been missed."""
    counted = SiteProgress.objects.filter(wave=wave)
    seen = counted.aggregate(last=Max("changed_at"))["last"]
    if seen is None:
        return not Interview.objects.filter(wave=wave).exists()
    is_new = Interview.objects.filter(wave=wave, changed_at__gt=seen).exists()
    is_recent = seen > timezone.now() - COMMITTED
    return not (is_new or is_recent or counted.exclude(rule=rule).exists())


@transaction.atomic
def _count(
    wave: Wave,
    states: Mapping[int | None, State | None],
    interviews: QuerySet[Interview],
    counts: str,
) -> None:
    """Replace the counts of some sites; those that have no interviews any more (None) have none."""
    Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)  # one worker at a time
    here = Q(site__in=[site for site in states if site is not None])
    if None in states:
        here |= Q(site=None)
    DayCount.objects.filter(here, wave=wave).delete()
    SiteProgress.objects.filter(here, wave=wave).delete()
    rows = _by_day(interviews.filter(here), counts)
    DayCount.objects.bulk_create([DayCount(wave=wave, **row) for row in rows], batch_size=1000)
    sums = DayCount.objects.filter(here, wave=wave).sums_by("site")
    SiteProgress.objects.bulk_create(
        SiteProgress(wave=wave, site_id=site, **state._asdict(), **sums.get(site, {}))
        for site, state in states.items()
        if state is not None
    )


@transaction.atomic
def _sum_up(wave: Wave) -> None:
    """Replace the sums of the wave's days and people."""
    Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    days = DayCount.objects.filter(wave=wave)
    DayTotal.objects.filter(wave=wave).delete()
    done = days.order_by().filter(done__gt=0).values_list("day").annotate(Sum("done"))
    DayTotal.objects.bulk_create(DayTotal(wave=wave, day=day, done=count) for day, count in done)
    PersonProgress.objects.filter(wave=wave).delete()
    PersonProgress.objects.bulk_create(
        PersonProgress(wave=wave, enumerator_id=person, **sums)
        for person, sums in days.sums_by("enumerator").items()
    )


def _by_day(interviews: QuerySet[Interview], counts: str) -> Iterator[dict[str, Any]]:
    """The fields of each DayCount but its wave."""
    left_out = (*NEVER_COUNTED, *LEFT_OUT.get(counts, ()))
    real = Q(is_practice=False)
    stands = real & ~Q(state__in=left_out)
    partial, refused = Interview.Outcome.PARTIAL, Interview.Outcome.REFUSED
    done = stands & ~Q(outcome=refused)
    days = interviews.values("site_id", "enumerator_id", day=TruncDate("received_at"))
    rows = days.annotate(
        done=Count("pk", filter=done),
        partial=Count("pk", filter=stands & Q(outcome=partial)),
        refused=Count("pk", filter=stands & Q(outcome=refused)),
        practice=Count("pk", filter=Q(is_practice=True)),
        aside=Count("pk", filter=real & Q(state__in=left_out)),
        last_at=Max("received_at", filter=done),
    )
    return (dict(row) for row in rows)
