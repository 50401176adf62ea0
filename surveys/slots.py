"""Parts of sites' targets kept for people who may be offline, so that nobody does what another did."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from surveys import fieldwork
from surveys.models import Assignment, Interview, Reservation, Site, Survey, User, Wave
from surveys.sampling.slots import Finished, Holding, grant, reconcile

MOST = 5  # interviews reserved at a time
LASTS = timedelta(days=3)  # without the person coming back in between
Holdings: TypeAlias = Mapping[int, Mapping[int, Holding]]  # by site, by person


@dataclass(frozen=True)
class Slots:
    """Of a site's target: what is `left` for a person, of which `reserved` are theirs also while they
    are offline, and what is reserved by `others`.
    """

    left: int
    reserved: int
    others: int


def reserve(person: User, sites: Sequence[Site]) -> dict[int, Slots]:
    """Reserve a batch for the person at those of the sites that lack interviews and where others work
    too; says how each of these stands, by its key. Elsewhere there is nothing to share.

    `sites` are from `fieldwork.sites_for`. Asking again keeps what was granted, and makes it last.
    """
    shared = _shared([site for site in sites if _lacking(site) > 0], person)
    return _reserved(person, shared) if shared else {}


@transaction.atomic
def _reserved(person: User, shared: Mapping[int, Site]) -> dict[int, Slots]:
    now = timezone.now()
    list(Site.objects.select_for_update(no_key=True).filter(pk__in=shared).order_by("pk"))
    waves = _waves({site.survey_id for site in shared.values()})
    held = _held(shared, waves.values())
    found, batches = {}, []
    for key, site in shared.items():
        wave = waves[site.survey_id]
        reserved = _batch(site, person, held[key], now)
        batches.append(
            Reservation(
                wave=wave,
                site=site,
                enumerator=person,
                reserved=reserved,
                granted_at=now,
                expires_at=now + LASTS,
            )
        )
        others = sum(one.outstanding(now) for who, one in held[key].items() if who != person.pk)
        found[key] = Slots(max(_lacking(site) - others, 0), reserved, others)
    Reservation.objects.bulk_create(
        batches,
        update_conflicts=True,
        unique_fields=("wave", "site", "enumerator"),
        update_fields=("reserved", "granted_at", "expires_at"),
    )
    return found


def beyond(interview: Interview) -> bool:
    """Whether the interview counts although its site's target had been reached by others, which were
    finished before it.
    """
    site, wave = interview.site, interview.wave
    if site is None or wave is None or not site.target:
        return False
    survey = Survey.objects.filter(pk=site.survey_id)
    rows = Interview.objects.counted().filter(
        fieldwork.towards_targets(survey), site=site, wave=wave
    )
    finished = (Finished(*row) for row in rows.values_list("pk", "ended_at"))
    return interview.pk in reconcile(site.target, finished).beyond


def _lacking(site: Site) -> int:
    return site.target - site.received  # type: ignore[attr-defined,no-any-return]  # by sites_for


def _shared(sites: Iterable[Site], person: User) -> dict[int, Site]:
    """Those at which somebody else works too, by key."""
    known = {site.pk: site for site in sites}
    work = Assignment.objects.filter(site__in=known, is_active=True).exclude(enumerator=person)
    return {key: known[key] for key in sorted(set(work.values_list("site", flat=True)))}


def _waves(surveys: Collection[int]) -> dict[int, Wave]:
    """The current waves of surveys, by the survey's key."""
    begun = Wave.objects.begun().filter(survey__in=surveys).select_related("survey")
    latest = {wave.survey_id: wave for wave in reversed(begun)}
    others = Survey.objects.filter(pk__in=set(surveys) - latest.keys())
    return latest | {survey.pk: fieldwork.current_wave(survey) for survey in others}


def _held(sites: Collection[int], waves: Collection[Wave]) -> Holdings:
    """What everybody holds at the sites. What came of a person since is off their batch."""
    came = Interview.objects.counted().filter(
        site=OuterRef("site"),
        wave=OuterRef("wave"),
        enumerator=OuterRef("enumerator"),
        received_at__gte=OuterRef("granted_at"),
    )
    used = came.order_by().values("site").annotate(n=Count("pk")).values("n")
    rows = Reservation.objects.filter(site__in=sites, wave__in=waves)
    held: defaultdict[int, dict[int, Holding]] = defaultdict(dict)
    for row in rows.annotate(used=Coalesce(Subquery(used), 0)):
        held[row.site_id][row.enumerator_id] = Holding(
            row.reserved, row.used, expires_at=row.expires_at
        )
    return held


def _batch(site: Site, person: User, held: Mapping[int, Holding], now: datetime) -> int:
    """The person's own from now on: what is left of the one before, filled up as far as there is."""
    own = held.get(person.pk, Holding()).outstanding(now)
    done = site.received  # type: ignore[attr-defined]
    return own + grant(site.target, done, held.values(), now, wanted=MOST - own, most=MOST)
