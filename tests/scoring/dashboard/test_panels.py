"""Panels are rendered once for the same numbers, and again for any other."""

from collections.abc import Iterator
from unittest.mock import Mock, patch

import pytest
from django.core.cache import caches
from django.template.loader import render_to_string
from django.test import Client

from scoring.models import EstimateSet
from surveys.models import Role
from tests.factories import make_member
from tests.scoring.admin.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(made: EstimateSet) -> Client:
    return signed_in(make_member(made.scheme.survey, Role.COORDINATOR))


@pytest.fixture
def rendering() -> Iterator[Mock]:
    """Called for each rendering; nothing is kept from before."""
    caches["process"].clear()
    with patch("scoring.dashboard.panels.render_to_string", wraps=render_to_string) as mock:
        yield mock


def test_the_same_numbers_are_rendered_once_for_everybody(
    client: Client, made: EstimateSet, rendering: Mock
) -> None:
    first = client.get("/admin/").content.decode()
    other = signed_in(make_member(made.scheme.survey, Role.ANALYST)).get("/admin/").content.decode()
    assert rendering.call_count == 1
    for html in (first, other):
        assert "50.6–57.1" in html


@pytest.mark.parametrize("address", ["/admin/?k=1/2", "/admin/?people=b2=f"])
def test_another_look_is_another_rendering(client: Client, rendering: Mock, address: str) -> None:
    client.get("/admin/")
    client.get(address)
    assert rendering.call_count == 2


def test_each_language_has_its_own(client: Client, rendering: Mock) -> None:
    english = client.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    chinese = client.get("/admin/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert rendering.call_count == 2
    assert "Show as table" in english
    assert "Show as table" not in chinese


def test_a_number_that_changes_is_seen_at_once(
    client: Client, made: EstimateSet, rendering: Mock
) -> None:
    client.get("/admin/")
    made.estimates.filter(variable="index", by="all").update(estimate=0.61)
    assert "61.0" in client.get("/admin/").content.decode()
    assert rendering.call_count == 2
