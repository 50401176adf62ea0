"""Targets of sites are reached by the interviews that indicators are made of, and by no others."""

import pytest

from scoring import schemes
from scoring.dashboard.progress import fieldwork_of
from surveys import tallies
from surveys.fieldwork import sites_for
from surveys.models import QuestionnaireVersion, Site, SiteProgress, User
from tests.factories import (
    make_enumerator,
    make_interview,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys.backchecks.season import drawn, make_backcheck, make_team, visit
from tests.surveys.panel import ENTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1", target=5)


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site)


@pytest.fixture
def asked(site: Site) -> QuestionnaireVersion:
    """The questionnaire that a scheme can judge, beside one that enters people in a list."""
    version = make_version(site.survey)
    for _ in range(2):
        make_interview(site, version, works="yes", age="40")
    entering = make_version(site.survey, ENTER)
    for _ in range(3):
        receive(entering, psu_id=site.code, phone="1")
    return version


def received(person: User) -> list[int]:
    return [site.received for site in sites_for(person)]  # type: ignore[attr-defined]


def test_only_what_is_judged_counts_towards_a_target(
    site: Site, person: User, asked: QuestionnaireVersion
) -> None:
    schemes.add(site.survey, SMALL_SCHEME, "equal", is_default=True)
    assert received(person) == [2]
    assert fieldwork_of(site.survey, person).progress.done == 2


def test_without_a_scheme_everything_counts(person: User, asked: QuestionnaireVersion) -> None:
    assert received(person) == [5]


def test_a_scheme_of_one_survey_leaves_another_as_it_is(
    site: Site, person: User, asked: QuestionnaireVersion
) -> None:
    schemes.add(site.survey, SMALL_SCHEME, "equal", is_default=True)
    other = make_site(make_survey(), "T1")
    other.assignments.create(enumerator=person)
    receive(make_version(other.survey, ENTER), psu_id="T1", phone="1")
    assert sorted(received(person)) == [1, 2]


def test_second_visits_fill_no_target() -> None:
    team = make_team()
    visit(drawn(team, make_backcheck(team)), age="30", works="yes", hours="40")
    schemes.add(team.survey, SMALL_SCHEME, "equal", is_default=True)
    tallies.refresh(team.survey)
    assert SiteProgress.objects.get(site=team.site).done == 1
