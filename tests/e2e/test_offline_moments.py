"""Moments between two steps of a phone that is slow: what is called kept is kept, and only once."""

import pytest
from playwright.sync_api import Page, expect

from surveys import questionnaires
from tests.conftest import OpenPage
from tests.e2e.live import answer, press, question
from tests.e2e.phone import outbox, run
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.e2e.test_offline_interview import CONTROLLED
from tests.factories import make_enumerator, make_site, make_survey, workbook

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORM = """
| survey   |            |         |         |
|          | type       | name    | label   |
|          | text       | remarks | Remarks |
|          | integer    | age     | Age     |
|          | image      | a       | A       |
|          | image      | b       | B       |
| settings |            |         |         |
|          | form_title | form_id | version |
|          | Visit      | visit   | 1       |
"""
SLOW = """(milliseconds) => {
    const digest = crypto.subtle.digest.bind(crypto.subtle);
    crypto.subtle.digest = async (...given) => {
        await new Promise((go) => setTimeout(go, milliseconds));
        return digest(...given);
    };
}"""  # checksums, which stand between an answer and the phone's storage
HELD = """() => {
    const digest = crypto.subtle.digest.bind(crypto.subtle);
    const gate = new Promise((resolve) => (globalThis.goOn = resolve));
    crypto.subtle.digest = (...given) => gate.then(() => digest(...given));
}"""
TRACE = """() => {
    const { put } = IDBObjectStore.prototype;
    const saved = document.querySelector(".saved");
    globalThis.trace = [];
    document.addEventListener("input", () => trace.push("input"), { capture: true });
    new MutationObserver(() => trace.push(saved.dataset.state)).observe(saved, { attributes: true });
    IDBObjectStore.prototype.put = function (record) {
        if (JSON.stringify(record.tree).includes('"40"')) trace.push("40 is written");
        return put.call(this, record);
    };
}"""
WHILE_IT_KEEPS_MS = 600
DRAFTS = "return await database.all('drafts');"


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """An interview that was begun with a network, which is gone now."""
    site = make_site(make_survey("river"), "S1", target=9)
    questionnaires.publish(workbook(FORM), site.survey)
    make_enumerator(site, "E01")
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    start_interview(page)
    page.locator("#interview[data-state=ready]").wait_for()
    page.evaluate(CONTROLLED)
    run(page, DRAFTS)  # its modules are there from now on
    page.context.set_offline(True)
    return page


def test_an_answer_that_came_while_others_were_kept_is_not_called_kept(phone: Page) -> None:
    phone.evaluate(SLOW, 1000)
    phone.evaluate(TRACE)
    answer(phone, "remarks", "first")
    phone.wait_for_timeout(WHILE_IT_KEEPS_MS)
    answer(phone, "age", "40")
    phone.wait_for_function("() => trace.includes('40 is written') && trace.at(-1) === 'kept'")
    told = phone.evaluate("trace.slice(trace.lastIndexOf('input'), trace.indexOf('40 is written'))")
    assert "kept" not in told


def test_what_is_finished_right_after_an_answer_is_no_draft_any_more(phone: Page) -> None:
    phone.evaluate(SLOW, 300)
    answer(phone, "remarks", "last")
    press(phone, "next")
    press(phone, "send")
    expect(phone.get_by_text("Finished, and kept on this phone")).to_be_visible()
    assert run(phone, DRAFTS) == []
    assert len(outbox(phone)) == 1


def test_nothing_is_answered_while_it_is_being_finished(phone: Page) -> None:
    phone.evaluate(HELD)
    press(phone, "next")
    press(phone, "send")
    expect(phone.locator("form.body")).to_have_attribute("inert", "")
    phone.locator('.steps [value="1"]').click()
    remarks = question(phone, "remarks").locator("input")
    remarks.focus()
    phone.keyboard.type("too late")
    expect(remarks).to_have_value("")
    phone.evaluate("() => goOn()")
    expect(phone.get_by_text("Finished, and kept on this phone")).to_be_visible()


def test_what_could_not_be_sent_goes_on_here(phone: Page) -> None:
    phone.evaluate("""() => {
        IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
    }""")
    press(phone, "next")
    press(phone, "send")
    expect(phone.locator("[data-part=sending]")).to_contain_text("Not sent")
    expect(phone.locator("form.body")).not_to_have_attribute("inert", "")
    phone.locator('.steps [value="1"]').click()
    answer(phone, "remarks", "goes on")
    expect(question(phone, "remarks").locator("input")).to_have_value("goes on")


def test_two_pictures_of_one_name_at_once_are_two(phone: Page) -> None:
    phone.evaluate(SLOW, 300)
    for name in "ab":
        asked = question(phone, name)
        asked.locator(".widget").wait_for()
        picture = {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": name.encode() * 1000}
        asked.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    expect(phone.locator(".preview img")).to_have_count(2)
    files = run(phone, "return await database.all('files');")
    assert len({file["name"] for file in files}) == 2
