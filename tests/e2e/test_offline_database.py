"""What the phone says it keeps, it keeps: written whole, read back, found again; and it says why not."""

import pytest
from playwright.sync_api import Page

from tests.conftest import OpenPage
from tests.e2e.phone import reason, run

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

KEEP_PHOTO = """
    const blob = new Blob([new Uint8Array(given).fill(7)], { type: "image/jpeg" });
    await database.keep([
        { store: "drafts", put: { id: "d1", tree: ["data", "x"] } },
        { store: "files", put: { draft: "d1", name: "a.jpg", blob, sha256: await sha256(blob) } },
    ]);
"""
THERE = """
    const [draft, file] = [await database.get("drafts", "d1"), await database.get("files", ["d1", "a.jpg"])];
    return [draft?.tree ?? null, file ? [file.blob.type, await sha256(file.blob) === file.sha256] : null];
"""
MB = 1_000_000


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    page = open_page()
    page.goto("/login/")
    return page


def test_what_is_kept_is_there_after_the_page_was_closed(phone: Page) -> None:
    run(phone, KEEP_PHOTO, 3 * MB)
    again = phone.context.new_page()
    phone.close()
    again.goto("/login/")
    assert run(again, THERE) == [["data", "x"], ["image/jpeg", True]]
    assert run(again, THERE, account="8") == [None, None]


def test_what_belongs_to_a_draft_goes_with_it(phone: Page) -> None:
    run(phone, KEEP_PHOTO, 10)
    run(phone, "await database.keep([{ store: 'files', remove: allOf('d1') }]);")
    assert run(phone, THERE) == [["data", "x"], None]


def test_writes_reach_the_disk_all_together_or_not_at_all(phone: Page) -> None:
    phone.evaluate("""() => {
        globalThis.durabilities = [];
        const begin = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...options) {
            const made = begin.apply(this, options);
            if (made.mode === "readwrite") durabilities.push(made.durability);
            return made;
        };
    }""")
    broken = "await database.keep([{ store: 'drafts', put: { id: 'd1', tree: [] } }, { store: 'drafts', put: {} }])"
    assert reason(phone, broken) == "broken"
    assert run(phone, THERE) == [None, None]
    run(phone, KEEP_PHOTO, 10)
    assert set(phone.evaluate("durabilities")) == {"strict"}


def test_a_connection_that_was_closed_under_the_page_is_opened_again(phone: Page) -> None:
    run(phone, KEEP_PHOTO, 10)
    close = "Storage.clearDataForOrigin"
    origin = phone.evaluate("location.origin")
    session = phone.context.new_cdp_session(phone)
    session.send(close, {"origin": origin, "storageTypes": "indexeddb"})
    assert run(phone, THERE) == [None, None]
    run(phone, KEEP_PHOTO, 10)
    assert run(phone, THERE) == [["data", "x"], ["image/jpeg", True]]


def test_another_version_of_the_application_may_take_over_the_database(phone: Page) -> None:
    run(phone, KEEP_PHOTO, 10)
    opened = phone.evaluate("""() => new Promise((resolve) => {
        const request = indexedDB.open("five-standards-7", 99);
        request.onsuccess = () => (request.result.close(), resolve("opened"));
        request.onblocked = () => resolve("blocked");
    })""")
    assert opened == "opened"
    assert reason(phone, KEEP_PHOTO, 10) == "newer"


def test_a_full_phone_is_said_and_nothing_of_it_half_kept(phone: Page) -> None:
    session = phone.context.new_cdp_session(phone)
    origin = phone.evaluate("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": MB})
    assert reason(phone, KEEP_PHOTO, 3 * MB) == "full"
    assert run(phone, THERE) == [None, None]


def test_a_browser_without_storage_is_said(phone: Page) -> None:
    phone.evaluate("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    assert reason(phone, KEEP_PHOTO, 10) == "none"


def test_a_phone_that_keeps_something_else_is_found_out(phone: Page) -> None:
    phone.evaluate("""() => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (record) {
            return put.call(this, { ...record, tree: ["data", "y"] });
        };
    }""")
    assert reason(phone, KEEP_PHOTO, 10) == "differs"
