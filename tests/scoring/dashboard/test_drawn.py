"""A page is drawn once for the same numbers and words, and again for any other."""

from collections.abc import Iterator
from unittest.mock import Mock, patch

import pytest
from django.core.cache import cache
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


@pytest.fixture
def drawing() -> Iterator[Mock]:
    """Called for each drawing; nothing is kept from before."""
    drawn.drawn_by.cache_clear()
    cache.clear()
    with patch("scoring.dashboard.drawn._draw", wraps=drawn._draw) as mock:
        yield mock


def test_the_same_numbers_are_drawn_once_for_everybody(
    client: Client, made: EstimateSet, drawing: Mock
) -> None:
    first = client.get("/admin/").content.decode()
    other = signed_in(make_member(made.scheme.survey, Role.ANALYST)).get("/admin/").content.decode()
    assert drawing.call_count == 1
    for html in (first, other):
        assert "50.6–57.1" in html


def test_what_one_process_has_drawn_the_others_do_not_draw_again(
    client: Client, drawing: Mock
) -> None:
    client.get("/admin/")
    drawn.drawn_by.cache_clear()  # as in another process
    assert "50.6–57.1" in client.get("/admin/").content.decode()
    assert drawing.call_count == 1


def test_another_release_draws_its_own(client: Client, drawing: Mock, settings: Settings) -> None:
    client.get("/admin/")
    drawn.drawn_by.cache_clear()
    settings.PROGRAM = "another"
    client.get("/admin/")
    assert drawing.call_count == 2


def test_while_redis_is_away_each_draws_its_own(client: Client, settings: Settings) -> None:
    drawn.drawn_by.cache_clear()
    nowhere = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1",
    }
    settings.CACHES = settings.CACHES | {"default": nowhere}
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
