"""The live page: a whole interview of every kind of question, and what happens on the way."""

import pytest
from playwright.sync_api import Page, expect

from surveys import questionnaires
from surveys.models import Draft, Interview, Site, Submission
from tests.conftest import OpenPage
from tests.e2e.live import add, answer, answer_rich, press, question, without_times_and_ids
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.factories import (
    make_city,
    make_enumerator,
    make_site,
    make_survey,
    rich_files,
    rich_form,
    workbook,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "R01", target=9, city=make_city("c01"))
    questionnaires.publish(workbook(rich_form()), site.survey, files=rich_files())
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def phone(open_page: OpenPage, site: Site) -> Page:
    """The first section of a new interview, on a phone."""
    page = open_page(width=PHONE_WIDTH)
    sign_in(page, "E01")
    start_interview(page)
    expect(page.locator("#interview")).to_have_attribute("data-state", "ready")
    return page


def agreed(page: Page) -> None:
    answer(page, "consent", "yes")
    press(page, "next")


def test_both_ways_end_in_the_same_xml(open_page: OpenPage, site: Site) -> None:
    xml = []
    for javascript in (True, False):
        page = open_page(width=PHONE_WIDTH, javascript=javascript)
        sign_in(page, "E01")
        start_interview(page)
        answer_rich(page)
        page.locator('form.bar button, .bar [value="send"]').click()
        expect(page.locator(".checksum")).to_be_visible()
        newest = Submission.objects.order_by("pk").last()
        assert newest is not None
        xml.append(without_times_and_ids(bytes(newest.xml)))
    assert xml[0] == xml[1]
    assert Interview.objects.count() == 2
