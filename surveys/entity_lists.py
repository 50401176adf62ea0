"""Lists that forms get from the server instead of a file: which there are, and what is in them for whom."""

import csv
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from io import StringIO
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys.formlogic.tree import Element
from surveys.models import (
    Case,
    Entity,
    EntityChange,
    EntityList,
    Interview,
    QuestionnaireVersion,
    Site,
    Survey,
    User,
)
from surveys.models.fieldwork import SiteQuerySet
from surveys.xforms.datatable import DataTable
from surveys.xforms.declarations import CASES, KEPT, SITES
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import find

SUFFIX = ".csv"
SYSTEM = ("name", "label", "__version")  # what every list begins with
AT_ONCE = 5_000  # rows that are asked for or written in one statement


@dataclass(frozen=True)
class Row:
    """An entry that the survey itself keeps."""

    site: int
    label: str
    data: Mapping[str, str]


def served_in(survey: Survey, form: FormDef) -> frozenset[str]:
    """The names of the form's files that are lists of the survey, or become such by the form."""
    made = {one.dataset for one in form.entities if one.creates}
    known = {*KEPT, *made, *survey.entity_lists.values_list("name", flat=True)}
    return frozenset(name for name in form.files.values() if list_name(name) in known)


def list_name(file_name: str) -> str:
    """`people` for `people.csv`, blank for what is no CSV."""
    return file_name.removesuffix(SUFFIX) if file_name.endswith(SUFFIX) else ""


def keep(version: QuestionnaireVersion, form: FormDef, files: Collection[str]) -> None:
    """Note which lists a new version fills and reads; those of its `files` come with it."""
    survey = version.questionnaire.survey
    for declaration in form.entities:
        of_survey(survey, declaration.dataset, declaration.saves)
    for name in sorted(served_in(survey, form) - frozenset(files)):
        of_survey(survey, list_name(name)).readers.add(version)


def of_survey(survey: Survey, name: str, properties: Collection[str] = ()) -> EntityList:
    """The survey's list of that name, made if it is new, with these properties among its own."""
    found, _ = EntityList.objects.get_or_create(survey=survey, name=name)
    wanted = [*dict.fromkeys((*KEPT.get(name, ()), *found.properties, *properties))]
    if wanted != found.properties:
        found.properties = wanted
        found.save(update_fields=["properties"])
    return found


def table_for(entity_list: EntityList, person: User) -> DataTable:
    """The entries that a person's device gets: those of the own sites, all for staff."""
    refresh(entity_list, sites_of(entity_list.survey, person))
    rows = entity_list.entities.visible_to(person).listed().order_by("label", "uuid")
    columns = (*SYSTEM, *entity_list.properties)
    return DataTable(
        columns,
        tuple(
            (uuid, label, str(version), *(str(data.get(name, "")) for name in columns[3:]))
            for uuid, label, version, data in rows.values_list("uuid", "label", "version", "data")
        ),
    )


def csv_of(table: DataTable) -> bytes:
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return written.getvalue().encode()


def try_out(survey: Survey, file_name: str, person: User) -> bytes | None:
    """What a form that is not published yet would get as that file, or None where it is no list."""
    name = list_name(file_name)
    if name in KEPT:
        of_survey(survey, name)
    found = survey.entity_lists.filter(name=name).first() if name else None
    return csv_of(table_for(found, person)) if found else None


def of_version(version: QuestionnaireVersion, file_name: str) -> EntityList | None:
    """The list that a version gets under that name instead of a file."""
    lists = version.entity_lists.select_related("survey")
    return lists.filter(name=list_name(file_name)).first()


def gone_among(entity_list: EntityList, person: User, uuids: Collection[str]) -> frozenset[str]:
    """Of these entries the ones that the person's device should forget.

    What has not arrived here yet is none of them: the device may be the only one that has it.
    """
    known = entity_list.entities.filter(uuid__in=uuids, version__gt=0)
    kept = known.visible_to(person).listed().values_list("uuid", flat=True)
    return frozenset(known.values_list("uuid", flat=True)) - frozenset(kept)


def case_named(survey: Survey, form: FormDef | None, root: Element) -> str:
    """The code of the case that an interview says it visits again, or blank."""
    path = form.roles.get("case") if form else None
    chosen = find(root, path) if path else None
    if chosen is None or not chosen.text:
        return ""
    cases = Entity.objects.filter(list__survey=survey, list__name=CASES, uuid=chosen.text)
    return next((str(data.get("code", "")) for data in cases.values_list("data", flat=True)), "")


