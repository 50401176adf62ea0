"""What of the XLSForm language works here, as `features.json` says."""

from collections.abc import Iterator

from surveys.errors import SurveyError, gettext_noop
from surveys.xforms.features import Feature, find
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.looks import parameters_of
from surveys.xforms.linting.references import references
from surveys.xforms.linting.source import Item, Source

LOOKS = frozenset({"appearance", "parameter", "setting"})  # answers are the same without


def feature(kind: str, *names: str) -> Feature | None:
    """The first of the names that is listed."""
    return next(filter(None, (find(kind, name) for name in names)), None)


def check_features(source: Source) -> Iterator[Finding]:
    for item in source.items:
        yield from _check_item(item)
    for row in source.rows:
        for _, cell in row.filled():
            if any(reference.is_last_saved for reference in references(cell.text)):
                yield from remark(feature("function", "last-saved"), cell)
    for sheet in source.sheets:
        kind = "setting" if sheet.key == "settings" else "column"
        for column in sheet.columns:
            name = column.key.partition("::")[0] + "::" * ("::" in column.key)
            if any(row.cell(column) for row in sheet.rows):
                yield from remark(feature(kind, column.key, name), sheet.heading(column))
    for other in source.workbook.sheets:
        if other.rows:
            yield from remark(feature("sheet", other.key), Cell(other.name))


def _check_item(item: Item) -> Iterator[Finding]:
    yield from remark(feature("type", *_type_names(item)), item.row["type"])
    for word in item.row["appearance"].text.split():
        name, bracket, _ = word.partition("(")
        names = (f"{name}()" if bracket else word, name.partition(":")[0])
        yield from remark(feature("appearance", *names), item.row["appearance"])
    for key in parameters_of(item.row["parameters"].text):
        yield from remark(feature("parameter", key), item.row["parameters"])


def _type_names(item: Item) -> tuple[str, ...]:
    base = item.type.base
    if item.type.is_from_file:
        return (f"{base}_from_file",)
    return (f"begin_{base}",) if item.is_container else (base, item.row["type"].text)


def remark(found: Feature | None, cell: Cell) -> Iterator[Finding]:
    """What there is to say of a feature that does not work, or not wholly."""
    if found is None or found.status == "works":
        return
    if found.status == "refused":
        yield cell.error("unsupported", found.note)
        return
    is_lost = found.status == "ignored" and found.kind not in LOOKS
    say = cell.warning if is_lost else cell.note
    yield say(
        found.status,
        gettext_noop("`%(name)s`: %(detail)s"),
        name=found.name,
        detail=SurveyError(found.note),
    )
