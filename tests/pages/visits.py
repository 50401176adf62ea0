"""Every page of the project: found by asking each address as who may read it, never by a list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import translation
from django.views import defaults
from django.views.csrf import csrf_failure

from config.errors import broken
from tests.access.routes import address, routes
from tests.access.test_matrix import BY_PROGRAM, BY_SESSION, expected
from tests.access.world import World

ROLES = "CRASsEeTx"  # who is asked first: who sees most
SHOWN = (
    HTTPStatus.OK,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
ACTION = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FORBIDDEN)
NO_PAGES = {  # what nobody reads, and why it is no page
    r"^(api|key|s)/": "answers programs and devices",
    r"^(fill|interview|preview)/.+/(files|lists|answers)/": "a file of a form, or of an interview",
    r"^metrics$": "numbers for Prometheus, with a token",
    r"^admin/(\(\?P<url>|r/)": "leads elsewhere, or nowhere",
    r"^admin/(axes|surveys/trailentry)/.+/(change|history)/$": "of rows that the world has none of",
    r"^login/code/$": "for who is half signed in: not looked at yet",
}
CONTENT = re.compile(r'<(?:main|div)[^>]* id="(?:main|content)".*', re.DOTALL)
TAG = re.compile(r"<([a-z][\w-]*)(?:\s[^>]*?\bclass=\"([^\"]*)\")?")


@dataclass(frozen=True)
class Visit:
    """A page for somebody. What has no address of its own, as an answer to a form, brings its text."""

    route: str
    path: str
    who: str
    note: str = ""
    text: str = ""

    def __str__(self) -> str:
        return f"/{self.route}{self.note} ({self.who})"


def firsts(world: World, language: str) -> list[Visit]:
    """Every page once, as who sees most of it, and what is shown where there is none."""
    found = (next(_pages(world, route, language, most=2), None) for route in routes())
    return [page[0] for page in found if page] + _instead(language)


def all_of_them(world: World, language: str) -> list[Visit]:
    """Every page as each who sees something else on it, and every answer to an empty form."""
    pages = (_differing(_pages(world, route, language)) for route in routes())
    answers = (_differing(_answers(world, route, language)) for route in routes())
    return [visit for found in (*pages, *answers) for visit in found] + _instead(language)


def unseen(world: World) -> list[str]:
    """Addresses that nobody can read, and of which it is not known why."""
    return [
        route
        for route in routes()
        if not _readers(route)
        and not any(re.search(pattern, route) for pattern in NO_PAGES)
        and not _is_action(world, route)
    ]


def _is_action(world: World, route: str) -> bool:
    """Whether an address refuses those who come to read, whoever they are."""
    with transaction.atomic():
        status = {world.client(who).get(address(route, world)).status_code for who in "CRE"}
        transaction.set_rollback(True)
    return bool(status & set(ACTION)) and HTTPStatus.OK not in status


def _readers(route: str) -> str:
    reads, _writes = expected()[route]
    return "".join(who for who in ROLES if who in reads)


def _differing(pages: Iterator[tuple[Visit, str]]) -> list[Visit]:
    """Those with some kind of element in their content that the others have not."""
    seen = dict[frozenset[tuple[str, ...]], Visit]()
    for visit, text in pages:
        content = CONTENT.search(text)
        seen.setdefault(frozenset(TAG.findall(content[0] if content else text)), visit)
    return list(seen.values())


def _pages(
    world: World, route: str, language: str, most: int | None = None
) -> Iterator[tuple[Visit, str]]:
    for who in _readers(route)[:most]:
        path = address(route, world)
        text = _html(world, who, "get", path, language)
        if text:
            yield Visit(route, path, who), text


def _answers(world: World, route: str, language: str) -> Iterator[tuple[Visit, str]]:
    _reads, writes = expected()[route]
    for who in (who for who in ROLES if who in writes):
        path = address(route, world)
        text = _html(world, who, "post", path, language)
        if text:
            yield Visit(route, path, who, " after an empty form", text), text


def _html(world: World, who: str, method: str, path: str, language: str) -> str:
    """The page that somebody is given; nothing stays changed."""
    if path.startswith(BY_PROGRAM) and path not in BY_SESSION:
        return ""
    with transaction.atomic():
        client: Client = world.client(who)
        answer: Any = getattr(client, method)(path, headers={"accept-language": language})
        parts = answer.streaming_content if answer.streaming else [answer.content]
        content = b"".join(parts)
        transaction.set_rollback(True)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return content.decode() if is_page and answer.status_code in SHOWN else ""


def _instead(language: str) -> list[Visit]:
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    request = client.get("/login/").wsgi_request
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        made = {
            "400": defaults.bad_request(request, Exception()),
            "403": defaults.permission_denied(request, Exception()),
            "404": defaults.page_not_found(request, Exception()),
            "500": broken(request),
            "a lost cookie": csrf_failure(request),
        }
    return [
        Visit("", "/", "x", f" instead of a page: {name}", answer.content.decode())
        for name, answer in made.items()
    ]
