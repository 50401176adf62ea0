"""Findings as they are shown: by sheet, safe to read, and safe to open as a table."""

import csv

from surveys.admin.findings import MOST_SHOWN, Findings, as_csv, marked
from surveys.xforms.linting.findings import ERROR, NOTE, Finding


def test_names_are_set_as_code_and_nothing_else_is_markup() -> None:
    assert marked("`a<b` is <i>new</i>") == "<code>a&lt;b</code> is &lt;i&gt;new&lt;/i&gt;"


def test_spreadsheets_take_no_cell_for_a_formula() -> None:
    finding = Finding(
        ERROR, "x", "%(name)s is wrong", {"name": "=cmd()"}, "survey", 3, "+a", "B", "@b"
    )
    (_, row) = csv.reader(as_csv([finding]).removeprefix("\ufeff").splitlines())
    assert row == ["Must fix", "survey", "B3", "3", "'+a", "'@b", "'=cmd() is wrong"]


def test_findings_stand_under_their_sheet() -> None:
    found = [Finding(NOTE, "x", "A"), *(Finding(ERROR, "x", "B", sheet="survey") for _ in range(2))]
    shown = Findings.of(found, "")
    assert [(sheet.name, len(sheet.rows)) for sheet in shown.sheets] == [("", 1), ("survey", 2)]
    assert [(one.severity, one.count) for one in shown.filters] == [
        ("", 3),
        ("error", 2),
        ("note", 1),
    ]


def test_a_page_shows_no_more_than_people_read() -> None:
    shown = Findings.of([Finding(ERROR, "x", "A")] * (MOST_SHOWN + 7), "error")
    assert (sum(len(sheet.rows) for sheet in shown.sheets), shown.left_out) == (MOST_SHOWN, 7)
