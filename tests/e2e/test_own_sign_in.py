"""The pages on which people look after their own sign-in, in a browser."""

import pytest
from playwright.sync_api import expect

from surveys.models import Session, User
from tests.conftest import OpenPage
from tests.e2e.test_interview import sign_in
from tests.e2e.test_publishing import violations
from tests.factories import PASSWORD, make_enumerator, make_site, make_survey

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def person() -> User:
    return make_enumerator(make_site(make_survey()), "E01")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_lost_phone_is_signed_out_from_another_browser(
    open_page: OpenPage, person: User, javascript: bool
) -> None:
    here, lost = open_page(javascript=javascript), open_page(width=390)
    for page in (lost, here):
        sign_in(page, "E01")
        expect(page.locator("header.top")).to_be_visible()
    here.goto("/account/")
    here.get_by_role("checkbox", name="Chrome").check()
    here.get_by_role("textbox", name="Password").fill(PASSWORD)
    here.get_by_role("button", name="Sign out where chosen").click()
    expect(here.get_by_role("status")).to_have_text("Signed out in 1 place.")
    expect(here.get_by_role("checkbox", name="Chrome")).to_have_count(0)
    lost.goto("/account/")
    expect(lost.get_by_label("User name")).to_be_visible()
    assert Session.objects.filter(user=person).count() == 1


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (390, "dark")])
def test_the_pages_fit_and_are_for_everybody(
    open_page: OpenPage, person: User, width: int, scheme: str, locale: str
) -> None:
    elsewhere = open_page()
    sign_in(elsewhere, "E01")
    page = open_page(width=width, locale=locale)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page, "E01")
    for address in ("/account/", "/account/password/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page, "body") == []


def test_who_types_a_password_can_look_at_it(open_page: OpenPage, person: User) -> None:
    page = open_page(width=390)
    page.goto("/login/")
    field = page.get_by_label("Password", exact=True)
    field.fill("a slip of the finge")
    expect(field).to_have_attribute("type", "password")
    page.get_by_label("Show the password").check()
    expect(field).to_have_attribute("type", "text")
    assert violations(page, "body") == []
    page.get_by_label("Show the password").uncheck()
    expect(field).to_have_attribute("type", "password")
