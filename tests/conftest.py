"""What every test may ask for: servers, a worker, a browser, and settings that make tests fast."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import hypothesis
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection, connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config.celery import app
from surveys import draft_keys, sealing, sessions
from surveys.models import User
from surveys.webform import keys, scripts
from tests.factories import PASSWORD
from tests.servers import SERVER_FIXTURES, postgres, redis_server

ROOT = Path(__file__).parent.parent
SOURCES, BUNDLED = ROOT / "static", ROOT / "build" / "static"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BROWSER_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_BROWSER = "no Chromium on this machine"
PATIENCE_MS = (
    15_000  # the suite's three runs share two cores; what takes long is measured by benches
)

EVERYWHERE = {"databases": "__all__"}

OpenPage: TypeAlias = Callable[..., Page]


def pytest_configure() -> None:
    hypothesis.settings.register_profile("suite", deadline=None)  # machines are shared
    hypothesis.settings.load_profile("suite")
    sealing.COST = 2  # of scrypt: as little as it takes
    Client.force_login = signed_in_with_key  # type: ignore[method-assign,assignment]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.STATICFILES_DIRS = [
        SOURCES
    ]  # as they are written; `bundled` has them as they are served
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)


_force_login = Client.force_login


def signed_in_with_key(client: Client, user: User, backend: str | None = None) -> None:
    """Django's way in without a password for tests, with what the sign-in page does beside it."""
    _force_login(client, user, backend)
    session = client.session
    sessions.bind(session, user)
    client.cookies[keys.COOKIE] = keys.hold(session, draft_keys.opened(user, PASSWORD))
    session.save()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"{count} browser tests did not run: {NO_BROWSER}.")


@pytest.fixture
def bundled() -> Iterator[None]:
    """Scripts are served in few files, as in production."""
    subprocess.run(["make", "--silent", "build/static/.stamp"], cwd=ROOT, check=True)
    with override_settings(STATICFILES_DIRS=[BUNDLED, SOURCES]):
        forget_scripts()
        yield
    forget_scripts()


def forget_scripts() -> None:
    finders.get_finder.cache_clear()  # type: ignore[attr-defined]  # an lru_cache
    scripts.modules_of.cache_clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Keep the SQLite test database in a file, so that threads and processes meet in it."""
    for name, each in (("test", connection), ("test-keys", connections["keys"])):
        if each.vendor == "sqlite":
            each.settings_dict["TEST"]["NAME"] = str(Path(settings.VAR_DIR) / f"{name}.sqlite3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever has the database has that of the keys."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker or SERVER_FIXTURES & {*getattr(item, "fixturenames", ())}:
            given = {**marker.kwargs} if marker else {}
            mark = pytest.mark.django_db(*(marker.args if marker else ()), **given | EVERYWHERE)
            item.add_marker(mark, append=False)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    yield from given_or_started("DATABASE_URL", "postgres", postgres())


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    yield from given_or_started("REDIS_URL", "redis", redis_server())


def given_or_started(name: str, scheme: str, server: AbstractContextManager[str]) -> Iterator[str]:
    """The address of the stack's own server, or of one started for this session."""
    if os.environ[name].startswith(scheme):
        yield os.environ[name]
        return
    with server as url:
        yield url


@pytest.fixture
def environment(transactional_db: None) -> dict[str, str]:
    """What another process needs to see the database and the queue of this test."""
    return os.environ | {"DATABASE_URL": url_of("default"), "KEYS_URL": url_of("keys")}


def url_of(alias: str) -> str:
    """The address of a test's database."""
    name = str(connections[alias].settings_dict["NAME"])
    if connections[alias].vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@dataclass(frozen=True)
class Worker:
    """A real Celery worker process; `kill` ends it as a power cut would."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start_worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers on the stack's queues, emptied first; they are gone after the test.

    One that is given names of queues takes from these alone.
    """
    with app.connection_for_write() as broker:
        for queue in app.amqp.queues.values():
            queue.bind(broker).purge()
    workers: list[Worker] = []

    def start(*queues: str) -> Worker:
        log = tmp_path / f"worker-{len(workers)}.log"
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1"]
        command += ["--queues", ",".join(queues)] if queues else []
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle", "--loglevel", "INFO"],
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,  # so that its children die with it
            )
        workers.append(Worker(process, log))
        return workers[-1]

    yield start
    for worker in workers:
        worker.process.terminate()
    for worker in workers:
        try:
            worker.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            worker.kill()


@pytest.fixture
def worker(start_worker: Callable[[], Worker]) -> Worker:
    return start_worker()


def browser_program() -> str:
    """Where Chromium is. Tests that need it are skipped without it, in CI they fail."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None and os.environ.get("CI"):
        pytest.fail(NO_BROWSER)
    if program is None:
        pytest.skip(NO_BROWSER)
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = browser_program()
    # Playwright keeps an event loop in this thread, where Django would refuse its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(BROWSER_SWITCHES))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Opens pages of the running site by screen and language; an uncaught exception fails the test."""
    errors: list[str] = []
    contexts = []

    def open_(
        *, width: int = 1280, height: int = 844, locale: str = "en", javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale=locale,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()
