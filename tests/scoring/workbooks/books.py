"""The example of docs/schemes.md as a workbook, and what is found in one that differs from it."""

import re
from collections.abc import Mapping
from pathlib import Path

from openpyxl.utils import coordinate_to_tuple

from scoring.workbooks.reading import Judgement, read_judgement
from tests.surveys.xforms.books import from_rows

PAGE = Path(__file__).resolve().parents[3] / "docs" / "schemes.md"
SHEET = re.compile(r"^### Sheet `(\w+)`\n\n((?:\|.*\n)+)", re.MULTILINE)


def example() -> dict[str, list[list[str]]]:
    """The rows of every sheet, headings first."""
    tables = SHEET.findall(PAGE.read_text("utf-8"))
    return {name: _rows(table) for name, table in tables}


def _rows(table: str) -> list[list[str]]:
    lines = [line.strip().strip("|").split("|") for line in table.strip().splitlines()]
    return [[cell.strip() for cell in line] for line in (lines[0], *lines[2:])]


def book(changes: Mapping[str, str] | None = None, /, **sheets: list[list[object]] | None) -> bytes:
    """The example with other texts in cells, such as `{"indicators!D2": "13"}`, or other sheets."""
    rows: dict[str, list[list[object]]] = {k: [[*row] for row in v] for k, v in example().items()}
    for name, given in sheets.items():
        rows.pop(name, None)
        if given is not None:
            rows[name] = given
    for place, text in (changes or {}).items():
        sheet, cell = place.split("!")
        row, column = coordinate_to_tuple(cell)
        _put(rows[sheet], row - 1, column - 1, text)
    return from_rows(**{name: [[c or None for c in row] for row in r] for name, r in rows.items()})


def _put(rows: list[list[object]], row: int, column: int, text: str) -> None:
    rows += [[] for _ in range(row + 1 - len(rows))]
    rows[row] += [""] * (column + 1 - len(rows[row]))
    rows[row][column] = text


def judged(
    changes: Mapping[str, str] | None = None, /, **sheets: list[list[object]] | None
) -> Judgement:
    return read_judgement(book(changes, **sheets))


def lines(judgement: Judgement) -> list[str]:
    return [f"{f.severity} {f.place} {f.code}: {f}" for f in judgement.findings]
