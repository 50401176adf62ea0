"""The column `identifier`: read, checked, and no part of the form."""

import pytest

from surveys.xforms.definition import DIRECT, INDIRECT, FormDef
from surveys.xforms.difference import RISK, compare
from surveys.xforms.linting.findings import Cell
from surveys.xforms.linting.identifiers import direct_cells, remind
from surveys.xforms.linting.linter import review
from tests.surveys.xforms.linting.forms import found, of

TAGGED = """
|  | type | name | label | identifier | calculation |
|  | text | who | Who | direct |  |
|  | begin_repeat | member | Member |  |  |
|  | integer | age | Age | Indirect |  |
|  | end_repeat |  |  |  |  |
|  | select_one yn or_other | work | Work | indirect |  |
"""
BARE = TAGGED.replace("| direct |", "|  |").replace("| Indirect |", "|  |")
BARE = BARE.replace("| indirect |", "|  |")
CHOICES = "|  | yn | yes | Yes |"


def form_of(survey: str) -> FormDef:
    form = review(of(survey, CHOICES)).form
    assert form
    return form


def test_tags_are_read_and_devices_never_get_them() -> None:
    tagged, bare = (review(of(form, CHOICES)) for form in (TAGGED, BARE))
    assert tagged.form
    assert tagged.form.identifiers == {
        "/data/who": DIRECT,
        "/data/member/age": INDIRECT,
        "/data/work": INDIRECT,
        "/data/work_other": INDIRECT,
    }
    assert tagged.form.identifying(DIRECT) == {"/data/who"}
    assert FormDef.from_json(tagged.form.to_json()).identifiers == tagged.form.identifiers
    assert tagged.xml == bare.xml is not None
    assert bare.form
    assert bare.form.identifiers == {}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("|  | text | a | A | secret |", "error survey!D2 identifier: `secret` is no kind of"),
        ("|  | begin_group | a | A | direct |", "error survey!D2 identifier: A group or repeat"),
    ],
)
def test_what_is_no_tag_or_tags_no_answer(row: str, sentence: str) -> None:
    sentences = found(f"|  | type | name | label | identifier |\n{row}\n")
    assert [one for one in sentences if one.startswith(sentence)]


def test_what_is_worked_out_from_a_name_is_asked_about() -> None:
    rows = "|  | calculate | full |  | {} | concat(${{who}}, 1) |"
    (remark,) = [one for one in found(TAGGED + rows.format(""), CHOICES) if "identifier" in one]
    assert remark.startswith("warning survey!E7 identifier: This is worked out from `who`")
    assert not [
        one for one in found(TAGGED + rows.format("direct"), CHOICES) if "identifier" in one
    ]


def test_a_form_without_tags_is_reminded_once() -> None:
    bare = form_of("|  | type | name | label |\n|  | text | who | Who |\n|  | geopoint | at | At |")
    (remark,) = remind(bare, Cell("settings", 2))
    assert "`who`, `at`" in str(remark)
    assert list(remind(form_of(TAGGED), Cell())) == []
    asked = form_of(
        "|  | type | name | label |\n|  | text | psu_id | Site |\n|  | integer | n | N |"
    )
    assert list(remind(asked, Cell())) == []


def test_a_tag_that_is_taken_back_is_a_risk() -> None:
    untagged = form_of(TAGGED.replace("| direct |", "|  |"))
    (change,) = compare(form_of(TAGGED), untagged)
    assert (change.severity, change.code, change.path) == (RISK, "identifier", "/data/who")
    (change,) = compare(untagged, form_of(TAGGED))
    assert (change.code, change.after) == ("identifier", DIRECT)


def test_where_names_are_tagged() -> None:
    assert {name: cell.row for name, cell in direct_cells(of(TAGGED, CHOICES)).items()} == {
        "who": 2
    }
    assert direct_cells(b"no workbook") == {}
