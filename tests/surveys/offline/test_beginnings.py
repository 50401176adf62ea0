"""Interviews begun on a phone, as its page puts their copies on the server."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from surveys.models import Draft, QuestionnaireVersion, Role, Site, User
from surveys.questionnaires import form_of
from surveys.xforms.instance import blank_instance
from surveys.xforms.parsing import tree_to_json
from tests.factories import make_enumerator, make_member, make_site, receive
from tests.surveys.offline.conftest import COMPLETE

NUMBER = "11111111-2222-4333-8444-555555555555"
STARTED = "2026-11-20T09:30:00.000+08:00"


def document(of: QuestionnaireVersion, **begin: object) -> dict[str, object]:
    begun = {"version": of.pk, "site": "S1", "started": STARTED, "device": "phone", **begin}
    return {"tree": tree_to_json(blank_instance(form_of(of))), "revision": 0, "begin": begun}


def put(phone: Client, body: object, number: str = NUMBER, **headers: str) -> Any:
    return phone.put(
        f"/interview/{number}/instance",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_a_copy_is_put_and_goes_on(phone: Client, version: QuestionnaireVersion) -> None:
    body = document(version)
    for _ in range(2):
        response = put(phone, body)
        assert (response.status_code, response.json()["revision"]) == (200, 1)
    assert put(phone, {**body, "revision": 1}).json()["revision"] == 2
    behind = put(phone, {**body, "tree": ["data", [["psu_id", "S1"], ["g", [["age", "7"]]]]]})
    assert (behind.status_code, behind.json()["revision"]) == (409, 2)
    assert behind.json()["message"]


def test_the_draft_says_what_scripts_need_to_finish_it(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    put(phone, document(version))
    found = phone.get(f"/interview/{NUMBER}/instance").json()
    assert found["version"] == version.pk
    assert found["questionnaire"] == version.questionnaire_id
    assert found["language"] == "en"
    assert found["submission"] == "/s/river/submission"
    assert found["started"] == "2026-11-20T01:30:00+00:00"


def test_without_a_beginning_there_is_nothing_to_save(
    phone: Client, version: QuestionnaireVersion
) -> None:
    body = document(version)
    del body["begin"]
    assert put(phone, body).status_code == 404
    assert put(phone, document(version) | {"revision": 3}).status_code == 404
    assert not Draft.objects.exists()


def test_what_is_not_the_persons_is_answered_in_a_sentence(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    missing = put(phone, document(version, version=2**31 - 1))
    assert (missing.status_code, "questionnaire" in missing.json()["message"]) == (404, True)
    other = Client()
    other.force_login(make_enumerator(site))
    put(other, document(version))
    taken = put(phone, document(version))
    assert (taken.status_code, "this id" in taken.json()["message"]) == (404, True)


def test_what_was_received_already_points_to_its_receipt(
    phone: Client, person: User, version: QuestionnaireVersion
) -> None:
    submission = receive(version, **COMPLETE).submission
    submission.interview.enumerator = person
    submission.interview.save()
    number = submission.instance_id.removeprefix("uuid:")
    response = put(phone, document(version), number)
    assert response.status_code == 410
    assert response.json()["url"] == f"/receipts/{submission.pk}/"


def test_what_is_no_beginning_is_refused(phone: Client, version: QuestionnaireVersion) -> None:
    right = document(version)
    wrong: tuple[dict[str, object], ...] = (
        {"version": "1"},
        {"version": True},
        {"version": 10**12},
        {"version": -1},
        {"site": 7},
        {"site": None},
        {"started": "yesterday"},
        {"started": "2026-13-41T00:00:00Z"},
        {"started": "2026-11-20T09:30:00"},
        {"started": 5},
        {"device": ["x"]},
    )
    bodies = [document(version, **begin) for begin in wrong]
    none: tuple[object, ...] = ("x", 7, [], {})
    bodies += [right | {"begin": begin} for begin in none]
    assert {put(phone, body).status_code for body in bodies} == {422}
    assert not Draft.objects.exists()
    assert put(phone, right).status_code == 200


@pytest.mark.every_stack
@pytest.mark.parametrize("started", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_clock_that_nobody_believes_keeps_no_copy_away(
    phone: Client, version: QuestionnaireVersion, started: str
) -> None:
    before = timezone.now()
    assert put(phone, document(version, started=started)).status_code == 200
    assert before <= Draft.objects.get().created_at <= timezone.now()
    assert phone.get("/").status_code == 200


def test_a_site_where_the_person_never_worked_is_refused_in_a_sentence(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    make_site(site.survey, "S2")
    response = put(phone, document(version, site="S2"))
    assert response.status_code == 404
    assert "never assigned to you. The interview stays on this phone" in response.json()["message"]
    assert not Draft.objects.exists()


def test_characters_that_no_database_holds_are_left_out(
    phone: Client, version: QuestionnaireVersion
) -> None:
    assert (
        put(phone, document(version, site="S1\x00", device="\x00" + "x" * 300)).status_code == 200
    )
    assert Draft.objects.get().device == "x" * 200


def test_another_account_stores_nothing(
    phone: Client, person: User, version: QuestionnaireVersion
) -> None:
    response = put(phone, document(version), **{"X-Account": str(person.pk + 1)})
    assert response.status_code == 401
    assert not Draft.objects.exists()


def test_scripts_are_told_who_is_signed_in_until_they_sign_out(
    client: Client, person: User, version: QuestionnaireVersion
) -> None:
    client.get("/login/")
    assert "account" not in client.cookies
    client.force_login(person)
    client.get("/")
    cookie = client.cookies["account"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == (str(person.pk), "Lax", "")
    assert "account" not in client.get("/").cookies  # it is there already
    supervisor = make_member(version.questionnaire.survey, Role.SUPERVISOR)
    for who, address in ((person, "/logout/"), (supervisor, "/admin/logout/")):
        client.force_login(who)
        client.get("/")
        assert client.cookies["account"].value == str(who.pk)
        client.post(address)
        assert client.cookies["account"].value == ""
