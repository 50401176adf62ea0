"""The trail's page: administrators read it, nobody changes it."""

import pytest
from django.test import Client

from surveys import trail
from surveys.models import Role, TrailEntry
from surveys.trail import Action
from tests.factories import make_member, make_survey, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/surveys/trailentry/"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_user("root", is_superuser=True))
    return client


def test_an_administrator_reads_who_saw_what(administrator: Client) -> None:
    trail.append("lin", Action.TOOK, "admin:surveys_job_download", key="4711")
    page = administrator.get(f"{PAGE}?q=4711")
    for said in ("lin", "Took away", "admin:surveys_job_download", "4711"):
        assert said in page.text


def test_reading_the_trail_is_in_the_trail(administrator: Client) -> None:
    administrator.get(PAGE)
    assert TrailEntry.objects.get().what == "admin:surveys_trailentry_changelist"


def test_an_entry_is_read_alone_too(administrator: Client) -> None:
    trail.append("lin", Action.TOOK, "export", key="4711")
    entry = TrailEntry.objects.get()
    assert "4711" in administrator.get(f"{PAGE}{entry.pk}/change/").text


def test_nobody_else_reads_it(client: Client) -> None:
    client.force_login(make_member(make_survey(), Role.COORDINATOR))
    assert client.get(PAGE).status_code == 403


def test_an_entry_cannot_be_removed(administrator: Client) -> None:
    trail.append("lin", Action.SAW, "page")
    entry = TrailEntry.objects.get()
    assert administrator.post(f"{PAGE}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert TrailEntry.objects.filter(pk=entry.pk).exists()
