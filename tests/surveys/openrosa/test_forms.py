"""What devices fetch: the list of forms, forms, the lists of their files, files."""

import base64
import hashlib
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from pytest_django import DjangoAssertNumQueries

from surveys import tokens
from surveys.models import Assignment, Questionnaire, QuestionnaireVersion, Role, Site, User
from tests.factories import (
    PASSWORD,
    SMALL_FORM,
    make_enumerator,
    make_member,
    make_rich_version,
    make_site,
    make_survey,
    make_version,
    rich_files,
)

pytestmark = pytest.mark.django_db
FORMS = "{http://openrosa.org/xforms/xformsList}"
FILES = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"
FORM_LIST = "/s/river/formList"


@pytest.fixture
def site() -> Site:
    site = make_site(make_survey("river"), "S1")
    make_enumerator(site, "E01")
    return site


@pytest.fixture
def rich(site: Site) -> QuestionnaireVersion:
    return make_rich_version(site.survey)


def newer(site: Site) -> QuestionnaireVersion:
    table = SMALL_FORM.replace("| small   | 1 ", "| small   | 2 ")
    assert table != SMALL_FORM
    return make_version(site.survey, table)


def basic(username: str = "E01", password: str = PASSWORD) -> dict[str, str]:
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def get(client: Client, address: str, username: str = "E01", **headers: str) -> Any:
    return client.get(address, headers={**basic(username), **headers})


def content(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


def listed(client: Client, address: str = FORM_LIST, username: str = "E01") -> list[dict[str, str]]:
    """The forms as Collect reads them."""
    root = etree.fromstring(content(get(client, address, username)))
    assert root.tag == f"{FORMS}xforms"
    return [
        {etree.QName(child).localname: child.text or "" for child in form}
        for form in root.iterchildren(f"{FORMS}xform")
    ]


def test_the_list_says_all_that_collect_must_know(
    client: Client, version: QuestionnaireVersion
) -> None:
    assert listed(client) == [
        {
            "formID": "small",
            "name": "Small",
            "version": "1",
            "hash": f"md5:{version.xml_md5}",
            "downloadUrl": f"http://testserver/s/river/forms/{version.pk}.xml",
        }
    ]


def test_a_form_comes_byte_for_byte_and_as_its_hash_says(
    client: Client, version: QuestionnaireVersion
) -> None:
    form = listed(client)[0]
    response = get(client, form["downloadUrl"])
    assert content(response) == bytes(version.xml)
    assert form["hash"] == f"md5:{hashlib.md5(response.content).hexdigest()}"  # noqa: S324
    assert response["Content-Type"] == "text/xml; charset=utf-8"


def test_files_are_listed_and_come_as_their_hashes_say(
    client: Client, rich: QuestionnaireVersion
) -> None:
    root = etree.fromstring(content(get(client, listed(client)[0]["manifestUrl"])))
    assert root.tag == f"{FILES}manifest"
    files = {
        file.findtext(f"{FILES}filename"): (
            file.findtext(f"{FILES}hash"),
            content(get(client, file.findtext(f"{FILES}downloadUrl") or "")),
        )
        for file in root.iterchildren(f"{FILES}mediaFile")
    }
    assert files == {
        name: (f"md5:{hashlib.md5(data).hexdigest()}", data)  # noqa: S324
        for name, data in rich_files().items()
    }


def test_a_form_without_files_has_an_empty_manifest_and_names_none(
    client: Client, version: QuestionnaireVersion
) -> None:
    assert "manifestUrl" not in listed(client)[0]
    manifest = get(client, f"/s/river/forms/{version.pk}/manifest")
    assert len(etree.fromstring(content(manifest))) == 0


@pytest.mark.parametrize(
    "address",
    ["formList", "forms/{pk}.xml", "forms/{pk}/manifest", "forms/{pk}/files/shops.csv"],
)
def test_what_a_device_has_already_is_not_sent_again(
    client: Client, rich: QuestionnaireVersion, address: str
) -> None:
    address = "/s/river/" + address.format(pk=rich.pk)
    first = get(client, address)
    content(first)
    again = get(client, address, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-OpenRosa-Version"] == "1.0"
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == "private, no-cache"
    changed = get(client, address, **{"If-None-Match": '"other"'})
    assert content(changed) == (first.content if not first.streaming else rich_files()["shops.csv"])


def test_a_new_version_changes_the_list(client: Client, site: Site) -> None:
    old = make_version(site.survey)
    before = get(client, FORM_LIST)["ETag"]
    new = newer(site)
    response = get(client, FORM_LIST, **{"If-None-Match": before})
    assert new.xml_md5.encode() in content(response)
    assert old.xml_md5.encode() not in response.content


def test_old_versions_are_listed_for_who_asks(client: Client, site: Site) -> None:
    make_version(site.survey)
    newer(site)
    assert [form["version"] for form in listed(client)] == ["2"]
    every = listed(client, f"{FORM_LIST}?listAllVersions=true&formID=small")
    assert [form["version"] for form in every] == ["2", "1"]


def test_an_old_version_can_still_be_fetched(client: Client, site: Site) -> None:
    old = make_version(site.survey)
    newer(site)
    assert content(get(client, f"/s/river/forms/{old.pk}.xml")) == bytes(old.xml)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("deviceID=collect%3Aabc", ["Rich form", "Small"]),
        ("formID=small", ["Small"]),
        ("formID=large", []),
        ("formID=%00", []),
    ],
)
def test_the_list_is_of_the_form_that_is_asked_for(
    client: Client,
    version: QuestionnaireVersion,
    rich: QuestionnaireVersion,
    query: str,
    names: Any,
) -> None:
    expected = [name if name == "Small" else rich.questionnaire.title for name in names]
    assert [form["name"] for form in listed(client, f"{FORM_LIST}?{query}")] == expected


