"""Excel workbooks, read a row at a time: the first sheet, and sheets of repeats."""

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from surveys.errors import gettext_noop
from surveys.imports.files.source import Column, Opened, Source, is_blank
from surveys.imports.files.texts import fitted, heading
from surveys.imports.table import FIRST_ROW, TableError, empty

EXPLAINING = frozenset({"variables", "choices"})  # sheets of our own exports
MIDNIGHT = time()
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
DAMAGED = (  # what openpyxl and what it reads with raise on damaged workbooks
    *(AttributeError, BadZipFile, EOFError, InvalidFileException, LookupError, NotImplementedError),
    *(OSError, RuntimeError, SyntaxError, TypeError, ValueError, zlib.error),
)


def open_workbook(path: Path) -> Opened:
    """The sheets that are shown. Raises TableError."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except DAMAGED as error:
        raise _damaged() from error
    try:
        shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()
    names = [name for name in shown if name not in EXPLAINING] or shown
    sources = [source for name in names if (source := _source(path, name)) is not None]
    if not sources:
        raise empty()
    return Opened("Excel", sources)


def _damaged() -> TableError:
    return TableError(
        gettext_noop(
            "The workbook is damaged or has a password. Open it in a spreadsheet program, save it "
            "as .xlsx without a password and try again."
        )
    )


def _source(path: Path, name: str) -> Source | None:
    first = next(_lines(path, name), (0, []))[1]
    if is_blank(first):
        return None
    names = heading(first)

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in _lines(path, name):
            if number >= FIRST_ROW and not is_blank(cells):
                yield number, fitted(number, cells, len(names))

    return Source(name, tuple(map(Column, names)), rows)


def _lines(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        sheet: Any = book[name]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, list(map(text_of, cells))
    except DAMAGED as error:
        raise _damaged() from error
    finally:
        book.close()


def text_of(cell: object) -> str:
    """A cell as forms write such values; days and moments as ISO 8601 has them."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime) and cell.time() == MIDNIGHT:
        return cell.date().isoformat()
    if isinstance(cell, datetime):
        return moment_text(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(cell))


def number_text(number: float) -> str:
    """`30` of 30.0; all digits that tell a number from the next, without an exponent."""
    text = repr(number)
    if "e" not in text:
        return text.removesuffix(".0")
    return f"{number:.0f}" if number.is_integer() else f"{number:.20f}".rstrip("0")


def moment_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
