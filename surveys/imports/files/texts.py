"""CSV and other tables of plain text: the encoding and the separator found, guards taken off."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from surveys.errors import gettext_noop
from surveys.exports.csv import unguarded
from surveys.imports.encodings import CHINESE, MARKS, is_chinese
from surveys.imports.files.source import (
    MOST_COLUMNS,
    Column,
    Opened,
    Source,
    is_blank,
    storable,
)
from surveys.imports.table import (
    FIRST_ROW,
    TableError,
    empty,
    no_csv,
    not_utf8,
    require_distinct,
)

SAMPLE = 1 << 20  # bytes that tell the encoding
SEPARATORS = (",", ";", "\t")


def open_text(path: Path, name: str) -> Opened:
    """A table of text. Raises TableError."""
    encoding, said = _encoding(path)
    separator = _separator(path, encoding)
    columns = tuple(Column(text) for text in _heading(path, encoding, separator))

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in _lines(path, encoding, separator):
            if number >= FIRST_ROW and not is_blank(cells):
                yield number, fitted(number, [unguarded(cell) for cell in cells], len(columns))

    return Opened(f"CSV, {said}", [Source(name, columns, rows)])


def _encoding(path: Path) -> tuple[str, str]:
    """The encoding as Python and as people call it. Raises TableError."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    marked = next(((codec, said) for mark, codec, said in MARKS if sample.startswith(mark)), None)
    if marked and _reads(path, marked[0]):
        return marked
    if marked:
        raise not_utf8()
    if _reads(path, "utf-8"):
        return "utf-8", "UTF-8"
    if is_chinese(sample) and _reads(path, CHINESE):
        return CHINESE, "GB18030"
    raise not_utf8()


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while piece := file.read(SAMPLE):
                if "\x00" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(path: Path, encoding: str) -> str:
    """The one of which the first line has the most."""
    with path.open(encoding=encoding, newline="") as file:
        try:
            first = file.readline(SAMPLE)
        except UnicodeDecodeError as error:
            raise not_utf8() from error
    return max(SEPARATORS, key=first.count)


def _heading(path: Path, encoding: str, separator: str) -> list[str]:
    first = next(_lines(path, encoding, separator), (1, []))[1]
    if is_blank(first):
        raise empty()
    return heading([unguarded(cell) for cell in first])


def heading(cells: Sequence[str]) -> list[str]:
    """The names of columns. Raises TableError where there are none or too many, or one is blank or is there
    twice.
    """
    names = [storable(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise empty()
    if len(names) > MOST_COLUMNS:
        raise TableError(
            gettext_noop("The table has %(columns)s columns; at most %(most)s can be read."),
            columns=len(names),
            most=MOST_COLUMNS,
        )
    require_distinct(names)
    return names


def _lines(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        try:
            reader = csv.reader(file, delimiter=separator, strict=True)
            yield from enumerate(reader, start=FIRST_ROW - 1)
        except UnicodeDecodeError as error:
            raise not_utf8() from error
        except csv.Error as error:
            raise no_csv(error) from error


def fitted(number: int, cells: list[str], width: int) -> list[str]:
    """A row as wide as the heading. Raises TableError where it has more cells."""
    if not is_blank(cells[width:]):
        raise TableError(
            gettext_noop(
                "Row %(row)s has %(cells)s cells, but there are headings for %(columns)s. Have the "
                "first row name every column, and delete what is above or beside the table."
            ),
            row=number,
            cells=max(at for at, cell in enumerate(cells, start=1) if cell),
            columns=width,
        )
    return [*cells[:width], *[""] * (width - len(cells))]
