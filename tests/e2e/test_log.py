"""The log that the live page keeps of an interview, read back as any device's log is read."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from surveys import audits, questionnaires
from surveys.models import AuditLog, Draft, DraftLogPart, Interview, Site
from surveys.xforms.audit import Event, Log
from tests.conftest import OpenPage
from tests.e2e.live import add, answer, press, question
from tests.e2e.phone import without_storage
from tests.e2e.test_interview import PHONE_WIDTH, sign_in, start_interview
from tests.e2e.test_live import at_section, saved, stored
from tests.factories import make_enumerator, make_site, make_survey, workbook

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FORM = """
| survey |               |          |          |            |                    |
|        | type          | name     | label    | constraint | parameters         |
|        | audit         | audit    |          |            | {parameters}       |
|        | begin_group   | you      | You      |            |                    |
|        | text          | name     | Name     |            |                    |
|        | integer       | age      | Age      | . < 120    |                    |
|        | select_one yn | works    | Works    |            |                    |
|        | end_group     |          |          |            |                    |
|        | begin_repeat  | m        | Member   |            |                    |
|        | text          | nick     | Nickname |            |                    |
|        | end_repeat    |          |          |            |                    |
|        | text          | last     | Last     |            |                    |
| choices |              |          |          |            |                    |
|        | list_name     | name     | label    |            |                    |
|        | yn            | yes      | Yes      |            |                    |
|        | yn            | no       | No       |            |                    |
| settings |             |          |          |            |                    |
|        | form_title    | form_id  | version  |            |                    |
|        | Logged        | logged   | 1        |            |                    |
"""
CHANGES = "track-changes=true identify-user=true"
PLACES = "location-priority=high-accuracy location-min-interval=1 location-max-age=600"


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey(), "L01", target=9)
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def phone(open_page: OpenPage, site: Site) -> Page:
    questionnaires.publish(workbook(FORM.format(parameters=CHANGES)), site.survey)
    return begun(open_page(width=PHONE_WIDTH))


def begun(page: Page) -> Page:
    sign_in(without_storage(page), "E01")
    start_interview(page)
    question(page, "name")
    return page


def finish(page: Page) -> Log:
    """Go to the end and send the interview; its log as the server reads it."""
    at_section(page, 3)
    press(page, "next")
    return send(page)


def send(page: Page) -> Log:
    press(page, "send")
    expect(page.locator(".checksum")).to_be_visible()
    log = audits.log_of(Interview.objects.get())
    assert log is not None
    return log


def told(log: Log) -> list[str]:
    """Events with the end of their place, in their order."""
    return [f"{event.kind} {event.path.rpartition('/')[2]}".strip() for event in log.events]


def moments(event: Event) -> tuple[float, float]:
    assert event.start is not None
    return event.start.timestamp(), (event.end or event.start).timestamp()


def test_an_interview_with_all_that_can_happen_is_read_back_whole(phone: Page) -> None:
    answer(phone, "name", "Bo")
    answer(phone, "age", "400")
    answer(phone, "works", "yes")
    expect(question(phone, "age").locator(".error")).to_be_visible()
    assert stored(phone, "works") == "yes"
    answer(phone, "age", "40")
    saved(phone)
    phone.reload()
    question(phone, "age").wait_for()
    at_section(phone, 2)
    answer(phone, "m[1]/nick", "B")
    add(phone, "m")
    answer(phone, "m[2]/nick", "C")
    phone.locator("button[name=remove][value$='m[1]']").click()
    phone.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(phone.locator(".q[data-path$='/m[2]/nick']")).to_have_count(0)
    at_section(phone, 1)
    answer(phone, "name", 'Bo, "the" younger')
    log = finish(phone)
    assert log.unread == ()
    assert told(log) == [
        "form start",
        "question name",
        "question age",
        "constraint error age",
        "question works",
        "question age",
        "group questions you",
        "form exit",
        "form resume",
        "group questions you",
        "jump",
        "add repeat m[2]",
        "question nick",
        "question nick",
        "delete repeat m[1]",
        "group questions m",
        "jump",
        "question name",
        "group questions you",
        "jump",
        "question last",
        "end screen",
        "form finalize",
    ]
    assert [(e.path, e.old, e.new) for e in log.edits] == [
        ("/data/you/age", "400", "40"),
        ("/data/you/name", "Bo", 'Bo, "the" younger'),
    ]
    assert {event.user for event in log.events} == {"E01"}
    assert all(start <= end for start, end in map(moments, log.events))
    spans = [event.span for event in log.events if event.kind == "question" and event.span]
    assert all(one[1] <= other[0] for one, other in pairwise(spans)), "one question at a time"
    assert set(log.section_seconds) == {"you", "m", ""}
    kept = AuditLog.objects.get(attachment__name="audit.csv")
    assert (kept.unread, kept.edits) == (0, 2)
    assert b"<orx:audit>audit.csv</orx:audit>" in bytes(Interview.objects.get().current.xml)  # type: ignore[union-attr]
    assert not DraftLogPart.objects.exists()


def test_what_was_noted_without_a_connection_comes_later_and_once(phone: Page) -> None:
    phone.route("**/log", lambda route: route.abort())
    answer(phone, "name", "Bo")
    saved(phone)
    answer(phone, "age", "40")
    saved(phone)
    assert [part.number for part in DraftLogPart.objects.all()] == [0]
    phone.unroute("**/log")
    phone.route("**/log", lost_answer, times=1)
    log = finish(phone)
    assert log.unread == ()
    assert told(log) == [
        "form start",
        "question name",
        "question age",
        "group questions you",
        "jump",
        "question last",
        "end screen",
        "form finalize",
    ]


def lost_answer(route: Route) -> None:
    """The server takes it, and the page never hears of that."""
    route.fetch()
    route.abort()


def test_a_page_that_was_out_of_sight_goes_on(phone: Page) -> None:
    answer(phone, "name", "Bo")
    hide(phone, is_hidden=True)
    hide(phone, is_hidden=False)
    answer(phone, "name", "Li")
    phone.locator(".top [value=keep]").click()
    phone.wait_for_url("**/")
    phone.get_by_role("link", name="resume").click()
    at_section(phone, 3)
    press(phone, "next")
    phone.route("**/finish/", lambda route: route.abort(), times=1)
    press(phone, "send")
    expect(phone.locator("[data-part=sending]")).to_contain_text("Not sent")
    log = send(phone)
    assert told(log)[:8] == [
        "form start",
        "question name",
        "group questions you",
        "form exit",
        "form resume",
        "form save",
        "question name",
        "group questions you",
    ]
    assert told(log)[8:10] == ["form exit", "form resume"]
    assert told(log)[-5:] == [
        "end screen",
        "form finalize",
        "finalize error",
        "end screen",
        "form finalize",
    ]
    assert log.unread == ()


def hide(page: Page, *, is_hidden: bool) -> None:
    """Chromium without a window shows all its pages; this is what it tells when it does not."""
    page.evaluate(
        """(isHidden) => {
          Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )


def test_where_the_device_is_stands_in_the_log_of_a_form_that_asks(
    open_page: OpenPage, site: Site
) -> None:
    questionnaires.publish(workbook(FORM.format(parameters=PLACES)), site.survey)
    page = open_page(width=PHONE_WIDTH)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 31.23, "longitude": 121.47, "accuracy": 40})
    begun(page)
    answer(page, "name", "Bo")
    log = finish(page)
    assert [(p.latitude, p.longitude, p.accuracy_m) for p in log.trail] == [(31.23, 121.47, 40)]
    assert told(log)[:3] == [
        "form start",
        "location tracking enabled",
        "location permissions granted",
    ]
    assert log.unread == ()
    assert log.edits == ()


def test_a_form_that_asks_for_no_log_loads_and_keeps_none(open_page: OpenPage, site: Site) -> None:
    rows = [line for line in FORM.splitlines() if "| audit " not in line]
    questionnaires.publish(workbook("\n".join(rows)), site.survey)
    page = open_page(width=PHONE_WIDTH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    begun(page)
    answer(page, "name", "Bo")
    assert Draft.objects.get() == saved(page)
    assert not [url for url in asked if "recorder" in url or url.endswith("/log")]
