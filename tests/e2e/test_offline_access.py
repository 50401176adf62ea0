"""Pages that work without a network, for everybody: read by screen readers, in light and dark, in both
languages, and with letters twice as large on the smallest phone.
"""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from surveys.models import QuestionnaireVersion
from tests.conftest import OpenPage
from tests.e2e.live import answer, press
from tests.e2e.phone import run
from tests.e2e.test_interview import PHONE_WIDTH, sign_in
from tests.e2e.test_live_access import violations
from tests.e2e.test_offline_interview import CONTROLLED
from tests.factories import make_city, make_enumerator, make_rich_version, make_site, make_survey

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

Scheme = Literal["light", "dark"]
SMALLEST_PX = 320
DESK_PX = 1280
LETTERS_PX = 32  # twice what browsers begin with
IS_LARGE = f"parseFloat(getComputedStyle(document.body).fontSize) > {LETTERS_PX}"
SECTIONS = 10
MISFITS = """() => {
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    const found = wide > width ? [`it scrolls sideways: ${wide} px`] : [];
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true })
        && getComputedStyle(one).clipPath === "none" && !one.closest(".vh, .skip, svg, [aria-hidden=true], .steps");
    const named = (one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`;
    const hasText = (one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    for (const one of [...document.querySelectorAll("main *, .top *, dialog *")].filter(isSeen)) {
        if (!hasText(one) && !one.matches("button, input")) continue;
        const { left, right } = one.getBoundingClientRect();
        const isCut = getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
        if (left < -1 || right > width + 1) found.push(`beside the screen: ${named(one)}`);
        if (isCut && !one.matches("input, .form-control")) found.push(`cut off: ${named(one)}`);
    }
    const targets = [...document.querySelectorAll("main :is(a, button, summary, label.option)")].filter(isSeen);
    const boxes = targets.filter((one) => !one.closest(".bar")).map((one) => [one, one.getBoundingClientRect()]);
    const overlaps = (a, b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    boxes.forEach(([one, box], at) => boxes.slice(at + 1).forEach(([other, its]) => {
        if (overlaps(box, its) && !one.contains(other) && !other.contains(one)) found.push(`${named(one)} over ${named(other)}`);
    }));
    return found;
}"""
# One of everything that the page can show; nothing of it is due.
FULL = """
    const [kit] = await database.all("kits");
    const now = Date.now();
    const file = { name: "a.jpg", sha256: "ab", size: 3 };
    const draft = (number, facts) => ({
        id: `d${number}`, version: kit.version, questionnaire: kit.questionnaire, language: "default", title: kit.title,
        site: "S1", tree: ["data"], place: "", edition: 1, savedEdition: 1, revision: 1, savedAt: now - number, ...facts,
    });
    const entry = (number, { trouble = "", files = [], ...facts }) => ({
        ...entering({ id: `e${number}`, door: kit.submission, xml: new Uint8Array([1]), sha256: "ab12".repeat(16), files,
            title: kit.title, site: "S1" }, now - number), trouble, nextTry: now + 1e10, ...facts,
    });
    const receipt = { sha256: "ab12".repeat(16), received: new Date(now).toISOString(), files: {} };
    const troubles = ["", "no_answer", "signed_out", "busy", "differs", "files"];
    await database.keep([
        ...[{}, { savedEdition: -1 }, { version: 0 }, { questionnaire: 0 }].map((facts, at) => ({ store: "drafts", put: draft(at, facts) })),
        ...troubles.map((trouble, at) => ({ store: "outbox", put: entry(at, { trouble, files: [file] }) })),
        { store: "outbox", put: entry(7, { state: "refused", said: "This interview names the form “nothing”." }) },
        { store: "outbox", put: entry(8, { state: "sent", receipt, files: [file] }) },
    ]);
"""
ASK = """async () => {
    const { whoseCount } = await import("/static/js/webform/dialog.js");
    whoseCount({ isEitherKept: true });
}"""


@pytest.fixture(autouse=True)
def version() -> QuestionnaireVersion:
    site = make_site(make_survey("river"), "S1", target=9, city=make_city("c1"))
    make_enumerator(site, "E01")
    return make_rich_version(site.survey)


def enlarge(page: Page) -> None:
    """As in the settings of the browser; another page may be in another process, which knows nothing of it."""
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": LETTERS_PX, "fixed": LETTERS_PX}})
    page.wait_for_function(IS_LARGE)


def repaint(page: Page) -> None:
    page.locator("button[name=language][aria-pressed=true]").click()


def walk(page: Page, look: Callable[[Page, str], None]) -> None:
    """All that the pages show, and `look` at each of it."""
    page.goto("/offline/")
    page.evaluate(CONTROLLED)
    expect(page.locator("article .wide")).to_be_visible()
    look(page, "nothing kept")
    page.locator("article .wide").click()
    expect(page.locator(".sites")).to_be_visible()
    run(page, FULL)
    page.evaluate("navigator.storage.persist = async () => false")
    page.locator(".card .row .button").first.click()
    page.context.set_offline(True)
    repaint(page)
    page.locator("details summary").click()
    look(page, "everything")
    page.locator("[data-draft=d0] button, li:has([href*='draft=d0']) button").last.click()
    look(page, "discarding")
    page.keyboard.press("Escape")
    page.locator(".foot .quiet").click()
    look(page, "signing out")
    page.keyboard.press("Escape")
    page.locator(".sites button").click()
    page.locator("#interview[data-state=ready]").wait_for()
    interview(page, look)
    page.goto("/offline/")
    page.context.clear_cookies(name="account")
    repaint(page)
    page.reload()
    look(page, "nobody")
    page.context.set_offline(False)


def interview(page: Page, look: Callable[[Page, str], None]) -> None:
    press(page, "next")
    look(page, "an answer is missing")
    answer(page, "consent", "yes")
    for number in range(2, SECTIONS + 1):
        page.locator(f".steps .step[value='{number}']").evaluate("(step) => step.click()")
        page.locator(".section:not([hidden]) .widget").first.or_(
            page.locator("body")
        ).first.wait_for()
        look(page, f"section {number}")
    page.locator(".steps .step[value=check]").evaluate("(step) => step.click()")
    look(page, "the last step")
    page.evaluate(ASK)
    look(page, "two phones")


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en"), ("dark", "zh-CN")])
def test_all_pages_of_the_field_are_for_everybody(
    open_page: OpenPage, scheme: Scheme, locale: str
) -> None:
    found: dict[str, list[str]] = {}

    def look(page: Page, place: str) -> None:
        page.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
        faults = violations(page) if "section" not in place else []  # see test_live_access
        for width in (PHONE_WIDTH, DESK_PX):
            page.set_viewport_size({"width": width, "height": 844})
            faults += page.evaluate(MISFITS)
        if faults:
            found[place] = faults

    page = open_page(width=PHONE_WIDTH, locale=locale)
    page.emulate_media(color_scheme=scheme)
    sign_in(page, "E01")
    walk(page, look)
    assert found == {}


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_letters_twice_as_large_fit_on_the_smallest_phone(open_page: OpenPage, locale: str) -> None:
    found: dict[str, list[str]] = {}

    def look(page: Page, place: str) -> None:
        enlarge(page)
        faults = page.evaluate(MISFITS)
        assert page.evaluate(IS_LARGE)
        if faults:
            found[place] = faults

    page = open_page(width=SMALLEST_PX, height=568, locale=locale)
    sign_in(page, "E01")
    walk(page, look)
    assert found == {}
