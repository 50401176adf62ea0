"""Entries of lists that the survey itself keeps (its sites, its cases, interviews that were returned):
brought up to date where it changed.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from hmac import digest
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.text import Truncator

from surveys.models import Case, Comment, Entity, EntityChange, EntityList, Interview, Site, Survey
from surveys.models.fieldwork import SiteQuerySet
from surveys.xforms.declarations import CASES, RETURNED, SITES

AT_ONCE = 5_000  # rows that are asked for or written in one statement
LONGEST_CODE = 100  # of a case
LONGEST_LABEL = 100  # of what was returned
OUT = Q(is_practice=True) | Q(state__in=(Interview.State.QUARANTINED, Interview.State.REJECTED))


@dataclass(frozen=True)
class Row:
    """An entry as the survey has it; `site` is the key of its site."""

    site: int
    label: str
    data: Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """How a list is kept: what its entries at sites are by id, and by site a digest of all that they
    come from, which is cheaper to tell.
    """

    rows: Callable[[EntityList, SiteQuerySet], dict[str, Row]]
    digests: Callable[[Survey, SiteQuerySet], dict[str, str]]


@dataclass(frozen=True)
class Met:
    """The last interview with a case that stands, blank while there is none.

    Who `is_unlisted` was met in the field: the code is the id of an interview, which says nothing.
    """

    outcome: str = ""
    day: str = ""
    is_unlisted: bool = False


def refresh(entity_list: EntityList, sites: SiteQuerySet) -> None:
    """Bring what the survey keeps up to date, at those of its `sites` where something changed since
    the last time; each change is a new version. Lists that forms fill are left as they are.

    Devices take up a changed entry only under a higher version than they have.
    """
    kept = _KEPT.get(entity_list.name)
    if kept is None or not _behind(entity_list, kept.digests(entity_list.survey, sites)):
        return
    with transaction.atomic():
        held = EntityList.objects.select_for_update().get(pk=entity_list.pk)
        # Read only now: while this waited, another request may have written later things.
        digests = _behind(held, kept.digests(held.survey, sites))
        if digests:
            behind = Site.objects.filter(pk__in=[int(key) for key in digests])
            _write(held, kept.rows(held, behind), behind)
            held.seen = {**held.seen, **digests}
            held.save(update_fields=["seen"])
    entity_list.seen = held.seen


def _behind(entity_list: EntityList, digests: Mapping[str, str]) -> dict[str, str]:
    seen = entity_list.seen
    return {key: text for key, text in digests.items() if seen.get(key) != text}


def _write(entity_list: EntityList, rows: Mapping[str, Row], sites: SiteQuerySet) -> None:
    there = _there(entity_list, rows, sites)
    new = [_kept(Entity(list=entity_list, uuid=u), r) for u, r in rows.items() if u not in there]
    changed = [
        _kept(there[uuid], row)
        for uuid, row in rows.items()
        if uuid in there and not _says(there[uuid], row)
    ]
    now = timezone.now()
    Entity.objects.bulk_create(new, batch_size=AT_ONCE)
    for entity in changed:
        entity.changed_at = now
    fields = ["site", "label", "data", "version", "is_gone", "changed_at"]
    Entity.objects.bulk_update(changed, fields, batch_size=500)
    written = [_change(entity, rows[entity.uuid]) for entity in (*new, *changed)]
    EntityChange.objects.bulk_create(written, batch_size=AT_ONCE)
    left = [entity.pk for uuid, entity in there.items() if uuid not in rows]
    Entity.objects.filter(pk__in=left).update(is_gone=True, changed_at=now)


def _there(
    entity_list: EntityList, rows: Mapping[str, Row], sites: SiteQuerySet
) -> dict[str, Entity]:
    """What is listed for the sites, and whatever else is known of the entries."""
    own = entity_list.entities.filter(site__in=sites.values("pk"), is_gone=False)
    found = {entity.uuid: entity for entity in own}
    missing = [uuid for uuid in rows if uuid not in found]
    for begin in range(0, len(missing), AT_ONCE):
        others = entity_list.entities.filter(uuid__in=missing[begin : begin + AT_ONCE])
        found |= {entity.uuid: entity for entity in others}
    return found


def _says(entity: Entity, row: Row) -> bool:
    is_listed = entity.version > 0 and not entity.is_gone
    data = {name: entity.data.get(name, "") for name in row.data}
    return is_listed and (entity.site_id, entity.label, data) == (row.site, row.label, row.data)


def _kept(entity: Entity, row: Row) -> Entity:
    entity.site_id, entity.label, entity.is_gone = row.site, row.label, False
    entity.data = {**entity.data, **row.data}
    entity.version += 1
    return entity


def _change(entity: Entity, row: Row) -> EntityChange:
    return EntityChange(
        entity=entity,
        action=EntityChange.Action.SURVEY,
        received={"label": row.label, **row.data},
        version=entity.version,
        based_on=entity.version - 1 or None,
        label=entity.label,
        data=entity.data,
    )


def _sites(entity_list: EntityList, sites: SiteQuerySet) -> dict[str, Row]:
    return {
        id_of(entity_list, str(site.pk)): Row(site.pk, site.name or site.code, _told_of(site))
        for site in sites.select_related("city")
    }


def _told_of(site: Site) -> dict[str, str]:
    return {
        "code": site.code,
        "site_name": site.name,
        "city": site.city.code if site.city else "",
        "city_name": site.city.name if site.city else "",
        "stratum": site.stratum,
        "latitude": _number(site.latitude),
        "longitude": _number(site.longitude),
    }


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _digests_of_sites(survey: Survey, sites: SiteQuerySet) -> dict[str, str]:
    return {str(site.pk): _digest(_told_of(site)) for site in sites.select_related("city")}


def _cases(entity_list: EntityList, sites: SiteQuerySet) -> dict[str, Row]:
    """Everybody selected up to this wave who is, or was listed, at one of the sites: as the latest
    wave has them, wherever that is. Whom the field met unlisted counts from an interview on that stands.
    """
    begun = Case.objects.filter(wave__in=entity_list.survey.waves.begun())
    here = begun.filter(site__in=sites.values("pk"))
    listed = entity_list.entities.filter(site__in=sites.values("pk"), is_gone=False)
    moved = {*listed.values_list("data__code", flat=True)} - {*here.values_list("code", flat=True)}
    people = begun.filter(Q(code__in=here.values("code")) | Q(code__in=moved))
    latest = {
        case.code: case for case in people.select_related("site", "wave").order_by("wave__number")
    }
    met = _met(people)
    found = ((case, met.get(code, Met())) for code, case in latest.items())
    return {
        id_of(entity_list, case.code): _case(case, known)
        for case, known in found
        if known.day or not known.is_unlisted
    }


def _met(people: QuerySet[Case]) -> dict[str, Met]:
    """What the interviews with these cases tell, by code."""
    met: defaultdict[str, Met] = defaultdict(Met)
    interviews = Interview.objects.filter(case__in=people.values("pk")).order_by(
        "received_at", "pk"
    )
    for code, root, outcome, ended_at, received_at, is_out in interviews.annotate(
        is_out=ExpressionWrapper(OUT, BooleanField())
    ).values_list("case__code", "root_uuid", "outcome", "ended_at", "received_at", "is_out"):
        known = met[code]
        is_unlisted = known.is_unlisted or root[:LONGEST_CODE] == code
        if is_out:
            met[code] = replace(known, is_unlisted=is_unlisted)
        else:
            met[code] = Met(outcome, _day(ended_at or received_at), is_unlisted)
    return met


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


def _case(case: Case, met: Met) -> Row:
    return Row(
        case.site_id,
        f"{case.site.code} · {met.day}" if met.is_unlisted else case.code,
        {
            "code": case.code,
            "site": case.site.code,
            "site_name": case.site.name,
            "wave": str(case.wave.number),
            "outcome": met.outcome,
            "last_interview": met.day,
        },
    )


def _digests_of_cases(survey: Survey, sites: SiteQuerySet) -> dict[str, str]:
    """Of counts and sums, not of the rows: no case or interview comes, goes, moves or is decided on
    without changing one of them.
    """
    waves = list(survey.waves.begun().values_list("pk", flat=True))
    told: defaultdict[int, list[object]] = defaultdict(list)
    for pk, *names in sites.values_list("pk", "code", "name"):
        told[pk] = [waves, names]
    cases = Case.objects.filter(site__in=sites.values("pk")).order_by().values_list("site")
    interviews = Interview.objects.filter(case__site__in=sites.values("pk"))
    for pk, *numbers in (
        *cases.annotate(Count("pk"), Sum("pk"), Max("pk")),
        *interviews.order_by()
        .values_list("case__site")
        .annotate(Count("pk"), Sum("current"), Max("changed_at"), out=Count("pk", filter=OUT)),
    ):
        told[pk].append(numbers)
    return {str(pk): _digest(all_) for pk, all_ in told.items()}


def _returned(entity_list: EntityList, sites: SiteQuerySet) -> dict[str, Row]:
    """What its enumerator has to correct or answer, with what is asked."""
    interviews = _given_back(sites).select_related("site", "enumerator").order_by("pk")
    asked: defaultdict[int, list[str]] = defaultdict(list)
    comments = Comment.objects.unanswered().filter(interview__in=interviews.values("pk"))
    for pk, path, text in comments.values_list("interview", "path", "text"):
        question = path.rpartition("/")[2]
        asked[pk].append(f"{question}: {text}" if question else text)
    return {
        id_of(entity_list, one.root_uuid): _told_again(one, " · ".join(asked[one.pk]))
        for one in interviews
    }


def _told_again(interview: Interview, comment: str) -> Row:
    site, day = interview.site, _day(interview.received_at)
    if site is None:
        raise ValueError(f"{interview} is returned without a site")
    return Row(
        site.pk,
        Truncator(f"{site.code} · {day} · {comment}").chars(LONGEST_LABEL),
        {
            "interview": interview.root_uuid,
            "site": site.code,
            "site_name": site.name,
            "enumerator": str(interview.enumerator or ""),
            "received": day,
            "comment": comment,
        },
    )


def _given_back(sites: SiteQuerySet) -> QuerySet[Interview]:
    return Interview.objects.filter(state=Interview.State.RETURNED, site__in=sites.values("pk"))


def _digests_of_returned(survey: Survey, sites: SiteQuerySet) -> dict[str, str]:
    """Of counts and sums, as those of cases; a comment that is added changes one as well."""
    told: dict[int, list[object]] = {
        pk: [names] for pk, *names in sites.values_list("pk", "code", "name")
    }
    by_site = _given_back(sites).order_by().values_list("site")
    sums = (Count("pk", distinct=True), Max("changed_at"), Max("comments"), Count("comments"))
    for pk, *numbers in by_site.annotate(*sums, keys=Sum("pk")):
        told[pk].append(numbers)
    return {str(pk): _digest(all_) for pk, all_ in told.items()}


def _digest(told: object) -> str:
    return sha256(repr(told).encode()).hexdigest()[:16]


def id_of(entity_list: EntityList, key: str) -> str:
    """The id of what has that key in the list: the same in every wave, and nobody's to compute.

    It has the shape of the random ids of ODK: its Collect keeps no changes offline of entities that
    have other ids.
    """
    number = digest(entity_list.secret.encode(), key.encode(), "sha256")
    return str(UUID(bytes=number[:16], version=4))


_KEPT: Mapping[str, Kept] = MappingProxyType(
    {
        SITES: Kept(_sites, _digests_of_sites),
        CASES: Kept(_cases, _digests_of_cases),
        RETURNED: Kept(_returned, _digests_of_returned),
    }
)
