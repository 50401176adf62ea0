"""Sessions end: by themselves, with another password, and where their owner says so."""

from dataclasses import dataclass

import pytest
from django.test import Client

from surveys import sessions
from surveys.models import Role, Site, User
from tests.factories import PASSWORD, make_enumerator, make_member, make_site, make_survey

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 24 * 3600


@dataclass
class Clock:
    """Stands for the module `time` of the middleware."""

    at: float = 1_800_000_000.0

    def time(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sessions, "time", clock)
    return clock


@pytest.fixture
def site() -> Site:
    return make_site(make_survey())


def signed_in(person: User) -> Client:
    client = Client()
    client.post("/login/", {"username": person.username, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def lasts(client: Client, clock: Clock, step_s: int) -> int:
    """For how many seconds somebody stays in who asks for a page every `step_s` seconds."""
    for turn in range(1, 100):
        clock.at += step_s
        if not is_in(client):
            return turn * step_s
    pytest.fail("It did not end.")


@pytest.mark.parametrize(
    ("role", "is_on_the_road", "whole", "idle"),
    [
        (Role.COORDINATOR, False, 12 * HOUR, HOUR // 2),
        (Role.ANALYST, False, 12 * HOUR, HOUR // 2),
        (Role.SUPERVISOR, True, 12 * HOUR, 12 * HOUR),
        (Role.ENUMERATOR, True, 14 * DAY, 7 * DAY),
    ],
)
def test_how_long_a_session_lasts(
    clock: Clock, site: Site, role: Role, is_on_the_road: bool, whole: int, idle: int
) -> None:
    person = make_enumerator(site, "P1") if is_on_the_road else make_member(site.survey, role, "P1")
    person.memberships.get_or_create(survey=site.survey, role=role)
    busy = signed_in(person)
    step = whole // 30
    assert lasts(busy, clock, step) == whole + step
    resting = signed_in(person)
    clock.at += idle
    assert is_in(resting)
    clock.at += idle + 1
    assert not is_in(resting)


def test_signing_in_begins_a_new_session(site: Site) -> None:
    make_enumerator(site, "P1")
    client = Client()
    client.get("/login/")
    session = client.session
    session["planted"] = "by who sent the link"
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    client.post("/login/", {"username": "P1", "password": PASSWORD})
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session
    assert is_in(client)
    thief = Client()
    thief.cookies["sessionid"] = str(session.session_key)
    assert not is_in(thief)


def test_another_password_ends_all_other_sessions(site: Site) -> None:
    person = make_member(site.survey, Role.COORDINATOR, "P1")
    here, elsewhere = signed_in(person), signed_in(person)
    new = "four quite other words"
    fields = {"password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.get("/admin/password_change/")["Location"] == "/account/password/"
    assert here.post("/account/password/", fields).status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    client = signed_in(make_enumerator(site, "P1"))
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)
    client.post("/logout/")
    assert not is_in(thief)


def test_cookies_are_for_this_host_and_not_for_scripts(site: Site) -> None:
    client = signed_in(make_enumerator(site, "P1"))
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["domain"], cookie["path"]) == ("", "/")
    assert cookie.value not in client.get("/account/").content.decode()
