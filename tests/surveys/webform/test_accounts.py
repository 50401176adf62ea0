"""Signing in and out, in a language, without losing what was typed before."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from surveys import drafts
from surveys.models import Assignment, Draft, Role, Session, User
from surveys.webform.accounts import ACCOUNT, LEFT
from surveys.webform.kept import KeptPost, seal, unseal
from surveys.webform.keys import COOKIE
from tests.factories import PASSWORD, make_member, make_site, make_survey, signed_in
from tests.surveys.webform.conftest import AGREED, Post, stored

SIGN_IN = {"username": "E01", "password": PASSWORD}


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def test_signing_in_leads_home(client: Client, enumerator: User) -> None:
    assert client.post("/login/", SIGN_IN)["Location"] == "/"


@pytest.mark.django_db
def test_signing_in_leads_who_works_at_no_site_to_the_office(client: Client) -> None:
    site = make_site(make_survey())
    person = make_member(site.survey, Role.COORDINATOR, "E01")
    assert client.post("/login/", SIGN_IN)["Location"] == "/admin/"
    client.post("/logout/")
    assert client.post("/login/", {**SIGN_IN, "next": "/"})["Location"] == "/admin/"
    client.post("/logout/")
    Assignment.objects.create(site=site, enumerator=person)
    assert client.post("/login/", SIGN_IN)["Location"] == "/"


def test_signing_in_leads_to_the_page_that_asked_for_it(client: Client, draft: Draft) -> None:
    address = f"/interview/{draft.pk}/1/"
    asked = client.get(address)
    assert asked["Location"] == f"/login/?next={address}"
    assert client.post(asked["Location"], SIGN_IN)["Location"] == address


def test_the_sign_in_opens_drafts_and_the_end_of_the_session_closes_them(
    client: Client, draft: Draft
) -> None:
    address = f"/interview/{draft.pk}/instance"
    client.post("/login/", SIGN_IN)
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get(address).status_code == 200
    client.post("/logout/")
    client.cookies[COOKIE] = cookie.value
    client.post("/login/", SIGN_IN)
    assert client.cookies[COOKIE].value != cookie.value
    client.cookies[COOKIE] = cookie.value  # of another session
    assert client.get(address).status_code == 401


@pytest.mark.parametrize("cookie", ["", "nonsense", "é", "bm9uc2Vuc2U="])
def test_a_session_that_cannot_open_drafts_signs_in_once_more(
    phone: Client, draft: Draft, cookie: str
) -> None:
    address = f"/interview/{draft.pk}/1/"
    phone.cookies[COOKIE] = cookie
    assert phone.get(f"/interview/{draft.pk}/instance").status_code == 401
    asked = phone.get(address)
    assert asked["Location"] == f"/login/?next={address}"
    assert phone.get(asked["Location"]).status_code == 200  # and leads nowhere by itself
    assert phone.post(asked["Location"], SIGN_IN)["Location"] == address
    assert phone.get(address).status_code == 200
    assert phone.get("/login/")["Location"] == "/"


def set_by(staff: Client, person: User, password: str) -> int:
    fields = {"password1": password, "password2": password, "usable_password": "true"}
    return staff.post(f"/admin/surveys/user/{person.pk}/password/", fields).status_code


@pytest.fixture
def office(draft: Draft) -> Client:
    make_member(draft.site.survey, Role.COORDINATOR, "office")
    client = Client()
    client.post("/admin/login/", {"username": "office", "password": PASSWORD})
    return client


def test_a_draft_of_a_former_password_is_told_and_may_be_discarded(
    client: Client, office: Client, draft: Draft
) -> None:
    assert set_by(office, draft.enumerator, "a new word for her") == 302
    client.post("/login/", {**SIGN_IN, "password": "a new word for her"})
    home = client.get("/").content.decode()
    assert f'data-draft="{draft.pk}"' in home
    assert "opens only on its phone" in home
    for address in (f"/interview/{draft.pk}/1/", f"/interview/{draft.pk}/instance"):
        response = client.get(address)
        assert response.status_code == 423
        assert "set anew by somebody else" in response.content.decode()
    asked = client.get(f"/interview/{draft.pk}/discard/").content.decode()
    assert "stays on that phone" in asked
    client.post(f"/interview/{draft.pk}/discard/", {"revision": 1})
    assert not Draft.objects.exists()


def test_who_changes_their_own_password_keeps_their_drafts(office: Client, draft: Draft) -> None:
    person = User.objects.get(username="office")
    person.is_superuser = True
    person.save()
    assert set_by(office, person, "quite another word") == 302  # to the page for one's own
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    Draft.objects.all().delete()
    signed_in(person)
    own = make_site(draft.site.survey)
    Assignment.objects.create(site=own, enumerator=person)
    kept = drafts.start(person, own, draft.version.questionnaire)
    new = "quite another word"
    fields = {"password": PASSWORD, "new_password1": new, "new_password2": new}
    assert office.post("/account/password/", fields).status_code == 302
    assert office.get(f"/interview/{kept.pk}/instance").status_code == 200
    again = Client()
    again.post("/admin/login/", {"username": "office", "password": new})
    assert again.get(f"/interview/{kept.pk}/instance").status_code == 200


@pytest.mark.parametrize("written", ["0{pk}", "+{pk}"])  # of both Django makes the same key
def test_no_address_sets_ones_own_password_without_the_old_one(
    office: Client, written: str
) -> None:
    User.objects.filter(username="office").update(is_superuser=True)
    person = User.objects.get(username="office")
    fields = dict.fromkeys(("password1", "password2"), "quite another word")
    address = f"/admin/surveys/user/{written.format(pk=person.pk)}/password/"
    posted = office.post(address, {**fields, "usable_password": "true"})
    assert posted["Location"] == "/account/password/"
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_wrong_password_is_told(client: Client, enumerator: User) -> None:
    html = client.post("/login/", {**SIGN_IN, "password": "wrong"}).content.decode()
    assert "User name or password is wrong." in html
    assert 'value="E01"' in html


def test_too_many_wrong_passwords_pause_signing_in(
    client: Client, enumerator: User, settings: Settings
) -> None:
    settings.AXES_LOCKOUT_TEMPLATE = "surveys/locked_out.html"
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(2):
        client.post("/login/", {**SIGN_IN, "password": "wrong"})
    response = client.post("/login/", {**SIGN_IN, "password": "wrong"})
    assert response.status_code == 429
    assert "Sign-in is paused" in response.content.decode()
    assert client.post("/login/", SIGN_IN).status_code == 429


def test_the_language_is_chosen_before_signing_in(client: Client, enumerator: User) -> None:
    response = client.post("/login/", {"language": "zh-hans", "username": "E01"})
    html = response.content.decode()
    assert 'lang="zh-hans"' in html
    assert 'value="E01"' in html
    assert response.cookies["django_language"].value == "zh-hans"


def test_a_language_that_is_not_offered_is_ignored(client: Client, enumerator: User) -> None:
    assert "django_language" not in client.post("/login/", {"language": "xx"}).cookies


def test_what_was_typed_survives_the_end_of_the_session(
    phone: Client, draft: Draft, post: Post
) -> None:
    post(1, AGREED)
    phone.logout()
    asked = post(2, {"/data/g_b/age": "41", "/data/g_b/works": "no"})
    assert asked.status_code == 403
    kept = hidden(asked.content.decode(), "kept")
    assert "g_b/age" not in stored(draft)
    wrong = phone.post("/login/", {**SIGN_IN, "password": "wrong", "kept": kept})
    switched = phone.post("/login/", {"language": "en", "kept": kept})
    assert hidden(wrong.content.decode(), "kept") == hidden(switched.content.decode(), "kept")
    html = phone.post("/login/", {**SIGN_IN, "kept": kept}).content.decode()
    assert f'action="/interview/{draft.pk}/2/"' in html
    fields = ("revision", "go", "/data/g_b/age", "/data/g_b/works")
    response = phone.post(f"/interview/{draft.pk}/2/", {f: hidden(html, f) for f in fields})
    assert response["Location"] == f"/interview/{draft.pk}/4/"
    assert stored(draft)["g_b/age"] == "41"


@pytest.mark.parametrize("text", ["", "nonsense", "a:b:c"])
def test_a_kept_post_that_we_did_not_seal_is_ignored(text: str) -> None:
    assert unseal(text) is None


def test_a_sealed_post_is_unsealed_as_it_was() -> None:
    post = KeptPost("/interview/1/", (("/data/kinds", "day"), ("/data/kinds", "month")))
    assert unseal(seal(post)) == post


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["", "fill/1/", "receipts/1/"])
def test_every_page_asks_who_it_is(client: Client, db: None, method: str, page: str) -> None:
    response = getattr(client, method)(f"/{page}")
    assert response.status_code in (302, 403, 405)
    assert "/login/" in response.get("Location", "") + response.content.decode() or (
        response.status_code == 405
    )


def test_signing_out_ends_the_session(phone: Client) -> None:
    assert phone.post("/logout/")["Location"] == "/login/"
    assert phone.get("/")["Location"] == "/login/?next=/"


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [("/nowhere/", 404, "Nothing is here"), ("/receipts/999/", 404, "Nothing is here")],
)
def test_pages_that_are_not_there_say_so(
    phone: Client, address: str, status: int, words: str
) -> None:
    response = phone.get(address)
    assert response.status_code == status
    assert words in response.content.decode()


def test_a_post_without_its_token_says_what_to_do(enumerator: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(enumerator)
    response = strict.post("/logout/")
    assert response.status_code == 403
    assert "Please send that again" in response.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_pages_need_no_request(status: int) -> None:
    assert "My work" in render_to_string(f"{status}.html")


def test_who_signed_out_on_the_phone_is_signed_out_by_its_next_request(
    phone: Client, draft: Draft
) -> None:
    phone.cookies[LEFT] = "1"
    response = phone.get("/")
    assert response["Location"] == "/login/?next=/"
    assert not Session.objects.exists()
    assert {
        name: one.value for name, one in response.cookies.items() if name in (LEFT, ACCOUNT)
    } == {
        LEFT: "",
        ACCOUNT: "",
    }


def test_somebody_else_signs_in_on_a_phone_that_was_left(client: Client, enumerator: User) -> None:
    client.cookies[LEFT] = "1"
    response = client.post("/login/", SIGN_IN)
    assert (response["Location"], response.cookies[LEFT].value) == ("/", "")
    assert client.get("/").status_code == 200
