"""The live page for everybody: by keyboard alone, read by screen readers, in light and dark."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from surveys import questionnaires
from surveys.demo import WORKBOOK
from surveys.models import Interview, Site
from tests.conftest import OpenPage
from tests.e2e.live import RICH, answer, answer_household
from tests.e2e.test_interview import NOT_AT_WORK, PHONE_WIDTH, sign_in, start_interview
from tests.factories import (
    PASSWORD,
    make_city,
    make_enumerator,
    make_rich_version,
    make_site,
    make_survey,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
MOST_STEPS = 80
FOCUS = """() => {
  const element = document.activeElement;
  const { left, top, width, height } = element.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  const isOnTop = hit && (element.contains(hit) || hit.contains(element) || hit.closest("label")?.control === element);
  return {
    question: element.closest(".q")?.dataset.path.split("/").at(-1) ?? "",
    type: element.type ?? "",
    value: element.value ?? "",
    isChecked: !!element.checked,
    isSeen: element === document.body || !!isOnTop,
    text: element.textContent.trim(),
  };
}"""


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "C01P1", target=24, city=make_city("c01"))
    questionnaires.publish(Path(WORKBOOK).read_bytes(), site.survey)
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def rich_site() -> Site:
    site = make_site(make_survey(), "R01", target=9, city=make_city("c02"))
    make_rich_version(site.survey)
    make_enumerator(site, "E02")
    return site


def focus(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(FOCUS)
    assert found["isSeen"], f"the focus is out of sight: {found}"
    return found


def tab_to(page: Page, **wanted: str) -> dict[str, Any]:
    """Press Tab until what has the focus is as wanted."""
    for _ in range(MOST_STEPS):
        found = focus(page)
        if all(found[key] == value for key, value in wanted.items()):
            return found
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {wanted}")


def answer_by_keyboard(page: Page, name: str, text: str) -> None:
    found = tab_to(page, question=name)
    if found["type"] == "radio":
        choose(page, text)
    elif found["type"] == "checkbox":
        for value in text.split():
            tab_to(page, question=name, value=value)
            page.keyboard.press("Space")
    else:
        page.keyboard.type(text)


def choose(page: Page, value: str) -> None:
    """Arrows choose among radios; the first one is chosen by the space bar."""
    if focus(page)["value"] == value:
        page.keyboard.press("Space")
    for _ in range(MOST_STEPS):
        if focus(page)["value"] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no choice {value}")


def test_a_whole_interview_by_keyboard_alone(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    page.goto("/login/")
    page.keyboard.type("E01")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".card.go")).to_be_visible()
    tab_to(page, text="Start interview · C01P1")
    page.keyboard.press("Enter")
    expect(page.locator("#interview")).to_have_attribute("data-state", "ready")
    for answers in NOT_AT_WORK:
        for name, text in answers.items():
            answer_by_keyboard(page, name, text)
        tab_to(page, value="next")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Check, then finish")).to_be_focused()
    tab_to(page, value="send")
    page.keyboard.press("Enter")
    expect(page.locator(".checksum")).to_be_visible()
    assert Interview.objects.get().answers["g_a/a10"] == "olf"


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is now."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {one['help']}: {json.dumps([node['html'][:120] for node in one['nodes']])}"
        for one in found["violations"]
    ]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en"), ("dark", "zh-CN")])
def test_nothing_is_in_the_way_of_anybody(
    open_page: OpenPage, rich_site: Site, scheme: str, locale: str
) -> None:
    page = open_page(width=PHONE_WIDTH, locale=locale)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, "E02")
    start_interview(page)
    expect(page.locator("#interview")).to_have_attribute("data-state", "ready")
    found: dict[str, list[str]] = {}
    for number, answers in enumerate(RICH, start=1):
        answer_section(page, number, answers)
        found[f"section {number}"] = violations(page)
        page.locator('.bar button[value="next"]').click()
    found["last step"] = violations(page)
    assert {place: faults for place, faults in found.items() if faults} == {}


def answer_section(page: Page, number: int, answers: Mapping[str, str]) -> None:
    for name, text in answers.items():
        answer(page, name, text)
    if number == 6:
        answer_household(page)


def test_mistakes_and_dialogs_are_in_nobodys_way(open_page: OpenPage, rich_site: Site) -> None:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E02")
    start_interview(page)
    expect(page.locator("#interview")).to_have_attribute("data-state", "ready")
    page.locator('.bar button[value="next"]').click()
    assert violations(page) == []
    answer(page, "consent", "yes")
    page.locator(".steps .step[value=check]").click()
    expect(page.locator("[data-part=faults]")).to_be_visible()
    assert violations(page) == []
    page.locator(".steps .step[value='6']").click()
    answer(page, "member[1]/m_age", "40")
    page.locator("button[name=remove][value$='/member[1]']").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
