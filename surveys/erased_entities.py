"""Entries of lists without what an erased interview said of them."""

from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet

from surveys import entities
from surveys.models import Entity, EntityChange, EntityList, Interview
from surveys.upkeep import id_of
from surveys.xforms.declarations import CASES, LABEL, RETURNED

Action = EntityChange.Action
COPIES = (Action.DECISION, Action.WITHDRAWAL)  # which repeat what others had said


def touched(interviews: QuerySet[Interview]) -> QuerySet[Entity]:
    """The entries of which these interviews say something, and those that are made of them."""
    said = Q(changes__submission__interview__in=interviews)
    return Entity.objects.filter(said | Q(pk__in=_made_of(interviews))).distinct()


def _made_of(interviews: QuerySet[Interview]) -> list[int]:
    """The entries by which the survey itself tells of them: as returned, as somebody met unlisted."""
    surveys = interviews.order_by().values("questionnaire__survey")
    told: list[int] = []
    for entity_list in EntityList.objects.filter(survey__in=surveys, name__in=(CASES, RETURNED)):
        codes = [
            one.met_code if entity_list.name == CASES else one.root_uuid
            for one in interviews.only("root_uuid")
        ]
        uuids = [id_of(entity_list, code) for code in codes]
        told += entity_list.entities.filter(uuid__in=uuids).values_list("pk", flat=True)
    return told


def forget(interviews: QuerySet[Interview]) -> None:
    """Take everything that these interviews said out of the entries and all of their versions.

    An entry that one of them entered, or that is made of one, stays as an empty row under its id,
    taken from its list: devices forget it, and nobody can enter it again. In the transaction that
    erases them.
    """
    keys, made = set(interviews.values_list("pk", flat=True)), set(_made_of(interviews))
    found = touched(interviews).select_related("list")
    lists = EntityList.objects.filter(pk__in=[one.list_id for one in found])
    list(lists.select_for_update().order_by("pk"))
    for entity in found:
        _forget(entity, keys, is_made=entity.pk in made)


def _forget(entity: Entity, interviews: Collection[int], *, is_made: bool) -> None:
    rows = list(_changes_of(entity))
    own = [row for row in rows if row.submission and row.submission.interview_id in interviews]
    applied = [row for row in rows if row.version]
    is_made = is_made or (bool(applied) and applied[0] in own)
    said = {pair for row in own for pair in row.received.items()}
    for row in own:
        _withhold(row)
    if is_made:
        _empty(entity, rows)
    else:
        _replay(entity, applied, said)
    entity.changes.filter(action=Action.ERASURE, version=None).delete()


def _changes_of(entity: Entity) -> QuerySet[EntityChange]:
    rows = entity.changes.select_related("submission__interview")
    return rows.defer("submission__xml").order_by("version", "pk")


def _withhold(row: EntityChange) -> None:
    """Only its number stays: devices count versions, and others build on them."""
    row.action, row.submission, row.place, row.branch_id = Action.ERASURE, None, "", ""
    _blank(row)


def _blank(row: EntityChange) -> None:
    row.received, row.conflicts, row.label, row.data = {}, [], "", {}
    row.save()


def _empty(entity: Entity, rows: Sequence[EntityChange]) -> None:
    for row in rows:
        _blank(row)
    entity.label, entity.data, entity.conflict, entity.is_gone = "", {}, "", True
    entity.save()


def _replay(
    entity: Entity, applied: Sequence[EntityChange], said: Collection[tuple[str, str]]
) -> None:
    """Make every version again from what the others said, and a new one, which devices take up."""
    values: dict[str, str] = {}
    for row in applied:
        if row.action in COPIES:
            row.received = {
                name: text
                for name, text in row.received.items()
                if (name, text) not in said or values.get(name) == text
            }
        values |= row.received
        _put(row, values)
    if applied:
        last = EntityChange(entity=entity, action=Action.ERASURE, version=entity.version + 1)
        _put(last, values)
        entity.label, entity.data, entity.version = last.label, last.data, entity.version + 1
        entity.site_id = entities.site_of(entity, applied)
        entity.save()
    elif not entity.changes.exclude(action=Action.ERASURE).exists():
        entity.delete()


def _put(row: EntityChange, values: dict[str, str]) -> None:
    row.label = values.get(LABEL, "")
    row.data = {name: text for name, text in values.items() if name != LABEL}
    row.save()
