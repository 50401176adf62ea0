"""The page "On this phone": questionnaires come along whole, interviews begin without a network."""

import re

import pytest
from playwright.sync_api import Page, expect

from surveys import questionnaires
from surveys.models import QuestionnaireVersion
from surveys.offline import shell
from tests.conftest import OpenPage
from tests.e2e.phone import finish, outbox, run
from tests.e2e.test_interview import PHONE_WIDTH, assert_fits, sign_in
from tests.e2e.test_live_access import violations
from tests.factories import (
    instance_xml,
    make_city,
    make_enumerator,
    make_rich_version,
    make_site,
    make_survey,
    rich_files,
    rich_form,
    workbook,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TAKE = "Make available offline"
HERE = "Works without a network"
CACHES = "caches.keys().then((names) => names.filter((name) => name.startsWith('{}-')))"


@pytest.fixture
def version() -> QuestionnaireVersion:
    site = make_site(make_survey("river"), "S1", target=9, city=make_city("c1"))
    make_enumerator(site, "E01")
    return make_rich_version(site.survey)


@pytest.fixture
def phone(open_page: OpenPage, version: QuestionnaireVersion) -> Page:
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    page.goto("/offline/")
    return page


def caches(page: Page, kind: str) -> list[str]:
    found: list[str] = page.evaluate(CACHES.format(kind))
    return found


def is_update_waiting(page: Page) -> bool:
    found: bool = page.evaluate(
        "navigator.serviceWorker.getRegistration().then(({ waiting }) => !!waiting)"
    )
    return found


def reload_until_update(page: Page) -> None:
    """A new version comes some moments after a page asked for it."""
    for _ in range(10):
        page.reload()
        page.wait_for_timeout(1000)
        if is_update_waiting(page):
            return
    pytest.fail("No new version came.")


def take(page: Page) -> None:
    page.get_by_role("button", name=TAKE).click()
    expect(page.get_by_text(HERE)).to_be_visible()


def start(page: Page) -> dict[str, object]:
    """Begin an interview; the draft as the phone has it."""
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/fill/\d+/"))
    (draft,) = run(page, "return await database.all('drafts');")
    found: dict[str, object] = draft
    return found


def test_an_interview_begins_without_a_network(phone: Page, version: QuestionnaireVersion) -> None:
    take(phone)
    assert_fits(phone)
    assert violations(phone) == []
    phone.context.set_offline(True)
    phone.goto("/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("On this phone")
    expect(phone.get_by_text("Offline", exact=True)).to_be_visible()
    phone.get_by_role("button", name="中文").click()
    expect(phone.locator("html")).to_have_attribute("lang", "zh-hans")
    phone.get_by_role("button", name="EN English").click()
    draft = start(phone)
    assert (draft["version"], draft["site"]) == (version.pk, "S1")
    assert draft["door"] == "/s/river/submission?deviceID=web&site=S1"
    assert f"uuid:{draft['id']}" in str(draft["tree"])
    expect(phone.locator("#interview")).to_be_attached()
    phone.goto("/offline/")
    expect(phone.get_by_role("link", name=re.compile("S1 · resume"))).to_be_visible()


def test_a_questionnaire_is_here_whole_or_not_at_all(phone: Page) -> None:
    phone.route("**/lists/*", lambda route: route.abort())
    phone.get_by_role("button", name=TAKE).click()
    expect(phone.get_by_role("alert")).to_contain_text("It could not be fetched")
    assert caches(phone, "kit") == []
    phone.unroute("**/lists/*")
    take(phone)
    assert len(caches(phone, "kit")) == 1


def test_what_comes_along_is_not_tidied_away_meanwhile(phone: Page) -> None:
    """As other tabs do at any moment, and this page after each interview that was sent."""
    phone.get_by_role("button", name=TAKE).wait_for()
    kept = run(
        phone,
        """const { kits: [kit] } = await kitsFor(database.account);
        const others = [];
        await takeAlong(database, kit, () => others.push(tidy(database)));
        await Promise.all(others);
        return (await database.all("kits")).map(({ cache }) => cache);""",
    )
    assert kept == caches(phone, "kit")


def test_it_says_at_once_where_the_browser_allows_no_service_worker(phone: Page) -> None:
    """As in private windows of some browsers, or with cookies forbidden."""
    phone.add_init_script("Object.defineProperty(navigator, 'serviceWorker', { value: undefined })")
    phone.reload()
    phone.get_by_role("button", name=TAKE).click()
    expect(phone.get_by_role("alert")).to_contain_text("not a private one", timeout=5000)
    assert caches(phone, "kit") == []


def test_an_earlier_version_stays_as_long_as_a_draft_needs_it(
    phone: Page, version: QuestionnaireVersion
) -> None:
    take(phone)
    start(phone)
    later = rich_form().replace("| rich    | 1 ", "| rich    | 2 ")
    survey = version.questionnaire.survey
    newer = questionnaires.publish(workbook(later), survey, files=rich_files())
    phone.goto("/offline/")
    expect(phone.get_by_text(f"form {newer.version}")).to_be_visible()
    versions = [name.split("-")[2] for name in caches(phone, "kit")]
    assert sorted(versions) == sorted([str(version.pk), str(newer.pk)])
    phone.get_by_role("button", name=re.compile("Discard the draft")).click()
    phone.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(phone.get_by_text("Drafts on this phone")).to_be_hidden()
    assert [name.split("-")[2] for name in caches(phone, "kit")] == [str(newer.pk)]


def test_a_new_application_waits_as_long_as_an_interview_is_open(
    phone: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(phone)
    start(phone)
    before, worker = caches(phone, "shell"), shell.worker()
    monkeypatch.setattr(shell, "worker", lambda: worker.replace('"version": "', '"version": "new'))
    reload_until_update(phone)
    assert sorted(caches(phone, "shell")) == sorted([*before, before[0].replace("-", "-new")])
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("#interview[data-state=ready]")).to_be_attached()
    assert is_update_waiting(phone)
    phone.goto("/offline/")
    expect(phone.get_by_text(HERE)).to_be_visible()


def test_what_waits_was_sent_and_was_refused_is_said(
    phone: Page, version: QuestionnaireVersion
) -> None:
    expect(phone.get_by_text("Nothing waits")).to_be_visible()
    sent, refused = (
        instance_xml(version, f"uuid:{'12'[at] * 8}-0000-4000-8000-000000000000") for at in (0, 1)
    )
    finish(phone, sent, door="/s/river/submission")
    finish(phone, refused.replace(b'id="rich"', b'id="nothing"'), door="/s/river/submission")
    phone.reload()
    expect(phone.get_by_text("The server does not take it")).to_be_visible()
    receipt = phone.locator("li:has(details)")
    expect(receipt).to_contain_text("received")
    receipt.locator("summary").click()
    checksum = next(one["sha256"] for one in outbox(phone) if one["state"] == "sent")
    expect(receipt.locator(".checksum")).to_have_text(" ".join(re.findall("....", checksum)))
    phone.get_by_role("button", name="Compare with the server").click()
    expect(receipt).to_contain_text("The server holds the same.")
    assert_fits(phone)
    assert violations(phone) == []


def test_nobody_signed_in_sees_nothing(phone: Page) -> None:
    take(phone)
    phone.goto("/")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/login/")
    phone.goto("/offline/")
    expect(phone.get_by_text("Nobody is signed in on this phone")).to_be_visible()
    expect(phone.get_by_text(HERE)).to_be_hidden()


def test_a_browser_that_keeps_nothing_says_so(phone: Page) -> None:
    phone.add_init_script("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    phone.reload()
    expect(phone.get_by_text("This browser keeps nothing")).to_be_visible()
