"""Pages of lists and their entries: who sees them, what they tell, how conflicts are decided."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys import entity_lists
from surveys.models import Entity, EntityChange, Role, Site, User
from tests.factories import make_enumerator, make_member, make_site, make_survey
from tests.surveys import panel
from tests.surveys.panel import entering, send, visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def field() -> tuple[Site, User]:
    """Two who were offline changed the telephone of the same person."""
    site, person = panel.begin()
    send(entering("p-1", phone="139"), site, person)
    send(visiting("p-1", base=1, phone="140"), site, person)
    send(visiting("p-1", base=1, phone="150", job="mason"), site, person)
    return site, person


def page_of(site: Site, view: str = "change") -> str:
    return reverse(f"admin:surveys_entity_{view}", args=[panel.entity(site, "p-1").pk])


def signed_in(client: Client, site: Site, role: Role) -> Client:
    team = "others" if role == Role.SUPERVISOR else ""
    client.force_login(make_member(site.survey, role, team=team))
    return client


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPERVISOR])
def test_both_values_stand_side_by_side_with_where_they_came_from(
    client: Client, field: tuple[Site, User], role: Role
) -> None:
    site, _ = field
    text = signed_in(client, site, role).get(page_of(site)).content.decode()
    assert "Two people changed the same at the same time" in text
    assert "<td>140</td><td>150</td>" in text
    assert "E01" in text
    is_theirs = role == Role.COORDINATOR  # the supervisor leads another team
    assert ("/surveys/interview/" in text.partition("Versions")[2]) is is_theirs


def test_a_person_keeps_one_of_them(client: Client, field: tuple[Site, User]) -> None:
    site, _ = field
    signed_in(client, site, Role.COORDINATOR)
    assert 'name="seen" value="3"' in client.get(page_of(site)).content.decode()
    stale = {"version": "2", "seen": "2"}
    response = client.post(page_of(site, "keep"), stale, follow=True)
    assert "It was changed since you opened it. Look again." in response.content.decode()
    response = client.post(page_of(site, "keep"), {"version": "2", "seen": "3"}, follow=True)
    assert "Two people" not in response.content.decode()
    entry = panel.entity(site, "p-1")
    assert (entry.data["phone"], entry.version, entry.conflict) == ("140", 4, "")
    response = client.post(page_of(site, "keep"), {"version": "77"}, follow=True)
    assert "There is no version 77." in response.content.decode()


def test_a_change_that_waits_is_shown_and_can_be_applied(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    send(visiting("p-1", base=7, trunk=3, branch="b", job="cook"), site, person)
    signed_in(client, site, Role.SUPERVISOR)
    assert "after its version 6" in client.get(page_of(site)).content.decode()
    waiting = EntityChange.objects.get(version=None)
    client.post(page_of(site, "release"), {"change": waiting.pk})
    assert panel.entity(site, "p-1").data["job"] == "cook"


def test_an_entry_is_taken_from_its_list_and_put_back(
    client: Client, field: tuple[Site, User]
) -> None:
    site, _ = field
    signed_in(client, site, Role.COORDINATOR)
    for is_gone, button in ((True, "yes"), (False, "no")):
        assert f'name="gone" value="{button}"' in client.get(page_of(site)).content.decode()
        for _ in range(2):  # by two people who both saw the same page
            client.post(page_of(site, "gone"), {"gone": button})
            assert panel.entity(site, "p-1").is_gone is is_gone


def test_nothing_is_taken_from_a_list_that_the_survey_keeps(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    entity_lists.table_for(entity_lists.of_survey(site.survey, "sites"), person)
    entry = Entity.objects.get(list__name="sites")
    signed_in(client, site, Role.COORDINATOR)
    address = reverse("admin:surveys_entity_gone", args=[entry.pk])
    response = client.post(address, {"gone": "yes"}, follow=True)
    assert "The survey itself keeps the list sites" in response.content.decode()
    entry.refresh_from_db()
    assert not entry.is_gone


def test_the_filter_knows_the_lists_of_the_own_surveys_only(
    client: Client, field: tuple[Site, User]
) -> None:
    site, _ = field
    other = make_survey("other")
    entity_lists.of_survey(other, "their-list")
    signed_in(client, site, Role.COORDINATOR)
    text = client.get(reverse("admin:surveys_entity_changelist")).content.decode()
    assert f"{site.survey} · people" in text
    assert "their-list" not in text


def test_who_never_worked_there_is_named_where_a_change_waits(
    client: Client, field: tuple[Site, User]
) -> None:
    site, _ = field
    stranger = make_enumerator(make_site(site.survey, "S2"), "E77")
    send(visiting("p-1", base=3, phone="666", site="S2"), site, stranger)
    signed_in(client, site, Role.COORDINATOR)
    assert "E77 never worked at site S1" in client.get(page_of(site)).content.decode()


def test_what_a_correction_could_not_take_back_is_to_be_decided(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    send(entering("p-2", phone="1", instance_id="uuid:e"), site, person)
    send(visiting("p-2", base=1, phone="2", instance_id="uuid:v"), site, person)
    send(visiting("p-2", base=2, phone="3"), site, person)
    edit = {"instance_id": "uuid:w", "deprecated_id": "uuid:v"}
    send(visiting("p-1", base=3, phone="2", **edit), site, person)
    signed_in(client, site, Role.COORDINATOR)
    page = reverse("admin:surveys_entity_change", args=[panel.entity(site, "p-2").pk])
    text = client.get(page).content.decode()
    assert "A correction takes back what somebody else has built on" in text
    assert "<td>3</td><td>1</td>" in text
    edit = {"instance_id": "uuid:f", "deprecated_id": "uuid:e"}
    send(entering("p-3", phone="1", **edit), site, person)
    assert "not about this entry any more" in client.get(page).content.decode()


def test_the_lists_of_a_survey_say_what_there_is_to_do(
    client: Client, field: tuple[Site, User]
) -> None:
    site, _ = field
    signed_in(client, site, Role.COORDINATOR)
    text = client.get(reverse("admin:surveys_entitylist_changelist")).content.decode()
    assert "people" in text
    assert "conflict__isempty=0" in text
    assert "visit" in text
    of_list = reverse("admin:surveys_entitylist_change", args=[panel.people(site).pk])
    entries = client.get(of_list, follow=True).content.decode()
    assert "139" in entries  # people know it by its label
    assert "conflict" in entries


@pytest.mark.parametrize("who", ["anonymous", "enumerator", "analyst", "stranger"])
def test_nobody_else_gets_there(client: Client, field: tuple[Site, User], who: str) -> None:
    site, person = field
    people = {
        "enumerator": lambda: person,
        "analyst": lambda: make_member(site.survey, Role.ANALYST),
        "stranger": lambda: make_member(make_survey(), Role.COORDINATOR),
    }
    if who != "anonymous":
        client.force_login(people[who]())
    for view in ("change", "keep", "release", "gone"):
        method = client.get if view == "change" else client.post
        response = method(page_of(site, view), {"version": "2"})
        assert response.status_code in (302, 403, 404)
    entry = panel.entity(site, "p-1")
    assert (entry.data["phone"], entry.version, entry.is_gone) == ("150", 3, False)


def test_an_entry_without_a_site_is_seen_by_who_runs_the_survey(
    client: Client, field: tuple[Site, User]
) -> None:
    site, _ = field
    entry = panel.entity(site, "p-1")
    entry.site = None
    entry.save()
    make_site(site.survey, "S7")
    text = signed_in(client, site, Role.COORDINATOR).get(page_of(site)).content.decode()
    assert "only coordinators and supervisors get it" in text


def test_a_list_page_asks_the_database_no_more_for_more_entries(
    client: Client, field: tuple[Site, User]
) -> None:
    site, person = field
    signed_in(client, site, Role.COORDINATOR)
    page = reverse("admin:surveys_entity_changelist")
    counts = []
    for number in range(2):
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
        for at in range(5):
            send(entering(f"q-{number}-{at}", phone="1"), site, person)
    assert counts[0] == counts[1]
