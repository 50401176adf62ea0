"""A sheet as a form's author means it: rows under headings, without invisible slips."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from surveys.xforms.workbook import Sheet, Workbook

HEADING_ROW = 1
IDENTIFIERS = frozenset({"type", "name", "list_name", "list name", "command", "tag", "value"})
JUDGING = "indicators"  # a workbook with this sheet also says how answers are judged,
SCORE = "score"  # and then this column of the choices is no part of the form
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """A heading, type or name as it was meant: half-width, visible, with single spaces."""
    return _SPACES.sub(" ", text.translate(_FULL_WIDTH).translate(_INVISIBLE)).strip()


@dataclass(frozen=True)
class Table:
    """`headings` are by column; cells under no heading are not part of the rows."""

    sheet: Sheet

    @cached_property
    def headings(self) -> Mapping[int, str]:
        first = self.sheet.rows.get(HEADING_ROW, {})
        return {column: plain(text) for column, text in sorted(first.items()) if plain(text)}

    @cached_property
    def repeated_headings(self) -> tuple[str, ...]:
        counts = Counter(self.headings.values())
        return tuple(heading for heading, count in counts.items() if count > 1)

    def rows(self) -> Iterator[tuple[int, dict[int, str]]]:
        """Number and cells, as they were typed, of each row that has any."""
        for number in sorted(self.sheet.rows):
            cells = self.sheet.rows[number]
            if number > HEADING_ROW:
                found = {column: cells[column] for column in self.headings if column in cells}
                if found:
                    yield number, found

    def records(self) -> list[dict[str, str]]:
        """The rows by heading, one for each row of the sheet, blank rows too."""
        last = max(self.sheet.rows, default=HEADING_ROW)
        records: list[dict[str, str]] = [{} for _ in range(HEADING_ROW, last)]
        for number, cells in self.rows():
            records[number - HEADING_ROW - 1] = {
                self.headings[column]: self._tidy(self.headings[column], text)
                for column, text in cells.items()
            }
        return records

    @staticmethod
    def _tidy(heading: str, text: str) -> str:
        return plain(text) if heading.lower() in IDENTIFIERS else text.strip()


def without_scores(book: Workbook) -> Workbook:
    """The workbook as a form: devices never learn what a choice is worth."""
    if book.sheet(JUDGING) is None:
        return book
    return replace(
        book, sheets=tuple(_unscored(s) if s.key == "choices" else s for s in book.sheets)
    )


def _unscored(sheet: Sheet) -> Sheet:
    headings = Table(sheet).headings.items()
    scores = {column for column, heading in headings if heading.lower() == SCORE}
    rows = {
        number: {column: text for column, text in cells.items() if column not in scores}
        for number, cells in sheet.rows.items()
    }
    return replace(sheet, rows={number: cells for number, cells in rows.items() if cells})
