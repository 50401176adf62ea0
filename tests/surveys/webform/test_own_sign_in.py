"""Signing in in two steps: set up, asked for at both doors, carried through, required for the office."""

import re
from base64 import b64encode
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from surveys import second_steps
from surveys.models import Draft, Role, Site, TrailEntry, User
from surveys.webform import waiting
from surveys.webform.keys import COOKIE
from tests.factories import PASSWORD, make_enumerator, make_member, make_user
from tests.signing import App, Clock, app_of
from tests.surveys.webform.test_accounts import hidden

pytestmark = pytest.mark.django_db
NAMED = {"username": "boss", "password": PASSWORD}
DOORS = ("/login/", "/admin/login/")


@pytest.fixture
def boss(site: Site) -> User:
    return make_member(site.survey, Role.COORDINATOR, "boss")


@pytest.fixture
def app(boss: User, clock: Clock) -> App:
    app = app_of(boss, clock)
    clock.tick(60)
    return app


@pytest.fixture
def office(client: Client, boss: User) -> Client:
    client.post("/login/", NAMED)
    return client


def test_it_is_set_up_with_a_code_and_the_password(
    office: Client, boss: User, clock: Clock
) -> None:
    elsewhere = Client()
    elsewhere.post("/login/", NAMED)
    page = office.get("/account/two-step/")
    assert "no-store" in page["Cache-Control"]
    key = re.findall(r'class="mono key">([A-Z2-7 ]+)<', page.content.decode())[0]
    app = App(second_steps.Secret(key, ""), clock)
    given = {"code": app.code(), "password": PASSWORD}
    for wrong in ({"code": "000000"}, {"password": "wrong"}):
        assert office.post("/account/two-step/", {**given, **wrong}).status_code == 422
    done = office.post("/account/two-step/", given)
    codes = re.findall("<li>((?:[A-Z2-7]{4}-){5}[A-Z2-7]{4})</li>", done.content.decode())
    assert len(codes) == 10
    assert "no-store" in done["Cache-Control"]
    assert office.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert office.get("/account/two-step/")["Location"] == "/account/"


