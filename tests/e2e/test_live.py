"""The live page: a whole interview of every kind of question, and what happens on the way."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect

from surveys import draft_files, drafts
from surveys.models import Draft, Interview, Session, Site, Submission
from tests.conftest import OpenPage
from tests.e2e.live import (
    add,
    answer,
    answer_household,
    answer_rich,
    press,
    question,
    without_times_and_ids,
)
from tests.e2e.phone import without_storage
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.factories import (
    make_city,
    make_enumerator,
    make_rich_version,
    make_site,
    make_survey,
    with_key,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

MEDIA = Path(__file__).parent.parent / "data" / "rich-media"
PNG_SIZE = slice(16, 24)  # width and height in the header of a PNG


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "R01", target=9, city=make_city("c01"))
    make_rich_version(site.survey)
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def phone(open_page: OpenPage, site: Site) -> Iterator[Page]:
    """The second section of a new interview, on a phone that tells of every complaint."""
    page = open_page(width=PHONE_WIDTH)
    complaints: list[str] = []
    page.on("console", lambda message: complain(message, complaints))
    sign_in(page, "E01")
    start_interview(page)
    answer(page, "consent", "yes")
    press(page, "next")
    yield page
    assert not complaints


def complain(message: ConsoleMessage, complaints: list[str]) -> None:
    """Errors of scripts and of the content security policy; a lost connection is none of ours."""
    if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
        complaints.append(message.text)


def saved(page: Page) -> Draft:
    """The draft once everything is saved. Answers that were not chosen are one of their own, later."""
    expect(page.locator(".saved")).to_have_attribute("data-state", "saved")
    return with_key(Draft.objects.earliest("created_at"))


def stored(page: Page, name: str) -> str:
    """An answer as the server has it."""
    found = re.search(rf"<{name}>(.*?)</{name}>", drafts.xml_of(saved(page)).decode())
    return found[1] if found else ""


def at_section(page: Page, number: int) -> None:
    page.locator(f'.steps .step[value="{number}"]').click()


def test_both_ways_end_in_the_same_xml(open_page: OpenPage, site: Site) -> None:
    xml = []
    for javascript in (True, False):
        page = open_page(width=PHONE_WIDTH, javascript=javascript)
        sign_in(page, "E01")
        start_interview(page)
        answer_rich(page)
        page.locator('form.bar button, .bar [value="send"]').click()
        expect(page.locator(".checksum")).to_be_visible()
        newest = Submission.objects.order_by("pk").last()
        assert newest is not None
        xml.append(without_times_and_ids(bytes(newest.xml)))
    assert xml[0] == xml[1]
    assert Interview.objects.count() == 2


def test_a_mistake_is_told_when_it_is_left_and_forgotten_when_it_is_right(phone: Page) -> None:
    asked = question(phone, "phone")
    field = asked.locator("input")
    field.press_sequentially("12")
    expect(asked.locator(".error")).to_be_hidden()
    field.press("Tab")
    expect(asked.locator(".error")).to_have_text("6 to 12 digits, Ada")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press_sequentially("3456")
    expect(asked.locator(".error")).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_a_section_is_left_forward_only_when_it_is_right(phone: Page) -> None:
    answer(phone, "name", "")
    press(phone, "next")
    expect(phone).to_have_url(re.compile("#s2$"))
    expect(question(phone, "name").locator("input")).to_be_focused()
    expect(question(phone, "age").locator(".error")).to_have_text("Please answer this question.")
    expect(phone.locator("#live")).to_have_text("2 answers to look at again")
    press(phone, "back")
    expect(phone).to_have_url(re.compile("#s1$"))


def test_words_follow_what_is_typed(phone: Page) -> None:
    answer(phone, "name", "Bo")
    expect(question(phone, "phone").locator(".q-label")).to_have_text("Phone number of Bo")


def test_what_is_typed_is_saved_at_once(phone: Page) -> None:
    answer(phone, "remarks", "windy")
    assert stored(phone, "remarks") == "windy"
    phone.reload()
    expect(question(phone, "remarks").locator("textarea")).to_have_value("windy")
    expect(phone).to_have_url(re.compile("#s2$"))


def test_without_a_connection_nothing_is_lost(phone: Page) -> None:
    saved(phone)
    without_storage(phone).reload()
    phone.locator("#interview[data-state=ready]").wait_for()
    phone.context.set_offline(True)
    answer(phone, "remarks", "no network here")
    expect(phone.locator(".saved")).to_have_text("Not saved: no connection, will try again")
    phone.context.set_offline(False)
    assert stored(phone, "remarks") == "no network here"


def test_leaving_without_a_connection_is_asked_about(phone: Page) -> None:
    saved(phone)
    without_storage(phone).reload()
    phone.locator("#interview[data-state=ready]").wait_for()
    phone.context.set_offline(True)
    answer(phone, "remarks", "no network here")
    phone.locator(".icon-button[value=keep]").click()
    expect(phone.get_by_role("dialog")).to_contain_text("There is no connection now.")
    phone.get_by_role("button", name="Stay here").click()
    expect(phone.get_by_role("dialog")).to_have_count(0)
    phone.context.set_offline(False)
    assert stored(phone, "remarks") == "no network here"


def test_who_is_signed_out_signs_in_elsewhere_and_goes_on(phone: Page) -> None:
    saved(phone)
    without_storage(phone).reload()
    phone.locator("#interview[data-state=ready]").wait_for()
    Session.objects.all().delete()
    answer(phone, "remarks", "still here")
    expect(phone.locator(".saved")).to_contain_text("you are signed out")
    with phone.context.expect_page() as opened:
        phone.locator(".saved a").click()
    sign_in(opened.value, "E01")
    opened.value.close()
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert stored(phone, "remarks") == "still here"


@pytest.mark.parametrize(
    ("choice", "kept"), [("Those on this page", "mine"), ("Those saved there", "theirs")]
)
def test_two_pages_of_one_interview_ask_whose_answers_count(
    phone: Page, choice: str, kept: str
) -> None:
    drafts.save(saved(phone), {"/data/g_text/remarks": "theirs"})
    answer(phone, "remarks", "mine")
    phone.get_by_role("button", name=choice).click()
    expect(question(phone, "remarks").locator("textarea")).to_have_value(kept)
    assert stored(phone, "remarks") == kept


def test_the_language_changes_where_one_stands(phone: Page) -> None:
    answer(phone, "remarks", "windy")
    answer(phone, "age", "33")
    phone.locator(".languages [value=zh-hans]").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("2. 文字与数字")
    expect(question(phone, "age").locator("input")).to_have_value("33")
    expect(phone.locator("html")).to_have_attribute("lang", "zh-hans")
    answer(phone, "age", "34")
    assert stored(phone, "age") == "34"
    press(phone, "next")
    phone.reload()
    expect(phone.locator(".bar")).to_contain_text("下一步")


def test_the_browser_goes_back_and_forth_between_sections(phone: Page) -> None:
    answer(phone, "age", "33")
    press(phone, "next")
    expect(phone).to_have_url(re.compile("#s3$"))
    phone.go_back()
    expect(question(phone, "age")).to_be_visible()
    phone.go_forward()
    expect(question(phone, "built")).to_be_visible()
    expect(phone.get_by_label("Age", exact=True)).to_be_hidden()


def test_enter_goes_on_to_the_next_question(phone: Page) -> None:
    question(phone, "phone").locator("input").press("Enter")
    expect(question(phone, "age").locator("input")).to_be_focused()


def test_what_does_not_apply_is_not_there(phone: Page) -> None:
    at_section(phone, 4)
    job = phone.get_by_label("Which job?")
    expect(job).to_be_hidden()
    answer(phone, "works", "yes")
    expect(job).to_be_visible()
    answer(phone, "works", "no")
    expect(job).to_be_hidden()


def test_choices_follow_what_was_chosen_before(phone: Page) -> None:
    at_section(phone, 4)
    answer(phone, "region", "north")
    answer(phone, "town", "ada")
    answer(phone, "district", "old")
    expect(question(phone, "district").locator(".option:has-text('town')")).to_have_count(2)
    answer(phone, "region", "south")
    expect(question(phone, "town").get_by_role("combobox")).to_have_value("")
    assert stored(phone, "district") == ""


def test_an_instance_is_added_and_taken_out_with_its_answers(phone: Page) -> None:
    at_section(phone, 6)
    answer(phone, "member[1]/m_age", "40")
    add(phone, "member")
    expect(question(phone, "member[2]/m_name").locator("input")).to_be_focused()
    answer(phone, "member[2]/m_age", "7")
    add(phone, "member")
    answer(phone, "member[3]/m_name", "Third")
    phone.locator("button[name=remove][value$='member[2]']").click()
    phone.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(question(phone, "member[2]/m_age").locator("input")).to_have_value("7")
    phone.locator("button[name=remove][value$='member[2]']").click()
    phone.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(question(phone, "member[2]/m_name").locator("input")).to_have_value("Third")
    expect(phone.locator(".q[data-path$='member[3]/m_name']")).to_have_count(0)
    answer(phone, "member[2]/m_age", "9")
    assert re.findall("<m_age>(.*?)</m_age>", drafts.xml_of(saved(phone)).decode()) == ["40", "9"]


def test_household_with_jobs_and_plots(phone: Page) -> None:
    at_section(phone, 6)
    answer_household(phone)
    expect(question(phone, "home_note")).to_have_text(
        "2 people, 1 of them adults, on average 23.5 years old."
    )
    phone.locator("button[name=remove][value$='member[1]/m_job[1]']").click()
    phone.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(phone.locator(".q[data-path*='member[1]/m_job[']")).to_have_count(0)
    answer(phone, "plots", "1")
    expect(phone.locator(".q[data-path$='plot[2]/area_ha']")).to_be_hidden()


def test_a_picture_is_sent_as_small_as_the_form_says(phone: Page, tmp_path: Path) -> None:
    at_section(phone, 8)
    expect(question(phone, "photo").locator("input[type=file]")).to_be_enabled()
    with phone.expect_response("**/files/"):
        phone.evaluate(LARGE_PICTURE)
    expect(question(phone, "photo").locator(".preview img")).to_be_visible()
    name = stored(phone, "photo")
    kept = draft_files.find(saved(phone), name)
    assert kept
    header = kept.content()[PNG_SIZE]
    assert (int.from_bytes(header[:4]), int.from_bytes(header[4:])) == (1024, 512)


LARGE_PICTURE = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 2000, height: 1000 });
  canvas.getContext("2d").fillRect(0, 0, 2000, 1000);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const transfer = new DataTransfer();
  transfer.items.add(new File([blob], "large.png", { type: "image/png" }));
  const input = document.querySelector(".q[data-path$='/photo'] input[type=file]");
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def test_a_file_that_could_not_be_sent_is_sent_again(phone: Page) -> None:
    saved(phone)
    without_storage(phone).reload()
    phone.locator("#interview[data-state=ready]").wait_for()
    at_section(phone, 8)
    tries: list[Route] = []

    def fail_once(route: Route) -> None:
        tries.append(route)
        route.abort() if len(tries) == 1 else route.continue_()

    phone.route("**/files/", fail_once)
    asked = question(phone, "paper")
    expect(asked.locator("input[type=file]")).to_be_enabled()
    asked.locator("input[type=file]").set_input_files(MEDIA / "shops.csv")
    expect(asked.locator(".file-state")).to_have_text("Not sent yet: no connection, will try again")
    asked.get_by_role("button", name="Try again now").click()
    expect(asked.locator(".preview a")).to_be_visible()
    assert stored(phone, "paper").endswith(".csv")
    asked.get_by_role("button", name="Remove the file").click()
    assert stored(phone, "paper") == ""
    expect(asked.locator(".preview a")).to_have_count(0)


def test_a_signature_is_drawn(phone: Page) -> None:
    at_section(phone, 8)
    pad = question(phone, "signed").locator("canvas")
    box = pad.bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 20, box["y"] + 50)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 150, box["y"] + 90, steps=5)
    phone.mouse.up()
    expect(pad).to_have_class(re.compile("filled"))
    assert stored(phone, "signed").endswith(".png")


def test_a_place_is_taken_when_it_is_exact_enough(phone: Page) -> None:
    at_section(phone, 9)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 31.23, "longitude": 121.47, "accuracy": 40})
    asked = question(phone, "here")
    asked.get_by_role("button", name="Record this place").click()
    expect(asked.locator(".reading")).to_have_text("±40 m, getting better. Wanted: ±5 m.")
    phone.context.set_geolocation({"latitude": 31.2304, "longitude": 121.4737, "accuracy": 4})
    expect(asked.locator(".reading")).to_have_text("31.2304, 121.4737 ±4 m")
    assert stored(phone, "here") == "31.2304 121.4737 0 4"


def test_a_scale_is_blank_until_it_is_touched(phone: Page) -> None:
    asked = question(phone, "mood")
    expect(asked.locator("output")).to_have_text("Not answered yet")
    asked.locator("input[type=range]").press(" ")
    expect(asked.locator("output")).to_have_text("5")
    asked.locator("input[type=range]").press("ArrowRight")
    assert stored(phone, "mood") == "6"
    asked.get_by_role("button", name="Clear").click()
    assert stored(phone, "mood") == ""


def test_the_last_step_lists_what_is_left(phone: Page) -> None:
    phone.locator(".steps .step[value=check]").click()
    faults = phone.locator("[data-part=faults]")
    expect(faults.locator("li")).to_have_count(3)
    press(phone, "send")
    expect(phone.locator("[data-part=sending]")).to_have_text("3 answers to look at again")
    faults.locator("a", has_text="Age").click()
    expect(question(phone, "age").locator("input")).to_be_focused()
    answer(phone, "age", "44")
    phone.go_back()
    expect(faults.locator("li")).to_have_count(2)
    expect(phone.locator("[data-part=blank]")).to_contain_text("Remarks")


def test_an_interview_is_broken_off(phone: Page) -> None:
    answer(phone, "remarks", "has to leave")
    phone.locator("form > [value=stop]").click()
    phone.get_by_role("button", name="Stop the interview here").click()
    expect(phone.locator(".checksum")).to_be_visible()
    assert Interview.objects.get().answers["g_text/remarks"] == "has to leave"


def test_a_refusal_is_sent_as_one(open_page: OpenPage, site: Site) -> None:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    start_interview(page)
    answer(page, "consent", "no")
    press(page, "next")
    expect(page).to_have_url(re.compile("#check$"))
    page.get_by_role("button", name="Send the refusal").click()
    expect(page.locator(".checksum")).to_be_visible()
    assert Interview.objects.get().outcome == Interview.Outcome.REFUSED


def test_a_page_that_fails_to_open_leads_to_the_plain_ones(open_page: OpenPage, site: Site) -> None:
    page = open_page(width=PHONE_WIDTH)
    page.route("**/form.json*", lambda route: route.abort())
    sign_in(page, "E01")
    page.click(".card.go button")
    page.get_by_role("link", name="Go on with the plain pages").click()
    answer(page, "consent", "yes")
    page.locator('.bar button[value="next"]').click()
    expect(page).to_have_url(re.compile("/interview/.*/2/$"))


def test_who_wants_plain_pages_keeps_them(open_page: OpenPage, site: Site) -> None:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    page.goto("/?plain")
    page.click(".card.go button")
    answer(page, "consent", "yes")
    page.locator('.bar button[value="next"]').click()
    expect(page).to_have_url(re.compile("/interview/.*/2/$"))


def test_a_draft_is_gone_on_with_where_work_is_left(phone: Page) -> None:
    answer(phone, "age", "33")
    saved(phone)
    phone.locator(".icon-button[value=keep]").click()
    phone.locator("a[data-live]").click()
    expect(phone).to_have_url(re.compile("#s1$"))  # `informed` is not answered
