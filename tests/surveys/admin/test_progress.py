"""The pages of progress: who sees what of it, its filters, its tables as files, and the map."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from surveys import tallies
from surveys.models import (
    Interview,
    Membership,
    QuestionnaireVersion,
    Role,
    Site,
    User,
    Wave,
)
from surveys.submissions import Sender
from tests.factories import (
    make_city,
    make_enumerator,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.admin.office import client_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/surveys/siteprogress/"
LIST = "/admin/surveys/interview/"


@pytest.fixture
def site() -> Site:
    survey = make_survey("river", name="River")
    return make_site(survey, "S1", target=4, city=make_city("c1"), latitude=30, longitude=110)


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


@pytest.fixture
def person(site: Site) -> User:
    return team_of(make_enumerator(site, "E01"), "north")


@pytest.fixture
def office(site: Site) -> Client:
    return client_in(site.survey)


def team_of(person: User, team: str) -> User:
    Membership.objects.filter(user=person).update(team=team)
    return person


def send(version: QuestionnaireVersion, person: User, code: str = "S1") -> None:
    receive(version, Sender(person), psu_id=code, age="30", works="no")
    tallies.refresh(version.questionnaire.survey)


def file(client: Client, **given: str) -> str:
    answer: Any = client.get(f"{PAGE}table.csv", given)
    assert answer.streaming
    content: bytes = b"".join(answer.streaming_content)
    return content.decode("utf-8-sig")


def test_the_page_says_where_the_fieldwork_stands(
    office: Client, version: QuestionnaireVersion, person: User
) -> None:
    today = timezone.localdate()
    days = {"starts_on": today - timedelta(2), "ends_on": today + timedelta(7)}
    Wave.objects.create(survey=version.questionnaire.survey, **days)
    send(version, person)
    text = office.get(PAGE).content.decode()
    for words in ("of 4", "3 left", "1 today", "1 behind", "S1", "All that are not rejected"):
        assert words in text
    assert f'href="{LIST}?survey=' in text


def test_without_days_of_a_wave_it_is_said_where_to_set_them(office: Client, site: Site) -> None:
    text = office.get(PAGE).content.decode()
    assert "no first and last day yet" in text
    assert f"/admin/surveys/survey/{site.survey_id}/change/" in text


def test_a_supervisor_sees_the_own_team_and_its_sites(
    version: QuestionnaireVersion, person: User, site: Site
) -> None:
    other = team_of(make_enumerator(make_site(site.survey, "S2", target=9), "E02"), "south")
    send(version, person)
    send(version, other, "S2")
    supervisor = client_in(site.survey, Role.SUPERVISOR, "north")
    for table, own, theirs in (
        ("site", "S1", "S2"),
        ("person", "E01", "E02"),
        ("team", "north", "south"),
    ):
        text = supervisor.get(PAGE, {"table": table}).content.decode()
        assert f">{own}<" in text
        assert theirs not in text
    outlook = supervisor.get(PAGE).context["outlook"]
    assert (outlook.done, outlook.left) == (1, 3)
    assert supervisor.get(PAGE, {"person": "E02"}).context["outlook"].done == 0
    assert "E02" not in file(supervisor, table="person")


def test_who_may_not_know_names_does_not_get_in(site: Site) -> None:
    analyst = client_in(site.survey, Role.ANALYST)
    stranger = client_in(make_survey())
    for page in ("", "map/", "table.csv"):
        assert analyst.get(PAGE + page).status_code == 403
        assert stranger.get(PAGE + page, {"survey": site.survey_id}).status_code == 404
        assert Client().get(PAGE + page).status_code == 302


@pytest.mark.parametrize("table", ["site", "person", "team"])
def test_filters_stay_in_the_address_and_narrow_what_is_shown(
    office: Client, version: QuestionnaireVersion, person: User, site: Site, table: str
) -> None:
    send(version, person)
    given = {"site": "S1", "person": "E01", "since": "2026-01-01", "table": table}
    page = office.get(PAGE, given)
    assert page.context["outlook"].done == 1
    assert [row.line.since for row in page.context["table"].rows] == [1]
    text = page.content.decode()
    assert "site=S1&amp;person=E01&amp;since=2026-01-01" in text
    nothing = office.get(PAGE, {**given, "site": "nowhere"}).context["outlook"]
    assert (nothing.done, nothing.left) == (0, 0)


@pytest.mark.parametrize(
    "query",
    [{"since": "2026-02-31"}, {"table": "x"}, {"after": "x-y"}, {"site": "\x00"}, {"wave": "9"}],
)
def test_nonsense_in_the_address_is_left_out(
    office: Client, site: Site, query: dict[str, str]
) -> None:
    assert [row.name for row in office.get(PAGE, query).context["table"].rows] == ["S1"]


def test_many_sites_come_in_parts_with_few_queries(
    office: Client,
    version: QuestionnaireVersion,
    person: User,
    site: Site,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    send(version, person)
    for number in range(60):
        make_site(site.survey, f"M{number:02}", target=number % 3)
    with django_assert_max_num_queries(20):
        page = office.get(PAGE, {"since": "2026-01-01"})
    names = [row.name for row in page.context["table"].rows]
    more = page.context["table"].more
    while more:
        table = office.get(f"{PAGE}?{more}").context["table"]
        names += [row.name for row in table.rows]
        more = table.more
    assert len(names) == len(set(names)) == 61
    assert names.index("S1") == 40  # a quarter done, after those with nothing, before no target


def test_the_interviews_behind_a_line_are_listed(
    office: Client, version: QuestionnaireVersion, person: User, site: Site
) -> None:
    send(version, person)
    send(version, make_enumerator(site, "E02"))
    (row,) = office.get(PAGE, {"table": "person", "person": "E01"}).context["table"].rows
    address = next(cell.address for cell in row.cells if cell.address)
    assert office.get(address).context["cl"].result_count == 1
    analyst = client_in(site.survey, Role.ANALYST)
    assert analyst.get(address).status_code == 400  # names are not told by numbers either


def test_an_interview_beyond_the_target_says_so(
    office: Client, version: QuestionnaireVersion, person: User
) -> None:
    Site.objects.update(target=1)
    send(version, person)
    send(version, person)
    pages = [
        office.get(f"{LIST}{pk}/change/").content.decode()
        for pk in Interview.objects.order_by("pk").values_list("pk", flat=True)
    ]
    assert ["beyond the target of its site" in page for page in pages] == [False, True]


def test_a_table_is_a_file_that_runs_nothing(
    office: Client, version: QuestionnaireVersion, person: User, site: Site
) -> None:
    make_site(site.survey, "=1+1", target=2)
    send(version, person)
    header, *lines = file(office, table="site", since="2026-01-01").splitlines()
    assert header.startswith("name,about,target,done,left")
    assert lines[0].startswith("'=1+1,,2,0,2")
    assert lines[1].startswith("S1,C1,4,1,3,0,0,0,0,0,1,1.00,")
    assert "river-progress-site.csv" in office.get(f"{PAGE}table.csv")["Content-Disposition"]


def test_a_file_of_sites_is_written_some_at_a_time(
    office: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveys.admin.progress.tables.TOGETHER", 2)
    for number in range(2, 6):
        make_site(site.survey, f"S{number}", target=4)
    _header, *lines = file(office, table="site").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["S1", "S2", "S3", "S4", "S5"]


def test_the_map_shows_sites_and_puts_thousands_together(
    office: Client, version: QuestionnaireVersion, person: User, site: Site
) -> None:
    send(version, person)
    make_site(site.survey, "S2")
    page = office.get(f"{PAGE}map/")
    assert "Site S1: 1 of 4" in page.content.decode()
    assert page.context["map"].nowhere == 1
    Site.objects.bulk_create(
        Site(
            survey=site.survey,
            code=f"M{n}",
            stratum="a",
            psu="p",
            target=1,
            latitude=30 + n % 7 / 100,
            longitude=110 + n % 11 / 100,
        )
        for n in range(400)
    )
    chart = office.get(f"{PAGE}map/").context["map"]
    assert chart.is_clustered
    assert sum(spot.sites for spot in chart.spots) == 401
    assert len(chart.spots) <= 77
