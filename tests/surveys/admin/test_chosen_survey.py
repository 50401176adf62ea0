"""The survey that somebody chose stays chosen on the pages that follow."""

import pytest
from django.test import Client

from surveys.models import Role, Survey, User
from tests.factories import make_member, make_survey
from tests.surveys.admin.office import client_of

pytestmark = pytest.mark.django_db
DASHBOARD, PROGRESS = "/admin/", "/admin/surveys/siteprogress/"


@pytest.fixture
def surveys() -> list[Survey]:
    return [make_survey(code) for code in ("first", "second", "third")]


@pytest.fixture
def person(surveys: list[Survey]) -> User:
    person = make_member(surveys[0], Role.COORDINATOR)
    person.memberships.create(survey=surveys[1], role=Role.COORDINATOR)
    return person


@pytest.fixture
def client(person: User) -> Client:
    return client_of(person)


def dashboard_of(client: Client) -> str:
    return str(client.get(DASHBOARD).context["selection"].survey.code)


def progress_of(client: Client) -> str:
    return str(client.get(PROGRESS).context["filters"].survey.code)


def test_a_survey_chosen_on_one_page_is_that_of_the_next(
    client: Client, surveys: list[Survey]
) -> None:
    assert (dashboard_of(client), progress_of(client)) == ("first", "first")
    client.get(PROGRESS, {"survey": surveys[1].pk})
    assert (dashboard_of(client), progress_of(client)) == ("second", "second")
    client.get(DASHBOARD, {"survey": "first"})
    assert (dashboard_of(client), progress_of(client)) == ("first", "first")


def test_a_survey_that_is_not_ones_own_any_more_is_not_shown(
    client: Client, person: User, surveys: list[Survey]
) -> None:
    client.get(PROGRESS, {"survey": surveys[1].pk})
    person.memberships.filter(survey=surveys[1]).delete()
    assert (dashboard_of(client), progress_of(client)) == ("first", "first")
    assert client.get(PROGRESS, {"survey": surveys[2].pk}).status_code == 404
