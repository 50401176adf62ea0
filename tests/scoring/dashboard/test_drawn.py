"""A page is drawn once for the same numbers and words, and again for any other."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from scoring.dashboard import drawn
from scoring.models import EstimateSet
from surveys.models import City, Role, Site
from tests.factories import make_city, make_member, make_site, make_version
from tests.scoring.admin.people import signed_in
from tests.scoring.dashboard.rows import CITY_FORM

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(made: EstimateSet) -> Client:
    return signed_in(make_member(made.scheme.survey, Role.COORDINATOR))


def test_the_same_numbers_are_drawn_once_for_everybody(
    client: Client, made: EstimateSet, drawing: Mock
) -> None:
    first = client.get("/admin/").content.decode()
    other = signed_in(make_member(made.scheme.survey, Role.ANALYST)).get("/admin/").content.decode()
    assert drawing.call_count == 1
    for html in (first, other):
        assert "50.6–57.1" in html


@pytest.mark.every_stack
def test_what_one_process_has_drawn_the_others_do_not_draw_again(
    client: Client, drawing: Mock
) -> None:
    client.get("/admin/")
    drawn.drawn_by.cache_clear()  # as in another process
    assert "50.6–57.1" in client.get("/admin/").content.decode()
    assert drawing.call_count == 1


@pytest.mark.every_stack
def test_what_is_asked_for_has_no_end_but_what_is_kept_has(
    client: Client, drawing: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page that takes the place of one is not taken for it."""
    monkeypatch.setattr(drawn, "PLACES", 1)
    first = shown(client.get("/admin/"))
    other = shown(client.get("/admin/", {"k": "1/2"}))
    drawn.drawn_by.cache_clear()
    assert shown(client.get("/admin/")) == first != other
    assert drawing.call_count == 3
    drawn.drawn_by.cache_clear()
    assert shown(client.get("/admin/")) == first
    assert drawing.call_count == 3


def shown(response: Any) -> Any:
    """The panels, in which nothing is of the request."""
    return response.context["drawn"].panels


def test_another_release_draws_its_own(client: Client, drawing: Mock, settings: Settings) -> None:
    client.get("/admin/")
    drawn.drawn_by.cache_clear()
    settings.PROGRAM = "another"
    client.get("/admin/")
    assert drawing.call_count == 2


def test_while_redis_is_away_each_draws_its_own(client: Client, redis_away: None) -> None:
    assert "50.6–57.1" in client.get("/admin/").content.decode()


@pytest.mark.parametrize("address", ["/admin/?k=1/2", "/admin/?people=b2=f"])
def test_another_look_is_another_drawing(client: Client, drawing: Mock, address: str) -> None:
    client.get("/admin/")
    client.get(address)
    assert drawing.call_count == 2


def test_each_language_has_its_own(client: Client, drawing: Mock) -> None:
    english = client.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    chinese = client.get("/admin/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert drawing.call_count == 2
    assert "Show as table" in english
    assert "Show as table" not in chinese


def test_new_numbers_are_seen_at_once(client: Client, made: EstimateSet, drawing: Mock) -> None:
    client.get("/admin/")
    made.estimates.filter(variable="index", by="all").update(estimate=0.61)
    EstimateSet.objects.filter(pk=made.pk).update(computed_at=timezone.now())
    html = client.get("/admin/").content.decode()
    assert "61.0" in html
    assert '"text": "61.0"' in html  # what charts are drawn from
    assert drawing.call_count == 2


def test_other_words_are_seen_at_once(client: Client, made: EstimateSet) -> None:
    """Names and targets are no numbers, and have no stamp."""
    make_site(made.scheme.survey, target=1440)
    make_version(made.scheme.survey, CITY_FORM)
    make_city("c01")
    html = client.get("/admin/").content.decode()
    assert "of 1,440" in html
    assert "C01" in html
    Site.objects.update(target=2880)
    City.objects.update(name="Shelbyville")
    html = client.get("/admin/").content.decode()
    assert "of 2,880" in html
    assert "C01" not in html
    assert "Shelbyville" in html
