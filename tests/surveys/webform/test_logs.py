"""The log of an interview over HTTP: what scripts send, and what plain pages tell."""

import json
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from surveys import audits, draft_logs, drafts
from surveys.models import Draft, DraftLogPart, Interview, QuestionnaireVersion, Site, User
from tests.factories import make_enumerator, make_version
from tests.surveys.webform.conftest import page_of, post_to

T = 1_790_000_000_000
FORM = """
| survey |             |        |       |            |                                       |
|        | type        | name   | label | constraint | parameters                            |
|        | audit       | audit  |       |            | track-changes=true identify-user=true |
|        | begin_group | g      | You   |            |                                       |
|        | text        | words  | Words |            |                                       |
|        | end_group   |        |       |            |                                       |
|        | integer     | last   | Last  | . < 9      |                                       |
| settings |           |        |       |
|        | form_id     | version | form_title |
|        | logged      | 1      | Logged |
"""


@pytest.fixture
def logged(site: Site, enumerator: User) -> Draft:
    return drafts.start(enumerator, site, make_version(site.survey, FORM).questionnaire)


def send(phone: Client, draft: Draft, document: object) -> HttpResponse:
    body = document if isinstance(document, str) else json.dumps(document)
    return phone.post(  # type: ignore[return-value]
        f"/interview/{draft.pk}/log", body, content_type="application/json"
    )


def rows(text: str = "form start,,1,,,,E01\n") -> dict[str, object]:
    return {"page": str(uuid4()), "number": 0, "rows": text, "last": T}


def test_scripts_are_told_how_and_where_to_go_on(phone: Client, logged: Draft) -> None:
    told = phone.get(f"/interview/{logged.pk}/instance").json()["log"]
    assert told["url"] == f"/interview/{logged.pk}/log"
    assert (told["user"], told["last"]) == ("E01", None)
    assert send(phone, logged, rows() | {"page": told["page"]}).status_code == 204
    again = phone.get(f"/interview/{logged.pk}/instance").json()["log"]
    assert again["last"] == T
    assert again["page"] != told["page"]
    definition = phone.get(f"/fill/{logged.version_id}/default/form.json").json()
    columns = ["event", "node", "start", "end", "old-value", "new-value", "user"]
    assert definition["audit"]["columns"] == columns


def test_a_form_without_the_question_has_no_log(
    phone: Client, draft: Draft, version: QuestionnaireVersion
) -> None:
    assert phone.get(f"/interview/{draft.pk}/instance").json()["log"] is None
    assert "audit" not in phone.get(f"/fill/{version.pk}/en/form.json").json()
    assert send(phone, draft, rows()).status_code == 422
    assert "opened" not in page_of(phone, draft, 1)


@pytest.mark.parametrize(
    "document",
    [
        "no JSON",
        "[" * 100_000,
        [],
        {"page": "1", "number": 0, "rows": "a\n", "last": 1},
        rows() | {"number": -1},
        rows() | {"number": True},
        rows() | {"last": 2**60},
        rows() | {"rows": "half a row"},
        rows() | {"rows": ["a\n"]},
        rows() | {"page": 7},
        rows("x" * 1_000_000 + "\n"),
    ],
)
def test_what_is_no_log_is_refused_in_words(phone: Client, logged: Draft, document: object) -> None:
    response = send(phone, logged, document)
    assert response.status_code == 422
    assert json.loads(response.content)["message"]
    assert not DraftLogPart.objects.exists()


@pytest.mark.every_stack
def test_characters_that_no_file_can_hold_are_left_out(phone: Client, logged: Draft) -> None:
    assert send(phone, logged, rows("form start,\ud800\x00\n")).status_code == 204
    log = draft_logs.file_of(logged, {})
    assert log
    assert log.read().endswith(b"\nform start,\n")


def test_a_log_is_its_enumerators_alone(client: Client, logged: Draft) -> None:
    assert send(client, logged, rows()).status_code == 401
    client.force_login(make_enumerator(logged.site, "E02"))
    assert send(client, logged, rows()).status_code == 404


def test_an_interview_whose_log_is_full_is_answered_and_sent(
    phone: Client, logged: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_logs, "MOST_BYTES", 30)
    assert send(phone, logged, rows()).status_code == 204
    assert send(phone, logged, rows()).status_code == 413
    post_to(phone, logged, 1, {"/data/g/words": "x"})
    assert post_to(phone, logged, 2, {"/data/last": "8"}).status_code == 302
    assert phone.post(f"/interview/{logged.pk}/finish/", {"revision": 3}).status_code == 302
    assert Interview.objects.get().answers["last"] == "8"


def test_plain_pages_tell_which_section_was_shown_from_when_to_when(
    phone: Client, logged: Draft
) -> None:
    assert f'name="opened" value="{str(T)[:2]}' in page_of(phone, logged, 1)
    post_to(phone, logged, 1, {"/data/g/words": "x"}, opened=T)
    send(phone, logged, rows(f"question,/data/g/words,{T},{T + 4},,x,E01\n"))
    post_to(phone, logged, 2, {"/data/last": "10"}, opened="now", go="keep")
    refused = phone.post(f"/interview/{logged.pk}/finish/", {"revision": 3})
    assert refused.status_code == 422
    post_to(phone, logged, 2, {"/data/last": "8"}, opened=T)
    phone.post(f"/interview/{logged.pk}/finish/", {"revision": 4})
    log = audits.log_of(Interview.objects.get())
    assert log is not None
    assert log.unread == ()
    assert [f"{event.kind} {event.path}".strip() for event in log.events] == [
        "form start",
        "group questions /data/g",
        "group questions /data",
        "form save",
        "form finalize",
        "finalize error",
        "group questions /data",
        "form finalize",
        "question /data/g/words",
    ]
    starts = [event.start for event in log.events[:-1] if event.start]
    assert starts == sorted(starts), "nothing begins before what was noted"
    assert log.events[0].start == log.events[1].start == starts[0]
    assert set(log.section_seconds) == {"g", ""}
    assert {event.user for event in log.events} == {"E01"}
