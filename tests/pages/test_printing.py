"""On paper: nothing to press, nothing cut off, dark on white, also of who works in the dark."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from surveys.exports import catalogue
from surveys.exports.catalogue import Order
from surveys.models import QuestionnaireVersion, Role
from tests.access.world import make_world
from tests.e2e.test_interview import sign_in
from tests.factories import make_member, make_rich_version, make_survey
from tests.pages.eyes import Eyes, Manner
from tests.scoring.dashboard.rows import make_golden

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

A4_PX = 718  # 190 mm: A4 without the margins that browsers leave
IN_THE_DARK = Manner("en", "dark", A4_PX)
PAGES = (
    "/admin/",
    "/admin/dashboard/crosstab/",
    "/admin/surveys/inspection/",
    "/admin/surveys/siteprogress/",
    "/admin/surveys/interview/",
)
PRESSED = (
    "nav, button, .skip, [role=button], input[type=submit], input[type=search], form[method=get]"
)
SHOWN = "all => all.filter(one => one.checkVisibility({ visibilityProperty: true })).map(one => one.outerHTML.slice(0, 110))"
BEYOND = """() => {
  const { right } = document.querySelector("#dashboard").getBoundingClientRect();
  return [...document.querySelectorAll("#dashboard svg")].map((one) => one.getBoundingClientRect().right).filter((end) => end > right + 1);
}"""
PALE = """() => [...document.body.querySelectorAll("*")].filter((one) => {
  const says = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  return says && one.checkVisibility() && !one.closest("svg, script, style, .chip, table") && luminance(one) > 0.35;
}).map((one) => one.outerHTML.slice(0, 110));
function luminance(one) {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = getComputedStyle(one).color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return (0.2126 * red ** 2.2 + 0.7152 * green ** 2.2 + 0.0722 * blue ** 2.2) / 255 ** 2.2;
}"""


def test_pages_of_the_office_on_paper(browser: Browser, live_server: LiveServer) -> None:
    eyes = Eyes(browser, live_server.url, make_world(), IN_THE_DARK)
    page = eyes.page("C")
    found = {}
    for path in PAGES:
        page.emulate_media(media="screen")
        page.goto(path)
        found[path] = on_paper(page)
    eyes.close()
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_charts_drawn_for_a_wide_screen_fit_the_paper(page: Page) -> None:
    survey = make_survey("five")
    make_golden(survey)
    sign_in(page, make_member(survey, Role.COORDINATOR, "boss").username)
    page.wait_for_url("**/admin/")
    page.locator("#dashboard svg").first.wait_for()
    on_paper(page)
    assert page.evaluate(BEYOND) == []
    assert page.evaluate("document.querySelector('#dashboard').getBoundingClientRect().left") == 0


def test_what_lies_in_the_package_on_paper(page: Page, tmp_path: Path) -> None:
    version = make_rich_version(make_survey())
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": A4_PX, "height": 1000})
    found = {}
    for name, text in documents(version, tmp_path / "all.zip").items():
        page.set_content(text)
        found[name] = on_paper(page)
    assert {name.split("-")[0] for name in found} == {"codebook", "questionnaire"}
    assert {name: faults for name, faults in found.items() if faults} == {}


def documents(version: QuestionnaireVersion, path: Path) -> dict[str, str]:
    """The package's pages by name."""
    coordinator = make_member(version.questionnaire.survey, Role.COORDINATOR)
    order = Order(version.questionnaire, coordinator)
    catalogue.find("package", "zip").write(order, path, lambda *_: None)
    with ZipFile(path) as package:
        pages = [name for name in package.namelist() if name.endswith(".html")]
        return {Path(name).name: package.read(name).decode() for name in pages}


def on_paper(page: Page) -> list[str]:
    """What is wrong with a page as a printer has it."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    faults = [f"to press: {one}" for one in page.locator(PRESSED).evaluate_all(SHOWN)]
    faults += [f"pale: {one}" for one in page.evaluate(PALE)]
    width = page.evaluate("document.documentElement.scrollWidth")
    faults += [f"{width} px wide"] if width > A4_PX + 1 else []  # parts of a pixel
    assert page.pdf(format="A4").startswith(b"%PDF")
    return faults
