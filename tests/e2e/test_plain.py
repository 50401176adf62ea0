"""A whole interview of every kind of question in a browser without scripts, to the stored XML."""

import pytest
from playwright.sync_api import expect

from surveys import drafts
from surveys.models import Interview, Site
from tests.conftest import OpenPage
from tests.e2e.live import answer_rich
from tests.e2e.test_interview import PHONE_WIDTH, assert_fits, send, sign_in, start_interview
from tests.e2e.test_publishing import violations
from tests.factories import (
    enumerator_at,
    make_city,
    make_enumerator,
    make_rich_version,
    make_site,
    make_survey,
)

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

STORED = {
    "g_start/psu_id": "R01",
    "g_text/remarks": "two\nlines",
    "g_text/income": "1234567",
    "g_text/mood": "7",
    "g_when/moved_in": "2020-05-01",
    "g_when/built": "1999-01-01",
    "g_when/got_up": "06:30:00.000",
    "g_choice/assets": "bike phone",
    "g_choice/fuels_other": "dung",
    "g_choice/needs": "road water school",
    "g_choice/town": "ada",
    "g_grid/grid_power": "4",
    "g_home/member[1]/m_job[1]/m_job_hours": "38.5",
    "g_home/member[1]/m_hours": "38.5",
    "g_home/member[2]/m_name": "Person 2",
    "g_home/members": "2",
    "g_home/plot[2]/area_ha": "1.25",
    "g_home/land": "1.75",
    "g_calc/fruit_name": "Pear",
    "g_files/photo": "welcome.png",
    "g_place/here": "31.2304 121.4737 4 3",
    "g_place/field": "31.2304 121.4737;31.2310 121.4740;31.2300 121.4750;31.2304 121.4737",
}


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "R01", target=9, city=make_city("c01"))
    make_rich_version(site.survey)
    make_enumerator(site, "E01")
    return site


@pytest.mark.parametrize(("width", "locale"), [(PHONE_WIDTH, "zh-CN"), (1280, "en")])
def test_everybody_can_use_every_page(
    open_page: OpenPage, site: Site, width: int, locale: str
) -> None:
    draft = drafts.start(enumerator_at(site), site, site.survey.questionnaires.get())
    drafts.save(draft, {"/data/g_start/consent": "yes", "/data/g_text/age": "200"})
    page = open_page(width=width, locale=locale)
    page.goto("/login/?plain")
    sign_in(page, "E01")
    for address in (*(f"{number}/?check" for number in range(1, 11)), "finish/"):
        page.goto(f"/interview/{draft.pk}/{address}")
        assert violations(page, "body") == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_kind_of_question_is_answered_without_scripts(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(width=PHONE_WIDTH, javascript=False)
    sign_in(page, "E01")
    start_interview(page)
    answer_rich(page)
    assert_fits(page)
    send(page)
    expect(page.locator(".checksum")).to_be_visible()
    interview = Interview.objects.get()
    assert interview.current is not None
    assert interview.answers.items() >= STORED.items()
    assert bytes(interview.current.xml).count(b"<member>") == 2
    names = {file.name for file in interview.current.attachments.all()}
    assert names == {"welcome.png", "audit.csv"}
    assert not interview.current.findings.exists()
