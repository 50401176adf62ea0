"""Lists as devices get them: in the manifest, as CSV for the person, and what to forget."""

import hashlib
from collections.abc import Mapping

import pytest
from django.test import Client
from lxml import etree

from surveys import entities, questionnaires, tokens
from surveys.models import Assignment, Case, Entity, Role, Site, User, Wave
from surveys.openrosa import forms
from tests.factories import make_enumerator, make_member, make_site, receive, workbook
from tests.surveys import panel
from tests.surveys.panel import entering, send

pytestmark = pytest.mark.django_db
FILES = "{http://openrosa.org/xforms/xformsManifest}"


@pytest.fixture
def field() -> tuple[Site, User]:
    site, person = panel.begin()
    questionnaires.publish(workbook(panel.FOLLOW_UP), site.survey)
    return site, person


def path_of(site: Site, person: User) -> str:
    coordinator = site.survey.memberships.filter(role=Role.COORDINATOR).first()
    by = coordinator.user if coordinator else make_member(site.survey, Role.COORDINATOR)
    (issued,) = tokens.issue([person], site.survey, by=by)
    return f"/key/{issued.clear}/s/{site.survey.code}"


def manifest(client: Client, site: Site, person: User, form_id: str) -> dict[str, dict[str, str]]:
    """What each entry of the manifest says, by file name."""
    version = panel.version(site, form_id)
    response = client.get(f"{path_of(site, person)}/forms/{version.pk}/manifest")
    found = {}
    for file in etree.fromstring(response.content).iterchildren(f"{FILES}mediaFile"):
        said = {etree.QName(child).localname: child.text or "" for child in file}
        found[said["filename"]] = {**said, "type": file.get("type", "")}
    return found


def listed(client: Client, entry: Mapping[str, str]) -> list[list[str]]:
    content = client.get(entry["downloadUrl"]).content
    assert entry["hash"] == f"md5:{hashlib.md5(content).hexdigest()}"  # noqa: S324 - OpenRosa's
    return [line.split(",") for line in content.decode().splitlines()]


def test_a_list_is_in_the_manifest_without_a_file(client: Client, field: tuple[Site, User]) -> None:
    site, person = field
    send(entering("p-1", phone="139", job="cook"), site, person)
    entry = manifest(client, site, person, "visit")["people.csv"]
    assert entry["type"] == "entityList"
    assert entry["integrityUrl"].endswith("/lists/people/integrity")
    assert listed(client, entry) == [
        ["name", "label", "__version", "phone", "job"],
        ["p-1", "139", "1", "139", "cook"],
    ]


