"""Columns of an export: a pure function of forms."""

import pytest

from surveys.exports.columns import FACTS, Column, layout_of
from surveys.xforms.definition import FormDef
from surveys.xforms.xform import parse_xform
from surveys.xforms.xlsform import convert_workbook
from tests.factories import SMALL_FORM, workbook

GROUPED = """
| survey |                       |               |                |                |             |
|        | type                  | name          | label::en (en) | label::zh (zh) | calculation |
|        | deviceid              | deviceid      |                |                |             |
|        | text                  | enumerator_id | You            | 您             |             |
|        | text                  | city          | City           | 城市           |             |
|        | begin_group           | first         | First          | 一             |             |
|        | integer               | age           | Age            | 年龄           |             |
|        | note                  | hello         | Hello          | 你好           |             |
|        | end_group             |               |                |                |             |
|        | begin_group           | second        | Second         | 二             |             |
|        | integer               | age           | Age            | 年龄           |             |
|        | select_multiple tools | tools         | Tools          | 工具           |             |
|        | end_group             |               |                |                |             |
|        | calculate             | older         |                |                | ${tools}    |
| choices |            |       |                |                |
|         | list_name  | name  | label::en (en) | label::zh (zh) |
|         | tools      | saw   | Saw            | 锯             |
|         | tools      | axe   | Axe            | 斧             |
| settings |         |         |
|          | form_id | version |
|          | grouped | 1       |
"""


def form_of(table: str) -> FormDef:
    return parse_xform(convert_workbook(workbook(table)).xml)


def names(*forms: FormDef, with_people: bool = False) -> list[str]:
    return [column.name for column in layout_of(forms, with_people=with_people).columns]


def test_short_names_where_unique_and_paths_where_not() -> None:
    assert names(form_of(GROUPED), with_people=True) == [
        "enumerator_id",
        "answer/city",  # the interview's own city has that name
        "first/age",
        "second/age",
        "tools",
        "older",
    ]


def test_nobodys_name_and_no_device_unless_asked_for() -> None:
    layout = layout_of([form_of(GROUPED)])
    assert "enumerator_id" not in layout.header
    assert "enumerator" not in layout.header
    assert layout_of([form_of(GROUPED)], with_people=True).facts == FACTS
    assert "deviceid" not in layout_of([form_of(GROUPED)], with_people=True).header


def test_every_name_heads_one_column() -> None:
    header = layout_of([form_of(GROUPED)], with_people=True).header
    assert len(header) == len(set(header))


def test_questions_of_older_versions_keep_their_columns() -> None:
    old, new = form_of(SMALL_FORM), form_of(SMALL_FORM.replace("| hours ", "| days  "))
    assert names(new, old) == ["psu_id", "age", "works", "days", "hours"]


def test_a_wave_of_versions_has_the_newest_wording() -> None:
    old, new = form_of(SMALL_FORM), form_of(SMALL_FORM.replace("| Yes ", "| Sure "))
    works = next(c for c in layout_of([new, old], "en").columns if c.name == "works")
    assert works.labels["yes"] == "Sure"


@pytest.mark.parametrize(
    ("language", "answer", "cell"),
    [
        ("", "saw axe", "saw axe"),
        ("en", "saw axe", "Saw; Axe"),
        ("zh", "axe", "斧"),
        ("zh-hans", "axe", "斧"),
        ("en", "saw rf", "Saw; rf"),
        ("en", "", ""),
    ],
)
def test_several_choices_are_joined(language: str, answer: str, cell: str) -> None:
    columns = layout_of([form_of(GROUPED)], language).columns
    assert next(c for c in columns if c.name == "tools").value(answer) == cell


def test_an_answer_without_a_label_stays_as_it_is() -> None:
    assert Column("a", "a", "select_one", {"yes": "Yes"}).value("rf") == "rf"
    assert Column("a", "a", "integer").value("17") == "17"
