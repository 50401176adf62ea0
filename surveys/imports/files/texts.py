"""CSV and other tables of plain text: the encoding and the separator found, guards taken off."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from unicodedata import category

from surveys.errors import gettext_noop
from surveys.exports.csv import unguarded
from surveys.imports.files.source import MOST_COLUMNS, Column, Opened, Source, is_blank
from surveys.imports.table import (
    FIRST_ROW,
    TableError,
    empty,
    no_csv,
    not_utf8,
    require_distinct,
)

SAMPLE = 1 << 20  # bytes that tell the encoding
MARKS = (  # at the beginning of a file
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
SEPARATORS = (",", ";", "\t")
MOSTLY = 0.9  # of the letters beyond ASCII are Chinese, in a text that is


def open_text(path: Path, name: str) -> Opened:
    """A table of text. Raises TableError."""
    encoding, said = _encoding(path)
    separator = _separator(path, encoding)
    columns = tuple(Column(text) for text in _heading(path, encoding, separator))

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in _lines(path, encoding, separator):
            if number >= FIRST_ROW and not is_blank(cells):
                yield number, _fitted(number, [unguarded(cell) for cell in cells], len(columns))

    return Opened(f"CSV, {said}", [Source(name, columns, rows)])


def _encoding(path: Path) -> tuple[str, str]:
    """The encoding as Python and as people call it. Raises TableError."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    marked = next(((codec, said) for mark, codec, said in MARKS if sample.startswith(mark)), None)
    if marked:
        return marked
    if _reads(path, "utf-8"):
        return "utf-8", "UTF-8"
    if _is_chinese(sample) and _reads(path, "gb18030"):
        return "gb18030", "GB18030"
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


def _is_chinese(sample: bytes) -> bool:
    """Whether bytes make sense as GB18030: many others can be read so, and make none."""
    text = sample.decode("gb18030", errors="ignore")
    foreign = [letter for letter in text if letter > "\x7f"]
    return sum(map(_may_be_chinese, foreign)) >= MOSTLY * len(foreign)


def _may_be_chinese(letter: str) -> bool:
    is_common = "\u4e00" <= letter <= "\u9fff" or "\u3000" <= letter <= "\u303f"
    return is_common or "\uff00" <= letter <= "\uffef" or category(letter).startswith("P")


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
    """The names of columns. Raises TableError where there are too many, or one has none or is there twice."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
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


def _fitted(number: int, cells: list[str], width: int) -> list[str]:
    """A row as wide as the heading. Raises TableError where it has more cells."""
    if not is_blank(cells[width:]):
        raise TableError(
            gettext_noop("Row %(row)s has %(cells)s cells, but there are %(columns)s columns."),
            row=number,
            cells=len(cells),
            columns=width,
        )
    return [*cells[:width], *[""] * (width - len(cells))]
