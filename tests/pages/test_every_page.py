"""Every page is in nobody's way: axe-core's rules, words, widths, the focus."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.access.world import make_world
from tests.pages.data import words_of_rows
from tests.pages.eyes import DESK, PHONE, Eyes, Manner, Report
from tests.pages.visits import all_of_them, firsts, unseen

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHORT = Manner("zh-CN", "light", PHONE)
# Half of all combinations, with every pair of two settings in it.
LONG = (
    Manner("en", "light", DESK),
    Manner("en", "dark", PHONE),
    Manner("zh-CN", "light", PHONE),
    Manner("zh-CN", "dark", DESK),
)


def test_every_page_once_in_chinese_on_a_phone(browser: Browser, live_server: LiveServer) -> None:
    report = looked_at(browser, live_server, SHORT, everyone=False)
    assert report.visited > 150
    assert not report.faults, f"\n{report}"


def test_an_address_that_nobody_reads_is_no_page(transactional_db: None) -> None:
    assert unseen(make_world()) == []


@pytest.mark.slow
@pytest.mark.parametrize("manner", LONG, ids=str)
def test_every_page_as_everybody(browser: Browser, live_server: LiveServer, manner: Manner) -> None:
    report = looked_at(browser, live_server, manner, everyone=True)
    assert report.visited > 200
    assert not report.faults, f"\n{report}"


def looked_at(
    browser: Browser, live_server: LiveServer, manner: Manner, *, everyone: bool
) -> Report:
    world = make_world()
    visits = (all_of_them if everyone else firsts)(world, manner.language)
    eyes = Eyes(browser, live_server.url, world, manner)
    data = words_of_rows()
    for visit in visits:
        eyes.look(visit, data)
    eyes.close()
    return eyes.report
