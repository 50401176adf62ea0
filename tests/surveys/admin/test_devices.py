"""Enrolling devices: who may, for whom, what the card says, and switching devices off."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys import tokens
from surveys.admin.cards import in_all_languages
from surveys.models import Assignment, DeviceToken, Membership, Role, Site, Survey, User
from tests.factories import make_enumerator, make_member, make_site, make_survey, make_user

pytestmark = pytest.mark.django_db
ENROL = "/admin/surveys/devicetoken/enrol/"
DEVICES = "/admin/surveys/devicetoken/"


@pytest.fixture
def site() -> Site:
    return make_site(make_survey("river", name_zh="河流"), "S1")


@pytest.fixture
def survey(site: Site) -> Survey:
    return site.survey


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "E01")


@pytest.fixture
def people(survey: Survey, person: User) -> dict[str, User]:
    return {
        "enumerator": person,
        "analyst": make_member(survey, Role.ANALYST),
        "supervisor": make_member(survey, Role.SUPERVISOR),  # of the team without a name
        "other team": make_member(survey, Role.SUPERVISOR, team="b"),
        "stranger": make_member(make_survey("hill"), Role.COORDINATOR),
        "coordinator": make_member(survey, Role.COORDINATOR),
        "superuser": make_user("root", is_superuser=True),
    }


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


@pytest.fixture
def client(people: dict[str, User]) -> Client:
    return client_of(people["coordinator"])


def enrol(client: Client, *people: User, **fields: Any) -> Any:
    return client.post(ENROL, {"people": [person.pk for person in people], **fields})


def token_of(person: User, by: User) -> DeviceToken:
    return tokens.issue([person], Survey.objects.get(code="river"), by=by)[0].token


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("enumerator", 302),
        ("analyst", 403),
        ("supervisor", 200),
        ("coordinator", 200),
        ("superuser", 200),
    ],
)
@pytest.mark.parametrize("page", [ENROL, DEVICES])
def test_coordinators_and_supervisors_open_the_pages(
    people: dict[str, User], page: str, who: str, status: int
) -> None:
    assert client_of(people[who]).get(page).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("analyst", 404),
        ("supervisor", 200),
        ("other team", 422),
        ("stranger", 404),
        ("coordinator", 200),
        ("superuser", 200),
    ],
)
def test_cards_are_made_for_ones_own_people_only(
    people: dict[str, User], survey: Survey, who: str, status: int
) -> None:
    response = client_of(people[who]).post(
        f"{ENROL}?survey={survey.pk}", {"people": [people["enumerator"].pk]}
    )
    assert response.status_code == status
    assert DeviceToken.objects.exists() == (status == 200)


def test_a_card_leads_collect_to_the_survey(client: Client, person: User) -> None:
    page = enrol(client, person, device="Phone 12").content.decode()
    match = re.search(r"http://testserver(/key/[\w-]{32}/s/river)<", page)
    assert match is not None
    assert Client().get(f"{match[1]}/formList").status_code == 200
    assert all(words in page for words in ("Phone 12", "E01", "S1", "<svg", "testserver</dd>"))
    token = DeviceToken.objects.get()
    assert (token.user, token.device, token.created_by) == (
        person,
        "Phone 12",
        User.objects.get(pk=client.session["_auth_user_id"]),
    )


def test_a_card_is_shown_once_and_no_cache_keeps_it(client: Client, person: User) -> None:
    response = enrol(client, person)
    assert "no-store" in response["Cache-Control"]
    assert "/key/" in response.content.decode()
    for page in (ENROL, DEVICES):
        assert "/key/" not in client.get(page).content.decode()


def test_cards_speak_all_languages(client: Client, person: User) -> None:
    assert [said.text for said in in_all_languages("Enumerator")] == ["Enumerator", "访问员"]
    page = enrol(client, person).content.decode()
    assert '<span lang="zh-hans">访问员</span>' in page
    assert '<span lang="en">Enumerator</span>' in page


def test_words_without_a_translation_are_said_once() -> None:
    assert [said.text for said in in_all_languages("no such message")] == ["no such message"]


def test_each_of_several_people_gets_a_card_of_their_own(
    client: Client, site: Site, person: User
) -> None:
    others = [make_enumerator(site) for _ in range(8)]
    page = enrol(client, person, *others).content.decode()
    assert page.count('<article class="card">') == 9
    assert len(set(re.findall(r"/key/([\w-]+)/", page))) == 9
    assert {token.user for token in DeviceToken.objects.all()} == {person, *others}


def test_nobody_is_enrolled_where_one_of_the_people_is_not_ones_own(
    client: Client, people: dict[str, User], person: User
) -> None:
    response = enrol(client, person, people["stranger"])
    assert response.status_code == 422
    assert not DeviceToken.objects.exists()


def test_without_anybody_chosen_the_page_says_what_to_do(client: Client, person: User) -> None:
    response = enrol(client)
    assert response.status_code == 422
    assert "Choose at least one person." in response.content.decode()


def test_who_has_no_site_is_pointed_out(client: Client, person: User) -> None:
    words = "E01 has no site in this survey yet"
    assert words not in enrol(client, person).content.decode()
    Assignment.objects.update(is_active=False)
    assert words in enrol(client, person).content.decode()


def test_without_https_one_is_warned(client: Client) -> None:
    words = "This page was not opened by https."
    assert words in client.get(ENROL).content.decode()
    assert words not in client.get(ENROL, secure=True).content.decode()


def test_a_link_from_a_person_chooses_survey_and_person(
    people: dict[str, User], survey: Survey, person: User
) -> None:
    earlier = make_survey("a-first")
    Membership.objects.create(user=people["coordinator"], survey=earlier, role=Role.COORDINATOR)
    client = client_of(people["coordinator"])
    page = client.get(reverse("admin:surveys_user_change", args=(person.pk,))).content.decode()
    match = re.search(rf'href="({ENROL}\?person=\d+)"', page)
    assert match is not None
    response = client.get(match[1])
    assert response.context["survey"] == survey
    assert f'value="{person.pk}" id="id_people_0" checked' in response.content.decode()


@pytest.mark.parametrize(
    ("query", "status"), [("?survey=999", 404), ("?survey=x&person=y", 200), ("?person=999", 200)]
)
def test_addresses_that_name_nothing_do_no_harm(client: Client, query: str, status: int) -> None:
    assert client.get(f"{ENROL}{query}").status_code == status


def test_the_list_says_how_each_device_is(
    client: Client, people: dict[str, User], person: User
) -> None:
    boss = people["coordinator"]
    off, used, _ = (token_of(person, boss) for _ in range(3))
    tokens.revoke(off, by=boss)
    DeviceToken.objects.filter(pk=used.pk).update(last_used_at=used.created_at)
    page = client.get(DEVICES).content.decode()
    assert all(words in page for words in ("switched off", "in use", "not used yet"))
    assert page.count("/revoke/") == 2


def test_the_list_is_filtered_by_how_devices_are(
    client: Client, people: dict[str, User], person: User
) -> None:
    off, used, new = (token_of(person, people["coordinator"]) for _ in range(3))
    tokens.revoke(off, by=people["coordinator"])
    DeviceToken.objects.filter(pk=used.pk).update(last_used_at=used.created_at)
    found = {
        state: list(client.get(DEVICES, {"state": state}).context["cl"].result_list)
        for state in ("on", "new", "off", "nonsense")
    }
    assert found.pop("nonsense") == [new, used, off]
    assert found == {"on": [used], "new": [new], "off": [off]}


def test_an_empty_list_says_what_a_card_is_and_leads_to_one(client: Client, person: User) -> None:
    words = "No device is enrolled yet"
    page = client.get(DEVICES).content.decode()
    assert words in page
    assert f'<a class="button" href="{ENROL}">Enrol devices</a>' in page
    token_of(person, person)
    assert words not in client.get(DEVICES, {"state": "off"}).content.decode()


def test_who_gets_no_card_is_told_the_address(client: Client, survey: Survey) -> None:
    page = client.get(f"{ENROL}?survey={survey.pk}").content.decode()
    match = re.search(r"<code>http://testserver(/s/river)</code>", page)
    assert match is not None
    assert Client().get(f"{match[1]}/formList").status_code == 401


@pytest.mark.parametrize(
    ("who", "status"),
    [("analyst", 404), ("stranger", 404), ("other team", 404), ("supervisor", 302)],
)
def test_a_device_is_switched_off_by_its_own_staff(
    people: dict[str, User], person: User, who: str, status: int
) -> None:
    token = token_of(person, people["coordinator"])
    address = f"{DEVICES}{token.pk}/revoke/"
    client = client_of(people[who])
    assert client.get(address).status_code == (200 if status == 302 else 404)
    assert DeviceToken.objects.get().revoked_at is None  # asking is not doing
    assert client.post(address).status_code == status
    assert (DeviceToken.objects.get().revoked_at is not None) == (status == 302)


def test_several_are_switched_off_together(
    client: Client, people: dict[str, User], person: User
) -> None:
    rows = [token_of(person, people["coordinator"]) for _ in range(2)]
    client.post(DEVICES, {"action": "switch_off", "_selected_action": [row.pk for row in rows]})
    assert not DeviceToken.objects.valid().exists()


def test_no_page_tells_a_hash(client: Client, people: dict[str, User], person: User) -> None:
    token = token_of(person, people["coordinator"])
    page = client.get(reverse("admin:surveys_devicetoken_change", args=(token.pk,)))
    assert page.status_code == 200
    assert token.sha256 not in page.content.decode()


def test_the_list_takes_as_many_queries_for_many_devices(
    client: Client, people: dict[str, User], site: Site
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(DEVICES)
        return len(captured)

    token_of(make_enumerator(site), people["coordinator"])
    few = queries()
    for _ in range(5):
        token_of(make_enumerator(site), people["coordinator"])
    assert queries() == few
