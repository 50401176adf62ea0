"""The headings of the sheets: all that is needed, nothing twice, nothing misspelt."""

from collections.abc import Iterator, Mapping

from pyxform.parsing.expression import is_xml_tag

from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.sheets import Column, FormSheet
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.linting.vocabulary import COLUMNS, TRANSLATED
from surveys.xforms.table import HEADING_ROW

NEEDED: Mapping[str, tuple[str, ...]] = {
    "survey": ("type", "name"),
    "choices": ("list_name", "name"),
    "settings": (),
    "entities": ("list_name",),
}
SEARCHED_ROWS = 10  # for headings that are not in the first row
FREE = frozenset({"notes", "note", "comment", "comments", "remark", "remarks"})


def check_headings(source: Source) -> Iterator[Finding]:
    for sheet in source.sheets:
        if sheet.table.sheet.rows or sheet.key == "survey":
            yield from _check_needed(sheet)
            yield from _check_twins(sheet)
            yield from _check_unknown(source, sheet)
            yield from check_orphans(sheet)


def _check_needed(sheet: FormSheet) -> Iterator[Finding]:
    missing = [key for key in NEEDED[sheet.key] if not sheet.columns_of(key)]
    row = _row_of_headings(sheet) if missing else None
    if row:
        yield sheet.cell.error(
            "headings-below",
            gettext_noop("The headings are in row %(row)s. Delete the rows above it."),
            row=row,
        )
        return
    for key in missing:
        yield sheet.cell.error(
            "missing-column", gettext_noop("The column `%(column)s` is missing."), column=key
        )
    if sheet.key == "choices" and not missing and not sheet.columns_of("label"):
        yield sheet.cell.warning(
            "missing-column", gettext_noop("The column `%(column)s` is missing."), column="label"
        )


def _row_of_headings(sheet: FormSheet) -> int | None:
    for number, cells in sorted(sheet.table.sheet.rows.items()):
        words = {text.strip().lower() for text in cells.values()}
        if HEADING_ROW < number <= SEARCHED_ROWS and words.issuperset(NEEDED[sheet.key]):
            return number
    return None


def _check_twins(sheet: FormSheet) -> Iterator[Finding]:
    first: dict[tuple[str, str], Column] = {}
    for column in sheet.columns:
        twin = first.setdefault((column.key or column.heading, column.language), column)
        if twin is not column:
            yield sheet.heading(column).error(
                "column-twice",
                gettext_noop("The column `%(other)s` says the same. Delete one of the two."),
                other=twin.heading,
            )


def _check_unknown(source: Source, sheet: FormSheet) -> Iterator[Finding]:
    """Headings that nothing is known of. Choices may have columns of their own, to filter by."""
    for column in sheet.columns:
        cell = sheet.heading(column)
        if column.key == "disabled":
            yield cell.warning(
                "disabled",
                gettext_noop("`disabled` is known to few programs. Delete the rows instead."),
            )
        if column.key:
            continue
        if meant := _meant(sheet, column.heading):
            yield cell.error(
                "unknown-column",
                gettext_noop("The column `%(column)s` is not known. Did you mean `%(meant)s`?"),
                column=column.heading,
                meant=meant,
            )
        elif sheet.key != "choices":
            yield cell.warning(
                "unknown-column",
                gettext_noop("The column `%(column)s` is not known and is ignored."),
                column=column.heading,
            )
        elif not is_xml_tag(column.heading) or ":" in column.heading:
            yield _unusable(cell)


def _unusable(cell: Cell) -> Finding:
    if " " in cell.text and is_xml_tag("_".join(cell.text.split())):
        return cell.warning(
            "unknown-column",
            gettext_noop("A heading with spaces is ignored. Write `%(better)s`."),
            better="_".join(cell.text.split()),
        )
    return cell.error(
        "unknown-column",
        gettext_noop("`%(column)s` cannot be a heading: use letters, digits and underscores."),
        column=cell.text,
    )


def _meant(sheet: FormSheet, heading: str) -> str:
    """The column that a heading may be a slip for, unless the sheet has that one too."""
    word, _, language = heading.partition("::" if "::" in heading else ":")
    known = "" if word.lower() in FREE else nearest("_".join(word.split()), COLUMNS[sheet.key])
    language = language.strip() if known in TRANSLATED[sheet.key] else ""
    is_there = any(column.language == language for column in sheet.columns_of(known))
    if not known or is_there:
        return ""
    return f"{known}::{language}" if language else known


def check_orphans(sheet: FormSheet) -> Iterator[Finding]:
    """Cells under no heading."""
    headings = sheet.table.headings
    seen: set[int] = set()
    for number, cells in sorted(sheet.table.sheet.rows.items()):
        for column in cells:
            if number > HEADING_ROW and column not in headings and column not in seen:
                seen.add(column)
                yield sheet.heading(Column(column, "", "")).warning(
                    "no-heading",
                    gettext_noop(
                        "The column has no heading, so row %(row)s and others are ignored."
                    ),
                    row=number,
                )
