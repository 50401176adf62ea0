"""Who opens what: every address, by enumeration, against the matrix that people have read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse

from tests.access.routes import address, routes
from tests.access.world import KNOCKERS, MARK, NAME, World, make_world

pytestmark = pytest.mark.django_db
MATRIX = Path(__file__).with_name("matrix.txt")
REFUSED = (401, 403, 404, 405, 409)
BY_TOKEN = "/key/"  # whoever has a token is the person whose it is
BY_PROGRAM = "/api/"
BY_SESSION = ("/api/v1/docs", "/api/v1/openapi.json")
HIDDEN = {"A": NAME, "T": MARK}  # what nobody of these may read anywhere


@dataclass(frozen=True)
class Answer:
    is_open: bool
    text: str


@dataclass(frozen=True)
class Door:
    """What an address did for each who knocked: the letters for whom it opened, and what it told."""

    reads: str
    writes: str
    leaks: tuple[str, ...]


def expected() -> dict[str, tuple[str, str]]:
    """By pattern who may read and who may write, as letters."""
    rows = (line.split("|", 2) for line in MATRIX.read_text("utf-8").splitlines() if "|" in line)
    return {route.strip(): (reads.strip(), writes.strip()) for reads, writes, route in rows}


def test_every_address_opens_for_whom_it_is_for() -> None:
    world = make_world()
    doors = {route: door(world, route) for route in routes()}
    actual = {route: (found.reads, found.writes) for route, found in doors.items()}
    known = expected()
    differing = [
        line(route, *actual[route]) for route in actual if known.get(route) != actual[route]
    ]
    assert not differing, "\n" + "\n".join(differing)
    assert not known.keys() - actual.keys()
    assert not [leak for found in doors.values() for leak in found.leaks]


def line(route: str, reads: str, writes: str) -> str:
    return f"{reads:9} | {writes:9} | {route}"


def door(world: World, route: str) -> Door:
    path = address(route, world)
    reads = {who: knock(world, who, "get", path) for who in KNOCKERS}
    writes = {who: knock(world, who, "post", path) for who in KNOCKERS}
    leaks = tuple(
        f"{who} reads {mark} at {path}"
        for who, mark in HIDDEN.items()
        if mark in reads[who].text and mark not in path and not path.startswith(BY_TOKEN)
    )
    return Door(letters(reads), letters(writes), leaks)


def letters(answers: dict[str, Answer]) -> str:
    return "".join(who for who, answer in answers.items() if answer.is_open) or "-"


def knock(world: World, who: str, method: str, path: str) -> Answer:
    """The answer to somebody; nothing stays changed."""
    with transaction.atomic():
        is_program = path.startswith(BY_PROGRAM) and path not in BY_SESSION
        client = world.program(who) if is_program else world.client(who)
        said = {"content_type": "application/json"} if is_program and method == "post" else {}
        response: Any = getattr(client, method)(path, **said)
        parts = response.streaming_content if response.streaming else [response.content]
        text = b"".join(parts).decode(errors="replace")  # reading it to its end closes its file
        transaction.set_rollback(True)
    if response.status_code >= 500:
        pytest.fail(f"{method} {path} by {who}: {response.status_code}")
    return Answer(is_open(response), text)


def is_open(response: HttpResponseBase) -> bool:
    """Whether somebody got in. Who is sent to sign in, or back to the first page, did not."""
    target = response.headers.get("Location", "").partition("?")[0]
    return response.status_code not in REFUSED and target not in (
        reverse("admin:login"),
        reverse("admin:index"),
        reverse("login"),
    )
