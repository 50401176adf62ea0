"""Interviews whose only safe place is the phone: begun, left, finished and sent, whatever the network does."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from surveys import drafts, questionnaires
from surveys.models import (
    Attachment,
    Draft,
    DraftFile,
    Questionnaire,
    Session,
    Site,
    Submission,
    User,
)
from surveys.xforms.audit import read_log
from tests.collect.web import Web, gunicorn
from tests.conftest import OpenPage, url_of
from tests.e2e.live import answer, press, question
from tests.e2e.phone import outbox, run
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.e2e.test_offline_page import take
from tests.factories import make_enumerator, make_site, make_survey, with_key, workbook
from tests.servers import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORM = """
| survey   |             |         |         |
|          | type        | name    | label   |
|          | audit       | audit   |         |
|          | end         | end     |         |
|          | begin_group | first   | First   |
|          | text        | remarks | Remarks |
|          | integer     | age     | Age     |
|          | end_group   |         |         |
|          | begin_group | photos  | Photos  |
|          | image       | a       | A       |
|          | image       | b       | B       |
|          | image       | c       | C       |
|          | end_group   |         |         |
| settings |             |         |         |
|          | form_title  | form_id | version |
|          | Visit       | visit   | 1       |
"""
PHOTO_BYTES = 3_000_000
WITHIN_MS = 30_000
CONTROLLED = """async () => {
    while (!navigator.serviceWorker.controller) await new Promise((go) => setTimeout(go, 50));
}"""  # by the worker, which has the application from then on
DRAFTS = "return await database.all('drafts');"
ALL_COPIED = """
    const isCopied = ({ edition, savedEdition }) => edition === savedEdition;
    while (!(await database.all("drafts")).every(isCopied)) await new Promise((go) => setTimeout(go, 50));
