"""New numbers are drawn before they are seen, as somebody looks at them, and never kept back by a page."""

import time
from unittest.mock import Mock, patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse_lazy

from scoring import pipeline, schemes
from scoring.dashboard import drawn, watched
from scoring.models import Estimate, EstimateSet, Scheme
from surveys.models import QuestionnaireVersion, Role, Site, Survey
from tests.factories import make_interview, make_member, make_site, make_survey, make_version
from tests.scoring.admin.people import member, signed_in
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.every_stack,
    pytest.mark.usefixtures("drawn_ahead"),
]

PAGE, FIGURES = "/admin/", reverse_lazy("dashboard-figures")


@pytest.fixture
def survey() -> Survey:
    """Its numbers are there: twelve people in three sites, half of whom work."""
    survey = make_survey()
    version = make_version(survey)
    for site in (make_site(survey) for _ in range(3)):
        for person in range(4):
            make_interview(site, version, works=("yes", "no")[person % 2])
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.catch_up()
    return survey


@pytest.fixture
def client(survey: Survey) -> Client:
    return member(survey)


def forget() -> None:
    """As in a process that has not looked yet."""
    drawn.drawn_by.cache_clear()


def renew() -> None:
    """One more interview, of somebody who works, comes in and is judged."""
    make_interview(Site.objects.all()[0], QuestionnaireVersion.objects.get(), works="yes")
    pipeline.catch_up()
    forget()


def index() -> float:
    return 100 * (Estimate.objects.get(variable="index", by="all").estimate or 0)


def test_who_looks_at_new_numbers_finds_them_drawn(client: Client, drawing: Mock) -> None:
    client.get(PAGE)
    assert f"{index():.1f}" == "50.0"
    renew()
    assert f"{index():.1f}" != "50.0"
    assert drawing.call_count == 2
    assert f"{index():.1f}" in client.get(PAGE).content.decode()
    assert drawing.call_count == 2


def test_what_is_drawn_ahead_is_the_page_that_would_be_drawn(client: Client, drawing: Mock) -> None:
    client.get(PAGE)
    renew()
    ahead = client.get(FIGURES).json()
    assert drawing.call_count == 2
    forget()
    cache.clear()
    alone = client.get(FIGURES).json()
    assert drawing.call_count == 3
    assert ahead == alone


def test_it_is_drawn_as_each_looks_at_it(client: Client, drawing: Mock) -> None:
    chinese = {"Accept-Language": "zh-hans"}
    client.get(PAGE)
    client.get(PAGE, headers=chinese)
    client.get(PAGE, {"people": "stratum=s"})
    renew()
    assert drawing.call_count == 6
    client.get(PAGE)
    client.get(PAGE, headers=chinese)
    client.get(PAGE, {"people": "stratum=s"})
    assert drawing.call_count == 6


def test_what_nobody_looks_at_is_not_drawn(survey: Survey, drawing: Mock) -> None:
    renew()
    assert drawing.call_count == 0


def test_what_was_looked_at_long_ago_is_not_drawn(client: Client, drawing: Mock) -> None:
    look_back(client, watched.KEPT_S + 1)
    client.get(PAGE, {"k": "1/3"})
    renew()
    assert drawing.call_count == 3


def test_a_page_that_is_open_goes_on_being_drawn(client: Client, drawing: Mock) -> None:
    look_back(client, watched.KEPT_S - 1)
    stamp = EstimateSet.objects.get().computed_at.isoformat()
    assert client.get(FIGURES, {"since": stamp}).status_code == 204
    with patch("scoring.dashboard.watched.time.time", return_value=time.time() + 2):
        renew()
    assert drawing.call_count == 2


def look_back(client: Client, seconds: float) -> None:
    """Somebody looks at the page so long ago."""
    with patch("scoring.dashboard.watched.time.time", return_value=time.time() - seconds):
        client.get(PAGE)


def test_no_more_is_remembered_than_the_latest(client: Client, drawing: Mock) -> None:
    for number in range(10):
        client.get(PAGE)
        client.get(PAGE, {"people": f"x={number}"})
    kept = watched.watched(Scheme.objects.get())
    assert [each.look.people for each in kept] == ["x=9", "x=8", "x=7", "x=6", "", "x=5"]


def test_a_page_that_cannot_be_drawn_keeps_no_numbers_back(
    client: Client, drawing: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    client.get(PAGE)
    drawing.side_effect = LookupError("a mistake")
    renew()
    assert f"{index():.1f}" == "53.8"
    assert "could not be drawn ahead" in caplog.text


def test_while_redis_is_away_numbers_are_published(
    client: Client, drawing: Mock, request: pytest.FixtureRequest
) -> None:
    client.get(PAGE)
    request.getfixturevalue("redis_away")
    renew()
    assert f"{index():.1f}" == "53.8"
    assert drawing.call_count == 1


def test_what_one_looks_at_is_drawn_for_all_who_may_see_it(survey: Survey, drawing: Mock) -> None:
    analyst = signed_in(make_member(survey, Role.ANALYST))
    analyst.get(PAGE)
    renew()
    member(survey).get(PAGE)
    assert drawing.call_count == 2


def test_nothing_is_drawn_ahead_where_all_would_wait_for_it(
    client: Client, drawing: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # of `drawn_ahead`
    client.get(PAGE)
    renew()
    is_sqlite = connection.vendor == "sqlite"
    assert drawing.call_count == (1 if is_sqlite else 2)