def test_descriptions_are_for_who_asks(client: Client, version: QuestionnaireVersion) -> None:
    assert listed(client, f"{FORM_LIST}?verbose=true")[0]["descriptionText"] == "River"


def test_closed_questionnaires_are_not_offered(
    client: Client, version: QuestionnaireVersion
) -> None:
    Questionnaire.objects.update(state=Questionnaire.State.CLOSED)
    assert listed(client) == []
    assert get(client, f"/s/river/forms/{version.pk}.xml").status_code == 404


def test_who_works_at_no_site_is_offered_nothing(
    client: Client, version: QuestionnaireVersion
) -> None:
    Assignment.objects.update(is_active=False)
    assert listed(client) == []
    assert get(client, f"/s/river/forms/{version.pk}.xml").status_code == 404


def test_staff_try_forms_out_before_there_are_sites(client: Client) -> None:
    survey = make_survey("dry")
    make_version(survey)
    make_member(survey, Role.COORDINATOR, "boss")
    assert [form["formID"] for form in listed(client, "/s/dry/formList", "boss")] == ["small"]


def test_forms_of_another_survey_are_not_there(
    client: Client, version: QuestionnaireVersion
) -> None:
    other = make_site(make_survey("hill"))
    make_enumerator(other, "E09")
    theirs = make_version(other.survey)
    assert get(client, FORM_LIST, "E09").status_code == 404
    assert get(client, f"/s/river/forms/{theirs.pk}.xml").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/s/river/forms/999999999999999999999999.xml", 404),
        ("/s/river/forms/{pk}/files/none.csv", 404),
        ("/s/river/forms/{pk}/files/a%00b", 404),
        ("/s/nowhere/formList", 404),
        ("/key/wrong/s/river/formList", 403),
    ],
)
def test_errors_are_said_in_openrosas_words(
    client: Client, version: QuestionnaireVersion, address: str, status: int
) -> None:
    response = get(client, address.format(pk=version.pk))
    assert response.status_code == status
    assert response["X-OpenRosa-Version"] == "1.0"
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    message = etree.fromstring(response.content).find(f"{RESPONSE}message")
    assert message is not None
    assert message.get("nature") == "error"
    assert message.text


@pytest.mark.parametrize("address", [FORM_LIST, "/s/river/forms/1.xml"])
def test_strangers_are_asked_for_name_and_password(
    client: Client, site: Site, address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response["X-OpenRosa-Version"] == "1.0"


def test_the_list_takes_as_many_queries_for_many_forms(
    client: Client, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = User.objects.get(username="E01")
    clear = tokens.issue([person], site.survey, by=person)[0].clear
    address = f"/key/{clear}/s/river/formList"
    for number in range(5):
        make_version(site.survey, SMALL_FORM.replace("| small ", f"| small{number} "))
    client.get(address)  # notes the use
    with django_assert_num_queries(5):  # token, survey, role, sites, versions
        response = client.get(address)
    assert response.content.count(b"<xform>") == 5


class TestWithAToken:
    """The same addresses under a device's token, without a password."""

    @pytest.fixture
    def key(self, site: Site) -> str:
        person = User.objects.get(username="E01")
        return f"/key/{tokens.issue([person], site.survey, by=person)[0].clear}"

    def test_addresses_lead_back_to_the_token(
        self, client: Client, rich: QuestionnaireVersion, key: str
    ) -> None:
        root = etree.fromstring(content(client.get(f"{key}/s/river/formList")))
        form = root[0].findtext(f"{FORMS}downloadUrl") or ""
        manifest = root[0].findtext(f"{FORMS}manifestUrl") or ""
        assert form.startswith(f"http://testserver{key}/")
        assert content(client.get(form)) == bytes(rich.xml)
        files = etree.fromstring(content(client.get(manifest)))
        file = files[0].findtext(f"{FILES}downloadUrl") or ""
        assert file.startswith(f"http://testserver{key}/")
        assert (
            content(client.get(file)) == rich_files()[files[0].findtext(f"{FILES}filename") or ""]
        )

    def test_the_handshake_works(self, client: Client, key: str) -> None:
        response = client.head(f"{key}/s/river/submission")
        assert response.status_code == 204
        assert "Location" not in response

    def test_a_revoked_token_is_refused_everywhere_and_never_asks_for_a_password(
        self, client: Client, version: QuestionnaireVersion, key: str
    ) -> None:
        person = User.objects.get(username="E01")
        tokens.revoke(person.device_tokens.get(), by=person)
        for address in ("formList", f"forms/{version.pk}.xml", "submission"):
            response = client.get(f"{key}/s/river/{address}", headers=basic())
            assert response.status_code == 403
            assert "WWW-Authenticate" not in response
            assert b"supervisor" in response.content
