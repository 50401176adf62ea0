"""What the service worker keeps: everything that the pages need, under a version that follows it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django.fixtures import Settings

from surveys.offline import pages, shell

STATIC = Path(settings.BASE_DIR) / "static"
FOLDERS = ("js/webform", "js/formlogic", "js/offline")


@pytest.fixture(autouse=True)
def while_developing(settings: Settings) -> None:
    settings.DEBUG = True  # nothing is kept from one test to the next


def listed(client: Client) -> dict[str, Any]:
    response = client.get("/sw.js")
    first = response.content.decode().partition("\n")[0]
    document: dict[str, Any] = json.loads(first.removeprefix("const SHELL = ").removesuffix(";"))
    return document


def test_the_worker_is_asked_for_each_time_and_serves_all_our_addresses(client: Client) -> None:
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert response["Service-Worker-Allowed"] == "/"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert (STATIC / shell.WORKER).read_text("utf-8") in response.content.decode()


def test_every_script_of_the_field_is_in_the_shell(client: Client) -> None:
    """Except the worker itself, and what pages name that open with a network only."""
    files = set(listed(client)["files"])
    own = [path for folder in FOLDERS for path in (STATIC / folder).rglob("*.js")]
    missing = {path.relative_to(STATIC).as_posix() for path in own} - {
        name.removeprefix("/static/") for name in files
    }
    pages = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    elsewhere = {name for page in pages for name in shell._STATIC.findall(page.read_text("utf-8"))}
    assert missing - elsewhere == {shell.WORKER}
    assert len(missing) < 6
    assert {"/offline/", "/static/css/app.css", "/static/css/live.css"} <= files
    assert "/static/img/icons.svg" in files


def test_every_file_of_the_shell_is_there(client: Client) -> None:
    statics = [name for name in listed(client)["files"] if name != "/offline/"]
    assert len(statics) > 40
    assert [name for name in statics if finders.find(name.removeprefix("/static/")) is None] == []
    assert client.get("/offline/").status_code == 200


def test_no_style_needs_a_file_that_nobody_lists() -> None:
    for path in (STATIC / "css").glob("*.css"):
        assert re.findall(r"""url\((?!["']?data:)|@import""", path.read_text("utf-8")) == [], path


def test_the_version_changes_with_a_script_and_with_a_template(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = shell.shell()
    assert shell.shell() == before
    source, content = shell._source, shell._bytes_of
    with monkeypatch.context() as patch:
        patch.setattr(shell, "_source", lambda name: source(name) + (name == "base.html") * " ")
        assert shell.shell().version != before.version
    with monkeypatch.context() as patch:
        last = "js/formlogic/functions/dates.js"
        patch.setattr(shell, "_bytes_of", lambda name: content(name) + (name == last) * b" ")
        assert shell.shell().version != before.version


def test_the_page_is_the_same_for_everybody_in_all_languages(client: Client, phone: Client) -> None:
    page = phone.get("/offline/", headers={"Accept-Language": "zh-hans"})
    assert page.content == Client().get("/offline/").content == pages.offline_page().content
    assert page["Cache-Control"] == "private, no-cache"
    text = page.content.decode()
    assert "csrfmiddlewaretoken" not in text
    for code, _name in settings.LANGUAGES:
        assert f'id="words-{code}"' in text
    again = client.get("/offline/", headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(("language", "name"), [("en", "Five Standards"), ("zh-hans", "五项标准")])
def test_it_can_be_installed(client: Client, language: str, name: str) -> None:
    response = client.get("/manifest.webmanifest", headers={"Accept-Language": language})
    document = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (document["name"], document["lang"]) == (name, language)
    assert document["display"] == "standalone"
    for icon in document["icons"]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        assert isinstance(path, str)
        size = int.from_bytes(Path(path).read_bytes()[16:20], "big")
        assert icon["sizes"] == f"{size}x{size}"


def test_pages_name_the_manifest_and_permit_the_worker(client: Client) -> None:
    response = client.get("/login/")
    assert b'rel="manifest" href="/manifest.webmanifest"' in response.content
    policy = response["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy
