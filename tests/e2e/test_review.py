"""An interview goes back to its enumerator, is corrected on the live page, and is approved with a key."""

import pytest
from playwright.sync_api import expect

from surveys import comments, review
from surveys.models import Interview, Role
from surveys.models.decision import Verdict
from surveys.submissions import Sender
from tests.conftest import OpenPage
from tests.e2e.test_interview import sign_in
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
State = Interview.State


def test_a_returned_interview_is_corrected_and_approved(open_page: OpenPage) -> None:
    site = make_site(make_survey("ours"), "S1")
    version, enumerator = make_version(site.survey), make_enumerator(site, "E01")
    boss = make_member(site.survey, Role.COORDINATOR, "boss")
    answers = {"psu_id": "S1", "age": "30", "works": "yes", "hours": "126"}
    pk = receive(version, Sender(enumerator), **answers).submission.interview_id
    comments.say(pk, "126? Ask again.", by=boss, path="g/hours")
    review.decide(pk, Verdict.RETURN, by=boss, reason="Nine minutes?")

    phone = open_page(width=390)
    sign_in(phone, "E01")
    phone.get_by_role("button", name="Correct").click()
    hours = phone.locator(".q[data-path='/data/g/hours']")
    expect(hours.locator(".remark")).to_contain_text("126? Ask again.")
    expect(phone.locator(".section:visible > .remark")).to_contain_text("Nine minutes?")
    hours.locator("input").first.fill("60")
    phone.get_by_role("button", name="Check, then finish").first.click()
    phone.get_by_role("button", name="Finish and send").click()
    phone.wait_for_url("**/receipts/**")
    back = Interview.objects.get(pk=pk)
    assert (back.state, back.answers["g/hours"]) == (State.SUBMITTED, "60")

    desk = open_page(width=1280)
    sign_in(desk, "boss")
    desk.goto(f"/admin/surveys/interview/{pk}/change/?queue=back")
    desk.keyboard.press("Control+h")  # nor does who means the browser
    reason = desk.locator("#decision textarea")
    reason.focus()
    desk.keyboard.type("ah jk")  # whoever writes presses nothing
    expect(reason).to_have_value("ah jk")
    assert Interview.objects.get(pk=pk).state == State.SUBMITTED
    desk.locator(".desk h1").click()
    desk.keyboard.press("a")
    desk.wait_for_url("**/interview/review/")
    assert Interview.objects.get(pk=pk).state == State.APPROVED
