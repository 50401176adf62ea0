"""Weights in a real browser: their sum as they are typed, the Enter key, and no script at all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scoring.models import Scheme
from surveys.models import Role
from tests.factories import make_survey
from tests.scoring.admin.people import make_scheme, member

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]


def visit(page: Page) -> None:
    """Open the page that copies a scheme, as the survey's coordinator."""
    scheme = make_scheme(make_survey("five"))
    session = member(scheme.survey, Role.COORDINATOR).cookies["sessionid"].value
    page.goto("/healthz")
    cookie = {"name": "sessionid", "value": session, "url": page.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"/admin/scoring/scheme/{scheme.pk}/copy/")


def test_the_sum_follows_what_is_typed(page: Page) -> None:
    visit(page)
    total = page.locator("[data-sum]")
    expect(total).to_contain_text("100.00 %")
    page.get_by_label("S1").fill("19.99")
    expect(total).to_contain_text("99.99 %")
    page.get_by_role("button", name="Rank sum").click()
    expect(page.get_by_label("S1")).to_have_value("33.33")
    expect(total).to_contain_text("100.00 %")


@pytest.mark.parametrize("javascript", [True, False])
def test_enter_adds_the_scheme(open_page: OpenPage, javascript: bool) -> None:
    page = open_page(width=390, javascript=javascript)
    visit(page)
    page.get_by_role("button", name="Rank sum").click()
    expect(page.get_by_label("S1")).to_have_value("33.33")
    page.get_by_label("Name of the new scheme").fill("ranked")
    page.get_by_label("S5").press("Enter")
    expect(page.locator(".scheme h1")).to_contain_text("ranked")
    assert Scheme.objects.filter(name="ranked").exists()
