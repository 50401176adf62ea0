"""A form tried out before and after it is published: the enumerator's page, and nothing stored."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from surveys import uploads
from surveys.models import Draft, Interview, Role, Site, Survey, Upload
from tests.factories import (
    SMALL_FORM,
    make_enumerator,
    make_member,
    make_survey,
    make_version,
    workbook,
)

TOWNS = b"name,label\nyes,Aha\n"
FROM_FILE = SMALL_FORM.replace("select_one yn ", "select_one_from_file towns.csv ")


@pytest.fixture
def survey(db: None) -> Survey:
    return make_survey()


@pytest.fixture
def coordinator(survey: Survey) -> Client:
    return client_of(survey, Role.COORDINATOR)


def client_of(survey: Survey, role: Role) -> Client:
    client = Client()
    client.force_login(make_member(survey, role))
    return client


def make_upload(survey: Survey, table: str = SMALL_FORM, **files: bytes) -> Upload:
    named = {name.replace("_", "."): content for name, content in files.items()}
    return uploads.keep(survey, "form.xlsx", workbook(table), named, by=None)


def addresses_of(client: Client, key: object, language: str = "en") -> dict[str, str]:
    response = client.get(f"/preview/{key}/in/{language}/")
    assert response.status_code == 200
    html = response.content.decode()
    return dict(re.findall(r'data-([a-z-]+)="(/[^"]*)"', html))


def test_the_page_is_the_enumerator_s_own(coordinator: Client, survey: Survey) -> None:
    html = coordinator.get(f"/preview/{make_upload(survey).pk}/in/zh/").content.decode()
    assert 'name="/data/g/age"' in html
    assert "年龄" in html
    assert '<html lang="zh-hans">' in html
    assert 'value="keep"' not in html


def test_scripts_find_everything_and_nothing_is_stored(coordinator: Client, survey: Survey) -> None:
    found = addresses_of(coordinator, make_upload(survey).pk)
    definition = coordinator.get(found["definition"]).json()
    assert "/data/g/age" in definition["questions"]
    begun = coordinator.get(found["instance"]).json()
    assert begun["tree"][0] == "data"
    saved = coordinator.put(found["instance"], json.dumps({"tree": begun["tree"], "revision": 1}))
    assert saved.json() == {"revision": 1}
    end = coordinator.post(found["finish"]).json()["url"]
    assert "Nothing was saved" in coordinator.get(end).content.decode()
    assert not Draft.objects.exists()
    assert not Interview.objects.exists()


def test_the_language_of_the_coordinator_stays(coordinator: Client, survey: Survey) -> None:
    found = addresses_of(coordinator, make_upload(survey).pk)
    response = coordinator.post(found["set-language"], {"language": "zh-hans"})
    assert response.status_code == 200
    assert not response.cookies


def test_it_may_be_framed_by_our_own_pages_only(coordinator: Client, survey: Survey) -> None:
    response = coordinator.get(f"/preview/{make_upload(survey).pk}/in/en/")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy


def test_files_are_those_of_the_upload(coordinator: Client, survey: Survey) -> None:
    upload = make_upload(survey, FROM_FILE, towns_csv=TOWNS)
    definition = coordinator.get(addresses_of(coordinator, upload.pk)["definition"]).json()
    (address,) = definition["files"].values()
    assert "Aha" in coordinator.get(address).content.decode()
    assert coordinator.get(f"/preview/{upload.pk}/files/towns.csv").content == TOWNS
    assert coordinator.get(f"/preview/{upload.pk}/files/other.csv").status_code == 404


def test_a_missing_file_does_not_stop_a_preview(coordinator: Client, survey: Survey) -> None:
    found = addresses_of(coordinator, make_upload(survey, FROM_FILE).pk)
    assert coordinator.get(found["definition"]).json()["files"] == {}
    assert coordinator.get(found["instance"]).status_code == 200


def test_files_of_answers_are_taken_and_forgotten(coordinator: Client, survey: Survey) -> None:
    found = addresses_of(coordinator, make_upload(survey).pk)
    picture = SimpleUploadedFile("photo.jpg", b"jpg")
    sent = coordinator.post(found["files"], {"file": picture})
    assert (sent.status_code, sent.json()["name"]) == (201, "photo.jpg")


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 302), ("analyst", 404), ("stranger", 404)]
)
def test_an_upload_is_tried_out_by_coordinators_of_its_survey(
    survey: Survey, who: str, status: int
) -> None:
    client = Client()
    if who != "anonymous":
        role = Role.ANALYST if who == "analyst" else Role.COORDINATOR
        client = client_of(make_survey() if who == "stranger" else survey, role)
    key = make_upload(survey).pk
    assert client.get(f"/preview/{key}/in/en/").status_code == status
    assert client.get(f"/preview/{key}/instance").status_code == (401 if status == 302 else 404)


def test_what_is_published_is_practised_by_everybody_of_the_survey(site: Site) -> None:
    version = make_version(site.survey)
    client = Client()
    client.force_login(make_enumerator(site))
    found = addresses_of(client, version.pk)
    assert client.get(found["instance"]).status_code == 200
    stranger = client_of(make_survey(), Role.COORDINATOR)
    assert stranger.get(f"/preview/{version.pk}/in/en/").status_code == 404


@pytest.mark.parametrize("key", ["x", "0", "9" * 30, "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_not_found(coordinator: Client, key: str) -> None:
    assert coordinator.get(f"/preview/{key}/in/en/").status_code == 404


def test_a_workbook_with_mistakes_has_no_preview(coordinator: Client, survey: Survey) -> None:
    upload = make_upload(survey, SMALL_FORM.replace(". <= 126", "foo(.)"))
    assert coordinator.get(f"/preview/{upload.pk}/in/en/").status_code == 404