@pytest.mark.parametrize("door", DOORS)
def test_the_password_alone_opens_nothing(client: Client, app: App, door: str) -> None:
    asked = client.post(door, NAMED)
    assert 'name="code"' in asked.content.decode()
    assert client.get("/admin/").status_code == 302
    assert client.get("/").status_code == 302
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("door", DOORS)
def test_password_and_code_lead_to_where_one_wanted_to_go(
    client: Client, app: App, boss: User, door: str
) -> None:
    before = client.session.session_key
    wanted = "/admin/surveys/site/"
    asked = client.post(f"{door}?next={wanted}", NAMED)
    given = {"next": hidden(asked.content.decode(), "next"), "code": app.code()}
    assert client.post("/login/code/", {**given, "code": "000000"}).status_code == 422
    assert client.post("/login/code/", given)["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert client.session.session_key not in (None, before)
    assert waiting.IN_SESSION not in client.session


def test_a_code_without_the_password_is_none(client: Client, app: App) -> None:
    assert client.get("/login/code/")["Location"] == "/login/"
    response = client.post("/login/code/", {"code": app.code()})
    assert (response.status_code, "Begin with your password" in response.content.decode()) == (
        403,
        True,
    )


@pytest.mark.parametrize("event", ["too late", "another password", "switched off"])
def test_who_waits_too_long_or_is_not_who_they_were_begins_again(
    client: Client, app: App, boss: User, event: str
) -> None:
    client.post("/login/", NAMED)
    session = client.session
    if event == "too late":
        session[waiting.IN_SESSION][2] -= waiting.LASTS_S + 1
        session.save()
    elif event == "another password":
        boss.set_password("quite another word")
        boss.save()
    else:
        User.objects.filter(pk=boss.pk).update(is_active=False)
    assert client.post("/login/code/", {"code": app.code()}).status_code == 403
    assert client.get("/admin/").status_code == 302


def test_it_does_not_lead_to_other_sites(client: Client, app: App) -> None:
    asked = client.post("/login/?next=https://evil.example/", NAMED)
    assert hidden(asked.content.decode(), "next") == ""
    given = {"code": app.code(), "next": "https://evil.example/"}
    assert client.post("/login/code/", given)["Location"] == "/admin/"


def test_drafts_open_with_the_password_though_the_code_comes_after_it(
    client: Client, draft: Draft, clock: Clock
) -> None:
    app = app_of(draft.enumerator, clock)
    clock.tick(60)
    address = f"/interview/{draft.pk}/instance"
    client.post("/login/", {"username": "E01", "password": PASSWORD})
    assert client.get(address).status_code in (302, 401, 403)
    assert client.post("/login/code/", {"code": app.code()})["Location"] == "/"
    assert client.cookies[COOKIE]["httponly"]
    assert client.get(address).status_code == 200


def test_nothing_of_who_was_signed_in_before_passes_on(
    office: Client, site: Site, clock: Clock
) -> None:
    other = make_member(site.survey, Role.ANALYST, "A1")
    app = app_of(other, clock)
    clock.tick(60)
    office.post("/admin/login/", {"username": "A1", "password": PASSWORD})
    assert office.get("/admin/").status_code == 302
    office.post("/login/code/", {"code": app.code()})
    assert int(office.session["_auth_user_id"]) == other.pk


def test_new_codes_and_switching_off_take_password_and_code(
    client: Client, app: App, boss: User, clock: Clock
) -> None:
    client.post("/login/", NAMED)
    client.post("/login/code/", {"code": app.code()})
    for way in ("codes", "off"):
        address = f"/account/two-step/{way}/"
        clock.tick(60)
        given = {"code": app.code(), "password": PASSWORD}
        assert client.post(address, {**given, "password": "wrong"}).status_code == 422
        assert client.post(address, {**given, "code": "000000"}).status_code == 422
        assert client.post(address, given).status_code in (200, 302)
    assert not second_steps.is_on(boss)
    assert client.get("/account/").status_code == 200


PAGES = ("/admin/", "/admin/surveys/site/", "/", "/admin/dashboard/figures")


def test_where_it_is_required_the_office_sets_it_up_before_anything_else(
    office: Client, boss: User, clock: Clock, settings: Settings
) -> None:
    settings.STAFF_MFA = "required"
    assert [office.get(page)["Location"] for page in PAGES] == ["/account/"] * len(PAGES)
    assert "Set it up now" in office.get("/account/").content.decode()
    app = App(second_steps.begin(boss), clock)
    office.post("/account/two-step/", {"code": app.code(), "password": PASSWORD})
    assert [office.get(page).status_code for page in PAGES] == [200] * len(PAGES)
    clock.tick(60)
    off = {"code": app.code(), "password": PASSWORD}
    assert "Switch it off" not in office.get("/account/").content.decode()
    assert office.post("/account/two-step/off/", off).status_code == 403
    assert second_steps.is_on(boss)


def test_where_it_is_required_nobody_in_the_field_is_asked(
    client: Client, site: Site, settings: Settings
) -> None:
    settings.STAFF_MFA = "required"
    person = make_enumerator(site, "E09")
    client.post("/login/", {"username": person.username, "password": PASSWORD})
    assert client.get("/").status_code == 200
    assert client.get("/account/").status_code == 200


def test_the_door_of_devices_does_not_open_by_the_password_alone(
    client: Client, boss: User, site: Site, clock: Clock, settings: Settings
) -> None:
    address = f"/s/{site.survey.code}/formList"
    given = {"Authorization": "Basic " + b64encode(f"boss:{PASSWORD}".encode()).decode()}
    assert client.get(address, headers=given).status_code == 200
    settings.STAFF_MFA = "required"
    assert client.get(address, headers=given).status_code == 403
    settings.STAFF_MFA = "offered"
    app_of(boss, clock)
    refused = client.get(address, headers=given)
    assert refused.status_code == 403
    assert "two steps" in refused.content.decode()


def test_the_office_resets_it_for_who_lost_the_phone(
    office: Client, site: Site, clock: Clock
) -> None:
    person = make_member(site.survey, Role.SUPERVISOR, "S1")
    app_of(person, clock)
    address = f"/admin/surveys/user/{person.pk}"
    assert f"{address}/second-step/reset/" in office.get(f"{address}/change/").content.decode()
    assert "Make sure that it is this person" in (
        office.get(f"{address}/second-step/reset/").content.decode()
    )
    assert second_steps.is_on(person)
    assert office.post(f"{address}/second-step/reset/")["Location"] == f"{address}/change/"
    assert not second_steps.is_on(person)
    assert "Two-step sign-in reset" in office.get(f"{address}/history/").content.decode()
    entry = TrailEntry.objects.get(what="admin:surveys_user_reset", action="changed")
    assert (entry.person, entry.key) == ("boss", str(person.pk))


def test_nobody_resets_it_for_their_equals(office: Client, site: Site, clock: Clock) -> None:
    peer = make_member(site.survey, Role.COORDINATOR, "peer")
    app_of(peer, clock)
    for method in (office.get, office.post):
        assert method(f"/admin/surveys/user/{peer.pk}/second-step/reset/").status_code == 403
    assert second_steps.is_on(peer)


def test_the_last_administrator_is_helped_on_the_server(clock: Clock) -> None:
    root = make_user("root", is_superuser=True)
    app_of(root, clock)
    said = StringIO()
    call_command("reset_second_step", "root", stdout=said)
    assert "root signs in with the password alone again" in said.getvalue()
    assert not second_steps.is_on(root)
    with pytest.raises(CommandError):
        call_command("reset_second_step", "root")


NEW = "four quite other words"


@pytest.mark.parametrize("role", [Role.ENUMERATOR, Role.COORDINATOR])
def test_everybody_changes_their_own_password_with_the_old_one(
    client: Client, site: Site, role: Role
) -> None:
    person = make_member(site.survey, role, "P1")
    client.post("/login/", {"username": "P1", "password": PASSWORD})
    given = {"password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    address = "/account/password/"
    assert client.get(address).status_code == 200
    for wrong in (
        {"password": "wrong"},
        {"new_password2": "something else again"},
        {"new_password1": "password1234", "new_password2": "password1234"},
    ):
        refused = client.post(address, {**given, **wrong})
        assert (refused.status_code, 'role="alert"' in refused.content.decode()) == (422, True)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert client.post(address, given)["Location"] == "/account/"
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert client.get("/account/").status_code == 200
