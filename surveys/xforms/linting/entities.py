"""The sheet `entities` and the column save_to: which lists a form fills or changes, and with what."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pyxform.parsing.expression import is_xml_tag

from surveys.errors import gettext_noop
from surveys.xforms.declarations import KEPT, LONGEST_NAME
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.references import check_cell
from surveys.xforms.linting.sheets import Row
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.spelling import nearest

RESERVED = frozenset({"name", "label"})
SYSTEM = "__"  # how names begin that the lists themselves need
OF_EXPRESSIONS = ("label", "entity_id", "create_if", "update_if")


def check_entities(source: Source) -> Iterator[Finding]:
    rows = {row["list_name"].text: row for row in reversed(_rows(source)) if row["list_name"]}
    for row in _rows(source):
        yield from _check_list(row, rows)
        yield from _check_action(row)
        yield from _check_reading(source, row)
        for key in OF_EXPRESSIONS:
            yield from check_cell(source, row[key])
    yield from _check_properties(source, rows)


def _rows(source: Source) -> tuple[Row, ...]:
    return source.entities.rows if source.entities else ()


def _check_list(row: Row, rows: Mapping[str, Row]) -> Iterator[Finding]:
    cell = row["list_name"]
    if not cell:
        yield row["list_name"].error(
            "no-list", gettext_noop("Say in `list_name` which list this row fills.")
        )
    elif not _is_name(cell.text) or "." in cell.text:
        yield cell.error(
            "bad-list",
            gettext_noop(
                "`%(name)s` cannot be the name of a list: begin with a letter, and use letters, "
                "digits, `_` and `-` only."
            ),
            name=cell.text,
        )
    elif len(cell.text) > LONGEST_NAME:
        yield cell.error(
            "long-list",
            gettext_noop("The name of a list may have %(most)s characters. Shorten it."),
            most=LONGEST_NAME,
        )
    elif rows[cell.text] is not row:
        yield cell.error(
            "list-twice", gettext_noop("There is a row for `%(name)s` already."), name=cell.text
        )


def _is_name(text: str) -> bool:
    return is_xml_tag(text) and ":" not in text and not text.startswith(SYSTEM)


def _check_action(row: Row) -> Iterator[Finding]:
    """Whether it is clear what is created, and which entry is changed."""
    entity_id, create_if, update_if = (row[key] for key in ("entity_id", "create_if", "update_if"))
    creates = not entity_id or bool(create_if)
    if update_if and not entity_id:
        yield update_if.error(
            "no-entity-id",
            gettext_noop(
                "Say in `entity_id` which entry is changed, such as ${person}. For new entries "
                "write the condition in `create_if`."
            ),
        )
    elif entity_id and create_if and not update_if:
        yield create_if.error(
            "no-update-if",
            gettext_noop(
                "With an `entity_id` say in `update_if` when the entry is changed instead. For new "
                "entries only, leave `entity_id` blank."
            ),
        )
    elif creates and row["list_name"].text in KEPT:
        yield row["list_name"].error(
            "kept-list",
            gettext_noop(
                "The survey itself keeps the entries of `%(name)s`. A form can change them: say in "
                "`entity_id` which one."
            ),
            name=row["list_name"].text,
        )
    elif creates and not row["label"]:
        yield row["list_name"].error(
            "no-label", gettext_noop("New entries need a `label`, by which people know them.")
        )


def _check_reading(source: Source, row: Row) -> Iterator[Finding]:
    """Who changes an entry has the list at hand, to know which version of it was changed."""
    name = row["list_name"].text
    read = {
        item.type.list_name if item.type.is_from_file else f"{item.name}.csv"
        for item in source.items
        if item.type.is_from_file or item.type.base == "csv-external"
    }
    if row["entity_id"] and _is_name(name) and f"{name}.csv" not in read:
        yield row["entity_id"].error(
            "list-not-read",
            gettext_noop(
                "The form changes `%(name)s` without having it. Let people choose with "
                "`select_one_from_file %(name)s.csv`, or add a row `csv-external` named %(name)s."
            ),
            name=name,
        )


def _check_properties(source: Source, rows: Mapping[str, Row]) -> Iterator[Finding]:
    saved: Counter[tuple[str, str]] = Counter()
    for item in source.items:
        cell = item.row["save_to"]
        if cell:
            prefix, _, name = cell.text.strip().rpartition("#")
            to = prefix or next(iter(rows), "")
            found = _fault_of_target(item, cell, prefix, rows) or _fault_of_name(cell, to, name)
            if found is None and saved[to, name]:
                found = cell.error(
                    "saved-twice",
                    gettext_noop("`%(name)s` gets its value from another question already."),
                    name=name,
                )
            saved[to, name] += 1
            yield from [found] if found else []


def _fault_of_target(
    item: Item, cell: Cell, prefix: str, rows: Mapping[str, Row]
) -> Finding | None:
    if item.is_container:
        message = gettext_noop("Groups and repeats cannot be saved; save the questions in them.")
        return cell.error("save-to-group", message)
    if not rows:
        message = gettext_noop("Add a sheet `entities` that says to which list this is saved.")
        return cell.error("no-entities", message)
    if not prefix and len(rows) > 1:
        return cell.error(
            "which-list",
            gettext_noop("Several lists are filled: write which one, as in %(name)s#%(property)s."),
            name=next(iter(rows)),
            property=cell.text,
        )
    if prefix and prefix not in rows:
        meant = nearest(prefix, rows) or next(iter(rows))
        return cell.error(
            "unknown-list",
            gettext_noop("No row of `entities` is about `%(name)s`. Did you mean `%(meant)s`?"),
            name=prefix,
            meant=meant,
        )
    return None


def _fault_of_name(cell: Cell, list_name: str, name: str) -> Finding | None:
    if name.lower() in RESERVED or not _is_name(name):
        return cell.error(
            "bad-property",
            gettext_noop(
                "`%(name)s` cannot be a property: begin with a letter, use letters, digits, `_` "
                "and `-` only, and neither name nor label."
            ),
            name=name,
        )
    if name in KEPT.get(list_name, ()):
        return cell.error(
            "kept-property",
            gettext_noop("The survey itself keeps `%(name)s` in `%(list)s`. Use another name."),
            name=name,
            list=list_name,
        )
    return None
