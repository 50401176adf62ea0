"""How the house is running, on one page for administrators."""

import pytest
from django.test import Client
from django.utils import timezone

from surveys import alerts
from surveys.models import Alert, Job, Role
from tests.factories import make_member, make_survey, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.every_stack]
PAGE = "/admin/surveys/alert/"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_user("root", is_superuser=True))
    return client


def test_a_clock_that_never_ran_is_said(administrator: Client) -> None:
    assert "It never ran." in administrator.get(PAGE).text
    alerts.watch()
    assert "It never ran." not in administrator.get(PAGE).text


def test_alerts_stand_on_top_and_what_is_over_below(administrator: Client) -> None:
    Alert.objects.create(kind="a", message="%(n)s phones are lost.", params={"n": 4})
    Alert.objects.create(kind="b", message="The cellar is wet.", ended_at=timezone.now())
    text = administrator.get(PAGE).text
    assert text.index("Needs a person") < text.index("4 phones are lost.")
    assert text.index("Over") < text.index("The cellar is wet.")


def test_a_failed_job_is_there_with_its_reason(administrator: Client) -> None:
    Job.objects.create(
        kind="export",
        survey=make_survey(),
        state=Job.State.FAILED,
        finished_at=timezone.now(),
        error="No room for %(name)s.",
        error_params={"name": "it"},
    )
    assert "No room for it." in administrator.get(PAGE).text


def test_nobody_else_sees_it(client: Client) -> None:
    client.force_login(make_member(make_survey(), Role.COORDINATOR))
    assert client.get(PAGE).status_code == 403
