"""A whole interview on a phone, as an enumerator does it: in Chinese, with skips, to the receipt."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from surveys import questionnaires
from surveys.demo import WORKBOOK
from surveys.models import Interview, Site
from tests.conftest import OpenPage
from tests.factories import PASSWORD, make_city, make_enumerator, make_site, make_survey

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PHONE_WIDTH = 390
SMALLEST_TARGET_PX = 48
NOT_AT_WORK: list[dict[str, str]] = [
    {"consent": "yes"},
    {"a2": "67", "a3": "f", "a4": "2", "a5": "0", "a6": "agr", "a7": "other", "a8": "11.5"}
    | {"a9": "0", "a10": "olf"},
    {"s1_1": "home_reg", "s1_2": "reimb_home", "s1_3": "dk", "s1_4": "home", "s1_8": "some"},
    {"s3_1": "done", "s3_5": "all"},
    {"s4_1": "own", "s4_2": "0", "s4_4a": "82", "s4_4": "4"}
    | {"s4_5": "water toilet", "s4_6": "none", "s4_7": "p20"},
    {"s5_3": "excl", "s5_4": "no", "s5_5": "nodisp", "s5_6": "none", "s5_7": "rf"},
    {"p1": "4", "p2": "3", "p3": "3", "p4": "2", "p5": "3", "p6": "3", "p7": "perm"},
]


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "C01P1", target=24, city=make_city("c01"))
    questionnaires.publish(Path(WORKBOOK).read_bytes(), site.survey)
    make_enumerator(site, "E01")
    return site


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click(".button.primary")


def start_interview(page: Page) -> None:
    """Begin at the first site; scripts, where they run, lead to the live page."""
    page.click(".card.go button")
    page.locator(".bar").wait_for()


def answer(page: Page, name: str, text: str) -> None:
    """Answer a question by its name: type into its field, or choose what is named."""
    question = page.locator(f'.q[data-path$="/{name}"]')
    question.wait_for()
    typed = question.locator(".form-control")
    if typed.count():
        typed.fill(text)
        return
    for choice in text.split():
        question.locator(f'label:has(input[value="{choice}"])').click()


def answer_section(page: Page, answers: Mapping[str, str]) -> None:
    for name, text in answers.items():
        answer(page, name, text)
    assert_fits(page)
    press(page, "next")


def press(page: Page, go: str) -> None:
    page.locator(f'.bar button[value="{go}"]').click()


def send(page: Page) -> None:
    page.locator('form.bar button, .bar [value="send"]').click()


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen and nothing to press is too small for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    targets = page.locator("label.option, .button, .bar button, .languages button, .steps button")
    boxes = [target.bounding_box() for target in targets.all() if target.is_visible()]
    assert all(box and box["height"] >= SMALLEST_TARGET_PX for box in boxes)


@pytest.mark.parametrize("javascript", [True, False])
def test_an_interview_is_done_in_chinese_on_a_phone(
    open_page: OpenPage, site: Site, javascript: bool
) -> None:
    page = open_page(width=PHONE_WIDTH, locale="zh-CN", javascript=javascript)
    sign_in(page, "E01")
    assert_fits(page)
    start_interview(page)
    expect(page.locator("main")).to_contain_text("您同意参加吗？")
    for answers in NOT_AT_WORK:
        answer_section(page, answers)
    expect(page).to_have_url(re.compile("/finish/$|#check$"))
    expect(page.get_by_role("main").get_by_text("C. 就业")).to_be_hidden()
    assert_fits(page)
    send(page)
    expect(page.locator(".checksum")).to_be_visible()
    interview = Interview.objects.get()
    assert interview.current is not None
    digest = interview.current.xml_sha256
    expect(page.locator(".checksum")).to_have_text(
        " ".join(digest[start : start + 4] for start in range(0, 64, 4))
    )
    assert_fits(page)
    assert interview.outcome == Interview.Outcome.COMPLETED
    assert interview.answers["g_a/a10"] == "olf"
    assert "g_s2/s2_2" in interview.skipped
    assert interview.site == site


def test_enter_goes_on_as_the_button_does(open_page: OpenPage, site: Site) -> None:
    page = open_page(width=PHONE_WIDTH, javascript=False)
    sign_in(page, "E01")
    start_interview(page)
    answer_section(page, {"consent": "yes"})
    answer(page, "a2", "12")
    page.keyboard.press("Enter")
    expect(page.locator("#faults")).to_contain_text("Respondents must be 16-90 years old")
    expect(page.locator("#faults")).to_be_focused()


def test_the_language_changes_in_the_middle_and_answers_stay(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(width=PHONE_WIDTH, javascript=False)
    sign_in(page, "E01")
    start_interview(page)
    answer_section(page, {"consent": "yes"})
    answer(page, "a2", "45")
    page.locator('.languages [value="zh-hans"]').click()
    expect(page.locator('[name="/data/g_a/a2"]')).to_have_value("45")
    expect(page.locator("main")).to_contain_text("您的周岁年龄是多少？")


def test_the_header_of_plain_pages_says_what_is_not_saved_yet(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    page.goto("/?plain")
    start_interview(page)
    answer_section(page, {"consent": "yes"})
    expect(page.locator(".saved")).to_contain_text("Saved")
    answer(page, "a2", "45")
    expect(page.locator(".saved")).to_have_text("Not saved yet")
