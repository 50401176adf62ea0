"""A siege: doors are knocked at with nonsense, as a seed draws it, and what came of it is told."""

import logging
import sys
import traceback
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

import psutil
from django.apps import apps
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.management import call_command
from django.core.signals import got_request_exception, request_finished
from django.db import close_old_connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.test.utils import setup_test_environment

from tests.access.routes import address, routes
from tests.access.world import KNOCKERS, World, make_world
from tests.bench.house import write
from tests.hostile import garbage

GROWTH_BAR = 1.1
TOLD_EVERY = 10_000  # requests: how far it is
WARM = 0.2  # of the requests, until the process has loaded what it needs
BROKEN, NOT_OFFERED = 500, 501
# Who was refused, who signed in, what is only a message; and what is made when somebody first opens its page.
NOTED = {"session", "accessattempt", "accessfailurelog", "accesslog", "trailentry", "nudge"}
MADE_AT_SIGHT = {"audience", "secondstep", "wave", "kepttable"}
MAY_GROW = NOTED | MADE_AT_SIGHT


@dataclass(frozen=True)
class Knock:
    """A request as it was drawn."""

    route: str
    path: str
    method: str
    who: str
    is_forged: bool  # as another site would send it


class Door(BaseHandler):
    """All that answers requests. The test client would do, but that it keeps kilobytes of each."""

    def __init__(self, *, is_guarded: bool) -> None:
        super().__init__()
        self.load_middleware()
        self.is_guarded = is_guarded  # against forgery

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request._dont_enforce_csrf_checks = not self.is_guarded  # type: ignore[attr-defined]
        return super().get_response(request)


@dataclass
class Siege:
    """Everybody at all doors, and what they were answered."""

    world: World
    routes: list[str]

    def __post_init__(self) -> None:
        self.doors = {forged: Door(is_guarded=forged) for forged in (True, False)}
        self.thrown: Any = ()
        got_request_exception.connect(self.catch)
        self.statuses: Counter[int] = Counter()
        self.broken: set[str] = set()

    def knock(self, random: Random, number: int) -> None:
        one = self.drawn(random)
        if one.is_forged:
            self._send(one, random, number)
            return
        with transaction.atomic():
            self._send(one, random, number)
            transaction.set_rollback(True)

    def drawn(self, random: Random) -> Knock:
        route = random.choice(self.routes)
        path = address(route, self.world)
        if random.random() < 0.5:
            path = spoiled(path, random)
        method = random.choice(garbage.METHODS)
        return Knock(route, path, method, random.choice(list(KNOCKERS)), random.random() < 0.5)

    def _send(self, one: Knock, random: Random, number: int) -> None:
        request = self.sender(one).generic(
            one.method,
            one.path,
            garbage.body(random) if one.method not in ("GET", "HEAD") else b"",
            content_type=garbage.content_type(random),
            query_params=garbage.query(random),
            headers=garbage.headers(random),
        )
        self.thrown = ()
        response: Any = self.doors[one.is_forged].get_response(request)
        for _ in response:
            pass
        response.close()
        self.statuses[response.status_code] += 1
        if response.status_code >= BROKEN and response.status_code != NOT_OFFERED:
            self._note(one, response.status_code, number)

    def sender(self, one: Knock) -> RequestFactory:
        """Signed in as at first, whatever an answer told the browser."""
        if one.path.startswith("/api/"):
            return RequestFactory(headers={"Authorization": f"Bearer {self.world.tokens[one.who]}"})
        sender = RequestFactory()
        sender.cookies.load(self.world.cookies[one.who])
        return sender

    def catch(self, **_: object) -> None:
        self.thrown = sys.exc_info()

    def _note(self, one: Knock, status: int, number: int) -> None:
        """The first of each kind is told at once, with the place where it broke: a siege takes hours."""
        lines = traceback.format_exception(*self.thrown)[-4:] if self.thrown else [str(status)]
        kind = f"{one.route} {lines[-1].strip()[:200]}"
        if kind not in self.broken:
            self.broken.add(kind)
            sys.stderr.write(f"{number} {one}\n{''.join(lines)}\n")


def spoiled(path: str, random: Random) -> str:
    """An address with nonsense in one of its places."""
    parts = path.split("/")
    at = random.randrange(1, len(parts)) if len(parts) > 1 else 0
    parts[at] = quote(garbage.value(random).encode("utf-8", "surrogatepass"), safe="")
    return "/".join(parts) or "/"


def play(seed: int, count: int) -> bool:
    prepare()
    siege = Siege(make_world(), routes())
    random, process = Random(seed), psutil.Process()
    before, warm = rows(), 0
    for number in range(count):
        siege.knock(random, number)
        if number == int(WARM * count):
            warm = own_memory(process)
        if number % TOLD_EVERY == 0:
            sys.stderr.write(f"{number} requests, {own_memory(process) >> 20} MB\n")
    grown = own_memory(process) / warm
    stored = {name: (before[name], now) for name, now in rows().items() if now != before[name]}
    write(name="hostile", seed=seed, count=count, statuses=dict(sorted(siege.statuses.items())))
    write(name="outcome", broken=len(siege.broken), stored=stored, growth=round(grown, 3))
    return not siege.broken and not stored and grown <= GROWTH_BAR


def own_memory(process: psutil.Process) -> int:
    """Bytes of a process without the files that it maps: SQLite's grows with the trail that it keeps."""
    memory = process.memory_info()
    own: int = memory.rss - memory.shared
    return own


def prepare() -> None:
    """Tables; pages as they are without collected files; no line of the log for each refusal."""
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    setup_test_environment()
    request_finished.disconnect(close_old_connections)  # it would take a transaction with it
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)


def rows() -> dict[str, int]:
    """How many rows each table has that strangers must not fill."""
    models = (model for model in apps.get_models() if model._meta.model_name not in MAY_GROW)
    return {model._meta.label: model._default_manager.count() for model in models}
