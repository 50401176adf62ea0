"""Where somebody is signed in: shown, and ended one by one, all at once, or by the office."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from surveys import sessions
from surveys.models import Membership, Role, Session, Site, User
from surveys.webform import browsers
from tests.factories import PASSWORD, make_enumerator, make_member, make_user

pytestmark = pytest.mark.django_db
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Mobile Safari/537.36"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
END = "/account/sign-out-elsewhere/"


@pytest.fixture
def person(site: Site) -> User:
    return make_enumerator(site, "P1")


def signed_in(person: User, agent: str = PHONE, address: str = "203.0.113.1") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/login/", {"username": person.username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def shown(client: Client) -> list[str]:
    """The names by which the page offers to end the others."""
    page = client.get("/account/").content.decode()
    return re.findall('name="place" value="([0-9a-f]{32})"', page)


def test_each_place_is_known_from_its_sign_in(person: User) -> None:
    here = signed_in(person)
    signed_in(person, DESK, "198.51.100.7")
    found = sessions.places_of(person, here.session.session_key)
    assert [(place.agent, place.address, place.is_here) for place in found] == [
        (PHONE, "203.0.113.1", True),
        (DESK, "198.51.100.7", False),
    ]
    page = here.get("/account/").content.decode()
    assert "Chrome, Android" in page
    assert "Firefox, Windows" in page
    assert "198.51.100.7" in page
    keys = Session.objects.values_list("session_key", flat=True)
    assert not [key for key in keys if key in page]


def test_one_is_ended_and_no_other(person: User) -> None:
    here = signed_in(person)
    others = signed_in(person, DESK), signed_in(person)
    theirs = [
        place.name
        for place in sessions.places_of(person, others[0].session.session_key)
        if place.is_here
    ]
    assert set(theirs) < set(shown(here))
    here.post(END, {"place": theirs, "password": PASSWORD})
    assert [is_in(client) for client in (here, *others)] == [True, False, True]
    assert len(shown(here)) == 1


def test_all_others_are_ended(person: User) -> None:
    here, elsewhere = signed_in(person), signed_in(person, DESK)
    assert here.post(END, {"all": "yes", "password": PASSWORD})["Location"] == "/account/"
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert shown(here) == []


@pytest.mark.parametrize("way", ["chosen", "all"])
def test_who_passes_by_an_open_browser_ends_nothing(person: User, way: str) -> None:
    here, elsewhere = signed_in(person), signed_in(person, DESK)
    given = {"all": "yes"} if way == "all" else {"place": shown(here)}
    for password in ({}, {"password": "wrong"}):
        assert here.post(END, {**given, **password}).status_code == 422
    assert is_in(elsewhere)


def test_nobody_ends_what_is_anothers(person: User, site: Site) -> None:
    other = make_enumerator(site, "P2")
    theirs = signed_in(other)
    names = [place.name for place in sessions.places_of(other)]
    signed_in(person).post(END, {"place": names, "password": PASSWORD})
    assert names
    assert is_in(theirs)


@pytest.mark.parametrize("event", ["signed out", "too long ago", "another password"])
def test_what_opens_nothing_any_more_is_not_shown(
    person: User, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(person)
    assert len(sessions.places_of(person)) == 1
    if event == "signed out":
        client.post("/logout/")
    elif event == "too long ago":
        late = (timezone.now() + timedelta(days=8)).timestamp()
        monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: late))
    else:
        person.set_password("four quite other words")
        person.save()
    assert sessions.places_of(person) == []


def test_who_only_gave_the_password_is_signed_in_nowhere(client: Client, person: User) -> None:
    client.get("/login/")
    assert not Session.objects.filter(user=person).exists()


def test_devices_and_visitors_make_no_session(site: Site, client: Client, person: User) -> None:
    client.get("/login/")
    client.get("/healthz")
    client.get(f"/s/{site.survey.code}/formList")
    assert not Session.objects.exists()


def test_the_office_ends_all_of_somebody_in_its_survey(person: User, site: Site) -> None:
    phone = signed_in(person)
    office = Client()
    office.force_login(make_member(site.survey, Role.COORDINATOR, "boss"))
    address = f"/admin/surveys/user/{person.pk}"
    assert f"{address}/sign-out/" in office.get(f"{address}/change/").content.decode()
    assert "lost a phone" in office.get(f"{address}/sign-out/").content.decode()
    assert is_in(phone)
    assert office.post(f"{address}/sign-out/")["Location"] == f"{address}/change/"
    assert not is_in(phone)
    assert "Signed out everywhere" in office.get(f"{address}/history/").content.decode()


def test_nobody_ends_those_of_who_is_not_theirs(site: Site) -> None:
    root = make_user("root", is_superuser=True)
    office = Client()
    office.force_login(make_member(site.survey, Role.COORDINATOR, "boss"))
    Membership.objects.create(user=root, survey=site.survey, role=Role.ANALYST)
    assert office.post(f"/admin/surveys/user/{root.pk}/sign-out/").status_code == 403


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome, Android"),
        (DESK, "Firefox, Windows"),
        (f"{PHONE} MicroMessenger/8.0", "WeChat, Android"),
        (f"{DESK} Edg/130.0", "Edge, Windows"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent: str, words: str) -> None:
    assert browsers.named(agent) == words
