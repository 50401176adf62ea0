"""What an enumerator changed in an interview that is sent again."""

import re

import pytest

from surveys import ledger
from surveys.admin.answers import transcript_of
from surveys.admin.edits import edits_of as edits_shown
from surveys.edits import edits_of
from surveys.models import Interview, QuestionnaireVersion, User
from surveys.submissions import Sender
from tests.factories import receive
from tests.surveys.admin.office import client_of


@pytest.fixture
def interview(version: QuestionnaireVersion, enumerator: User) -> Interview:
    """Sent, and sent again with another age."""
    person, sent = Sender(enumerator), {"psu_id": "S1", "works": "no"}
    receive(version, person, "uuid:first", **sent, age="13")
    again = receive(version, person, "uuid:second", "uuid:first", **sent, age="31")
    return again.submission.interview


def changes(interview: Interview) -> list[list[tuple[str, str, str]]]:
    return [
        [(one.place, one.before, one.after) for one in edit.differences]
        for edit in edits_of(interview)
    ]


def test_an_edit_is_told_answer_by_answer(interview: Interview) -> None:
    assert changes(interview) == [[("g/age", "13", "31")]]


def test_corrections_of_the_office_are_no_edits(interview: Interview, coordinator: User) -> None:
    ledger.correct(interview.pk, {"g/age": "32"}, by=coordinator, reason="called", seen=None)
    assert changes(interview) == [[("g/age", "13", "31")]]


def test_the_page_says_what_was_changed(interview: Interview, coordinator: User) -> None:
    page = client_of(coordinator).get(f"/admin/surveys/interview/{interview.pk}/change/")
    assert "Changed by the enumerator" in page.content.decode()
    assert re.search('<td class="old"[^>]* data-head="Before">13[^0-9]', page.content.decode())


@pytest.mark.parametrize(("hidden", "places"), [((), ["g/age"]), (("/data/g/age",), [])])
def test_answers_that_a_reader_may_not_know_are_not_told(
    interview: Interview, hidden: tuple[str, ...], places: list[str]
) -> None:
    (edit,) = edits_shown(interview, transcript_of(interview, "en"), hidden)
    assert [line.place for line in edit.lines] == places