def instances_for(version: QuestionnaireVersion, form: FormDef, person: User) -> dict[str, Element]:
    """The `root` of each list that the version gets from the server, by instance id."""
    if not form.files:
        return {}
    lists = {one.name: one for one in version.entity_lists.select_related("survey")}
    return {
        instance: _root(table_for(lists[list_name(name)], person))
        for instance, name in form.files.items()
        if list_name(name) in lists
    }


@lru_cache(maxsize=32)
def _root(table: DataTable) -> Element:
    """The same for as long as a list says the same, so that what is found in it is kept."""
    return table.element()


def sites_of(survey: Survey, person: User) -> SiteQuerySet:
    """The survey's sites that a person works at now; all of them for staff."""
    return Site.objects.filter(survey=survey).visible_to(person)


def refresh(entity_list: EntityList, sites: SiteQuerySet) -> None:
    """Bring what the survey itself keeps up to date, for these sites; each change is a new version.

    Devices take up a changed entry only under a higher version than they have.
    """
    rows_of = _ROWS.get(entity_list.name)
    if rows_of is None:
        return
    rows = rows_of(entity_list.survey, sites)
    if not _is_in_step(entity_list, rows, sites):
        with transaction.atomic():
            EntityList.objects.select_for_update().get(pk=entity_list.pk)
            _write(entity_list, rows, sites)


def _is_in_step(entity_list: EntityList, rows: Mapping[str, Row], sites: SiteQuerySet) -> bool:
    there = _there(entity_list, rows, sites)
    return there.keys() == rows.keys() and all(
        _says(there[uuid], row) for uuid, row in rows.items()
    )


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


def _sites(survey: Survey, sites: SiteQuerySet) -> dict[str, Row]:
    return {
        uuid_of(survey, SITES, str(site.pk)): Row(
            site.pk,
            site.name or site.code,
            {
                "code": site.code,
                "site_name": site.name,
                "city": site.city.code if site.city else "",
                "city_name": site.city.name if site.city else "",
                "stratum": site.stratum,
                "latitude": _number(site.latitude),
                "longitude": _number(site.longitude),
            },
        )
        for site in sites.select_related("city")
    }


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _cases(survey: Survey, sites: SiteQuerySet) -> dict[str, Row]:
    """Everybody selected up to this wave whom the latest wave has at one of the sites."""
    begun = Case.objects.filter(wave__in=survey.waves.begun())
    codes = begun.filter(site__in=sites.values("pk")).values("code")
    of_people = begun.filter(code__in=codes).select_related("site", "wave")
    latest = {case.code: case for case in of_people.order_by("wave__number")}
    here = frozenset(sites.values_list("pk", flat=True))
    met = _last_met(survey, sites)
    return {
        uuid_of(survey, CASES, code): _case(case, *met.get(code, ("", "", "")))
        for code, case in latest.items()
        if case.site_id in here
    }


def _last_met(survey: Survey, sites: SiteQuerySet) -> dict[str, tuple[str, str, str]]:
    """Outcome, day and id of the last interview that stands, by the case's code."""
    stands = ~Q(state__in=(Interview.State.QUARANTINED, Interview.State.REJECTED))
    begun = Case.objects.filter(wave__in=survey.waves.begun())
    codes = begun.filter(site__in=sites.values("pk")).values("code")
    found = (
        Interview.objects.filter(stands, is_practice=False, case__wave__survey=survey)
        .filter(case__code__in=codes)
        .order_by("received_at", "pk")
        .values_list("case__code", "outcome", "ended_at", "received_at", "root_uuid")
    )
    return {
        code: (outcome, _day(ended_at or received_at), root_uuid)
        for code, outcome, ended_at, received_at, root_uuid in found
    }


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


def _case(case: Case, outcome: str, day: str, root_uuid: str) -> Row:
    """A case that was met, and not listed before, has an id for a code, which says nothing."""
    was_met = bool(root_uuid) and case.code == root_uuid[:100]
    return Row(
        case.site_id,
        f"{case.site.code} · {day}" if was_met else case.code,
        {
            "code": case.code,
            "site": case.site.code,
            "site_name": case.site.name,
            "wave": str(case.wave.number),
            "outcome": outcome,
            "last_interview": day,
        },
    )


def uuid_of(survey: Survey, name: str, key: str) -> str:
    """The same for the same thing in every wave, in the shape of the random ids of ODK: its Collect
    keeps no changes offline of entities that have other ids.
    """
    number = sha256(f"{survey.pk}/{name}/{key}".encode()).digest()
    return str(UUID(bytes=number[:16], version=4))


_ROWS: Mapping[str, Callable[[Survey, SiteQuerySet], dict[str, Row]]] = MappingProxyType(
    {SITES: _sites, CASES: _cases}
)
