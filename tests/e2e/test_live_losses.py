"""What could get lost or mixed up on the live page where only the server keeps anything: photos on their way,
conflicts, repeats, labels.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from surveys import draft_files, drafts, questionnaires
from surveys.models import Draft, Interview, Site
from tests.conftest import OpenPage
from tests.e2e.live import add, answer, press, question
from tests.e2e.phone import without_storage
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.e2e.test_live import MEDIA, saved, stored
from tests.factories import make_enumerator, make_site, make_survey, with_key, workbook

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORM = """
| survey |               |          |          |                         |
|        | type          | name     | label    | choice_filter           |
|        | begin_group   | start    | Start    |                         |
|        | select_one p  | province | Province |                         |
|        | select_one d  | district | District | province = ${province}  |
|        | text          | remarks  | Remarks  |                         |
|        | end_group     |          |          |                         |
|        | begin_repeat  | m        | Member   |                         |
|        | text          | nick     | Name     |                         |
|        | image         | photo    | Photo    |                         |
|        | end_repeat    |          |          |                         |
|        | begin_group   | rest     | Rest     |                         |
|        | text          | last     | Last     |                         |
|        | end_group     |          |          |                         |
| choices |              |          |          |                         |
|        | list_name     | name     | label    | province                |
|        | p             | a        | Alpha    |                         |
|        | p             | b        | Beta     |                         |
|        | d             | 1        | Alpha One | a                      |
|        | d             | 2        | Alpha Two | a                      |
|        | d             | 1        | Beta One | b                       |
|        | d             | 2        | Beta Two | b                       |
| settings |             |          |          |                         |
|        | form_title    | form_id  | version  | allow_choice_duplicates |
|        | Losses        | losses   | 1        | yes                     |
"""


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "R01", target=9)
    questionnaires.publish(workbook(FORM), site.survey)
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def phone(open_page: OpenPage, site: Site) -> Page:
    page = without_storage(open_page(width=PHONE_WIDTH))
    sign_in(page, "E01")
    start_interview(page)
    return page


def choose(page: Page, name: str, file: Path) -> None:
    asked = question(page, name)
    asked.locator(".widget").wait_for()
    asked.locator("input[type=file]").set_input_files(file)


def test_labels_change_where_names_are_the_same(phone: Page) -> None:
    answer(phone, "province", "a")
    expect(question(phone, "district").locator("[data-itemset] .option")).to_have_text(
        ["Alpha One", "Alpha Two"]
    )
    answer(phone, "province", "b")
    expect(question(phone, "district").locator("[data-itemset] .option")).to_have_text(
        ["Beta One", "Beta Two"]
    )


def test_a_photo_on_its_way_goes_with_its_instance(phone: Page) -> None:
    """It must not land on whoever has its number now, and take away their photo."""
    press(phone, "next")
    add(phone, "m")
    choose(phone, "m[2]/photo", MEDIA / "welcome.png")
    expect(question(phone, "m[2]/photo").locator(".preview img")).to_be_visible()
    kept = stored(phone, "photo")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/files/", hold)
    choose(phone, "m[1]/photo", MEDIA / "pear.png")
    expect(question(phone, "m[1]/photo").locator("progress")).to_be_visible()
    phone.locator("button[name=remove][value$='m[1]']").click()
    phone.get_by_role("dialog").get_by_role("button", name="Remove").click()
    held[0].continue_()
    answer(phone, "m[1]/nick", "Second")
    assert stored(phone, "nick") == "Second"
    phone.wait_for_load_state("networkidle")
    assert stored(phone, "photo") == kept
    assert draft_files.find(with_key(Draft.objects.get()), kept)


def test_an_instance_may_go_before_its_widget_has_come(open_page: OpenPage, site: Site) -> None:
    phone = open_page(width=PHONE_WIDTH)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/widgets/image*.js", hold)
    sign_in(phone, "E01")
    start_interview(phone)
    press(phone, "next")
    phone.locator("button[name=remove][value$='m[1]']").click()
    expect(phone.locator(".q[data-path$='/m[1]/photo']")).to_have_count(0)
    held[0].continue_()
    phone.wait_for_load_state("networkidle")
    add(phone, "m")
    expect(question(phone, "m[1]/photo").locator(".widget")).to_be_visible()


def test_a_photo_without_a_connection_is_asked_about_before_leaving(phone: Page) -> None:
    press(phone, "next")
    phone.route("**/files/", lambda route: route.abort())
    choose(phone, "m[1]/photo", MEDIA / "pear.png")
    expect(question(phone, "m[1]/photo").locator(".file-state")).to_contain_text("Not sent yet")
    phone.get_by_role("button", name="Keep as draft and leave").click()
    expect(phone.get_by_role("dialog")).to_contain_text("Not everything is saved")
    phone.get_by_role("dialog").get_by_role("button", name="Stay here").click()
    expect(question(phone, "m[1]/photo")).to_be_visible()


def test_a_conflict_that_was_put_off_is_asked_about_again(phone: Page) -> None:
    drafts.save(saved(phone), {"/data/start/remarks": "theirs"})
    answer(phone, "remarks", "mine")
    expect(phone.get_by_role("dialog")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("dialog")).to_have_count(0)
    assert b"theirs" in drafts.xml_of(with_key(Draft.objects.get()))
    answer(phone, "remarks", "mine after all")
    phone.get_by_role("button", name="Those on this page").click()
    assert stored(phone, "remarks") == "mine after all"


def test_a_repeat_without_an_instance_can_be_added_to_again(phone: Page) -> None:
    press(phone, "next")
    phone.locator("button[name=remove][value$='m[1]']").click()
    press(phone, "back")
    press(phone, "next")
    add(phone, "m")
    expect(question(phone, "m[1]/nick")).to_be_visible()
    press(phone, "next")
    expect(question(phone, "last")).to_be_visible()


def test_an_old_photo_stays_until_another_is_part_of_the_answers(phone: Page) -> None:
    press(phone, "next")
    choose(phone, "m[1]/photo", MEDIA / "welcome.png")
    expect(question(phone, "m[1]/photo").locator(".preview img")).to_be_visible()
    kept = stored(phone, "photo")
    phone.route("**/instance", lambda route: route.abort())
    choose(phone, "m[1]/photo", MEDIA / "pear.png")
    expect(phone.locator(".saved")).to_have_attribute("data-state", "offline")
    assert draft_files.find(with_key(Draft.objects.get()), kept)


def test_what_is_no_picture_is_refused_as_one(phone: Page) -> None:
    press(phone, "next")
    choose(phone, "m[1]/photo", MEDIA / "shops.csv")
    asked = question(phone, "m[1]/photo")
    expect(asked.locator(".file-state")).to_contain_text("is no picture")
    assert stored(phone, "photo") == ""
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE_WIDTH, "nothing is wider than the phone"


def test_the_site_is_known_without_a_question_for_it(phone: Page, site: Site) -> None:
    answer(phone, "province", "a")
    answer(phone, "district", "1")
    press(phone, "next")
    press(phone, "next")
    press(phone, "next")
    phone.locator("form.bar button, .bar [value=send]").click()
    expect(phone.locator(".checksum")).to_be_visible()
    interview = Interview.objects.get()
    assert (interview.site, interview.state) == (site, Interview.State.SUBMITTED)
