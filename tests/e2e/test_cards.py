"""A supervisor's browser: cards made, printed, used by a device, and switched off."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from surveys.models import QuestionnaireVersion, Role, Survey
from tests.conftest import OpenPage
from tests.e2e.test_interview import sign_in
from tests.e2e.test_publishing import violations
from tests.factories import make_enumerator, make_member, make_site, make_survey, make_version

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
DEVICES = "/admin/surveys/devicetoken/"
FORMS = "{http://openrosa.org/xforms/xformsList}"


@pytest.fixture
def version() -> QuestionnaireVersion:
    survey = make_survey("river")
    make_member(survey, Role.SUPERVISOR, "boss")
    site = make_site(survey, "S1")
    for number in range(1, 10):
        make_enumerator(site, f"E{number:02}")
    return make_version(survey)


def make_cards(page: Page, *people: str) -> None:
    sign_in(page, "boss")
    page.goto(f"{DEVICES}enrol/")
    for person in people:
        page.get_by_label(person).check()
    page.get_by_role("button", name=re.compile("Make cards")).click()
    expect(page.locator(".card")).to_have_count(9 if "Everybody" in people else len(people))


def fetch(address: str) -> tuple[int, bytes]:
    """What a device without a browser's cookies is answered."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request("GET", parts.path, headers={"X-OpenRosa-Version": "1.0"})
    response = connection.getresponse()
    assert response.headers["X-OpenRosa-Version"] == "1.0"
    assert response.headers["Content-Type"].startswith("text/xml")
    assert response.headers["Date"]
    body = response.read()
    connection.close()
    return response.status, body


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_card_enrols_a_device_until_it_is_switched_off(
    page: Page, version: QuestionnaireVersion
) -> None:
    make_cards(page, "E07")
    address = page.locator(".by-hand code").inner_text()
    status, body = fetch(f"{address}/formList?deviceID=collect")
    assert status == 200
    form = etree.fromstring(body)[0].findtext(f"{FORMS}downloadUrl")
    assert form is not None
    assert fetch(form) == (200, bytes(version.xml))

    page.goto(DEVICES)
    page.get_by_role("link", name="Switch off").click()
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("#content")).to_contain_text("switched off")
    assert fetch(f"{address}/formList")[0] == 403
    assert fetch(form)[0] == 403


def test_cards_are_printed_one_a_page_or_eight(page: Page, version: QuestionnaireVersion) -> None:
    make_cards(page, "Everybody")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 9
    page.get_by_label("8 cards a page").check()
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 2
    page.emulate_media(media="print")
    cut_off = (
        "[...document.querySelectorAll('.card')].some(c => c.scrollHeight > c.clientHeight + 2)"
    )
    assert not page.evaluate(cut_off)


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_the_pages_fit_and_are_for_everybody(
    open_page: OpenPage, version: QuestionnaireVersion, width: int, dark: bool
) -> None:
    page = open_page(width=width)
    page.emulate_media(color_scheme="dark" if dark else "light")
    sign_in(page, "boss")
    page.goto(f"{DEVICES}enrol/")
    assert violations(page) == []
    page.get_by_label("E01").check()
    page.get_by_role("button", name="Make cards").click()
    expect(page.locator(".card svg")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_cards_are_made_too(
    open_page: OpenPage, version: QuestionnaireVersion
) -> None:
    page = open_page(javascript=False)
    make_cards(page, "E01", "E02")
    assert Survey.objects.get().device_tokens.count() == 2
