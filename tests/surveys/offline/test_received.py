"""What a phone sent is compared with what the server holds: only its own person's, whole."""

import hashlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from surveys import draft_files, drafts, submissions
from surveys.models import QuestionnaireVersion, Site, User
from surveys.submissions import Sender
from surveys.webform.keys import COOKIE
from surveys.xforms.instance import read_instance
from tests.factories import instance_xml, make_enumerator
from tests.surveys.offline.conftest import COMPLETE


def send(version: QuestionnaireVersion, person: User, number: int) -> bytes:
    xml = instance_xml(version, f"uuid:{number}", **COMPLETE, photo=f"{number}.jpg")
    files = [ContentFile(b"picture", f"{number}.jpg")] if number % 2 else []
    instance = read_instance(xml)
    submissions.receive(instance, version.questionnaire.survey, Sender(person), files=files)
    return xml


def ask(phone: Client, body: object) -> Any:
    return phone.post("/offline/received", body, content_type="application/json")


def test_what_is_here_is_told_with_its_checksums(
    phone: Client, person: User, version: QuestionnaireVersion
) -> None:
    xml = send(version, person, 1)
    send(version, person, 2)
    found = ask(phone, {"ids": ["uuid:1", "uuid:2", "uuid:3"]}).json()["interviews"]
    assert found["uuid:1"]["sha256"] == hashlib.sha256(xml).hexdigest()
    assert found["uuid:1"]["files"] == {"1.jpg": hashlib.sha256(b"picture").hexdigest()}
    assert phone.get(found["uuid:1"]["receipt"]).status_code == 200
    assert found["uuid:2"]["files"] == {"2.jpg": None}
    assert found["uuid:3"] is None


def test_somebody_elses_interview_is_not_here(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    send(version, make_enumerator(site), 1)
    assert ask(phone, {"ids": ["uuid:1"]}).json()["interviews"] == {"uuid:1": None}


def test_many_are_asked_about_at_once(
    phone: Client,
    person: User,
    version: QuestionnaireVersion,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        send(version, person, number)
    ids = [f"uuid:{number}" for number in range(500)]
    with django_assert_max_num_queries(4):
        found = ask(phone, {"ids": ids}).json()["interviews"]
    assert len([one for one in found.values() if one]) == 5


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[" * 50_000,
        "[]",
        "{}",
        '{"ids": "uuid:1"}',
        '{"ids": [1]}',
        '{"ids": ["\\u0000"]}',
        '{"ids": ["\\ud800"]}',
        {"ids": ["x"] * 501},
        {"ids": ["x" * 300]},
    ],
)
def test_what_is_no_list_is_refused_in_words(phone: Client, body: object) -> None:
    response = ask(phone, body)
    assert response.status_code == 422
    assert response.json()["message"]


def test_only_our_own_pages_ask_and_only_for_who_is_signed_in(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/offline/kits.json").status_code == 401
    strict.force_login(person)
    assert ask(strict, {"ids": []}).status_code == 403
    strict.get("/offline/kits.json")
    token = strict.cookies["csrftoken"].value
    for account, status in ((person.pk, 200), (person.pk + 1, 401)):
        response = strict.post(
            "/offline/received",
            {"ids": []},
            content_type="application/json",
            headers={"X-CSRFToken": token, "X-Account": str(account)},
        )
        assert response.status_code == status


def test_copies_of_drafts_are_told_beside(
    phone: Client, person: User, site: Site, version: QuestionnaireVersion
) -> None:
    draft = drafts.start(person, site, version.questionnaire)
    kept = draft_files.add(draft, ContentFile(b"picture", "a.jpg"))
    other = drafts.start(make_enumerator(site), site, version.questionnaire)
    ids = [drafts.instance_id_of(one.pk) for one in (draft, other)]
    copy = {"revision": 1, "is_open": True, "files": {"a.jpg": kept.sha256}}
    assert ask(phone, {"ids": ids}).json()["drafts"] == {ids[0]: copy}
    del phone.cookies[COOKIE]
    assert ask(phone, {"ids": ids}).json()["drafts"] is None
