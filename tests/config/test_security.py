"""What responses permit the browser, and whom a request is counted for."""

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from config.security import client_address


def policy_of(client: Client, path: str) -> dict[str, str]:
    """A page's content security policy, by directive."""
    header = client.get(path).headers["Content-Security-Policy"]
    parts = (directive.strip().partition(" ") for directive in header.split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.mark.django_db
def test_pages_run_and_load_nothing_but_our_own_files(client: Client) -> None:
    policy = policy_of(client, "/login/")
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert "style-src" not in policy


@pytest.mark.django_db
def test_only_the_admin_may_compile_scripts_and_style_inline(client: Client) -> None:
    policy = policy_of(client, "/admin/login/")
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'self'"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_a_policy_is_enforced_and_not_reported_as_well(client: Client, path: str) -> None:
    assert "Content-Security-Policy-Report-Only" not in client.get(path).headers


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ({}, "127.0.0.1"),
        ({"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, "203.0.113.7"),
        ({"HTTP_X_FORWARDED_FOR": "10.9.9.9, 203.0.113.7"}, "203.0.113.7"),
    ],
)
def test_a_client_cannot_pretend_another_address(
    forwarded: dict[str, str], address: str, settings: Settings
) -> None:
    settings.BEHIND_PROXY = True
    request = RequestFactory().get("/")
    request.META |= forwarded
    assert client_address(request) == address


def test_where_no_proxy_is_ours_nobody_says_where_they_are(settings: Settings) -> None:
    settings.BEHIND_PROXY = False
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert client_address(request) == "127.0.0.1"


@pytest.mark.django_db
def test_by_https_browsers_are_told_to_stay_with_it(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 3600
    assert Client().get("/login/", secure=True)["Strict-Transport-Security"] == "max-age=3600"