def test_the_form_list_says_that_there_is_a_manifest(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    forms = client.get(f"{path_of(site, person)}/formList").content.decode()
    version = panel.version(site, "visit").pk
    assert f"/forms/{version}/manifest" in forms
    assert f"/forms/{panel.version(site, 'enter').pk}/manifest" not in forms


def test_a_device_gets_its_own_sites_only_and_staff_get_all(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    other = make_site(site.survey, "S2")
    neighbour = make_enumerator(other, "E02")
    send(entering("p-1", phone="1"), site, person)
    send(entering("p-2", phone="2", site="S2"), site, neighbour)
    seen = {
        who.username: [row[0] for row in listed(client, entry)[1:]]
        for who in (person, neighbour, make_member(site.survey, Role.SUPERVISOR, "boss"))
        for entry in [manifest(client, site, who, "visit")["people.csv"]]
    }
    assert seen == {"E01": ["p-1"], "E02": ["p-2"], "boss": ["p-1", "p-2"]}


def test_a_list_that_did_not_change_is_not_sent_again(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    send(entering("p-1", phone="1"), site, person)
    url = manifest(client, site, person, "visit")["people.csv"]["downloadUrl"]
    etag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    send(panel.visiting("p-1", base=1, phone="2"), site, person)
    again = client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again["Cache-Control"]) == (200, "private, no-cache")


def forgotten(client: Client, entry: Mapping[str, str], *ids: str) -> dict[str, str]:
    content = client.get(f"{entry['integrityUrl']}?id={','.join(ids)}").content
    found = etree.fromstring(content).findall("entities/entity")
    return {one.get("id", ""): one.findtext("deleted", "") for one in found}


def test_a_device_forgets_what_is_gone_or_not_its_own_any_more(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    for uuid in ("p-1", "p-2"):
        send(entering(uuid, phone="1"), site, person)
    entry = manifest(client, site, person, "visit")["people.csv"]
    entities.set_gone(panel.entity(site, "p-2"), is_gone=True)
    said = {"p-1": "false", "p-2": "true", "not-here-yet": "false"}
    assert forgotten(client, entry, "p-1", "p-2", "not-here-yet") == said
    Entity.objects.filter(uuid="p-1").update(site=make_site(site.survey, "S9"))
    assert forgotten(client, entry, "p-1") == {"p-1": "true"}


def test_a_list_of_another_form_or_survey_is_not_there(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    enter, path = panel.version(site, "enter").pk, path_of(site, person)
    response = client.get(f"{path}/forms/{enter}/lists/people.csv")
    assert response.status_code == 404
    assert b"has no list people" in response.content
    Assignment.objects.filter(enumerator=person).update(is_active=False)
    visit = panel.version(site, "visit").pk
    for name in ("people.csv", "people/integrity"):
        assert client.get(f"{path}/forms/{visit}/lists/{name}").status_code == 404


def test_the_cases_of_a_panel_come_without_any_set_up(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    elsewhere = make_site(site.survey, "S2")
    first, second = (Wave.objects.create(survey=site.survey, number=n) for n in (1, 2))
    future = Wave.objects.create(survey=site.survey, number=3, starts_on="2999-01-01")
    for wave, at, code in (
        (first, site, "A1"),
        (second, site, "A1"),
        (first, site, "A2"),
        (first, site, "A3"),
        (second, elsewhere, "A3"),
        (future, site, "A4"),
    ):
        Case.objects.create(wave=wave, site=at, code=code)
    rows = listed(client, manifest(client, site, person, "follow")["cases.csv"])
    assert rows[0][3:9] == ["code", "site", "site_name", "wave", "outcome", "last_interview"]
    assert [row[3:7] for row in rows[1:]] == [
        ["A1", "S1", "Riverside", "2"],
        ["A2", "S1", "Riverside", "1"],
    ]


def test_an_interview_gives_its_case_a_new_version_under_the_same_id(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    Case.objects.create(wave=Wave.objects.create(survey=site.survey, number=1), site=site, code="A")
    before = listed(client, manifest(client, site, person, "follow")["cases.csv"])[1]
    receipt = receive(panel.version(site, "enter"), psu_id="S1", phone="1")
    interview = receipt.submission.interview
    interview.case = Case.objects.get(code="A")
    interview.save()
    Case.objects.exclude(code="A").delete()
    after = listed(client, manifest(client, site, person, "follow")["cases.csv"])[1]
    assert (before[0], before[2], before[7]) == (after[0], "1", "")
    assert (after[2], after[7], len(after[8])) == ("2", "completed", 10)
    assert Entity.objects.get(uuid=after[0]).changes.count() == 2


def test_the_sites_come_too(client: Client, field: tuple[Site, User]) -> None:
    site, person = field
    make_site(site.survey, "S2")
    header, *rows = listed(client, manifest(client, site, person, "follow")["sites.csv"])
    assert header[3:5] == ["code", "site_name"]
    assert [(row[1], row[3]) for row in rows] == [("Riverside", "S1")]


def test_what_is_no_id_is_left_out_of_the_answer(client: Client, field: tuple[Site, User]) -> None:
    site, person = field
    send(entering("p-1", phone="139"), site, person)
    address = manifest(client, site, person, "visit")["people.csv"]["integrityUrl"]
    response = client.get(address, {"id": "p\x01,\x00,p-1,\ufffe,p-1,"})
    assert response.status_code == 200
    assert [one.get("id") for one in etree.fromstring(response.content).iter("entity")] == ["p-1"]


def test_too_many_ids_are_refused_in_a_sentence(
    client: Client, field: tuple[Site, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = manifest(client, *field, "visit")["people.csv"]["integrityUrl"]
    monkeypatch.setattr(forms, "MOST_IDS", 2)
    assert client.get(address, {"id": "a,b,a"}).status_code == 200
    response = client.get(address, {"id": "a,b,c"})
    assert response.status_code == 413
    assert "at most 2 entries" in response.content.decode()
