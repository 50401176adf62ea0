"""The five standards' questionnaire as a season asks it: with the place, a telephone and a log."""

from io import BytesIO

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from surveys.demo import WORKBOOK

VERSION = "1.0.0-season"
WHERE = {
    "type": "geopoint",
    "name": "where",
    "label::English (en)": "Where the interview is made",
    "label::中文 (zh)": "访谈地点",
    "relevant": "${consent} = 'yes'",
}
PHONE = {
    "type": "text",
    "name": "phone",
    "label::English (en)": "Telephone number for a second visit",
    "label::中文 (zh)": "用于回访的电话号码",
    "relevant": "${consent} = 'yes'",
}
LOG = {"type": "audit", "name": "audit"}


def workbook() -> bytes:
    """An XLSForm workbook. The demo's form with questions after consent, and `audit`."""
    book = load_workbook(WORKBOOK)
    survey, settings = book["survey"], book["settings"]
    names = [cell.value for cell in survey["B"]]
    after = names.index("consent") + 2
    survey.insert_rows(after, 2)
    for at, cells in ((after, WHERE), (after + 1, PHONE), (survey.max_row + 1, LOG)):
        _write(survey, at, cells)
    _write(settings, 2, {"version": VERSION})
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write(sheet: Worksheet, row: int, cells: dict[str, str]) -> None:
    for heading in sheet[1]:
        if heading.value in cells:
            sheet.cell(row, heading.column, cells[str(heading.value)])
