"""Files of interviews read back by tools that are not ours: every value, label and reason of a gap."""

import csv
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import pytest

from surveys.exports.catalogue import Order
from surveys.models import QuestionnaireVersion
from surveys.variables.listing import Several
from tests.factories import make_survey
from tests.surveys.exports.analysed import FORM, exported, make_house

FULL = {
    "interview_id": "uuid:1",
    "q_11bbcb": '=李 "四"',  # a name in Chinese, a text like a formula
    "age": 30,
    "works": 1,
    "hours": 40.5,
    "edu": 7,
    "tools": "saw axe",
    "tools_saw": 1,
    "tools_axe": 1,
    "born": date(1996, 2, 29),
    "seen": datetime(2026, 11, 27, 10, 15, 30),  # noqa: DTZ001 - the clock on the wall
    "home_latitude": 31.23,
    "home_longitude": 121.47,
    "home_altitude": 4,
    "home_accuracy": 5,
    "member_count": 2,
}
GAPS = {  # of the second interview
    "age": "unreadable",
    "works": "refused",
    "hours": "not_applicable",
    "edu": "dont_know",
    "tools_saw": "refused",
    "tools_axe": "refused",
}
BLANK = ("born", "seen", "home_latitude")  # of the second interview, without a reason
NUMBERS = {
    "dont_know": -999999999,
    "refused": -999999998,
    "not_applicable": -999999997,
    "unreadable": -999999996,
}
LETTERS = {"dont_know": "d", "refused": "r", "not_applicable": "n", "unreadable": "u"}
LABELS = {
    "en": {"age": "Age", "tools_saw": "Tools – Saw", "q_11bbcb": "Name", "hours": "Hours"},
    "zh": {"age": "年龄", "tools_saw": "工具 – 锯", "q_11bbcb": "姓名", "hours": "工时"},
}
VALUES = {
    "en": {"works": {1: "Yes", 2: "No"}, "edu": {3: "Junior secondary", 7: "Bachelor or above"}},
    "zh": {"works": {1: "是", 2: "否"}, "edu": {3: "初中", 7: "本科及以上"}},
}
REFUSED = {"en": "Prefer not to answer", "zh": "不愿回答"}  # the form's own words
NOT_SURE = {"en": "Not sure", "zh": "不清楚"}
MEMBERS = [("uuid:1", "uuid:1/member[1]", 1, "Ann"), ("uuid:1", "uuid:1/member[2]", 2, "Bo")]


@pytest.fixture
def version(db: None) -> QuestionnaireVersion:
    return make_house(make_survey("ours"))


def files(
    version: QuestionnaireVersion, kind: str, to: Path, language: str = ""
) -> dict[str, Path]:
    return exported(Order(version.questionnaire, None, language), kind, to)


