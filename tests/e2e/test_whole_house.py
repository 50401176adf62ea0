"""From a phone to the dashboard: an interview is sent and the indicators move."""

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from scoring import verification
from scoring.models import Estimate
from surveys import demo
from surveys.models import Interview, Survey
from tests.conftest import OpenPage, Worker
from tests.e2e.test_interview import (
    NOT_AT_WORK,
    PHONE_WIDTH,
    answer_section,
    send,
    sign_in,
    start_interview,
)

pytestmark = [pytest.mark.e2e, pytest.mark.redis, pytest.mark.django_db(transaction=True)]

WITHIN_MS = 30_000  # five seconds on a machine that has nothing else to do


def index() -> float:
    row = Estimate.objects.get(
        set__scheme__is_default=True, variable="index", by="all", level="all"
    )
    assert row.estimate is not None
    return row.estimate


def interview_in_chinese(page: Page) -> None:
    sign_in(page, "E01", demo.PASSWORD)
    start_interview(page)
    for answers in NOT_AT_WORK:
        answer_section(page, answers)
    send(page)
    expect(page.locator(".checksum")).to_be_visible()


def test_an_interview_moves_the_dashboard(open_page: OpenPage, worker: Worker) -> None:
    call_command("demo")
    before = index()
    assert before == pytest.approx(0.538361576246631, abs=1e-13)
    dashboard = open_page()
    sign_in(dashboard, "coordinator", demo.PASSWORD)
    dashboard.goto("/admin/")
    expect(dashboard.locator("main")).to_contain_text("1,200")
    expect(dashboard.locator("main")).to_contain_text("53.8")

    for number, javascript in enumerate((True, False), start=1):
        phone = open_page(width=PHONE_WIDTH, locale="zh-CN", javascript=javascript)
        interview_in_chinese(phone)
        expect(dashboard.locator("main")).to_contain_text(f"1,20{number}", timeout=WITHIN_MS)

    assert index() != before
    assert Interview.objects.counted().count() == 1202
    assert list(verification.differences(Survey.objects.get())) == []
