"""What somebody has set in their system or browser is heeded."""

import pytest
from playwright.sync_api import Page

from surveys.models import Role
from tests.e2e.test_interview import sign_in
from tests.factories import make_member, make_survey

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LONGEST_S = """() => Math.max(...[...document.querySelectorAll("*")].flatMap((one) => {
  const { transitionDuration, animationDuration } = getComputedStyle(one);
  return `${transitionDuration}, ${animationDuration}`.split(", ").map(parseFloat);
}))"""
QUESTION = """<link rel="stylesheet" href="/static/css/app.css">
<label class="option"><input type="radio" name="a" checked><span>Yes</span></label>
<label class="option"><input type="radio" name="a"><span>No</span></label>"""
OUTLINES = "() => [...document.querySelectorAll('.option')].map((one) => getComputedStyle(one).outlineStyle)"
PASTED = """(name) => {
  const field = document.querySelector(`[name=${name}]`);
  return field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true }));
}"""


def test_nothing_moves_where_less_motion_is_asked_for(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    person = make_member(make_survey("ours"), Role.COORDINATOR, "boss")
    sign_in(page, person.username)
    page.wait_for_url("**/admin/")
    for path in ("/admin/", "/admin/surveys/interview/", "/account/"):
        page.goto(path)
        assert page.evaluate(LONGEST_S) < 0.001


def test_what_is_chosen_is_seen_in_forced_colours(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("/login/")
    page.set_content(QUESTION)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(OUTLINES) == ["solid", "none"]


def test_passwords_and_codes_may_be_pasted(page: Page) -> None:
    for path in ("/login/", "/admin/login/"):
        page.goto(path)
        assert page.locator("[name=username]").get_attribute("autocomplete") == "username"
        assert page.locator("[name=password]").get_attribute("autocomplete") == "current-password"
        assert page.evaluate(PASTED, "password")