def program(name: str) -> str:
    """Where a tool is. Its test is skipped without it, in CI it fails."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"no {name} on this machine")
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


def run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def kept(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in FULL}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_spss_files_have_values_labels_and_reasons(
    version: QuestionnaireVersion, tmp_path: Path, language: str
) -> None:
    made = files(version, "sav", tmp_path, language)
    frame, meta = pyreadstat.read_sav(
        made["interviews.sav"], user_missing=True, output_format="polars"
    )
    assert_read(frame, NUMBERS)
    assert meta.missing_ranges["hours"] == [{"lo": -999999999, "hi": -999999996}]
    assert_labelled(meta, language, NUMBERS)
    measures = [meta.variable_measure[name] for name in ("age", "works", "q_11bbcb")]
    assert measures == ["scale", "nominal", "nominal"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_stata_files_have_values_labels_and_reasons(
    version: QuestionnaireVersion, tmp_path: Path, language: str
) -> None:
    made = files(version, "dta", tmp_path, language)
    frame, meta = pyreadstat.read_dta(
        made["interviews.dta"], user_missing=True, output_format="polars"
    )
    assert_read(frame, LETTERS)
    assert_labelled(meta, language, LETTERS)


def assert_read(frame: pl.DataFrame, reasons: Mapping[str, object]) -> None:
    full, gaps, _ = frame.to_dicts()
    assert kept(full) == FULL
    assert {name: gaps[name] for name in GAPS} == {n: reasons[word] for n, word in GAPS.items()}
    assert [gaps[name] for name in BLANK] == [None] * len(BLANK)


def assert_labelled(meta: Any, language: str, reasons: Mapping[str, object]) -> None:
    labels, values = meta.column_names_to_labels, meta.variable_value_labels
    assert {name: labels[name] for name in LABELS[language]} == LABELS[language]
    for name, words in VALUES[language].items():
        assert {code: values[name][code] for code in words} == words
    assert values["works"][reasons["refused"]] == REFUSED[language]
    assert values["edu"][reasons["dont_know"]] == NOT_SURE[language]


def test_parquet_has_names_of_choices_and_reasons_beside(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    path = files(version, "parquet", tmp_path, "zh")["interviews.parquet"]
    full, gaps, _ = pl.read_parquet(path).to_dicts()
    assert kept(full) == {**FULL, "works": "yes", "edu": "7"}
    assert full["_missing"] is None
    assert json.loads(gaps["_missing"]) == GAPS
    assert [gaps[name] for name in GAPS] == [None] * len(GAPS)
    described = {
        one["name"]: one for one in json.loads(pl.read_parquet_metadata(path)["variables"])
    }
    assert described["works"] == {
        "name": "works",
        "question": "works",
        "label": "您工作吗？",
        "kind": "choice",
        "choices": {"yes": "是", "no": "否"},
    }
    assert described["q_11bbcb"]["question"] == "姓名"


@pytest.mark.parametrize("kind", ["sav", "dta", "parquet"])
def test_repeats_are_tables_that_join(
    version: QuestionnaireVersion, tmp_path: Path, kind: str
) -> None:
    made = files(version, kind, tmp_path)
    read = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}.get(kind)
    interviews, members = (
        read(path, output_format="polars")[0] if read else pl.read_parquet(path)
        for path in (made[f"interviews.{kind}"], made[f"interviews-member.{kind}"])
    )
    joined = members.join(interviews, left_on="parent_key", right_on="interview_id")
    assert joined.select("parent_key", "key", "place", "who").rows() == MEMBERS
    assert members["age"].to_list() == [60, None]  # the second is not asked
    assert joined["member_count"].to_list() == [2, 2]


R_SCRIPT = """
suppressPackageStartupMessages(library(haven))
files <- commandArgs(TRUE)
stata <- read_dta(files[1]); spss <- read_sav(files[2], user_na = TRUE)
say <- function(...) cat(..., "", sep = "\\n")
say(attr(stata$age, "label"), names(attr(spss$works, "labels"))[1:2], names(which(attr(stata$works, "labels") == 2)))
say(na_tag(stata$hours[2]), na_tag(stata$edu[2]), na_tag(stata$age[2]), is.na(na_tag(stata$born[2])))
say(is.na(spss$hours[2]), unclass(spss$hours)[2] == -999999997, is.na(spss$hours[1]))
say(format(stata$born[1]), format(spss$born[1]), format(stata$seen[1], tz = "UTC"), stata$q_11bbcb[1])
say(mean(zap_missing(spss$age), na.rm = TRUE), mean(stata$age, na.rm = TRUE))
"""
R_DATES = """
suppressPackageStartupMessages(library(haven))
files <- commandArgs(TRUE)
stata <- read_dta(files[1])$born; spss <- read_sav(files[2], user_na = TRUE)$born
cat(class(stata), class(spss), format(stata[1]), format(spss[1]), na_tag(stata[2]), is.na(spss[2]))
"""


def test_r_opens_both(version: QuestionnaireVersion, tmp_path: Path) -> None:
    script = tmp_path / "read.R"
    script.write_text(R_SCRIPT)
    stata = files(version, "dta", tmp_path, "zh")["interviews.dta"]
    spss = files(version, "sav", tmp_path, "zh")["interviews.sav"]
    said = run(program("Rscript"), str(script), str(stata), str(spss)).split("\n")
    assert [line for line in said if line] == [
        *("年龄", "是", "否", "否"),
        *("n", "d", "u", "TRUE"),
        *("TRUE", "TRUE", "FALSE"),
        *("1996-02-29", "1996-02-29", "2026-11-27 10:15:30", '=李 "四"'),
        *("30", "30"),
    ]


def test_pspp_opens_it_and_leaves_gaps_out(version: QuestionnaireVersion, tmp_path: Path) -> None:
    made = files(version, "sav", tmp_path, "zh")["interviews.sav"]
    syntax, out = tmp_path / "read.sps", tmp_path / "out.csv"
    syntax.write_text(
        f"GET FILE='{made}'.\nDESCRIPTIVES age hours /STATISTICS=mean.\n"
        "FREQUENCIES works /STATISTICS=none.\n"
    )
    run(program("pspp"), "-o", str(out), "-O", "format=csv", str(syntax))
    rows = list(csv.reader(StringIO(out.read_text("utf-8"))))
    found = {row[0]: row[1:] for row in rows if row and row[0] in ("年龄", "工时")}
    assert found == {"年龄": ["1", "30.00"], "工时": ["1", "40.50"]}
    words = out.read_text("utf-8")
    assert all(word in words for word in ("您工作吗？", "是", "否", "不愿回答"))


def test_gdal_opens_the_points(version: QuestionnaireVersion, tmp_path: Path) -> None:
    path = files(version, "geojson", tmp_path, "zh")["interviews.geojson"]
    said = run(program("ogrinfo"), "-ro", "-al", str(path))
    assert "Feature Count: 3" in said
    assert "POINT Z (121.47 31.23 4)" in said
    assert "works (String) = 是" in said  # labels were asked for
    assert '=李 "四"' in said
    features = json.loads(path.read_text("utf-8"))["features"]
    assert [one["geometry"] is None for one in features] == [False, True, True]
    assert features[0]["properties"]["_question"] == "home"
    assert features[1]["properties"]["works"] is None


@pytest.mark.parametrize(
    ("several", "names"),
    [
        (Several.JOINED, ["tools"]),
        (Several.SPLIT, ["tools_saw", "tools_axe"]),
        (Several.BOTH, ["tools", "tools_saw", "tools_axe"]),
    ],
)
def test_several_answers_are_joined_split_or_both(
    version: QuestionnaireVersion, tmp_path: Path, several: Several, names: list[str]
) -> None:
    order = Order(version.questionnaire, several=several)
    made = exported(order, "parquet", tmp_path)["interviews.parquet"]
    assert [name for name in pl.read_parquet_schema(made) if name.startswith("tools")] == names


def test_dates_stay_dates_where_some_do_not_apply(db: None, tmp_path: Path) -> None:
    form = FORM.replace(
        "|                  |\n|        | datetime", "| ${works} = 'yes' |\n|        | datetime"
    )
    version = make_house(make_survey("ours"), form)
    script = tmp_path / "read.R"
    script.write_text(R_DATES)
    stata = files(version, "dta", tmp_path)["interviews.dta"]
    spss = files(version, "sav", tmp_path)["interviews.sav"]
    said = run(program("Rscript"), str(script), str(stata), str(spss)).split()
    assert said == ["Date", "Date", "1996-02-29", "1996-02-29", "n", "TRUE"]
