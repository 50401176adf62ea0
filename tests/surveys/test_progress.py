"""Interviews counted by site, person and day, and where the fieldwork stands against its plan."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from surveys import submissions, tallies
from surveys.models import (
    DayCount,
    Interview,
    Membership,
    QuestionnaireVersion,
    Site,
    SiteProgress,
    Survey,
    User,
    Wave,
)
from surveys.progress.lines import people_lines, site_lines, team_lines
from surveys.progress.outlook import by_day, outlook_of
from surveys.progress.scope import Scope, sites_of
from surveys.submissions import Sender
from surveys.xforms.instance import read_instance
from tests.factories import instance_xml, make_enumerator, make_site, make_survey, make_version

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def site() -> Site:
    return make_site(make_survey("river"), "S1", target=3)


@pytest.fixture
def version(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey)


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


def came(
    version: QuestionnaireVersion,
    site: Site,
    by: User | None = None,
    on: date = TODAY,
    **fields: object,
) -> Interview:
    """An interview that came at noon of a day."""
    instance = read_instance(instance_xml(version, psu_id=site.code, age="30", works="no"))
    noon = timezone.make_aware(datetime.combine(on, time(12)))
    receipt = submissions.receive(instance, site.survey, Sender(by), received_at=noon)
    interview = receipt.submission.interview
    for name, value in fields.items():
        setattr(interview, name, value)
    interview.save()
    return interview


def wave_of(site: Site) -> Wave:
    return site.survey.waves.get()


def test_each_interview_is_counted_as_what_it_is(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    came(version, site, person)
    came(version, site, person, outcome="partial")
    came(version, site, person, outcome="refused")
    came(version, site, person, is_practice=True)
    came(version, site, person, state="rejected")
    came(version, site, person, state="rejected", outcome="refused")
    assert tallies.refresh(site.survey) == 1
    row = SiteProgress.objects.get()
    assert (row.done, row.partial, row.refused, row.practice, row.aside) == (2, 1, 1, 1, 2)
    assert row.done == Interview.objects.counted().count()
    assert DayCount.objects.get().day == TODAY


def test_counting_again_changes_nothing_until_something_changes(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    interview = came(version, site, person)
    tallies.refresh(site.survey)
    assert tallies.refresh(site.survey) == 0
    interview.state = Interview.State.REJECTED
    interview.save()
    assert tallies.refresh(site.survey) == 1
    assert SiteProgress.objects.get().done == 0


def test_an_interview_that_moves_is_counted_where_it_is(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    interview = came(version, site, person)
    tallies.refresh(site.survey)
    interview.site = make_site(site.survey, "S2")
    interview.save()
    assert tallies.refresh(site.survey) == 2
    assert [row.site.code for row in SiteProgress.objects.all() if row.site] == ["S2"]
    interview.site = None
    interview.save()
    tallies.refresh(site.survey)
    assert SiteProgress.objects.get().site is None


def test_a_stricter_rule_of_the_survey_counts_anew(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    came(version, site, person)
    tallies.refresh(site.survey)
    site.survey.counts = Survey.Counts.APPROVED
    site.survey.save()
    assert tallies.refresh(site.survey) == 1
    row = SiteProgress.objects.get()
    assert (row.done, row.aside) == (0, 1)


def test_sites_of_which_least_is_done_come_first_and_those_without_a_target_last(
    site: Site, version: QuestionnaireVersion
) -> None:
    aimless, untouched = make_site(site.survey, "S0"), make_site(site.survey, "S9", target=5)
    for _ in range(4):
        came(version, site)
    tallies.refresh(site.survey)
    scope = Scope(wave_of(site))
    lines = site_lines(scope, list(sites_of(scope)), TODAY + timedelta(1))
    assert [line.name for line in lines] == [untouched.code, site.code, aimless.code]
    assert [(line.left, line.done, line.beyond) for line in lines] == [
        (5, 0, 0),
        (0, 4, 1),
        (0, 0, 0),
    ]
    assert [line.since for line in lines] == [0, 0, 0]


def test_people_and_teams_have_what_is_left_where_they_work_now(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    colleague = make_enumerator(make_site(site.survey, "S2", target=4), "E02")
    Membership.objects.filter(user=person).update(team="north")
    came(version, site, person)
    came(version, site, person, on=TODAY - timedelta(2))
    came(version, site)  # nobody's
    tallies.refresh(site.survey)
    scope = Scope(wave_of(site))
    people = people_lines(scope, TODAY)
    assert [(one.name, one.target, one.left, one.done, one.since) for one in people] == [
        ("E02", 4, 4, 0, 0),
        ("", 0, 0, 1, 1),
        ("E01", 3, 0, 2, 1),
    ]
    assert people[2].a_day == 1
    teams = {one.name: (one.left, one.done) for one in team_lines(scope, None)}
    assert teams == {"": (4, 0), "north": (0, 2)}
    own = people_lines(Scope(wave_of(site), frozenset({colleague.pk})), None)
    assert [one.name for one in own] == ["E02"]


def test_a_site_of_several_of_a_team_is_the_teams_once(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    make_enumerator(site, "E02")
    Membership.objects.update(team="north")
    came(version, site, person)
    tallies.refresh(site.survey)
    (team,) = team_lines(Scope(wave_of(site)), TODAY)
    assert (team.target, team.left, team.done, team.days, team.since) == (3, 2, 1, 1, 1)


def test_a_wave_in_which_nothing_changes_is_not_looked_at(
    site: Site,
    version: QuestionnaireVersion,
    person: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    interview = came(version, site, person)
    Interview.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    tallies.refresh(site.survey)
    with django_assert_num_queries(8):
        assert tallies.refresh(site.survey) == 0
    interview.save()
    assert tallies.refresh(site.survey) == 1


def test_the_plan_says_what_should_be_done_and_the_forecast_when_it_will_be(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    site.target = 30
    site.save()
    wave = Wave.objects.create(
        survey=site.survey, starts_on=TODAY - timedelta(10), ends_on=TODAY + timedelta(4)
    )
    for back in range(1, 11):
        came(version, site, person, on=TODAY - timedelta(back))
    tallies.refresh(site.survey)
    scope = Scope(wave)
    outlook = outlook_of(scope, by_day(scope), TODAY)
    assert (outlook.done, outlook.target, outlook.left, outlook.today) == (10, 30, 20, 0)
    assert outlook.against is not None
    assert outlook.against.planned == 20
    assert outlook.behind == 10
    assert outlook.pace == 1
    assert outlook.forecast is not None
    assert outlook.forecast.likely == TODAY + timedelta(19)
    assert outlook.is_late


def test_without_a_plan_there_is_a_pace_and_nothing_to_be_behind(
    site: Site, version: QuestionnaireVersion, person: User
) -> None:
    came(version, site, person, on=TODAY - timedelta(1))
    tallies.refresh(site.survey)
    scope = Scope(wave_of(site), frozenset({person.pk}))
    outlook = outlook_of(scope, by_day(scope), TODAY)
    assert (outlook.plan, outlook.forecast, outlook.pace) == (None, None, 1)
    assert (outlook.target, outlook.left) == (3, 2)


def test_a_wave_does_not_end_before_it_starts() -> None:
    wave = Wave(survey=make_survey(), starts_on=TODAY, ends_on=TODAY - timedelta(1))
    with pytest.raises(ValidationError, match="must not be before"):
        wave.full_clean()
