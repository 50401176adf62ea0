"""CSV files that spreadsheets open as text and never run."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Protocol

from surveys.variables.memo import Memo

BOM = "\ufeff"  # without it Excel reads Chinese as something else
GUARD = "'"
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


class RowWriter(Protocol):
    def __call__(self, row: Sequence[str]) -> None: ...


@contextmanager
def open_csv(path: Path, header: Iterable[str], *, bom: bool = True) -> Iterator[RowWriter]:
    """A function that appends one guarded row to a new UTF-8 file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if bom:
            file.write(BOM)
        writer = csv.writer(file)

        def write(row: Sequence[str]) -> None:
            writer.writerow([guarded(cell) for cell in row])

        write(list(header))
        yield write


class ColumnWriter(Protocol):
    def __call__(self, columns: Sequence[Sequence[str]]) -> None: ...


@contextmanager
def open_columns(path: Path, header: Sequence[str]) -> Iterator[ColumnWriter]:
    """A function that appends guarded rows, given by column, to a new file."""
    guards = [Memo(guarded) for _ in header]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        writer = csv.writer(file)

        def write(columns: Sequence[Sequence[str]]) -> None:
            cells = map(Memo.column, guards, columns)
            writer.writerows(zip(*cells, strict=True))

        write([[name] for name in header])
        yield write


class _Echo:
    """A file whose lines are handed on instead of kept."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A file of guarded rows, line by line as they come."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in chain([header], rows):
        yield writer.writerow([guarded(cell) for cell in row])


def guarded(cell: str) -> str:
    """The cell, with `'` before what a spreadsheet would take for a formula. Numbers stay.

    What looks guarded already gets another one, so that `unguarded` gives every text back.
    """
    if NUMBER.fullmatch(cell) or not _looks_live(cell):
        return cell
    return f"{GUARD}{cell}"


def unguarded(cell: str) -> str:
    """The text that was `guarded`."""
    return cell[1:] if cell.startswith(GUARD) and _looks_live(cell) else cell


def _looks_live(cell: str) -> bool:
    return cell.lstrip(GUARD).startswith(FORMULA_STARTS)
