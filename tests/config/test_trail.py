"""Which requests are in the trail, and as what."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.trail import QUIET, TAKING, action_of
from surveys.models import Role, Site, TrailEntry, User
from surveys.trail import Action
from tests.factories import PASSWORD, make_member, make_site, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site(make_survey(), "S1")


@pytest.fixture
def coordinator(site: Site) -> User:
    return make_member(site.survey, Role.COORDINATOR)


def noted() -> list[tuple[str, str, str]]:
    return list(TrailEntry.objects.order_by("pk").values_list("action", "what", "key"))


def views(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{before}{pattern.name}"
        else:
            yield from views(
                pattern, f"{before}{pattern.namespace}:" if pattern.namespace else before
            )


def test_what_is_left_out_is_there() -> None:
    assert (QUIET | TAKING) - set(views(get_resolver())) == set()


def test_a_page_is_seen(client: Client, coordinator: User, site: Site) -> None:
    client.force_login(coordinator)
    client.get(f"/admin/surveys/site/{site.pk}/change/?survey=1&q=Wang")
    assert noted() == [("saw", "admin:surveys_site_change", str(site.pk))]
    entry = TrailEntry.objects.get()
    assert (entry.person, entry.status) == (coordinator.username, 200)
    assert entry.query == "survey=1&q=%E2%80%A6"
    assert entry.address == "127.0.0.1"
    assert len(entry.request_id) == 32


def test_a_change_is_one(client: Client, coordinator: User, site: Site) -> None:
    client.force_login(coordinator)
    client.post(f"/admin/surveys/site/{site.pk}/delete/", {"post": "yes"})
    assert noted() == [("changed", "admin:surveys_site_delete", str(site.pk))]


def test_a_file_is_taken(client: Client, coordinator: User) -> None:
    client.force_login(coordinator)
    client.get("/admin/surveys/case/outcomes.csv")
    assert noted() == [("took", "admin:surveys_case_outcomes_file", "")]


@pytest.mark.parametrize("view", ["api:list_interviews", "odata:rows"])
def test_interviews_that_programs_are_given_are_taken(view: str) -> None:
    assert action_of(view, "GET", HttpResponse()) == Action.TOOK


def test_a_file_that_programs_are_given_is_taken() -> None:
    file = HttpResponse(headers={"Content-Disposition": 'attachment; filename="a.csv"'})
    assert action_of("api:get_export_file", "GET", file) == Action.TOOK


@pytest.mark.parametrize(("method", "action"), [("GET", Action.SAW), ("POST", Action.CHANGED)])
def test_a_file_that_comes_in_is_not_taken(method: str, action: Action) -> None:
    assert action_of("admin:surveys_importbatch_file", method, HttpResponse()) == action


def test_who_is_refused_is_noted_too(client: Client, coordinator: User) -> None:
    stranger = make_member(make_survey("other"), Role.COORDINATOR)
    client.force_login(stranger)
    client.get("/admin/surveys/job/999/file/")
    assert TrailEntry.objects.get().status == 404


def test_signing_in_and_out_is_noted(client: Client, coordinator: User) -> None:
    client.get("/login/")
    client.post("/login/", {"username": coordinator.username, "password": "wrong"})
    assert noted() == []
    client.post("/login/", {"username": coordinator.username, "password": PASSWORD})
    client.post("/logout/")
    assert noted() == [("signed_in", "login", ""), ("signed_out", "logout", "")]
    assert set(TrailEntry.objects.values_list("person", flat=True)) == {coordinator.username}


@pytest.mark.parametrize("path", ["/", "/admin/", "/healthz", "/admin/jsi18n/"])
def test_pages_that_show_nobody_are_not(client: Client, coordinator: User, path: str) -> None:
    client.force_login(coordinator)
    client.get(path)
    assert noted() == []


def test_nobody_sees_what_could_not_be_noted(
    client: Client, coordinator: User, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(TrailEntry.objects, "create", fail)
    client.force_login(coordinator)
    client.raise_request_exception = False
    response = client.get(f"/admin/surveys/site/{site.pk}/change/")
    assert response.status_code == 500
    assert site.code.encode() not in response.content
