"""Whether groups and repeats are closed, rows are whole, and names are good ones."""

import re
from collections.abc import Iterator

from pyxform.parsing.expression import is_xml_tag

from surveys.errors import gettext_noop
from surveys.xforms.linting.features import feature
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.question_types import meant_type, parse_type
from surveys.xforms.linting.sheets import Row
from surveys.xforms.linting.source import Item, Source

MAX_DEPTH = 20  # of groups within each other
NAMELESS = frozenset({"note", "audit"})


def check_outline(source: Source) -> Iterator[Finding]:
    yield from _check_closing(source.rows)
    for row in source.rows:
        yield from _check_row(row)
    for item in source.items:
        yield from _check_item(source, item)


def _check_closing(rows: tuple[Row, ...]) -> Iterator[Finding]:
    """Every `begin` has its `end`, of the same kind."""
    open_: list[tuple[Row, str]] = []
    for row in rows:
        type_ = parse_type(row["type"].text)
        if type_.step == "begin":
            open_.append((row, type_.base))
        elif type_.step == "end" and open_ and open_[-1][1] == type_.base:
            open_.pop()
        elif type_.step == "end":
            yield _unmatched(row["type"], type_.base, open_)
    for row, base in open_:
        yield row["type"].error(
            "not-closed",
            gettext_noop("This %(kind)s is never closed. Add a row `end_%(kind)s` where it ends."),
            kind=base,
        )


def _unmatched(cell: Cell, base: str, open_: list[tuple[Row, str]]) -> Finding:
    if not open_:
        return cell.error(
            "not-opened",
            gettext_noop("This row ends a %(kind)s, but none is open here. Delete the row."),
            kind=base,
        )
    row, other = open_[-1]
    return cell.error(
        "not-opened",
        gettext_noop(
            "This row ends a %(kind)s, but the last one opened is the %(other)s `%(name)s` in row "
            "%(row)s. Write `end_%(other)s`, or close it first."
        ),
        kind=base,
        other=other,
        name=row.name,
        row=row.number,
    )


def _check_row(row: Row) -> Iterator[Finding]:
    type_ = row["type"]
    if not type_:
        yield _typeless(row)
    elif not parse_type(type_.text).base:
        refused = feature("type", type_.text)
        if refused is None or refused.status != "refused":
            yield _unknown_type(type_)


def _typeless(row: Row) -> Finding:
    if row.name or row.has("label"):
        return (row["name"] or next(iter(row.texts("label").values()))).error(
            "no-type", gettext_noop("This row has no type. Write one, such as `text`.")
        )
    first = next(cell for _, cell in row.filled())
    return first.warning(
        "ignored-row", gettext_noop("This row has no type, name or label and is ignored.")
    )


def _unknown_type(cell: Cell) -> Finding:
    meant = meant_type(cell.text)
    if meant == cell.text or (meant and cell.text in ("select_one", "select_multiple", "rank")):
        return cell.error(
            "no-list",
            gettext_noop("Write the name of a list behind `%(type)s`, such as `%(type)s yes_no`."),
            type=cell.text,
        )
    if meant:
        return cell.error(
            "unknown-type",
            gettext_noop("The type `%(type)s` is not known. Did you mean `%(meant)s`?"),
            type=cell.text,
            meant=meant,
        )
    return cell.error(
        "unknown-type", gettext_noop("The type `%(type)s` is not known."), type=cell.text
    )


def _check_item(source: Source, item: Item) -> Iterator[Finding]:
    if item.depth > MAX_DEPTH and item.is_container:
        yield item.row["type"].error(
            "too-deep",
            gettext_noop("More than %(count)s groups are within each other. Flatten them."),
            count=MAX_DEPTH,
        )
    if not item.row.name:
        if item.type.base and item.type.base not in NAMELESS:
            yield item.row["type"].error(
                "no-name", gettext_noop("This row has no name. Write one, such as `age`.")
            )
        return
    yield from _check_name(source, item)
    yield from _check_words(item)
    if item.is_container and not any(other.parent is item for other in _after(source, item)):
        yield item.cell.warning(
            "empty-group", gettext_noop("There is nothing in the group `%(name)s`."), name=item.name
        )


def _after(source: Source, item: Item) -> Iterator[Item]:
    place = source.places.get(item.path, 0)
    return iter(source.items[place + 1 : place + 2])


def _check_name(source: Source, item: Item) -> Iterator[Finding]:
    cell = item.row["name"]
    if item.type.base == "audit" and item.row.name != "audit":
        yield cell.error(
            "bad-name", gettext_noop("A question of type `audit` has the name `audit`, or none.")
        )
    elif not is_xml_tag(item.name) or ":" in item.name:
        yield _bad_name(cell)
    elif item.name == "meta":
        yield cell.error("bad-name", gettext_noop("The name `meta` is taken. Choose another one."))
    elif item.name == source.root and item.type.base == "repeat":
        yield cell.error(
            "bad-name",
            gettext_noop("A repeat cannot have the name of the form, `%(name)s`."),
            name=item.name,
        )
    else:
        yield from _check_twin(source, item)


def _bad_name(cell: Cell) -> Finding:
    better = re.sub(r"[^\w.-]+", "_", cell.text).strip("_.-")
    if better and re.match(r"[^\W\d]", better):
        return cell.error(
            "bad-name",
            gettext_noop(
                "`%(name)s` is no valid name. Names begin with a letter and hold letters, digits "
                "and underscores: `%(better)s`."
            ),
            name=cell.text,
            better=better,
        )
    return cell.error(
        "bad-name",
        gettext_noop(
            "`%(name)s` is no valid name. Names begin with a letter and hold letters, digits and "
            "underscores."
        ),
        name=cell.text,
    )


def _check_twin(source: Source, item: Item) -> Iterator[Finding]:
    """Whether an earlier row has the same name within the same group, or is such a repeat."""
    twin = source.by_path[item.path]
    if twin is not item:
        yield item.cell.error(
            "same-name",
            gettext_noop("The name `%(name)s` is taken by row %(row)s. Choose another one."),
            name=item.name,
            row=twin.row.number,
        )
        return
    first = source.first_repeat(item.name) if item.type.base == "repeat" else None
    if first is not None and first is not item:
        yield item.cell.error(
            "same-name",
            gettext_noop(
                "The repeat in row %(row)s has the name `%(name)s` too. Repeats need names of "
                "their own in the whole form."
            ),
            name=item.name,
            row=first.row.number,
        )


def _check_words(item: Item) -> Iterator[Finding]:
    """Whether what is shown has something to show."""
    if item.is_shown and not item.row.has("label", "hint", "image", "audio", "video"):
        yield item.cell.error(
            "no-label", gettext_noop("Nobody can read this question: it has no label and no hint.")
        )
    if item.type.base == "repeat" and not item.row.has("label", "image"):
        yield item.cell.note(
            "no-label", gettext_noop("This repeat has no label, so people see only its number.")
        )
    if item.row.has("big-image") and not item.row.has("image"):
        yield item.row["big-image"].error(
            "no-image", gettext_noop("A big-image needs an image in the same row.")
        )
