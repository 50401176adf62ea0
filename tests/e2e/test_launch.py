"""What is fetched before the live page can be used: everything once, and nothing step by step."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from surveys import questionnaires
from tests.conftest import OpenPage
from tests.e2e.live import answer, press
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.factories import SMALL_FORM, make_enumerator, make_site, make_survey, workbook

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMED = "[...document.querySelectorAll('[rel=modulepreload]')].map(({ href }) => href)"
FIRST = "performance.getEntriesByType('resource').filter(({ startTime }) => startTime < at)"
FEW = 8
AT = "const at = performance.getEntriesByName('bind', 'mark')[0].startTime"


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    site = make_site(make_survey("river"), "S1", target=9)
    make_enumerator(site, "E01")
    questionnaires.publish(workbook(SMALL_FORM), site.survey)
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    return page


def test_what_comes_early_is_what_the_scripts_ask_for(phone: Page) -> None:
    """Form and draft are named by the page and by its scripts, and come once."""
    asked: Counter[str] = Counter()
    phone.on("request", lambda request: asked.update(["/".join(request.url.split("/")[3:])]))
    start_interview(phone)
    expect(phone.locator("#interview")).to_have_attribute("data-state", "ready")
    draft = phone.url.partition("draft=")[2].partition("#")[0]
    assert asked[f"interview/{draft}/instance?opening"] == 1
    assert [count for name, count in asked.items() if "/form.json" in name] == [1]


def test_the_page_names_every_script_that_it_needs_first(phone: Page) -> None:
    start_interview(phone)
    expect(phone.locator("#interview")).to_have_attribute("data-state", "ready")
    loaded = phone.evaluate(f"() => {{ {AT}; return {FIRST}.map(({{ name }}) => name); }}")
    named = set(phone.evaluate(NAMED))
    scripts = {name for name in loaded if name.endswith(".js")}
    assert {urlsplit(name).path for name in scripts - named} == {"/static/js/webform/main.js"}


@pytest.mark.usefixtures("bundled")
def test_in_production_the_scripts_come_in_few_files(phone: Page) -> None:
    """Nothing is loaded twice in two files; an interview is filled in and finished with them."""
    start_interview(phone)
    expect(phone.locator("#interview")).to_have_attribute("data-state", "ready")
    loaded = phone.evaluate(f"() => {{ {AT}; return {FIRST}.map(({{ name }}) => name); }}")
    assert len([name for name in loaded if name.endswith(".js")]) == len(phone.evaluate(NAMED)) + 1
    assert len(phone.evaluate(NAMED)) < FEW
    answer(phone, "age", "30")
    answer(phone, "works", "no")
    press(phone, "next")
    press(phone, "send")
    expect(phone.get_by_text("Received by the server")).to_be_visible()