"""  # to the server, however long that takes


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey("river"), "S1", target=9)
    questionnaires.publish(workbook(FORM), site.survey)
    make_enumerator(site, "E01")
    make_enumerator(site, "E02")
    return site


@pytest.fixture
def phone(open_page: OpenPage, site: Site) -> Page:
    """An interview begun with a network, kept on the phone as well."""
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    start_interview(page)
    page.locator("#interview[data-state=ready]").wait_for()
    page.evaluate(CONTROLLED)
    return page


class Server:
    """A server process that can be killed, and comes back at the same address."""

    def __init__(self, stack: ExitStack, log: Path) -> None:
        self.stack, self.log, self.port = stack, log, free_port()
        # Addresses of static files as while developing: nothing has to be collected.
        self.environment = {
            "DATABASE_URL": url_of("default"),
            "KEYS_URL": url_of("keys"),
            "DEBUG": "true",
        }
        self.web = self.start()

    def start(self) -> Web:
        self.web = self.stack.enter_context(
            gunicorn(self.environment, self.log, workers=1, port=self.port)
        )
        return self.web

    def kill(self) -> None:
        for process in reversed(self.web.family):
            process.kill()


@pytest.fixture
def server(site: Site, tmp_path: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        yield Server(stack, tmp_path / "gunicorn.log")


def photos(folder: Path) -> dict[str, Path]:
    """Three pictures by the questions that they answer, no two the same."""
    paths = {name: folder / f"{name}.jpg" for name in "abc"}
    for path in paths.values():
        path.write_bytes(os.urandom(PHOTO_BYTES))
    return paths


def attach(page: Page, name: str, path: Path) -> None:
    asked = question(page, name)
    asked.locator(".widget").wait_for()
    asked.locator("input[type=file]").set_input_files(path)
    expect(asked.locator(".preview img")).to_be_attached()


def state(page: Page, *wanted: str) -> None:
    """Until saving stands as wanted."""
    page.locator(",".join(f'.saved[data-state="{one}"]' for one in wanted)).wait_for()


def finish(page: Page) -> None:
    press(page, "next")
    press(page, "next")
    press(page, "send")


def test_a_whole_interview_with_photos_while_the_server_is_dead(
    browser: Browser, server: Server, tmp_path: Path, client: Client
) -> None:
    context = browser.new_context(base_url=server.web.url, viewport={"width": 390, "height": 844})
    client.force_login(User.objects.get(username="E01"))  # its hashers are not those of the tests
    cookies = [(name, one.value) for name, one in client.cookies.items()]  # and the drafts' key
    context.add_cookies([{"name": n, "value": v, "url": server.web.url} for n, v in cookies])
    page = context.new_page()
    page.goto("/")
    page.goto("/offline/")
    take(page)
    server.kill()
    page.goto("/")
    page.get_by_role("button", name="Start").click()
    answer(page, "remarks", "no server")
    press(page, "next")
    for name, path in photos(tmp_path).items():
        attach(page, name, path)
    state(page, "kept")
    page.close()
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="S1 · resume").click()
    expect(question(page, "b").locator(".preview img")).to_be_visible()
    press(page, "next")
    press(page, "send")
    expect(page.get_by_text("Finished, and kept on this phone")).to_be_visible()
    (entry,) = outbox(page)
    assert (entry["state"], entry["kept"]) == ("waiting", 4)  # and the log
    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("li:has(details)").wait_for(timeout=WITHIN_MS)
    (entry,) = outbox(page)
    submission = Submission.objects.get()
    assert entry["receipt"]["sha256"] == submission.xml_sha256 == entry["sha256"]
    sent = {file["name"]: file["sha256"] for file in entry["files"]}
    assert dict(Attachment.objects.values_list("name", "sha256")) == sent
    assert Attachment.objects.filter(size=PHOTO_BYTES).count() == 3
    assert not Draft.objects.exists()
    context.close()


def test_what_is_answered_without_a_network_follows_to_the_server(
    phone: Page, tmp_path: Path
) -> None:
    phone.context.set_offline(True)
    answer(phone, "remarks", "in the field")
    press(phone, "next")
    attach(phone, "a", photos(tmp_path)["a"])
    state(phone, "kept")
    expect(phone.locator(".saved")).to_contain_text("Saved on this phone")
    with phone.expect_response("**/files/"):
        phone.context.set_offline(False)
    state(phone, "saved")
    draft = Draft.objects.get()
    xml = drafts.xml_of(with_key(draft))
    assert b"<remarks>in the field</remarks>" in xml
    assert re.search(rb"<a>a-[0-9a-f]{8}.jpg</a>", xml)
    assert DraftFile.objects.get().size == PHOTO_BYTES


def test_the_receipt_is_shown_where_there_is_a_network(phone: Page, site: Site) -> None:
    answer(phone, "remarks", "at home")
    state(phone, "saved")
    phone.reload()
    answer(phone, "age", "40")
    finish(phone)
    expect(phone.locator(".checksum")).to_be_visible()
    submission = Submission.objects.get()
    assert submission.interview.site == site
    assert submission.interview.answers["first/age"] == "40"
    assert (submission.device, Draft.objects.count()) == ("web", 0)
    log = Attachment.objects.get(name="audit.csv")
    with log.file.open("rb") as file:
        read = read_log(file.read())
    events = [one.kind for one in read.events]
    assert events[:5] == ["form start", "question", "group questions", "form exit", "form resume"]
    assert events[-1] == "form finalize"
    assert not read.unread


def test_who_is_signed_out_in_the_field_finishes_and_sends_later(phone: Page) -> None:
    Session.objects.all().delete()
    answer(phone, "remarks", "still here")
    state(phone, "kept_signed_out")
    finish(phone)
    expect(phone.get_by_text("You are signed out")).to_have_count(2)
    phone.get_by_role("link", name="Sign in").click()
    phone.fill("[name=username]", "E01")
    phone.fill("[name=password]", "correct horse battery")
    phone.click(".button.primary")
    phone.locator("li:has(details)").wait_for()
    assert b"still here" in bytes(Submission.objects.get().xml)


@pytest.mark.parametrize(
    ("choice", "kept", "other"),
    [("Those on this page", "mine", "theirs"), ("Those saved there", "theirs", "mine")],
)
def test_of_two_phones_answers_none_are_thrown_away(
    phone: Page, choice: str, kept: str, other: str
) -> None:
    answer(phone, "remarks", "both")
    state(phone, "saved")
    draft = with_key(Draft.objects.get())
    drafts.save(draft, {"/data/first/remarks": "theirs"})
    answer(phone, "remarks", "mine")
    phone.get_by_role("button", name=choice).click()
    expect(question(phone, "remarks").locator("input, textarea")).to_have_value(kept)
    state(phone, "saved")
    phone.get_by_role("button", name="Keep as draft and leave").click()
    run(phone, ALL_COPIED)
    found = {one.pk: drafts.xml_of(with_key(one)) for one in Draft.objects.all()}
    assert f"<remarks>{kept}</remarks>".encode() in found.pop(draft.pk)
    (xml,) = found.values()
    assert f"<remarks>{other}</remarks>".encode() in xml
    phone.reload()
    expect(phone.get_by_role("link", name="S1 · resume")).to_have_count(2)


def test_a_lost_answer_is_no_conflict(phone: Page) -> None:
    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    phone.route("**/instance", lose, times=1)
    answer(phone, "remarks", "one")
    state(phone, "kept")
    answer(phone, "remarks", "two")
    state(phone, "saved")
    expect(phone.get_by_role("dialog")).to_have_count(0)
    assert b"<remarks>two</remarks>" in drafts.xml_of(with_key(Draft.objects.get()))


def test_one_draft_is_open_in_one_tab(phone: Page) -> None:
    other = phone.context.new_page()
    other.goto(phone.url)
    expect(other.get_by_text("open in another tab")).to_be_visible()


def test_a_full_phone_is_said_and_the_server_keeps_it(phone: Page, tmp_path: Path) -> None:
    phone.evaluate("""() => {
        IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
    }""")
    answer(phone, "remarks", "too much")
    state(phone, "only_server")
    expect(phone.locator(".saved")).to_contain_text("The phone is full.")
    press(phone, "next")
    attach(phone, "a", photos(tmp_path)["a"])
    press(phone, "next")
    press(phone, "send")
    expect(phone.locator(".checksum")).to_be_visible()
    assert b"too much" in bytes(Submission.objects.get().xml)
    assert Attachment.objects.filter(name="a.jpg", size=PHOTO_BYTES).exists()


def test_a_colleague_on_the_same_phone_sees_nothing_of_it(phone: Page) -> None:
    address = phone.url
    answer(phone, "remarks", "mine")
    state(phone, "saved")
    phone.goto("/")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/login/")
    sign_in(phone, "E02")
    expect(phone.locator("#on-phone")).to_be_visible()
    expect(phone.get_by_role("link", name="S1 · resume")).to_have_count(0)
    phone.goto(address)
    expect(phone.get_by_text("This interview is not here.")).to_be_visible()
    assert run(phone, DRAFTS) == []


def test_a_closed_questionnaire_is_finished_on_the_phone(phone: Page) -> None:
    answer(phone, "remarks", "late")
    state(phone, "saved")
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    phone.reload()
    finish(phone)
    expect(phone.locator(".checksum")).to_be_visible()
    assert b"late" in bytes(Submission.objects.get().xml)


def test_a_draft_that_was_discarded_elsewhere_is_not_shown_here(phone: Page) -> None:
    answer(phone, "remarks", "gone")
    state(phone, "saved")
    phone.get_by_role("button", name="Keep as draft and leave").click()
    drafts.discard(Draft.objects.get())
    phone.reload()
    expect(phone.locator("#on-phone")).to_be_visible()
    assert run(phone, DRAFTS) == []


def test_a_draft_that_another_tab_has_open_stays(phone: Page) -> None:
    """What was answered there since may be nowhere else."""
    answer(phone, "remarks", "still here")
    state(phone, "saved")
    drafts.discard(Draft.objects.get())
    other = phone.context.new_page()
    other.goto("/")
    expect(other.locator("#on-phone")).to_be_visible()
    assert len(run(phone, DRAFTS)) == 1
