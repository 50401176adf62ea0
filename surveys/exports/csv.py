"""CSV files that spreadsheets open as text and never run."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Protocol

BOM = "\ufeff"  # without it Excel reads Chinese as something else
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
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
    """The cell, with `'` before what a spreadsheet would take for a formula. Numbers stay."""
    if not cell.startswith(FORMULA_STARTS) or NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
