"""Forms with mistakes: one clear sentence each, never a crash."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from surveys.xforms.workbook import read_workbook
from surveys.xforms.xlsform import FormError, convert_workbook
from tests.surveys.xforms.archives import good
from tests.surveys.xforms.books import from_rows, from_table

HEADER = ("type", "name", "label")
FORMS = sorted(Path("tests/data/forms").glob("*.md"))

NO_FORM = {
    "no sheets of a form": (from_rows(data=[("a", "b"), (1, 2)]), "no sheet `survey`, only data"),
    "an empty survey sheet": (from_rows(survey=[]), "no column `type`"),
    "numbers for headings": (from_rows(survey=[(1, 2, 3), (4, 5, 6)]), "no column `type`"),
    "other columns": (from_rows(survey=[("type", "label"), ("text", "A")]), "no column `name`"),
    "headings only": (from_rows(survey=[HEADER]), "no questions"),
    "an unknown type": (from_rows(survey=[HEADER, ("blah", "a", "A")]), "Unknown question type"),
    "no choices": (from_rows(survey=[HEADER, ("select_one x", "a", "A")]), "choices sheet"),
    "a name twice": (
        from_rows(survey=[HEADER, ("text", "a", "A"), ("text", "a", "B")]),
        "[row : 3]",
    ),
    "a column twice": (
        from_rows(survey=[(*HEADER, "label"), ("text", "a", "A")]),
        "two columns `label`",
    ),
    "text under a heading of nonsense": (
        from_rows(
            survey=[HEADER, ("select_one l", "a", "A")],
            choices=[("list_name", "name", "label", "<x>"), ("l", "b", "B", "c")],
        ),
        "cannot be understood",
    ),
    "a bad name": (from_rows(survey=[HEADER, ("text", "a b", "A")]), "[row : 2]"),
    "an open group": (from_rows(survey=[HEADER, ("begin group", "g", "G")]), "begin_group"),
    "an unknown reference": (
        from_rows(survey=[(*HEADER, "relevant"), ("text", "a", "A", "${zz} = 1")]),
        "zz",
    ),
}


@pytest.mark.parametrize(("content", "words"), NO_FORM.values(), ids=NO_FORM.keys())
def test_a_mistake_is_named(content: bytes, words: str) -> None:
    with pytest.raises(FormError) as refused:
        convert_workbook(content)
    assert words in str(refused.value)


def test_a_file_that_is_no_workbook_is_refused() -> None:
    with pytest.raises(FormError, match="xlsx"):
        convert_workbook(b"hello")


def test_a_workbook_that_was_read_is_not_read_again() -> None:
    assert convert_workbook(read_workbook(good())) == convert_workbook(good())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: str(path.stem))
def test_the_xform_is_the_one_that_pyxform_makes_of_the_file(path: Path) -> None:
    workbook = from_table(path.read_text("utf-8"))
    expected = convert(BytesIO(workbook), validate=False, file_type=".xlsx").xform
    assert convert_workbook(workbook).xml.decode() == expected


def test_slips_that_nobody_sees_do_no_harm() -> None:
    workbook = from_rows(
        **{
            "Survey ": [
                ("ｔｙｐｅ", " name ", "label：：English (en)"),
                ("text", "a\u200b", " A\xa0"),
            ]
        }
    )
    xml = convert_workbook(workbook).xml.decode()
    assert "/data/a" in xml
    assert '<translation lang="English (en)">' in xml
    assert "<value>A</value>" in xml


def test_rows_keep_their_numbers_over_blank_ones() -> None:
    rows = [HEADER, (None,), ("text", "a", "A"), (None,), ("text", "a b", "B")]
    with pytest.raises(FormError, match=r"\[row : 5\]"):
        convert_workbook(from_rows(survey=rows))


def test_settings_may_come_after_a_blank_row() -> None:
    settings = [("form_id", "version"), (None, None), ("mine", "7")]
    xml = convert_workbook(
        from_rows(survey=[HEADER, ("text", "a", "A")], settings=settings)
    ).xml.decode()
    assert 'id="mine"' in xml
    assert 'version="7"' in xml


def test_dates_are_written_as_answers_are() -> None:
    settings = [("form_id", "version"), ("f", date(2026, 3, 1))]
    workbook = from_rows(survey=[HEADER, ("text", "a", "A")], settings=settings)
    assert b'version="2026-03-01"' in convert_workbook(workbook).xml


def test_a_good_workbook_becomes_an_xform() -> None:
    assert b"<h:title>Form</h:title>" in convert_workbook(good()).xml
