"""Workbooks for tests: from rows, or from markdown tables as forms are written in the tests."""

from collections.abc import Sequence
from io import BytesIO
from typing import TypeAlias

from openpyxl import Workbook

Rows: TypeAlias = Sequence[Sequence[object]]


def from_rows(**sheets: Rows) -> bytes:
    """An .xlsx with the rows of each sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def from_table(table: str) -> bytes:
    """An .xlsx of a form written as a markdown table; blank lines are blank rows."""
    sheets: dict[str, list[list[str | None]]] = {}
    rows: list[list[str | None]] = []
    for line in table.strip().splitlines():
        sheet, *cells = (cell.strip() for cell in line.strip().removeprefix("|").split("|"))
        if sheet:
            rows = sheets.setdefault(sheet, [])
        if any(cells) or not sheet:
            rows.append([cell or None for cell in cells])
    return from_rows(**sheets)
