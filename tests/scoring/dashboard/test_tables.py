"""Downloads hold what the page holds: the same numbers, the same hidden ones, of the same choice."""

import csv
import io

import pytest
from django.test import Client

from scoring.dashboard.tables import TABLES
from scoring.models import EstimateSet
from surveys.models import Role, Survey
from tests.factories import make_member, make_survey
from tests.scoring.admin.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(made: EstimateSet) -> Client:
    return signed_in(make_member(made.scheme.survey, Role.ANALYST))


def rows_of(client: Client, what: str, **params: str) -> list[dict[str, str]]:
    response = client.get(f"/admin/dashboard/tables/{what}.csv", params)
    assert response.status_code == 200, what
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("what", sorted(TABLES.keys() - {"trend", "composition"}))
def test_every_panel_has_its_table(analyst: Client, what: str) -> None:
    assert rows_of(analyst, what)
    assert f"/admin/dashboard/tables/{what}.csv" in analyst.get("/admin/").content.decode()


def test_a_table_has_the_numbers_of_the_page(analyst: Client) -> None:
    page = analyst.get("/admin/dashboard/figures", {"people": "a3=f"}).json()["page"]
    rows = rows_of(analyst, "profile", people="a3=f", beside="a3=m")
    women = {row["standard"]: row for row in rows if row["group"] == "a3=f"}
    for standard in page["standards"]:
        score = standard["score"]
        row = women[standard["name"]]
        assert [row["value"], row["low"], row["n"]] == [
            "" if score[name] is None else str(score[name]) for name in ("value", "low", "n")
        ]
    assert {row["group"] for row in rows} == {"a3=f", "a3=m"}


def test_a_table_says_why_a_number_is_hidden_and_nothing_else_of_it(
    made: EstimateSet, analyst: Client
) -> None:
    hidden = made.estimates.filter(by="a1", level="c02")
    hidden.update(suppressed="n<10", estimate=0.987654, low=0.9871, high=0.9872, n=7)
    for what in ("cities", "heat"):
        (row, *_) = [row for row in rows_of(analyst, what) if row["city"] == "c02"]
        assert [row[name] for name in ("value", "low", "high", "n")] == [""] * 4
        assert row["note"].startswith("Fewer than 10 people")


def test_a_file_says_of_which_survey_scheme_group_and_day_it_is(
    made: EstimateSet, analyst: Client
) -> None:
    response = analyst.get("/admin/dashboard/tables/profile.csv", {"people": "a3=f"})
    name = response["Content-Disposition"].partition('filename="')[2].rstrip('"')
    assert name.startswith("five_equal-v1_profile_a3-f_20")


def test_what_a_page_does_not_have_is_no_file(analyst: Client) -> None:
    for what in ("trend", "nonsense"):
        assert analyst.get(f"/admin/dashboard/tables/{what}.csv").status_code == 404


def test_an_empty_survey_has_no_files() -> None:
    client = signed_in(make_member(make_survey("empty"), Role.ANALYST))
    assert client.get("/admin/dashboard/tables/days.csv").status_code == 404


def test_another_surveys_tables_are_not_there(made: EstimateSet) -> None:
    client = signed_in(make_member(make_survey("other"), Role.ANALYST))
    address = "/admin/dashboard/tables/profile.csv"
    assert client.get(address, {"survey": "five"}).status_code == 404
    assert Survey.objects.filter(code="five").exists()
