"""Which doors take a post without Django's token: those of devices and programs, who have their own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import make_user

BY_TOKEN = ("s/<slug:code>/", "key/<str:token>/s/<slug:code>/", "api/v1/")
PAGES = ("/login/", "/admin/login/", "/login/code/", "/logout/", "/account/sign-out-elsewhere/")


def views(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from views(pattern, route)


def test_no_other_door_is_exempt() -> None:
    exempt = [route for route, view in views(get_resolver()) if getattr(view, "csrf_exempt", False)]
    assert exempt
    assert [route for route in exempt if not route.startswith(BY_TOKEN)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_post_from_another_site_is_refused(page: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    assert strict.post(page, {"username": "x", "password": "y"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/login/", "/admin/login/", "/nowhere/", "/api/v1/surveys"])
def test_no_answer_is_taken_for_something_else_or_framed(client: Client, page: str) -> None:
    headers = client.get(page).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Content-Type"] in ("text/html; charset=utf-8", "application/problem+json")
    assert not headers.keys() & {"Server", "X-Powered-By"}


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/login/", "/api/v1/surveys", "/s/river/formList"])
@pytest.mark.parametrize("origin", ["null", "https://evil.example"])
def test_no_other_origin_is_let_in(client: Client, page: str, origin: str) -> None:
    for method in (client.get, client.options):
        headers = method(page, headers={"Origin": origin}).headers
        assert not [name for name in headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1:x"])
def test_a_host_that_is_not_ours_is_not_answered(client: Client, host: str) -> None:
    assert client.get("/login/", headers={"Host": host}).status_code == 400
