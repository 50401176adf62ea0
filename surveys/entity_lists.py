"""Lists that forms get from the server instead of a file: which there are, and what is in them for whom."""

import csv
from collections.abc import Collection
from functools import lru_cache
from io import StringIO
from typing import Any

from django.db.models import Count, Max, Q, Sum

from surveys.errors import gettext_noop
from surveys.formlogic.tree import Element
from surveys.models import Entity, EntityList, QuestionnaireVersion, Site, Survey, User
from surveys.models.fieldwork import SiteQuerySet
from surveys.upkeep import refresh
from surveys.xforms.datatable import DataTable
from surveys.xforms.declarations import CASES, KEPT, LONGEST_NAME, SITES
from surveys.xforms.definition import FormDef, Question
from surveys.xforms.entities import changes_in
from surveys.xforms.instance import find
from surveys.xforms.xlsform import FormError

SUFFIX = ".csv"
SYSTEM = ("name", "label", "__version")  # what every list begins with
MOST_TABLES = 8  # kept at hand by each process; those of staff may hold whole surveys


def served_in(survey: Survey, form: FormDef) -> frozenset[str]:
    """The names of the form's files that are lists of the survey, or become such by the form."""
    made = {one.dataset for one in form.entities if one.creates}
    known = {*KEPT, *made, *survey.entity_lists.values_list("name", flat=True)}
    return frozenset(name for name in form.files.values() if list_name(name) in known)


def list_name(file_name: str) -> str:
    """`people` for `people.csv`, blank for what is no CSV."""
    return file_name.removesuffix(SUFFIX) if file_name.endswith(SUFFIX) else ""


def keep(version: QuestionnaireVersion, form: FormDef, files: Collection[str]) -> None:
    """Note which lists a new version fills and reads; those of its `files` come with it.

    Raises FormError where the name of a list is too long.
    """
    survey = version.questionnaire.survey
    for declaration in form.entities:
        if len(declaration.dataset) > LONGEST_NAME:
            raise FormError(
                gettext_noop("The name of a list may have %(most)s characters. Shorten it."),
                most=LONGEST_NAME,
            )
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
    by_site = entity_list.entities.visible_to(person).listed().order_by("site").values_list("site")
    now = by_site.annotate(Count("pk"), Sum("pk"), Sum("version"), Max("changed_at"))
    return _read(entity_list.pk, (*SYSTEM, *entity_list.properties), tuple(now))


@lru_cache(maxsize=MOST_TABLES)
def _read(list_id: int, columns: tuple[str, ...], now: tuple[tuple[Any, ...], ...]) -> DataTable:
    """The entries of a list at sites; `now` holds a tuple for each of these, which begins with its key
    and is another one whenever something has changed there, so that a table is read once.
    """
    sites = [site for site, *_ in now]
    where = Q(site__in=sites) | Q(site=None) if None in sites else Q(site__in=sites)
    rows = Entity.objects.listed().filter(where, list=list_id).order_by("label", "uuid")
    return DataTable(
        columns,
        tuple(
            (uuid, label, str(version), *(str(data.get(name, "")) for name in columns[3:]))
            for uuid, label, version, data in rows.values_list("uuid", "label", "version", "data")
        ),
    )


@lru_cache(maxsize=MOST_TABLES)
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


def site_said(survey: Survey, form: FormDef | None, root: Element) -> str:
    """The code of the site that an interview says it is at, or blank; also where it is chosen from
    the list `sites`, by the id of its entry.
    """
    path = form.roles.get("site") if form else None
    element = find(root, path) if path else None
    if form is None or path is None or element is None or not _is_from_sites(form, path):
        return element.text if element else ""
    entries = Entity.objects.filter(list__survey=survey, list__name=SITES, uuid=element.text)
    return entries.values_list("site__code", flat=True).first() or element.text


def site_chosen(survey: Survey, form: FormDef | None, root: Element) -> str:
    """The code of the site of the entry that an interview chooses or changes, or blank. A site that
    is chosen counts not: it may be where somebody moved to.
    """
    uuids = _entries_named(form, root) if form else []
    named = Entity.objects.filter(list__survey=survey, uuid__in=uuids, site__isnull=False)
    codes = dict(named.values_list("uuid", "site__code")) if uuids else {}
    return next((codes[uuid] for uuid in uuids if uuid in codes), "")


def _entries_named(form: FormDef, root: Element) -> list[str]:
    """The ids of entries that an interview chooses outside of repeats, and those that it changes."""
    paths = [
        question.path
        for question in form.questions
        if _chosen_from(form, question) not in ("", SITES) and not form.repeat_around(question.path)
    ]
    chosen = [element.text for path in paths if (element := find(root, path)) and element.text]
    return [*chosen, *(change.uuid for change in changes_in(form, root) if change.updates)]


def _chosen_from(form: FormDef, question: Question) -> str:
    """The name of the list that it may be, or blank."""
    source = question.itemset.instance if question.itemset else ""
    return list_name(form.files.get(source, ""))


def _is_from_sites(form: FormDef, path: str) -> bool:
    question = next((one for one in form.questions if one.path == path), None)
    return question is not None and _chosen_from(form, question) == SITES


def answer_of(form: FormDef, path: str, site: Site) -> str:
    """How an answer names a site: by its code, or by its entry's id where it is chosen from `sites`."""
    if not _is_from_sites(form, path):
        return site.code
    entries = Entity.objects.filter(list__survey=site.survey_id, list__name=SITES)
    return entries.filter(site=site).values_list("uuid", flat=True).first() or ""


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


@lru_cache(maxsize=MOST_TABLES)
def _root(table: DataTable) -> Element:
    """The same for as long as a list says the same, so that what is found in it is kept."""
    return table.element()


def sites_of(survey: Survey, person: User) -> SiteQuerySet:
    """The survey's sites that a person works at now; all of them for staff."""
    return Site.objects.filter(survey=survey).visible_to(person)
