"""The server's copies of drafts: a lost phone loses little, and what is discarded is gone everywhere."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from surveys import draft_keys, drafts
from surveys.models import Attachment, Draft, Interview, Site, Survey, User
from tests.conftest import OpenPage
from tests.e2e.live import answer, press, question
from tests.e2e.phone import run
from tests.e2e.test_interview import PHONE_WIDTH, sign_in
from tests.e2e.test_offline_interview import PHOTO_BYTES, attach, finish, phone, photos, site, state
from tests.factories import with_key

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
__all__ = ["phone", "site"]  # fixtures


def fill_without_network(page: Page, folder: Path) -> None:
    """An answer and a picture that the server has not heard of, in a page that is closed then."""
    page.context.set_offline(True)
    answer(page, "remarks", "in the field")
    press(page, "next")
    attach(page, "a", photos(folder)["a"])
    state(page, "kept")


NOTE_WHAT_IS_CARRIED = """
    const fetched = globalThis.fetch;
    globalThis.fetch = (address, options) => {
        if (/submission/.test(address)) sessionStorage.carried = [...options.body.keys()];
        return fetched(address, options);
    };
"""  # to the door, part by part
NOTHING_LEFT = """
    while ((await database.all("drafts")).length) await new Promise((go) => setTimeout(go, 50));
"""  # of drafts on the phone, however long that takes


def test_a_lost_phone_loses_nothing_that_it_could_send(
    phone: Page, open_page: OpenPage, tmp_path: Path
) -> None:
    fill_without_network(phone, tmp_path)
    phone.goto("/offline/")
    phone.context.set_offline(False)
    expect(phone.get_by_text("copy on the server")).to_be_visible()  # and nobody opened it
    phone.context.close()
    other = open_page(width=PHONE_WIDTH)
    other.add_init_script(NOTE_WHAT_IS_CARRIED)
    sign_in(other, "E01")
    other.get_by_role("link", name="S1 · resume").click()
    expect(question(other, "remarks").locator("input, textarea")).to_have_value("in the field")
    press(other, "next")
    expect(question(other, "a").locator(".preview img")).to_be_visible()
    press(other, "next")
    press(other, "send")
    expect(other.locator(".checksum")).to_be_visible()
    carried = other.evaluate("sessionStorage.carried")
    assert carried == "xml_submission_file,audit.csv,*copied*"  # the picture did not travel again
    assert Attachment.objects.get(name__startswith="a-").size == PHOTO_BYTES
    assert Interview.objects.get().answers["first/remarks"] == "in the field"
    assert not Draft.objects.exists()


def discard_here(page: Page) -> None:
    page.get_by_role("button", name="Discard the draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_role("button", name="Discard the draft")).to_have_count(0)


@pytest.mark.parametrize(("choice", "left"), [("Keep it", 1), ("Discard", 0)])
def test_a_draft_that_another_device_changed_is_not_discarded_unasked(
    phone: Page, choice: str, left: int
) -> None:
    answer(phone, "remarks", "ours")
    state(phone, "saved")
    phone.goto("/offline/")
    phone.context.set_offline(True)
    discard_here(phone)
    drafts.save(with_key(Draft.objects.get()), {"/data/first/remarks": "theirs"})
    phone.context.set_offline(False)
    moved = phone.locator("li", has_text="changed on another device since")
    moved.get_by_role("button", name=choice).click()
    expect(moved).to_have_count(0)
    run(phone, NOTHING_LEFT)
    assert Draft.objects.count() == left


def test_after_the_office_set_a_password_the_phone_saves_again(phone: Page, tmp_path: Path) -> None:
    answer(phone, "remarks", "before")
    press(phone, "next")
    with phone.expect_response("**/files/"):
        attach(phone, "a", photos(tmp_path)["a"])
    state(phone, "saved")
    person = User.objects.get(username="E01")
    person.set_password("another word for her")
    person.save()
    phone.goto("/")
    phone.fill("[name=username]", "E01")
    phone.fill("[name=password]", "another word for her")
    with phone.expect_response("**/files/"):
        phone.click(".button.primary")
    draft = Draft.objects.get()
    draft.enumerator.draft_key = draft_keys.opened(draft.enumerator, "another word for her")
    assert b"<remarks>before</remarks>" in drafts.xml_of(draft)


def test_where_no_copies_are_kept_the_page_says_so(phone: Page, site: Site) -> None:
    Survey.objects.update(keeps_copies=False)
    answer(phone, "remarks", "only here")
    state(phone, "only_phone")
    expect(phone.locator(".saved")).to_contain_text("keeps no copies of drafts")
    phone.goto("/offline/")
    expect(phone.get_by_text("keeps no copies of drafts")).to_be_visible()
    assert b"only here" not in drafts.xml_of(with_key(Draft.objects.get()))
    phone.get_by_role("link", name="S1 · resume").click()
    finish(phone)
    expect(phone.locator(".checksum")).to_be_visible()
    assert Interview.objects.get().answers["first/remarks"] == "only here"
