"""What spreadsheet programs do to a form: formulas, dates, merged cells, hidden sheets."""

from collections.abc import Iterator

from openpyxl.utils import coordinate_to_tuple

from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.sheets import Column, FormSheet
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.table import plain
from surveys.xforms.workbook import FORM_SHEETS, Sheet, Workbook

ANSWERS = frozenset({"default", "version"})  # where dates and numbers are meant
IDENTIFIERS = frozenset({"type", "name", "list_name"})


def check_slips(source: Source) -> Iterator[Finding]:
    yield from _check_workbook(source.workbook)
    for sheet in source.sheets:
        yield from check_cells(sheet)


def check_cells(sheet: FormSheet) -> Iterator[Finding]:
    """What became of the cells of one sheet."""
    yield from _check_sheet(sheet.table.sheet)
    for place in sorted(sheet.table.sheet.broken):
        yield _broken(_cell(sheet, place), sheet.table.sheet.broken[place])
    for place in sorted(sheet.table.sheet.dates):
        yield from _date(sheet, place)
    for row in sheet.rows:
        for column, cell in row.filled():
            if column.key in IDENTIFIERS:
                yield from _rewritten(cell, row.cells[column.number])


def _check_workbook(workbook: Workbook) -> Iterator[Finding]:
    if workbook.has_macros:
        yield Cell("").note(
            "macros", gettext_noop("The workbook has macros. They are ignored and never run.")
        )
    for key in FORM_SHEETS:
        same = [sheet for sheet in workbook.sheets if sheet.key == key]
        for sheet in same[1:]:
            yield Cell(sheet.name).error(
                "sheet-twice",
                gettext_noop("There are two sheets `%(name)s`. Delete or rename one."),
                name=key,
            )
    for sheet in workbook.sheets:
        meant = nearest(sheet.key, FORM_SHEETS)
        is_known = sheet.key in FORM_SHEETS or sheet.key.startswith("_")
        if not is_known and meant and workbook.sheet(meant) is None and meant != "osm":
            yield Cell(sheet.name).warning(
                "unknown-sheet",
                gettext_noop("The sheet `%(name)s` is ignored. Did you mean `%(meant)s`?"),
                name=sheet.name,
                meant=meant,
            )


def _check_sheet(sheet: Sheet) -> Iterator[Finding]:
    if sheet.is_hidden:
        yield Cell(sheet.name).note(
            "hidden-sheet", gettext_noop("The sheet is hidden, and it is part of the form.")
        )
    if sheet.stopped_at:
        yield Cell(sheet.name).warning(
            "blank-rows",
            gettext_noop(
                "Many blank rows follow. The form ends at row %(row)s; what is below is not read."
            ),
            row=sheet.stopped_at,
        )
    for merged in sheet.merged:
        first = merged.partition(":")[0].replace("$", "")
        row, column = coordinate_to_tuple(first)
        if sheet.rows.get(row, {}).get(column):
            yield Cell(sheet.name, row, column).warning(
                "merged-cells",
                gettext_noop("The cells %(cells)s are merged: only the first has the text."),
                cells=merged,
            )


def _cell(sheet: FormSheet, place: tuple[int, int]) -> Cell:
    row, number = place
    heading = sheet.table.headings.get(number, "")
    text = sheet.table.sheet.rows.get(row, {}).get(number, "")
    return Cell(sheet.name, row, number, heading, text)


def _broken(cell: Cell, shown: str) -> Finding:
    if shown:
        return cell.error(
            "broken-formula",
            gettext_noop("The formula in this cell fails with %(error)s. Type the value instead."),
            error=shown,
        )
    return cell.error(
        "broken-formula",
        gettext_noop(
            "The formula in this cell has no value. Type the value instead, or open the workbook "
            "in a spreadsheet program and save it."
        ),
    )


def _date(sheet: FormSheet, place: tuple[int, int]) -> Iterator[Finding]:
    """Spreadsheet programs take `1-5` for a day of January."""
    column = next((c for c in sheet.columns if c.number == place[1]), Column(place[1], "", ""))
    if column.key and column.key not in ANSWERS:
        cell = _cell(sheet, place)
        yield cell.warning(
            "became-date",
            gettext_noop(
                "This cell holds the date %(date)s. If you typed something like `1-5`, format the "
                "cell as text and type it again."
            ),
            date=cell.text,
        )


def _rewritten(cell: Cell, typed: str) -> Iterator[Finding]:
    if cell.text != " ".join(typed.split()) and plain(typed) == cell.text:
        yield cell.note(
            "rewritten",
            gettext_noop("Full-width or invisible characters were read as `%(text)s`."),
            text=cell.text,
        )
