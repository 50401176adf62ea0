"""The door for devices: status, headers and a sentence for whatever is sent."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from pytest_django.fixtures import Settings

from surveys import tokens
from surveys.models import (
    Attachment,
    Interview,
    Questionnaire,
    QuestionnaireVersion,
    Role,
    Site,
    Submission,
    User,
)
from tests.factories import (
    PASSWORD,
    content_of,
    instance_xml,
    make_enumerator,
    make_member,
    make_site,
    make_survey,
)

pytestmark = pytest.mark.django_db
COMPLETE = {"psu_id": "S1", "age": "30", "works": "yes", "hours": "40"}


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey("river"), "S1")
    make_enumerator(site, "E01")
    return site


def basic(username: str = "E01", password: str = PASSWORD) -> dict[str, str]:
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def send(client: Client, xml: bytes, **headers: str) -> Any:
    part = BytesIO(xml)
    part.name = "submission.xml"
    return client.post(
        "/s/river/submission", {"xml_submission_file": part}, headers=headers or basic()
    )


def sentence(response: Any) -> str:
    root = etree.fromstring(response.content)
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    return str(root[0].text)


def test_an_interview_is_received(client: Client, version: QuestionnaireVersion) -> None:
    response = send(client, instance_xml(version, **COMPLETE))
    assert response.status_code == 201
    assert sentence(response) == "Received."
    assert response["X-OpenRosa-Version"] == "1.0"
    assert int(response["X-OpenRosa-Accept-Content-Length"]) > 0
    assert Interview.objects.get().state == Interview.State.SUBMITTED


def test_sending_again_is_accepted_and_stores_nothing(
    client: Client, version: QuestionnaireVersion
) -> None:
    xml = instance_xml(version, **COMPLETE)
    assert [send(client, xml).status_code for _ in range(3)] == [201, 202, 202]
    assert Submission.objects.count() == 1


def test_other_answers_under_the_same_id_are_a_conflict(
    client: Client, version: QuestionnaireVersion
) -> None:
    send(client, instance_xml(version, "uuid:1", **COMPLETE))
    response = send(client, instance_xml(version, "uuid:1", **{**COMPLETE, "age": "31"}))
    assert response.status_code == 409
    assert "supervisor" in sentence(response)


def test_an_answer_outside_the_constraint_is_kept_and_flagged(
    client: Client, version: QuestionnaireVersion
) -> None:
    response = send(client, instance_xml(version, **{**COMPLETE, "age": "7"}))
    assert response.status_code == 201
    assert Submission.objects.get().findings.get().kind == "constraint"


def test_somebody_elses_site_is_quarantined(client: Client, version: QuestionnaireVersion) -> None:
    make_member(version.questionnaire.survey, Role.ENUMERATOR, "E02")
    response = send(client, instance_xml(version, **COMPLETE), **basic("E02"))
    assert response.status_code == 201
    assert Interview.objects.get().state == Interview.State.QUARANTINED


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b"", "broken"),
        (b"<data", "broken"),
        (b"<data id='small'><g></data>", "broken"),
        (b"<data/>", "which form"),
        (b"<data id='small'/>", "instanceID"),
        (b"<!DOCTYPE d [<!ENTITY a 'b'>]><data id='small'>&a;</data>", "document type"),
        (b"<data id='small'>\x00</data>", "broken"),
        (b"<data id='small'>\xff</data>", "broken"),
        (b"<a id='small'>" * 200 + b"</a>" * 200, "too deep"),
        (b"<data id='small'>" + b"<a/>" * 30_000 + b"</data>", "too large"),
        ("<?xml version='1.0' encoding='UTF-16'?><data/>".encode("utf-16"), "which form"),
    ],
)
def test_broken_xml_is_refused_in_words(
    client: Client, version: QuestionnaireVersion, xml: bytes, words: str
) -> None:
    response = send(client, xml)
    assert response.status_code == 400
    assert words in sentence(response)
    assert not Submission.objects.exists()


def test_a_request_without_an_interview_is_refused(client: Client, site: Site) -> None:
    response = client.post("/s/river/submission", {"other": "x"}, headers=basic())
    assert response.status_code == 400
    assert "xml_submission_file" in sentence(response)
    assert "Send it again with ODK Collect or KoboCollect" in sentence(response)


def test_what_is_wrong_with_broken_xml_is_logged_and_not_shown(
    client: Client, version: QuestionnaireVersion, caplog: pytest.LogCaptureFixture
) -> None:
    response = send(client, b"<data id='small'>\x01</data>")
    assert sentence(response).startswith("The interview's XML is broken. Send it again;")
    assert "Char value 1" in caplog.text


def test_an_unknown_form_is_not_found(client: Client, version: QuestionnaireVersion) -> None:
    response = send(client, instance_xml(version).replace(b'id="small"', b'id="large"'))
    assert response.status_code == 404
    assert "large" in sentence(response)


def test_a_closed_form_still_takes_what_was_finished(
    client: Client, version: QuestionnaireVersion
) -> None:
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    assert send(client, instance_xml(version, **COMPLETE)).status_code == 201
    assert Interview.objects.get().state == Interview.State.QUARANTINED


SIGN_IN, WRONG = "Sign in with your user name", "The user name or the password is wrong."


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X": "y"}, SIGN_IN),
        (basic("E01", "wrong"), WRONG),
        ({"Authorization": "Basic ?"}, SIGN_IN),
    ],
)
def test_strangers_are_asked_who_they_are(
    client: Client, version: QuestionnaireVersion, headers: dict[str, str], words: str
) -> None:
    response = send(client, instance_xml(version), **headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert words in sentence(response)


def test_another_survey_is_not_there(client: Client, version: QuestionnaireVersion) -> None:
    make_enumerator(make_site(make_survey()), "E09")
    response = send(client, instance_xml(version), **basic("E09"))
    assert response.status_code == 404
    assert "river" in sentence(response)
    assert response["X-OpenRosa-Version"] == "1.0"


@pytest.mark.parametrize("place", ["instance_id", "version"])
def test_ids_that_are_too_long_are_refused(
    client: Client, version: QuestionnaireVersion, place: str
) -> None:
    xml = instance_xml(version, "uuid:" + "x" * 300 if place == "instance_id" else "uuid:1")
    if place == "version":
        xml = xml.replace(b'version="1"', b'version="' + b"1" * 300 + b'"')
    assert send(client, xml).status_code == 400


def test_a_request_beyond_the_announced_length_is_refused(
    client: Client, site: Site, settings: Settings
) -> None:
    settings.OPENROSA_MAX_BYTES = 100
    response = send(client, b"<data>" + b" " * 200 + b"</data>")
    assert response.status_code == 413
    assert "too large" in sentence(response)


def test_null_characters_are_no_way_in(client: Client, version: QuestionnaireVersion) -> None:
    assert send(client, instance_xml(version), **basic("E01\x00")).status_code in (201, 401)
    part = BytesIO(instance_xml(version))
    part.name = "x.xml"
    response = client.post(
        "/s/river/submission?deviceID=a%00b", {"xml_submission_file": part}, headers=basic()
    )
    assert response.status_code == 201


def test_files_are_received_with_the_interview(
    client: Client, version: QuestionnaireVersion, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    part, audit = BytesIO(instance_xml(version)), BytesIO(b"event,node,start,end")
    part.name, audit.name = "x.xml", "audit.csv"
    response = client.post(
        "/s/river/submission",
        {"xml_submission_file": part, "audit.csv": audit},
        headers=basic(),
    )
    assert response.status_code == 201
    assert content_of(Attachment.objects.get()) == b"event,node,start,end"


@pytest.mark.every_stack
def test_an_interview_of_a_device_takes_nine_statements_and_one_to_take_turns(
    client: Client, version: QuestionnaireVersion
) -> None:
    person = User.objects.get(username="E01")
    (issued,) = tokens.issue([person], version.questionnaire.survey, by=person)

    def statements(number: int) -> list[str]:
        part = BytesIO(instance_xml(version, f"uuid:{number}", **COMPLETE))
        part.name = "submission.xml"
        with CaptureQueriesContext(connection) as asked:
            address = f"/key/{issued.clear}/s/river/submission"
            assert client.post(address, {"xml_submission_file": part}).status_code == 201
        return [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]

    statements(1)  # which notes the use of the token
    assert len(statements(2)) == (10 if connection.vendor == "postgresql" else 9)


def test_the_handshake_has_no_body(client: Client, site: Site) -> None:
    response = client.head("/s/river/submission", headers=basic())
    assert response.status_code == 204
    assert response["X-OpenRosa-Version"] == "1.0"
