"""The page of tables: who opens it, what it shows and hides, and the same as a file."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scoring import crosstabs
from scoring.dashboard.crosstab_look import Look
from scoring.dashboard.crosstab_table import ShownCell, shown
from scoring.dashboard.crosstab_words import Words
from scoring.divisions import catalogue_of
from scoring.models import Scheme
from scoring.tables import Cell, Share, Table, Trial
from surveys.models import Job, Role
from tests.scoring.admin.people import member
from tests.scoring.divided import make_divided

pytestmark = pytest.mark.django_db
PAGE, FILE = "/admin/dashboard/crosstab/", "/admin/dashboard/crosstab.csv"
CHOICE = "rows=by.age&columns=by.stratum"
MOST_QUERIES = 20


@pytest.fixture
def scheme() -> Scheme:
    return make_divided()


@pytest.fixture
def analyst(scheme: Scheme) -> Client:
    return member(scheme.survey, Role.ANALYST)


def test_an_analyst_reads_a_table_in_few_queries(analyst: Client) -> None:
    analyst.get(f"{PAGE}?{CHOICE}")
    with CaptureQueriesContext(connection) as asked:
        answer = analyst.get(f"{PAGE}?{CHOICE}")
    assert answer.status_code == 200
    assert "61.5%" in answer.content.decode()
    assert len(asked) <= MOST_QUERIES


def test_a_choice_that_is_not_there_is_answered_with_a_sentence(analyst: Client) -> None:
    answer = analyst.get(f"{PAGE}?rows=by.age&columns=by.age")
    assert answer.status_code == 422
    assert "Rows and columns are the same" in answer.content.decode()


def test_a_file_has_the_numbers_of_the_page(analyst: Client) -> None:
    answer = analyst.get(f"{FILE}?{CHOICE}")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("row,row_title,column,column_title,n,row_percent")
    assert [line.split(",")[:6] for line in lines[1:]] == [
        ["young", "young", "a", "a", "16", "36.4"],
        ["young", "young", "b", "b", "28", "63.6"],
        ["old", "old", "a", "a", "32", "61.5"],
        ["old", "old", "b", "b", "20", "38.5"],
    ]
    assert analyst.get(f"{FILE}?rows=nothing").status_code == 404


def test_a_large_table_is_asked_for_and_comes_by_itself(
    analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crosstabs, "AT_ONCE", 10)
    assert "Compute it" in analyst.get(f"{PAGE}?{CHOICE}").content.decode()
    assert analyst.get(f"{FILE}?{CHOICE}").status_code == 404
    chosen = dict(part.split("=") for part in CHOICE.split("&"))
    answer = analyst.post(PAGE, chosen)
    assert answer.status_code == 302
    assert Job.objects.get().kind == crosstabs.KIND
    assert 'http-equiv="refresh"' in analyst.get(answer["Location"]).content.decode()


def test_what_is_hidden_has_neither_number_nor_percentage(scheme: Scheme) -> None:
    """And what stands beside it is rounded."""
    share = Share(0.615, 0.4, 0.8, 0.1)
    table = Table(
        rows=["old", "young"],
        columns=["a", "b"],
        cells=[[Cell(None), Cell(40, share, share, share)], [Cell(None), Cell(30)]],
        right=[Cell(None), Cell(None)],
        below=[Cell(None), Cell(70, all=share)],
        people=80,
        tests=[Trial(2.0, 1.0, 50.0, 0.03, 2.0, 9.0)],
    )
    words = Words.of(scheme, catalogue_of(scheme))
    made = shown(table, Look("by.age", "by.stratum", percent="row"), words)
    young, old = made.rows  # in the order of the scheme's bands
    hidden, beside = old.cells
    assert (hidden.text, hidden.n, hidden.interval, hidden.bin) == ("hidden", "", "", None)
    assert beside == ShownCell("62%", "40", "40–80", bin=6)
    assert young.cells[1].text == "–"
    assert made.test == "More than chance (p = 0.030)."
    assert made.has_hidden


def test_the_dashboard_and_the_menu_lead_there(analyst: Client) -> None:
    assert analyst.get("/admin/").content.decode().count(PAGE) == 2
