"""The page of what came by person and day, and the device's clock on an interview's page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from surveys import submissions
from surveys.admin.clocks import clock_of
from surveys.models import QuestionnaireVersion, Role, Site, Survey
from surveys.submissions import Receipt, Sender
from surveys.xforms.instance import read_instance
from tests.factories import (
    instance_xml,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.surveys.offline.conftest import COMPLETE, FORM

pytestmark = pytest.mark.django_db
PAGE = "/admin/surveys/interview/arrivals/"
BEGAN, ENDED = "2026-11-20T22:10:00.000+06:00", "2026-11-20T22:50:00.000+06:00"


@pytest.fixture
def site() -> Site:
    return make_site(make_survey("river"), "S1")


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, FORM)


def signed_in(client: Client, survey: Survey, role: Role, team: str = "") -> Client:
    client.force_login(make_member(survey, role, team=team))
    return client


def send(version: QuestionnaireVersion, sender: Sender, **answers: str) -> Receipt:
    instance = read_instance(instance_xml(version, **COMPLETE, **answers))
    return submissions.receive(instance, version.questionnaire.survey, sender)


def test_everybody_is_there_with_what_came_and_what_is_missing(
    client: Client, site: Site, version: QuestionnaireVersion
) -> None:
    send(version, Sender(make_enumerator(site, "E01")), photo="a.jpg")
    make_enumerator(site, "E02")
    text = signed_in(client, site.survey, Role.COORDINATOR).get(PAGE).content.decode()
    assert "E01" in text
    assert "E02" in text  # of whom nothing came
    assert "1 file has not arrived" in text
    link = client.get("/admin/surveys/interview/").content.decode()
    assert PAGE in link


def test_a_supervisor_sees_the_own_team(
    client: Client, site: Site, version: QuestionnaireVersion
) -> None:
    for name, team in (("E01", "east"), ("E02", "west")):
        send(version, Sender(make_member(site.survey, Role.ENUMERATOR, name, team)))
    text = signed_in(client, site.survey, Role.SUPERVISOR, "east").get(PAGE).content.decode()
    assert "E01" in text
    assert "E02" not in text


def test_who_may_not_know_names_does_not_get_in(client: Client, site: Site) -> None:
    analyst = signed_in(client, site.survey, Role.ANALYST)
    assert analyst.get(PAGE).status_code == 403
    assert PAGE not in analyst.get("/admin/surveys/interview/").content.decode()
    other = make_survey()
    coordinator = signed_in(Client(), other, Role.COORDINATOR)
    assert coordinator.get(PAGE, {"survey": site.survey_id}).status_code == 404
    assert Client().get(PAGE).status_code == 302


@pytest.mark.parametrize("until", ["", "never", "2026-02-31", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_today(client: Client, site: Site, until: str) -> None:
    response = signed_in(client, site.survey, Role.COORDINATOR).get(PAGE, {"until": until})
    assert response.context["days"][-1] == timezone.localdate()


def test_weeks_lead_to_each_other(client: Client, site: Site) -> None:
    coordinator = signed_in(client, site.survey, Role.COORDINATOR)
    today = coordinator.get(PAGE)
    assert today.context["later"] == ""
    before = coordinator.get(today.context["earlier"])
    assert before.context["days"][-1] == timezone.localdate() - timedelta(days=7)
    assert coordinator.get(before.context["later"]).context["days"] == today.context["days"]


def test_times_are_shown_in_the_devices_zone(
    client: Client, site: Site, version: QuestionnaireVersion
) -> None:
    sender = Sender(make_enumerator(site), clock_off_s=-11_100, zone="Asia/Urumqi")
    receipt = send(version, sender, start=BEGAN, end=ENDED)
    coordinator = signed_in(client, site.survey, Role.COORDINATOR)
    page = coordinator.get(f"/admin/surveys/interview/{receipt.submission.interview_id}/change/")
    text = page.content.decode()
    assert "10:10 p.m. – 10:50 p.m." in text
    assert "UTC+06:00 · Asia/Urumqi" in text
    assert "was 3 h 5 min behind when it was sent" in text


def test_a_clock_that_is_more_than_ten_minutes_off_is_said_to_be(
    site: Site, version: QuestionnaireVersion
) -> None:
    submission = send(version, Sender(None), start=BEGAN).submission
    said = {
        None: "",
        599: "",
        -600: "",
        660: "The device's clock was 11 min ahead when it was sent.",
        -7200: "The device's clock was 2 h 0 min behind when it was sent.",
        86_400 * 400: "The device's clock was 400 days ahead when it was sent.",
    }
    for off_s, sentence in said.items():
        submission.clock_off_s = off_s
        clock = clock_of(submission)
        assert clock is not None
        assert clock.fault == sentence


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "<dd>not noted</dd>"),
        ({"start": BEGAN}, "<dd>from Nov. 21, 2026, 12:10 a.m.</dd>"),
        ({"end": ENDED}, "<dd>until Nov. 21, 2026, 12:50 a.m.</dd>"),
        ({"start": BEGAN, "end": ENDED}, "<dd>Nov. 21, 2026, 12:10 a.m. – 12:50 a.m.</dd>"),
    ],
    ids=["neither", "start", "end", "both"],
)
def test_what_is_not_known_of_the_times_leaves_no_gap(
    client: Client,
    site: Site,
    version: QuestionnaireVersion,
    answers: dict[str, str],
    words: str,
) -> None:
    receipt = send(version, Sender(None), **answers)
    coordinator = signed_in(client, site.survey, Role.COORDINATOR)
    page = coordinator.get(f"/admin/surveys/interview/{receipt.submission.interview_id}/change/")
    assert f"<dt>Asked</dt>{words}" in page.content.decode()
    assert "– –" not in page.content.decode()


def test_an_interview_without_times_says_none(site: Site, version: QuestionnaireVersion) -> None:
    assert clock_of(send(version, Sender(None)).submission) is None
    assert clock_of(None) is None
