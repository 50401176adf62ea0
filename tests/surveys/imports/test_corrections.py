"""Corrections from a file: CSV and Excel, what is missing in it, and the lines given back with their faults."""

import re
from io import BytesIO

import pytest
from openpyxl import Workbook

from surveys import correction_batches
from surveys.correction_batches import Line
from surveys.imports.corrections import errors_table, read_corrections
from surveys.imports.table import TableError
from surveys.models import Role
from tests.factories import make_member, make_survey

CSV = "interview_id,question,before,after,reason\nuuid:a,hours,40,48,phone\n\nb,works,,no,phone\n"
LINES = [
    Line(2, "uuid:a", "hours", "40", "48", "phone"),
    Line(4, "b", "works", "", "no", "phone"),
]


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def test_csv_and_excel_say_the_same() -> None:
    assert read_corrections(CSV.encode("utf-8-sig")) == LINES
    rows: list[list[object]] = [[*line.split(",")] for line in CSV.splitlines()]
    rows[1][3] = 48  # a number, as spreadsheets have it
    assert read_corrections(workbook(rows)) == LINES


def test_a_file_need_not_say_what_was_there_before() -> None:
    lines = read_corrections(b"question,after,interview_id,reason,errors\nage,3,a,pho\0ne,none\n")
    assert lines == [Line(2, "a", "age", None, "3", "phone")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"interview_id,question,after\na,b,c\n", "missing: reason"),
        (b"interview_id,question,after,reason,answr\na,b,c,d,e\n", "not known here: answr"),
        (b"interview_id,question,after,reason\n", "no line below"),
        (b"", "empty"),
        ("访谈".encode("gbk"), "not known here: 访谈"),
        (b"caf\xe9", "UTF-8"),
        (b"PK\x03\x04 no workbook", "damaged|no Excel"),
        (workbook([]), "missing"),
    ],
)
def test_what_is_no_list_of_corrections_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(TableError) as raised:
        read_corrections(content)
    assert re.search(message, str(raised.value))


def test_a_file_may_be_saved_by_a_spreadsheet_in_china() -> None:
    content = "interview_id,question,after,reason\na,age,3,电话核实\n"
    lines = [Line(2, "a", "age", None, "3", "电话核实")]
    assert [read_corrections(content.encode(name)) for name in ("gbk", "utf-16")] == [lines, lines]


@pytest.mark.django_db
def test_lines_with_faults_are_given_back_to_be_mended() -> None:
    survey = make_survey()
    coordinator = make_member(survey, Role.COORDINATOR)
    batch = correction_batches.begin(survey, "x.csv", LINES, coordinator)
    correction_batches.check(batch, coordinator)
    given_back = errors_table(batch)
    assert "This survey has no interview uuid:a." in given_back
    assert [line.interview for line in read_corrections(given_back.encode())] == ["uuid:a", "b"]


@pytest.mark.django_db
def test_what_a_spreadsheet_would_run_is_given_back_as_text_and_read_as_it_was() -> None:
    survey = make_survey()
    coordinator = make_member(survey, Role.COORDINATOR)
    line = Line(2, "uuid:a", "note", "=HYPERLINK(1)", "+1 none", "-5")
    batch = correction_batches.begin(survey, "x.csv", [line], coordinator)
    correction_batches.check(batch, coordinator)
    given_back = errors_table(batch)
    assert "note,'=HYPERLINK(1),'+1 none,-5," in given_back
    assert read_corrections(given_back.encode()) == [line]
