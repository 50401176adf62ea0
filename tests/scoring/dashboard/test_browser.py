"""The dashboard in a real browser: charts, live numbers, a phone's width, no JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from scoring.models import EstimateSet
from surveys.models import Role, Session, Survey
from tests.factories import make_member

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Page]


def visit(page: Page) -> None:
    """Open the dashboard as the survey's coordinator."""
    client = Client()
    client.force_login(make_member(Survey.objects.get(), Role.COORDINATOR))
    page.goto("/healthz")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/admin/")


def test_new_numbers_appear_within_five_seconds(made: EstimateSet, page: Page) -> None:
    visit(page)
    progress = page.locator("[data-live=card-progress]")
    expect(progress).to_contain_text("1,200")
    expect(page.locator("[data-chart=profile]")).to_contain_text("48.9")
    page.locator("section:has([data-chart=profile]) summary").click()
    page.evaluate("window.isTheSamePage = true")
    made.estimates.filter(variable="S1", by="all").update(estimate=0.813)
    EstimateSet.objects.filter(pk=made.pk).update(interviews=1201, computed_at=timezone.now())
    expect(progress).to_contain_text("1,201", timeout=5000)
    expect(page.locator("[data-live=table-profile]")).to_be_visible()
    expect(page.locator("[data-live=table-profile]")).to_contain_text("81.3")
    expect(page.locator("[data-chart=profile]")).to_contain_text("81.3")
    assert page.evaluate("window.isTheSamePage")


def test_an_open_page_follows_all_that_the_numbers_change(made: EstimateSet, page: Page) -> None:
    Survey.objects.update(is_probability_sample=False)
    visit(page)
    expect(page.locator("[data-live=notice]")).to_contain_text("1,200 people")
    page.get_by_label("People").focus()
    page.evaluate("window.isTheSamePage = true")
    made.estimates.create(variable="index", by="a3", level="x", n=40, estimate=0.5)
    EstimateSet.objects.filter(pk=made.pk).update(interviews=1201, computed_at=timezone.now())
    expect(page.locator("[data-live=notice]")).to_contain_text("1,201 people", timeout=5000)
    expect(page.locator("[name=people] option[value='a3=x']")).to_have_count(1)
    expect(page.get_by_label("People")).to_be_focused()
    assert page.evaluate("window.isTheSamePage")


def test_whoever_is_signed_out_is_asked_to_sign_in(made: EstimateSet, page: Page) -> None:
    visit(page)
    Session.objects.all().delete()
    page.wait_for_url("**/admin/login/**", timeout=5000)


def test_choosing_a_group_needs_no_button(made: EstimateSet, page: Page) -> None:
    visit(page)
    expect(page.locator("[data-chart=profile] text").first).to_be_visible()
    page.get_by_label("People").select_option("a3=f")
    expect(page.locator("[data-live=card-index]")).to_contain_text("53.0")


def test_the_slider_moves_the_numbers_at_once_and_is_kept_in_the_address(
    made: EstimateSet, page: Page
) -> None:
    visit(page)
    slider = page.get_by_role("slider", name="Cutoff k")
    page.evaluate("window.isTheSamePage = true")
    slider.press("End")
    card = page.locator(".card[data-k='1/2']").first
    expect(card).to_be_visible()
    expect(card).to_contain_text("20.3%")
    expect(page.locator(".card[data-k='1/3']").first).to_be_hidden()
    page.locator("[data-cutoffs]").get_by_text("2/5").click()
    expect(page.locator(".card[data-k='2/5']").first).to_be_visible()
    expect(page.locator("[data-cutoffs] [aria-current=true]")).to_have_text("2/5")
    assert page.evaluate("window.isTheSamePage")
    assert page.url.endswith("?k=2%2F5")
    page.reload()
    expect(page.locator(".card[data-k='2/5']").first).to_be_visible()
    assert slider.input_value() == "2"


def test_back_leads_to_what_was_chosen_before(made: EstimateSet, page: Page) -> None:
    visit(page)
    page.get_by_label("People").select_option("a3=f")
    page.get_by_label("Beside them").select_option("a3=m")
    expect(page.locator("[data-live=group-profile]")).to_contain_text("Male")
    page.go_back()
    expect(page.locator("[data-live=group-profile]")).to_have_text("Female")


def test_a_chart_is_taken_away_as_a_picture(made: EstimateSet, page: Page) -> None:
    visit(page)
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with page.expect_download() as download:
            page.locator(f"section:has(> [data-chart=profile]) [data-save={kind}]").click()
        name = download.value.suggested_filename
        assert name.startswith("five_equal-v1_profile_everyone_")
        assert name.endswith(kind)
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(start)
        assert kind == "png" or b"48.9" in content


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_a_phone_shows_it_without_scrolling_sideways(
    made: EstimateSet, open_page: OpenPage, locale: str
) -> None:
    page = open_page(width=390, locale=locale)
    visit(page)
    expect(page.locator("[data-chart=cities] text").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def fade(box: Locator) -> str:
    """How wide a box fades at its right edge."""
    return str(box.evaluate("box => getComputedStyle(box).getPropertyValue('--more')"))


def test_a_table_that_goes_on_fades_until_its_end(made: EstimateSet, open_page: OpenPage) -> None:
    page = open_page(width=390)
    visit(page)
    page.locator("section:has([data-chart=cities]) summary").click()
    box = page.locator("[data-live=table-cities]")
    expect(box).to_be_visible()
    assert fade(box) == "56px"
    box.evaluate("box => box.scrollTo(box.scrollWidth, 0)")
    page.wait_for_timeout(100)  # the next frame
    assert fade(box) == "0px"


def test_a_desk_shows_every_standard_of_every_city(made: EstimateSet, open_page: OpenPage) -> None:
    page = open_page(width=1280)
    visit(page)
    made.estimates.filter(by="a1").update(flags=["few_people"])
    EstimateSet.objects.update(computed_at=timezone.now())
    page.reload()
    box = page.locator(".scroll:has(.heat)")
    expect(box.locator("abbr").first).to_be_visible()
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert fade(box) == "0px"


def test_without_javascript_the_tables_are_open(made: EstimateSet, open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    visit(page)
    expect(page.locator("[data-live=table-cities]")).to_contain_text("61.0–71.7")
    expect(page.locator("[data-live=table-cities]")).to_be_visible()
    page.get_by_label("People").select_option("a3=f")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-live=card-index]")).to_contain_text("53.0")
