"""Excel: read back by openpyxl, equal to the answers; whole or refused; never a live cell."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pytest_django import Settings

from surveys.exports import rows, xlsx
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.sinks import feed
from surveys.exports.tables import tables_for
from surveys.exports.xlsx import LongText, sheet_names
from surveys.models import QuestionnaireVersion
from tests.factories import make_survey
from tests.surveys.exports.analysed import FLAT, FULL, exported, make_house, send


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_house(make_survey("ours"))


def read(path: Path, sheet: str) -> list[dict[str, Any]]:
    book = load_workbook(path)
    header, *found = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in found]


def test_a_sheet_a_table_with_texts_numbers_and_moments(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    path = exported(Order(version.questionnaire), "xlsx", tmp_path)["interviews.xlsx"]
    assert load_workbook(path).sheetnames == [
        "interviews",
        "interviews-member",
        xlsx.VARIABLES,
        xlsx.CHOICES,
    ]
    full, gaps, empty = read(path, "interviews")
    assert full["q_11bbcb"] == '=李 "四"'
    assert (full["age"], full["works"], full["hours"], full["edu"]) == (30, "yes", 40.5, "7")
    assert full["born"] == datetime(1996, 2, 29)  # noqa: DTZ001 - as Excel has them
    assert full["seen"] == datetime(2026, 11, 27, 10, 15, 30)  # noqa: DTZ001
    assert (full["tools"], full["tools_saw"], full["home_longitude"]) == ("saw axe", 1, 121.47)
    assert [gaps["age"], gaps["works"], gaps["edu"], empty["hours"]] == [None, "rf", "dk", None]
    members = read(path, "interviews-member")
    assert [(one["parent_key"], one["who"], one["age"]) for one in members] == [
        ("uuid:1", "Ann", 60),
        ("uuid:1", "Bo", None),
    ]


def test_nothing_in_it_is_a_formula(version: QuestionnaireVersion, tmp_path: Path) -> None:
    for number, text in enumerate(("=1+1", "+1", "-1", "@x", "＝1", "http://x.y"), start=4):
        send(version, number, FULL.replace('=李 "四"', text))
    path = exported(Order(version.questionnaire), "xlsx", tmp_path)["interviews.xlsx"]
    sheet = load_workbook(path)["interviews"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n", "d"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert read(path, "interviews")[3]["q_11bbcb"] == "=1+1"


def test_variables_and_choices_are_explained_in_all_languages(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    path = exported(Order(version.questionnaire), "xlsx", tmp_path)["interviews.xlsx"]
    variables = {(one["table"], one["name"]): one for one in read(path, "variables")}
    works = variables["interviews", "works"]
    assert (works["label en"], works["label zh"]) == ("Do you work?", "您工作吗？")
    assert variables["interviews-member", "age"]["type"] == "integer"
    assert variables["interviews", "site"]["label zh"] == "调查点"
    assert {"name": "edu", "choice": "7", "code": "7"}.items() <= read(path, "choices")[3].items()


def test_cells_hold_labels_where_they_are_wanted(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    order = Order(version.questionnaire, language="zh")
    path = exported(order, "xlsx", tmp_path)["interviews.xlsx"]
    assert [one["works"] for one in read(path, "interviews")] == ["是", "不愿回答", "否"]


def test_days_and_numbers_that_excel_would_change_are_texts(db: None, tmp_path: Path) -> None:
    version = make_house(make_survey("ours"), FLAT)
    old = FULL.replace("1996-02-29", "1899-12-01").replace(
        "<age>30</age>", "<age>1234567890123456</age>"
    )
    send(version, 4, old.partition("<member>")[0])
    path = exported(Order(version.questionnaire), "xlsx", tmp_path)["interviews.xlsx"]
    last = read(path, "interviews")[-1]
    assert (last["born"], last["age"]) == ("1899-12-01", "1234567890123456")


def test_a_text_that_is_too_long_is_refused_with_its_question(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    send(version, 4, FULL.replace('=李 "四"', "很" * 32_768))
    with pytest.raises(LongText, match="answer to q_11bbcb has 32768 characters"):
        exported(Order(version.questionnaire), "xlsx", tmp_path)
    assert not any(path.is_file() for path in tmp_path.glob("*.xlsx"))


def test_long_tables_are_several_workbooks_that_keep_interviews_whole(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    send(version, 4, FULL)
    order = Order(version.questionnaire)
    tables = tables_for(order)
    with closing(xlsx.books_of(order, tables, tmp_path)) as books:
        books.most_rows = 3
        feed(order, tables, [books], lambda: None)
        files = books.finish()
    assert [file.path.name for file in files] == ["interviews-1.xlsx", "interviews-2.xlsx"]
    assert [dict(file.rows) for file in files] == [
        {"interviews": 3, "interviews-member": 2},
        {"interviews": 1, "interviews-member": 2},
    ]
    assert [one["interview_id"] for one in read(files[1].path, "interviews-member")] == [
        "uuid:4",
        "uuid:4",
    ]


def test_more_than_a_sheet_holds_comes_in_an_archive(
    version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, order = EXPORTS["submissions_xlsx"], Order(version.questionnaire)
    assert export.file_name(order, 1).endswith(".xlsx")
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    assert export.file_name(order, 1).endswith(".zip")


def test_equal_data_make_equal_files(
    version: QuestionnaireVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(version.questionnaire)
    EXPORTS["submissions_xlsx"].write(order, tmp_path / "one", lambda: None)
    monkeypatch.setattr(rows, "CHUNK", 2)
    EXPORTS["submissions_xlsx"].write(order, tmp_path / "two", lambda: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_names_of_sheets_are_short_and_none_is_twice() -> None:
    long = "interviews-" + "x" * 40
    names = sheet_names(["interviews", long, f"{long}y", "a/b:c", "Variables"])
    assert names == ["interviews", long[:31], f"{long[:26]} 2", "a-b-c", "Variables 2"]
    assert max(map(len, names)) <= 31
