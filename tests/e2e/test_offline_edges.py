"""Where a phone lets an enumerator down: a sentence says what to do, and nothing is lost without a word."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from surveys import questionnaires
from surveys.models import Questionnaire, Session, Submission
from tests.conftest import OpenPage
from tests.e2e.live import answer, press, question
from tests.e2e.phone import finish, outbox, run
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.e2e.test_offline_interview import CONTROLLED, DRAFTS, FORM, attach, photos, state
from tests.e2e.test_offline_interview import finish as finish_live
from tests.e2e.test_offline_page import start, take
from tests.factories import (
    instance_xml,
    make_enumerator,
    make_site,
    make_survey,
    workbook,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DOOR = "/s/river/submission"
OPEN_FAILS = """IDBFactory.prototype.open = function () {{
    const request = {{}};
    setTimeout(() => {{ {what} }});
    return request;
}};"""
FAILURES = {
    "in a private window": (
        "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('', 'SecurityError'); } });",
        "Open this page in a normal window",
    ),
    "where storage is forbidden": (
        "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };",
        "Open this page in a normal window",
    ),
    "under a newer page": (
        OPEN_FAILS.format(
            what="request.error = new DOMException('', 'VersionError'); request.onerror();"
        ),
        "Reload this one",
    ),
    "behind an older page": (
        OPEN_FAILS.format(what="request.onblocked();"),
        "Close the other tabs",
    ),
    "on a broken phone": (
        OPEN_FAILS.format(
            what="request.error = new DOMException('', 'DataError'); request.onerror();"
        ),
        "restart the phone",
    ),
}


@pytest.fixture(autouse=True)
def form() -> Questionnaire:
    site = make_site(make_survey("river"), "S1", target=9)
    version = questionnaires.publish(workbook(FORM), site.survey)
    make_enumerator(site, "E01")
    return version.questionnaire


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """On the page "On this phone", which opens without a network from now on."""
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    page.goto("/offline/")
    page.evaluate(CONTROLLED)
    return page


@pytest.fixture
def interview(open_page: OpenPage) -> Page:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    start_interview(page)
    page.locator("#interview[data-state=ready]").wait_for()
    page.evaluate(CONTROLLED)
    return page


def clear_data(page: Page) -> None:
    """As the browser does when somebody clears the data of a site."""
    origin = page.evaluate("location.origin")
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})


def kept_again(page: Page) -> dict[str, object]:
    """The draft, once the page has written it anew."""
    for _ in range(100):
        found: list[dict[str, object]] = run(page, DRAFTS)
        if found:
            return found[0]
        page.wait_for_timeout(50)
    pytest.fail("The draft did not come back.")


@pytest.mark.parametrize(("failure", "sentence"), FAILURES.values(), ids=FAILURES)
def test_storage_that_is_refused_is_said_and_the_server_keeps_the_interview(
    phone: Page, failure: str, sentence: str
) -> None:
    phone.add_init_script(failure)
    phone.reload()
    expect(phone.locator(".note.error")).to_contain_text(sentence)
    phone.get_by_role("link", name="My work").click()
    start_interview(phone)
    answer(phone, "remarks", "kept there")
    phone.locator('.saved:is([data-state="saved"], [data-state="only_server"])').wait_for()
    finish_live(phone)
    expect(phone.locator(".checksum")).to_be_visible()
    assert b"kept there" in bytes(Submission.objects.get().xml)


def test_a_browser_that_promises_nothing_says_what_helps(phone: Page) -> None:
    phone.evaluate("navigator.storage.persist = async () => false")
    phone.get_by_role("button", name="Ask the browser to keep it").click()
    expect(phone.get_by_text("Add this page to the home screen")).to_be_visible()
    expect(phone.get_by_text("In a private window")).to_be_visible()


def test_the_browsers_offer_to_install_is_made_where_it_says_what_for(phone: Page) -> None:
    install = phone.get_by_role("button", name="Add to the home screen")
    expect(install).to_have_count(0)
    phone.evaluate("""() => {
        const event = new Event("beforeinstallprompt", { cancelable: true });
        event.prompt = async () => { globalThis.isAsked = event.defaultPrevented; };
        dispatchEvent(event);
    }""")
    install.click()
    expect(install).to_have_count(0)
    assert phone.evaluate("isAsked")


def test_data_that_was_cleared_under_the_page_is_told(phone: Page) -> None:
    run(
        phone,
        "await database.keep([{ store: 'logs', put: { draft: 'd', page: 'p', number: 1 } }]);",
    )
    clear_data(phone)
    expect(phone.get_by_text("The browser's data was cleared")).to_be_visible()


def test_an_open_interview_outlives_the_clearing_of_data(interview: Page, tmp_path: Path) -> None:
    interview.context.set_offline(True)
    answer(interview, "remarks", "still here")
    press(interview, "next")
    pictures = photos(tmp_path)
    attach(interview, "a", pictures["a"])
    state(interview, "kept")
    clear_data(interview)
    assert "still here" in str(kept_again(interview)["tree"])
    interview.context.set_offline(False)
    state(interview, "saved")
    interview.reload()
    expect(question(interview, "a")).to_be_visible()
    press(interview, "next")
    press(interview, "send")
    expect(interview.locator("[data-part=sending]")).to_contain_text("Take them again")
    press(interview, "back")
    attach(interview, "a", pictures["b"])
    press(interview, "next")
    press(interview, "send")
    expect(interview.locator(".checksum")).to_be_visible()


def test_what_became_of_the_questionnaire_of_a_draft_is_said(
    phone: Page, form: Questionnaire
) -> None:
    take(phone)
    start(phone)
    answer(phone, "remarks", "begun before")
    state(phone, "saved")
    questionnaires.publish(workbook(FORM.replace("| 1       |", "| 2       |")), form.survey)
    phone.goto("/offline/")
    expect(phone.get_by_text("Begun with an earlier version")).to_be_visible()
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    phone.reload()
    expect(phone.get_by_text("The questionnaire is closed")).to_be_visible()
    phone.get_by_role("link", name=re.compile("resume")).click()
    finish_live(phone)
    expect(phone.locator(".checksum")).to_be_visible()
    assert b"begun before" in bytes(Submission.objects.get().xml)


def test_discarding_says_what_would_be_gone(phone: Page, tmp_path: Path) -> None:
    take(phone)
    start(phone)
    press(phone, "next")
    attach(phone, "a", photos(tmp_path)["a"])
    state(phone, "saved", "kept")
    phone.goto("/offline/")
    discard = phone.get_by_role("button", name=re.compile("Discard the draft"))
    discard.click()
    dialog = phone.get_by_role("dialog")
    expect(dialog).to_contain_text(
        re.compile(r"at S1, saved \d\d:\d\d, .* 1 picture or other file")
    )
    dialog.get_by_role("button", name="Keep it").click()
    assert len(run(phone, DRAFTS)) == 1
    discard.click()
    dialog.get_by_role("button", name="Discard").click()
    expect(discard).to_have_count(0)
    assert run(phone, "return await database.all('files');") == []


def test_signing_out_without_a_network_locks_the_phone_at_once(phone: Page) -> None:
    take(phone)
    start(phone)
    state(phone, "saved")
    other = phone.context.new_page()
    other.goto("/offline/")
    other.context.set_offline(True)
    other.get_by_role("button", name="Sign out").click()
    dialog = other.get_by_role("dialog")
    expect(dialog).to_contain_text("only sign in again where there is a network")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(other.get_by_text("Drafts on this phone")).to_be_visible()
    other.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Sign out").click()
    expect(other.get_by_text("Nobody is signed in on this phone")).to_be_visible()
    phone.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # somebody comes back to it
    expect(phone.get_by_text("Nobody is signed in on this phone")).to_be_visible()
    assert Session.objects.exists()
    phone.context.set_offline(False)
    other.goto("/")
    expect(other.locator("[name=username]")).to_be_visible()
    assert not Session.objects.exists()
    sign_in(other, "E01")
    other.goto("/offline/")
    expect(other.get_by_text("Drafts on this phone")).to_be_visible()


def test_signing_out_on_the_first_page_asks_where_there_is_no_network(phone: Page) -> None:
    phone.goto("/")
    expect(phone.locator("#on-phone")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("dialog")).to_contain_text("Sign out without a network?")


def test_a_server_that_does_not_answer_is_not_asked_again_and_again(
    phone: Page, form: Questionnaire
) -> None:
    asked: list[Request] = []
    assert form.current is not None
    finish(
        phone, instance_xml(form.current, f"uuid:{'1' * 8}-0000-4000-8000-000000000000"), door=DOOR
    )
    phone.route("**/offline/received", lambda route: route.abort())
    phone.on(
        "request", lambda request: asked.append(request) if "/received" in request.url else None
    )
    phone.reload()
    expect(phone.get_by_text("No connection")).to_be_visible()
    phone.wait_for_timeout(1_000)
    assert len(asked) <= 2
    assert [entry["tries"] for entry in outbox(phone)] == [len(asked)]
