"""By keyboard alone: the office's menus, single keys, pages that move, and a way out of every kind of page."""

import pytest
from playwright.sync_api import Page, Route, expect

from surveys.models import Role
from tests.conftest import OpenPage
from tests.e2e.test_interview import PHONE_WIDTH, sign_in
from tests.factories import make_interview, make_member, make_site, make_survey, make_version

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

MOST_STEPS = 200
LIST = "/admin/surveys/interview/"
HAS_FOCUS = "one => one === document.activeElement"
IN_THE_LIST = "document.activeElement.closest('#main') !== null"
MOVING = """<!doctype html><html lang="en"><title>Work</title><div class="desk"><p>{done} of 3</p><button>Stop</button></div>
<script type="module" src="/static/js/admin/moving.js" data-moving></script></html>"""


@pytest.fixture
def boss() -> str:
    survey = make_survey("ours")
    make_interview(make_site(survey), make_version(survey))
    return make_member(survey, Role.COORDINATOR, "boss").username


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is asked for has the focus."""
    target = page.locator(selector).locator("visible=true").first
    target.wait_for()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if target.evaluate(HAS_FOCUS):
            return
    raise AssertionError(f"the keyboard does not come to {selector}")


def at(page: Page, boss: str, path: str) -> Page:
    sign_in(page, boss)
    page.wait_for_url("**/admin/")
    page.goto(path)
    return page


def test_the_menus_of_the_office_by_keyboard(page: Page, boss: str) -> None:
    at(page, boss, LIST)
    tab_to(page, "[x-on\\:click^=openUserLinks]")
    opener = page.locator("[x-on\\:click^=openUserLinks]")
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.wait_for_function("document.activeElement.closest('nav') !== null")
    page.keyboard.press("Escape")
    expect(opener).to_have_attribute("aria-expanded", "false")
    assert opener.evaluate(HAS_FOCUS)
    tab_to(page, "[x-on\\:click^=filterOpen]")
    page.keyboard.press("Space")
    filters = page.locator("#changelist-filter")
    expect(filters).to_be_visible()
    page.wait_for_function("document.activeElement.closest('#changelist-filter') !== null")
    page.keyboard.press("Escape")
    expect(filters).to_be_hidden()


def test_the_side_bar_of_a_phone_by_keyboard(open_page: OpenPage, boss: str) -> None:
    page = at(open_page(width=PHONE_WIDTH), boss, LIST)
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    tab_to(page, "#header-inner [role=button]")
    page.keyboard.press("Enter")
    expect(page.locator("#nav-sidebar")).to_be_visible()
    page.wait_for_function("document.activeElement.closest('#nav-sidebar') !== null")


def test_the_first_stop_skips_the_side_bar(page: Page, boss: str) -> None:
    at(page, boss, LIST)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(IN_THE_LIST)


@pytest.mark.parametrize(
    "path", ["/admin/", LIST, "/admin/surveys/site/add/", "/admin/surveys/questionnaire/publish/"]
)
def test_no_page_holds_the_keyboard(page: Page, boss: str, path: str) -> None:
    at(page, boss, path)
    address = page.url
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    else:
        raise AssertionError("the keyboard does not come out of the page")
    assert page.url == address


def test_single_keys_are_switched_off(page: Page, boss: str) -> None:
    at(page, boss, LIST)
    page.locator("#result_list tbody a").first.click()
    page.wait_for_url("**/change/**")
    page.evaluate("addEventListener('keydown', (event) => { window.heard = event.key; })")
    page.keyboard.press("x")
    assert page.evaluate("window.heard") == "x"
    page.get_by_label("Single keys work").uncheck()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    assert page.evaluate("window.heard") == "x"
    page.reload()
    expect(page.get_by_label("Single keys work")).not_to_be_checked()


def test_a_page_that_moves_leaves_the_focus_alone(page: Page) -> None:
    done = 0

    def answer(route: Route) -> None:
        nonlocal done
        done += 1
        route.fulfill(body=MOVING.format(done=done), content_type="text/html")

    page.route("**/moving/", answer)
    page.goto("/moving/")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    page.get_by_role("button").focus()
    page.wait_for_timeout(4000)
    expect(page.get_by_role("button")).to_be_focused()
    assert done < 4


def test_a_page_that_moves_survives_a_gap_in_the_network(page: Page) -> None:
    done = 0

    def answer(route: Route) -> None:
        nonlocal done
        done += 1
        if done == 2:
            route.abort()
        else:
            route.fulfill(body=MOVING.format(done=done), content_type="text/html")

    page.route("**/moving/", answer)
    page.goto("/moving/")
    expect(page.get_by_text("3 of 3")).to_be_visible()
