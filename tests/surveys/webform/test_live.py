"""The live page: one HTML for everybody, its definition, its files; for those of the survey."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from surveys import drafts, questionnaires
from surveys.models import Draft, QuestionnaireVersion, Site, User
from surveys.webform.rendering import NO_DRAFT
from tests.factories import make_enumerator, make_site, make_survey, make_version, workbook
from tests.surveys.webform.conftest import page_of, post_to
from tests.surveys.webform.test_repeats import HOUSEHOLD

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def household(site: Site) -> QuestionnaireVersion:
    return make_version(site.survey, HOUSEHOLD)


@pytest.fixture
def rich(site: Site) -> QuestionnaireVersion:
    files = {path.name: path.read_bytes() for path in (DATA / "rich-media").iterdir()}
    table = (DATA / "rich.md").read_text("utf-8")
    return questionnaires.publish(workbook(table), site.survey, files=files)


def html_of(phone: Client, version: QuestionnaireVersion, language: str = "en") -> str:
    response = phone.get(f"/fill/{version.pk}/{language}/?draft=x")
    assert response.status_code == 200
    return response.content.decode()


def definition_of(phone: Client, html: str) -> dict[str, object]:
    address = re.search(r'data-definition="([^"]+)"', html)
    assert address
    document: dict[str, object] = json.loads(phone.get(address[1]).content)
    return document


def test_all_sections_are_there_and_blank(phone: Client, household: QuestionnaireVersion) -> None:
    html = html_of(phone, household)
    assert html.count('<section class="section" data-path="') == 3
    assert 'name="/data/psu_id"' in html
    assert " checked" not in html
    assert " style=" not in html
    assert "csrfmiddlewaretoken" not in html
    assert re.findall(r"<script(?![^>]*(?: src=|application/json))", html) == []


def test_repeats_are_templates_with_a_place_to_be_numbered(
    phone: Client, household: QuestionnaireVersion
) -> None:
    html = html_of(phone, household)
    assert html.count('<template class="instance">') == 3
    assert 'name="/data/member[0]/name"' in html
    assert 'name="/data/member[0]/job[0]/title"' in html
    assert html.count('class="instance" id="i/data/member[0]"') == 1
    assert 'name="add" value="/data/g/plot"' not in html  # its number is counted


def test_choices_that_depend_on_answers_are_a_template(
    phone: Client, household: QuestionnaireVersion
) -> None:
    html = html_of(phone, household)
    assert "Adaville" not in html
    assert '<div class="options" data-itemset><template><label class="option">' in html
    assert ">North</span>" in html


def test_the_values_in_texts_have_the_numbers_of_the_definition(
    phone: Client, household: QuestionnaireVersion
) -> None:
    html = html_of(phone, household)
    definition = definition_of(phone, html)
    numbers = {int(number) for number in re.findall(r'data-out="(\d+)"', html)}
    outputs = definition["outputs"]
    assert isinstance(outputs, list)
    assert numbers <= set(range(len(outputs)))
    questions = definition["questions"]
    assert isinstance(questions, dict)
    label = questions["/data/member/age"]["label"]
    assert label[0] == "Age of "
    assert outputs[label[1]] == ["path", None, [["parent", "node()", []], ["child", "name", []]]]
    assert questions["/data/member/age"]["constraint"][0] == "Too old, "


def test_the_page_follows_the_form_s_language(
    phone: Client, household: QuestionnaireVersion
) -> None:
    html = html_of(phone, household, "zh")
    assert '<html lang="zh-hans">' in html
    assert ">成员" in html
    assert 'data-url="/fill/' in html
    assert definition_of(phone, html)["language"] == "zh"


@pytest.mark.parametrize("language", ["fr", "default", "EN"])
def test_a_language_that_the_form_has_not_is_not_found(
    phone: Client, household: QuestionnaireVersion, language: str
) -> None:
    assert phone.get(f"/fill/{household.pk}/{language}/").status_code == 404
    assert phone.get(f"/fill/{household.pk}/{language}/form.json").status_code == 404


def test_a_form_without_languages_has_a_page(phone: Client, site: Site) -> None:
    table = """
    | survey   |            |         |         |
    |          | type       | name    | label   |
    |          | text       | word    | Word    |
    | settings |            |         |         |
    |          | form_title | form_id | version |
    |          | Plain      | plain   | 1       |
    """
    assert 'name="/data/word"' in html_of(phone, make_version(site.survey, table), "default")


def test_page_and_definition_are_asked_for_once(
    phone: Client, household: QuestionnaireVersion
) -> None:
    page = phone.get(f"/fill/{household.pk}/en/")
    assert page["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": page["ETag"]}
    assert phone.get(f"/fill/{household.pk}/en/", headers=known).status_code == 304
    address = re.search(r'data-definition="([^"]+)"', page.content.decode())
    assert address
    definition = phone.get(address[1])
    assert "immutable" in definition["Cache-Control"]
    known = {"If-None-Match": definition["ETag"]}
    assert phone.get(address[1], headers=known).status_code == 304
    other = phone.get(f"/fill/{household.pk}/en/form.json?v=older")
    assert other["Cache-Control"] == "private, no-cache"


def test_the_draft_of_the_address_is_fetched_while_scripts_come(
    phone: Client, household: QuestionnaireVersion
) -> None:
    draft = "11111111-2222-4333-8444-555555555555"
    early = f"/interview/{draft}/instance?opening"
    page = phone.get(f"/fill/{household.pk}/en/?draft={draft}")
    assert page["Link"] == f"<{early}>; rel=preload; as=fetch; crossorigin"
    assert f'data-opening="{early.replace(draft, str(NO_DRAFT))}"' in page.content.decode()
    assert "Link" not in phone.get(f"/fill/{household.pk}/en/?draft=x")


def test_the_page_is_rendered_once_for_everybody(
    phone: Client,
    household: QuestionnaireVersion,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    first = html_of(phone, household)
    other = Client()
    other.force_login(make_enumerator(household.questionnaire.survey.sites.get(), "E02"))
    with django_assert_max_num_queries(6):
        assert html_of(other, household) == first


def test_page_and_definition_are_sent_compressed(
    phone: Client, household: QuestionnaireVersion
) -> None:
    for address in ("", "form.json"):
        response = phone.get(
            f"/fill/{household.pk}/en/{address}", headers={"Accept-Encoding": "gzip"}
        )
        assert response["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("address", ["en/", "en/form.json", "files/apple.png", "lists/shops.csv"])
def test_a_form_is_for_those_of_its_survey(
    client: Client, rich: QuestionnaireVersion, enumerator: User, address: str
) -> None:
    address = f"/fill/{rich.pk}/{address}"
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(enumerator)
    assert client.get(address).status_code == 200
    client.force_login(make_enumerator(make_site(make_survey())))
    assert client.get(address).status_code == 404


def test_a_file_of_a_form_is_served_once_and_runs_nothing(
    phone: Client, rich: QuestionnaireVersion
) -> None:
    address = f"/fill/{rich.pk}/files/apple.png"
    response = phone.get(address)
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content == (DATA / "rich-media" / "apple.png").read_bytes()
    known = {"If-None-Match": response["ETag"]}
    assert phone.get(address, headers=known).status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=99999999-", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
    ],
)
def test_sounds_and_films_are_played_from_anywhere(
    phone: Client, rich: QuestionnaireVersion, asked: str, status: int, part: slice
) -> None:
    whole = (DATA / "rich-media" / "name.wav").read_bytes()
    response = phone.get(f"/fill/{rich.pk}/files/name.wav", headers={"Range": asked})
    assert (response.status_code, response.content) == (status, whole[part])


@pytest.mark.parametrize("name", ["nothing.png", "..", "%2e%2e%2fsettings.py"])
def test_a_file_that_a_form_has_not_is_not_found(
    phone: Client, rich: QuestionnaireVersion, name: str
) -> None:
    assert phone.get(f"/fill/{rich.pk}/files/{name}").status_code == 404


def test_lists_are_columns_and_rows(phone: Client, rich: QuestionnaireVersion) -> None:
    document = phone.get(f"/fill/{rich.pk}/lists/shops.csv").json()
    assert "code" in document["columns"]
    assert len(document["rows"][0]) == len(document["columns"])


def test_media_are_shown_with_labels_and_choices(phone: Client, rich: QuestionnaireVersion) -> None:
    html = html_of(phone, rich)
    files = f"/fill/{rich.pk}/files"
    assert f'<img src="{files}/welcome.png" alt="Picture"' in html
    assert f'<video controls preload="metadata" src="{files}/welcome.mp4"' in html
    assert f'<audio controls preload="none" src="{files}/name.wav"' in html
    assert f'<img src="{files}/apple.png" alt=""' in html
    assert "<details" in html
    assert "Read this aloud, word by word." in html


def test_the_rich_form_s_definition_says_where_its_lists_are(
    phone: Client, rich: QuestionnaireVersion
) -> None:
    definition = definition_of(phone, html_of(phone, rich))
    assert definition["files"] == {
        "prices": f"/fill/{rich.pk}/lists/prices.csv",
        "shops": f"/fill/{rich.pk}/lists/shops.csv",
        "pumps": f"/fill/{rich.pk}/lists/pumps.xml",
        "stops": f"/fill/{rich.pk}/lists/stops.geojson",
    }
    lists = definition["lists"]
    assert isinstance(lists, dict)
    assert {"town", "need"} <= lists.keys()  # a filtered one, and one to put in order
    assert definition["consent"] == "/data/g_start/consent"


def test_starting_from_a_script_leads_to_the_live_page(
    phone: Client, household: QuestionnaireVersion
) -> None:
    data = {"site": "S1", "live": "1"}
    response = phone.post(f"/fill/{household.questionnaire_id}/", data)
    draft = Draft.objects.get()
    assert response["Location"] == f"/fill/{household.pk}/en/?draft={draft.pk}"
    assert (
        f'data-live="/fill/{household.pk}/en/?draft={draft.pk}"' in phone.get("/").content.decode()
    )
    live = f'data-live-now="/fill/{household.pk}/en/?draft={draft.pk}"'
    assert live in page_of(phone, draft, 1)


def test_every_section_of_the_rich_form_is_shown_without_scripts(
    phone: Client, rich: QuestionnaireVersion, enumerator: User, site: Site
) -> None:
    draft = drafts.start(enumerator, site, rich.questionnaire)
    post_to(phone, draft, 1, {"/data/g_start/consent": "yes"})
    for number in range(1, 10):
        html = page_of(phone, draft, number)
        assert " style=" not in html
        for place in set(re.findall(r'\bid="([^"]+)"', html)):
            assert html.count(f'id="{place}"') == 1, place
