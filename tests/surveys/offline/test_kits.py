"""Questionnaires to take along: what a phone must fetch, and what it needs to know without us."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from surveys import drafts
from surveys.models import Questionnaire, QuestionnaireVersion, Site, User
from surveys.questionnaires import form_of
from tests.factories import (
    make_enumerator,
    make_interview,
    make_rich_version,
    make_site,
    make_survey,
    rich_files,
)
from tests.factories import make_version as publish
from tests.surveys import panel
from tests.surveys.offline.conftest import FORM


def kits(phone: Client) -> Any:
    return phone.get("/offline/kits.json").json()["kits"]


def test_a_kit_has_all_that_an_interview_without_us_needs(
    phone: Client, person: User, site: Site, version: QuestionnaireVersion
) -> None:
    document = phone.get("/offline/kits.json").json()
    assert document["account"] == {"id": person.pk, "username": "E01"}
    (kit,) = document["kits"]
    assert (kit["questionnaire"], kit["version"]) == (version.questionnaire_id, version.pk)
    assert (kit["form_id"], kit["form_version"]) == ("small", "1")
    assert kit["submission"] == "/s/river/submission"
    assert kit["metadata"] == drafts.metadata_of(person)
    assert kit["sites"] == [
        {
            "code": "S1",
            "name": "",
            "city": "C1",
            "target": 24,
            "received": 0,
            "known": drafts.known_answers(form_of(version), person, site),
        }
    ]


def test_every_address_of_a_kit_opens_for_the_person(phone: Client, site: Site) -> None:
    make_rich_version(site.survey)
    (kit,) = kits(phone)
    addresses = [
        *kit["files"],
        *(one[name] for one in kit["languages"] for name in ("page", "definition")),
    ]
    assert len(kit["languages"]) > 1
    assert len(kit["files"]) == len(rich_files())
    total = 0
    for address in addresses:
        response = phone.get(address)
        assert response.status_code == 200, address
        total += len(response.content)
        assert "immutable" in response["Cache-Control"] or "/form.json" not in address
    assert kit["bytes"] == pytest.approx(total, rel=0.2)  # lists are counted as they were published


def test_only_what_can_be_started_now_is_offered(
    phone: Client, person: User, version: QuestionnaireVersion
) -> None:
    publish(make_survey("other"), FORM)
    assert [kit["survey"] for kit in kits(phone)] == ["river"]
    person.assignments.update(is_active=False)
    assert kits(phone) == []
    person.assignments.update(is_active=True)
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    assert kits(phone) == []


def test_sites_of_others_are_not_told(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    make_enumerator(make_site(site.survey, "S2"))
    assert [one["code"] for one in kits(phone)[0]["sites"]] == ["S1"]


def test_an_interview_changes_the_kit_and_not_what_must_be_fetched(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    before = kits(phone)[0]
    assert kits(phone)[0] == before
    make_interview(site, version)
    after = kits(phone)[0]
    assert after["sites"][0]["received"] == 1
    assert after["digest"] != before["digest"]
    assert after["content"] == before["content"]


def test_lists_that_the_server_fills_come_along_as_they_are_now(client: Client, db: None) -> None:
    site, person = panel.begin()
    client.force_login(person)
    entering, visiting = kits(client)
    (address,) = visiting["files"]
    assert client.get(address).json()["rows"] == []
    panel.send(panel.entering(str(uuid4()), phone="1"), site, person)
    assert len(client.get(address).json()["rows"]) == 1
    entering_now, visiting_now = kits(client)
    assert visiting_now["content"] != visiting["content"]
    assert entering_now["content"] == entering["content"]


def test_a_new_version_is_another_content(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    before = kits(phone)[0]
    publish(site.survey, FORM.replace("| 1              | en", "| 2              | en"))
    after = kits(phone)[0]
    assert after["form_version"] == "2"
    assert after["content"] != before["content"]


def test_a_phone_that_has_them_is_told_so(phone: Client, version: QuestionnaireVersion) -> None:
    first = phone.get("/offline/kits.json")
    again = phone.get("/offline/kits.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    assert "csrftoken" in phone.cookies


def test_nobody_takes_along_what_is_somebody_elses(
    client: Client, person: User, version: QuestionnaireVersion
) -> None:
    response = client.get("/offline/kits.json")
    assert response.status_code == 401
    assert "no-store" in response["Cache-Control"]
    client.force_login(person)
    headers = {"X-Account": str(person.pk + 1)}
    assert client.get("/offline/kits.json", headers=headers).status_code == 401
