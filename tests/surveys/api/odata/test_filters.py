"""`$filter`: which rows it finds, and what it says of what it does not understand."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.models import Audience, QuestionnaireVersion, Role
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.surveys.api.odata.reader import Reader, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> QuestionnaireVersion:
    """Interviews of ages 9, 30, 31 and 100 at S1."""
    version = make_version(make_survey())
    site = make_site(version.questionnaire.survey, "S1")
    for age, works in (("9", "no"), ("30", "no"), ("31", "yes"), ("100", "rf")):
        hours = {"hours": "7.5"} if works == "yes" else {}
        make_interview(site, version, age=age, works=works, **hours)
    return version


def ages(asker: Reader, condition: str) -> list[Any]:
    return [row["age"] for row in asker.rows(filter=condition, select="age")]


def test_conditions_find_what_they_say(version: QuestionnaireVersion) -> None:
    asker = reader(version)
    for condition, found in {
        "age eq 30": [30],
        "age eq 30.0": [30],
        "30 eq age": [30],
        "age ne 30": [9, 31, 100],
        "age gt 30": [31, 100],
        "age ge 9 and age lt 31": [9, 30],
        "age le 9 or age gt 99": [9, 100],
        "age gt -1 and age lt 1e2": [9, 30, 31],
        "works eq 'yes' or works eq 'no' and age gt 9": [30, 31],
        "(works eq 'yes' or works eq 'no') and age gt 9": [30, 31],
        "not (works eq 'no')": [31, 100],
        "not works eq 'no' and age lt 99": [31],
        "works in ('yes','rf')": [31, 100],
        "hours eq null": [9, 30, 100],
        "hours ne null": [31],
        "hours ge 7.5": [31],
        "not (hours ge 7.5)": [9, 30, 100],
        "contains(works,'e')": [31],
        "startswith(works, 'r')": [100],
        "endswith(works,'o') and contains(site,'1')": [9, 30],
        "site eq 'S1' and state eq 'submitted'": [9, 30, 31, 100],
        "site eq 'S2'": [],
        "site eq 'O''Hara'": [],
        "received gt 2000-01-01T00:00:00Z": [9, 30, 31, 100],
        "received lt 2000-01-01T00:00:00+08:00": [],
        "received le 9999-12-31T23:59:59.9Z": [9, 30, 31, 100],
    }.items():
        assert ages(asker, condition) == found, condition


def test_labels_are_what_is_asked_for_where_labels_are_told(version: QuestionnaireVersion) -> None:
    assert ages(reader(version, words="corrected-zh"), "works eq '是'") == [31]


@pytest.mark.parametrize(
    ("condition", "status", "named"),
    [
        ("colour eq 'red'", 400, "colour"),
        ("age eq '30'", 400, "number, text"),
        ("works gt 3", 400, "number, text"),
        ("received gt 2000-01-01", 400, "day, moment"),
        ("age gt null", 400, "null"),
        ("contains(age,'3')", 400, "number"),
        ("age eq", 400, "…"),
        ("age eq 3 4", 400, "4"),
        ("(age eq 3", 400, "…"),
        ("age eq 3)", 400, ")"),
        ("age = 3", 400, "= 3"),
        ("received gt 2026-02-31T00:00:00Z", 400, "2026-02-31"),
        ("received gt 0001-01-01T00:00:00+14:00", 400, "0001-01-01"),  # UTC has no such year
        ("site eq '\x00'", 400, "$filter"),  # which PostgreSQL does not take
        ("not " * 60 + "age eq 3", 400, "not"),
        ("works eq '" + "x" * 2000 + "'", 400, "2000"),
        ("length(works) eq 3", 501, "length"),
        ("age add 1 eq 3", 501, "add"),
        ("age has 1", 501, "has"),
        ("works eq tolower('YES')", 501, "tolower"),
    ],
)
def test_what_is_not_understood_is_named(
    version: QuestionnaireVersion, condition: str, status: int, named: str
) -> None:
    assert named in reader(version).refusal(status, filter=condition)


def test_an_audience_finds_only_what_it_is_told(version: QuestionnaireVersion) -> None:
    """Bands of five years: no condition tells 31 from 30, and no site is there to be asked for."""
    analyst = reader(version, Role.ANALYST)
    assert sorted(ages(analyst, "age ge 30")) == [30, 31, 100]
    Audience.objects.update(widths={"g/age": 5.0}, place="city")
    assert ages(analyst, "age eq 31") == []
    assert ages(analyst, "age eq 30") == [30, 30]
    assert "site" in analyst.refusal(400, filter="site eq 'S1'")
    assert "interview_id" in analyst.refusal(400, filter="interview_id eq 'x'")


def test_one_interview_is_looked_up_by_the_database(version: QuestionnaireVersion) -> None:
    asker = reader(version)
    wanted = asker.rows(filter="age eq 31")[0]["interview_id"]
    with CaptureQueriesContext(connection) as queries:
        assert ages(asker, f"interview_id eq '{wanted}' and age gt 1") == [31]
    assert [one for one in queries if f"root_uuid\" = '{wanted}'" in one["sql"]]
