"""Choices that the live page shows by itself: their pictures and sounds, and answers in their labels."""

import re

import pytest
from playwright.sync_api import Page, expect

from surveys import questionnaires
from surveys.models import Site
from tests.conftest import OpenPage
from tests.e2e.live import answer, question
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.e2e.test_live import MEDIA, stored
from tests.factories import make_enumerator, make_site, make_survey, workbook

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORM = """
| survey |              |       |       |               |                            |              |
|        | type         | name  | label | choice_filter | calculation                | appearance   |
|        | text         | who   | Who   |               |                            |              |
|        | select_one f | fruit | Fruit | name != ${who} |                           |              |
|        | select_one k | kin   | Kin   |               |                            | autocomplete |
|        | calculate    | said  |       |               | jr:choice-name(${kin}, '${kin}') |        |
| choices |             |       |       |               |                            |              |
|        | list_name    | name  | label | image         | big-image                  | audio        |
|        | f            | apple | Apple | apple.png     | plum.png                   | name.wav     |
|        | f            | pear  | Pear of ${who} | pear.png |                        |              |
|        | f            | none  | None  |               |                            |              |
|        | k            | aunt  | Aunt of ${who} |      |                            |              |
| settings |            |       |       |               |                            |              |
|        | form_title   | form_id | version |           |                            |              |
|        | Choices      | choices | 1     |               |                            |              |
"""
NOTHING_FITS = """
| survey |              |      |       |               |            |
|        | type         | name | label | choice_filter | appearance |
|        | text         | who  | Who   |               |            |
|        | select_one f | rows | Rows  | name = ${who} |            |
|        | select_one f | menu | Menu  | name = ${who} | minimal    |
| choices |             |       |       |
|        | list_name    | name  | label |
|        | f            | apple | Apple |
| settings |            |         |         |
|        | form_id      | version |
|        | nothing      | 1       |
"""
NO_CHOICE = "No choice fits what was answered before."
FILES = ("apple.png", "plum.png", "pear.png", "name.wav")


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "R01", target=9)
    files = {name: (MEDIA / name).read_bytes() for name in FILES}
    questionnaires.publish(workbook(FORM), site.survey, files=files)
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def phone(open_page: OpenPage, site: Site) -> Page:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    start_interview(page)
    return page


def test_choices_have_their_pictures_and_sounds(phone: Page) -> None:
    options = question(phone, "fruit").locator("[data-itemset] > .option")
    apple, pear, none = (options.nth(number) for number in range(3))
    expect(apple.locator("a.picture")).to_have_attribute("href", ends_with("plum.png"))
    expect(apple.locator("img")).to_have_attribute("src", ends_with("apple.png"))
    expect(apple.locator("audio")).to_have_attribute("src", ends_with("name.wav"))
    expect(pear.locator("img")).to_have_attribute("src", ends_with("pear.png"))
    expect(pear.locator("a, audio, video")).to_have_count(0)
    expect(none.locator("img, a, audio, video")).to_have_count(0)


def test_a_list_in_which_nothing_fits_says_so(open_page: OpenPage) -> None:
    """From the first moment, as rows and as a menu."""
    site = make_site(make_survey(), "R02", target=9)
    questionnaires.publish(workbook(NOTHING_FITS), site.survey)
    make_enumerator(site, "E02")
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E02")
    start_interview(page)
    rows = question(page, "rows").locator("[data-itemset]")
    menu = question(page, "menu").locator("select option[value='']")
    expect(rows).to_have_attribute("data-empty", NO_CHOICE)
    expect(menu).to_have_text(NO_CHOICE)
    answer(page, "who", "apple")
    expect(rows.locator(".option")).to_have_count(1)
    expect(rows).to_have_attribute("data-empty", "")
    expect(menu).to_have_text("Choose one")


def test_labels_follow_the_answers_in_them(phone: Page) -> None:
    answer(phone, "who", "Ann")
    labels = question(phone, "fruit").locator("[data-itemset] .label")
    expect(labels).to_have_text(["Apple", "Pear of Ann", "None"])
    answer(phone, "kin", "aunt")
    assert stored(phone, "said") == "Aunt of Ann"
    answer(phone, "who", "Bo")
    expect(question(phone, "kin").get_by_role("combobox")).to_have_value("Aunt of Bo")
    assert stored(phone, "said") == "Aunt of Bo"


def ends_with(name: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(name)}$")
