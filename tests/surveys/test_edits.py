"""What an enumerator changed in an interview that is sent again."""

import pytest

from surveys import ledger
from surveys.edits import edits_of
from surveys.models import Interview, Role, Site
from surveys.submissions import Sender
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.admin.office import client_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def interview(site: Site) -> Interview:
    """Sent, and sent again with another age."""
    version, person = make_version(site.survey), Sender(make_enumerator(site))
    sent = {"psu_id": "S1", "works": "no"}
    receive(version, person, "uuid:first", **sent, age="13")
    return receive(
        version, person, "uuid:second", "uuid:first", **sent, age="31"
    ).submission.interview


def changes(interview: Interview) -> list[list[tuple[str, str, str]]]:
    return [
        [(one.place, one.before, one.after) for one in edit.differences]
        for edit in edits_of(interview)
    ]


def test_an_edit_is_told_answer_by_answer(interview: Interview) -> None:
    assert changes(interview) == [[("g/age", "13", "31")]]


def test_corrections_of_the_office_are_no_edits(site: Site, interview: Interview) -> None:
    ledger.correct(
        interview.pk,
        {"g/age": "32"},
        by=make_member(site.survey, Role.COORDINATOR),
        reason="called",
        seen=None,
    )
    assert changes(interview) == [[("g/age", "13", "31")]]


def test_the_page_says_what_was_changed(site: Site, interview: Interview) -> None:
    client = client_in(site.survey, Role.COORDINATOR)
    page = client.get(f"/admin/surveys/interview/{interview.pk}/change/").content.decode()
    assert "Changed by the enumerator" in page
    assert '<td class="old" data-head="Before">13</td>' in page
