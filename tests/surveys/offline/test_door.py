"""The door of devices, as our own page uses it: by its session, with a receipt to compare."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from lxml import etree

from surveys import draft_files, drafts
from surveys.models import (
    Attachment,
    Draft,
    Interview,
    QuestionnaireVersion,
    Site,
    Submission,
    User,
)
from surveys.openrosa.receipt import NAMESPACE
from tests.factories import SMALL_FORM, instance_xml, make_enumerator, make_version
from tests.surveys.offline.conftest import COMPLETE

HERE = "http://testserver"
PICTURE = b"a picture"


def part(content: bytes, name: str) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


def send(phone: Client, xml: bytes, query: str = "", **headers: str) -> Any:
    return post(phone, {"xml_submission_file": part(xml, "i.xml")}, query, **headers)


def post(phone: Client, parts: Mapping[str, object], query: str = "", **headers: str) -> Any:
    return phone.post(f"/s/river/submission{query}", parts, headers={"Origin": HERE} | headers)


def receipt_in(response: Any) -> etree._Element:
    found = etree.fromstring(response.content).find(f"{{{NAMESPACE}}}receipt")
    assert found is not None
    return found


def test_a_page_sends_with_its_session_and_is_told_what_is_here(
    phone: Client, person: User, version: QuestionnaireVersion
) -> None:
    xml = instance_xml(version, "uuid:1", **COMPLETE)
    response = send(phone, xml, "?deviceID=web")
    assert response.status_code == 201
    receipt, submission = receipt_in(response), Submission.objects.get()
    assert dict(receipt.attrib.items()) == {
        "instanceID": "uuid:1",
        "sha256": hashlib.sha256(xml).hexdigest(),
        "received": submission.received_at.isoformat(),
        "complete": "true",
    }
    assert (submission.sender, submission.device) == (person, "web")
    again = send(phone, xml)
    assert again.status_code == 202
    assert receipt_in(again).attrib == receipt.attrib


def test_files_are_listed_with_their_checksums_and_those_to_come_without(
    phone: Client, version: QuestionnaireVersion
) -> None:
    xml = instance_xml(version, "uuid:1", **COMPLETE, photo="a.jpg")
    first = receipt_in(send(phone, xml))
    assert first.get("complete") == "false"
    assert [dict(file.attrib.items()) for file in first] == [{"name": "a.jpg"}]
    parts = {"xml_submission_file": part(xml, "i.xml"), "a.jpg": part(PICTURE, "a.jpg")}
    last = receipt_in(post(phone, parts))
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    assert last.get("complete") == "true"
    assert [dict(file.attrib.items()) for file in last] == [{"name": "a.jpg", "sha256": sha256}]


def test_devices_get_the_receipt_too_and_read_the_sentence_first(
    client: Client, person: User, version: QuestionnaireVersion
) -> None:
    person.set_password("word")
    person.save()
    headers = {"Authorization": "Basic RTAxOndvcmQ="}
    parts = {"xml_submission_file": part(instance_xml(version, **COMPLETE), "i.xml")}
    response = client.post("/s/river/submission", parts, headers=headers)
    assert [child.tag.rpartition("}")[2] for child in etree.fromstring(response.content)] == [
        "message",
        "receipt",
    ]


def test_pages_of_other_sites_send_nothing_in_the_persons_name(
    phone: Client, version: QuestionnaireVersion
) -> None:
    xml = instance_xml(version, **COMPLETE)
    for origin in (
        "https://elsewhere.example",
        "null",
        "http://testserver:81",
        "https://testserver",
    ):
        assert send(phone, xml, Origin=origin).status_code == 401
    assert not Submission.objects.exists()


def test_a_session_without_an_origin_is_nobody(
    phone: Client, version: QuestionnaireVersion
) -> None:
    parts = {"xml_submission_file": part(instance_xml(version, **COMPLETE), "i.xml")}
    response = phone.post("/s/river/submission", parts)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")


def test_who_is_signed_out_is_told_so_and_not_asked_by_the_browser(
    client: Client, version: QuestionnaireVersion
) -> None:
    response = send(client, instance_xml(version, **COMPLETE))
    assert response.status_code == 401
    assert "WWW-Authenticate" not in response
    assert b"Sign in again" in response.content


def test_another_account_on_the_phone_sends_nothing_of_this_one(
    phone: Client, person: User, version: QuestionnaireVersion
) -> None:
    xml = instance_xml(version, **COMPLETE)
    response = send(phone, xml, **{"X-Account": str(person.pk + 1)})
    assert response.status_code == 401
    assert b"Somebody else" in response.content
    assert send(phone, xml, **{"X-Account": str(person.pk)}).status_code == 201


def started(person: User, site: Site, version: QuestionnaireVersion) -> Draft:
    draft = drafts.start(person, site, version.questionnaire)
    draft_files.add(draft, ContentFile(PICTURE, "a.jpg"))
    return draft


def test_the_copy_on_the_server_goes_when_the_interview_is_here_whole(
    phone: Client, person: User, site: Site, version: QuestionnaireVersion
) -> None:
    draft = started(person, site, version)
    xml = instance_xml(version, f"uuid:{draft.pk}", **COMPLETE, photo="a.jpg")
    send(phone, xml)
    assert Draft.objects.exists()
    parts = {"xml_submission_file": part(xml, "i.xml"), "a.jpg": part(PICTURE, "a.jpg")}
    post(phone, parts)
    assert not Draft.objects.exists()
    assert send(phone, xml).status_code == 202


def test_files_that_the_copy_has_are_not_carried_again(
    phone: Client, person: User, site: Site, version: QuestionnaireVersion
) -> None:
    draft = started(person, site, version)
    xml = instance_xml(version, f"uuid:{draft.pk}", **COMPLETE, photo="a.jpg")

    def answer_to(copied: str) -> bytes:
        parts = {"xml_submission_file": part(xml, "i.xml"), "*copied*": copied}
        return bytes(post(phone, parts).content)

    for nonsense in ("[", "[1]", '{"a.jpg": 1}', '{"a.jpg": "1f"}'):
        assert b'complete="false"' in answer_to(nonsense)
    copied = json.dumps({"a.jpg": hashlib.sha256(PICTURE).hexdigest()})
    assert b'complete="true"' in answer_to(copied)
    with Attachment.objects.get().file.open() as file:
        assert file.read() == PICTURE
    assert not Draft.objects.exists()


def test_somebody_elses_draft_stays(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    draft = started(make_enumerator(site), site, version)
    send(phone, instance_xml(version, f"uuid:{draft.pk}", **COMPLETE))
    assert Draft.objects.get() == draft


def test_the_site_of_the_address_counts_where_the_form_does_not_ask(
    phone: Client, site: Site
) -> None:
    version = make_version(site.survey, SMALL_FORM.replace("psu_id ", "street "))
    send(phone, instance_xml(version, age="30", works="no", street="x"), "?site=S1")
    assert Interview.objects.get().site == site
    assert Interview.objects.get().state == Interview.State.SUBMITTED


def test_a_time_that_is_none_says_nothing_of_the_clock(
    phone: Client, version: QuestionnaireVersion
) -> None:
    for text in ("", "soon", "2026-13-01T00:00Z", "2026-11-27T10:00:00"):
        send(phone, instance_xml(version, **COMPLETE), **{"X-Device-Time": text})
    assert set(Submission.objects.values_list("clock_off_s", flat=True)) == {None}


def test_how_far_the_devices_clock_is_off_is_kept(
    phone: Client, version: QuestionnaireVersion
) -> None:
    moment = timezone.now() - timedelta(hours=3)
    send(phone, instance_xml(version, **COMPLETE), **{"X-Device-Time": moment.isoformat()})
    assert Submission.objects.get().clock_off_s == pytest.approx(-3 * 3600, abs=30)


@pytest.mark.parametrize(
    ("said", "kept"), [("Asia/Shanghai", "Asia/Shanghai"), ("<b>", ""), ("x" * 65, "")]
)
def test_the_devices_time_zone_is_kept(
    phone: Client, version: QuestionnaireVersion, said: str, kept: str
) -> None:
    send(phone, instance_xml(version, **COMPLETE), **{"X-Device-Zone": said})
    assert Submission.objects.get().zone == kept
