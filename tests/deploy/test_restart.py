"""A web server that is started again while requests come: the socket is held, and nobody is refused."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.held import PATIENCE_S, ask
from tests.servers import running

PEOPLE = 6
LIVE = "/healthz/live"
GUNICORN = f"{ROOT}/.venv/bin/gunicorn --config python:config.gunicorn config.wsgi"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would hold."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "web.sock"))
        listener.listen(4096)
        yield listener


@contextmanager
def web_server(held: socket.socket, log: Path) -> Iterator[None]:
    """gunicorn, given the socket as systemd gives it, and asked to end as systemd asks."""
    command = ["bash", "-c", f"exec 3<&{held.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec {GUNICORN}"]
    environment = os.environ | {"WEB_CONCURRENCY": "2", "DATABASE_URL": f"sqlite:///{log}.sqlite3"}
    options = {"cwd": ROOT, "env": environment, "pass_fds": (held.fileno(),)}
    with running(command, log, **options) as process:
        yield
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)


def test_a_restart_refuses_nobody(held: socket.socket, tmp_path: Path) -> None:
    path, over = tmp_path / "web.sock", threading.Event()

    def come_again_and_again() -> list[int]:
        found = []
        while not over.is_set():
            found.append(ask(path, LIVE)[0])
            time.sleep(0.02)
        return found

    with ThreadPoolExecutor(PEOPLE) as people, ExitStack() as ending:
        ending.callback(over.set)  # else people would come for ever where something breaks
        with web_server(held, tmp_path / "old"):
            assert ask(path, LIVE)[0] == 200
            asked = [people.submit(come_again_and_again) for _ in range(PEOPLE)]
            time.sleep(1)
        with web_server(held, tmp_path / "new"):
            assert ask(path, LIVE)[0] == 200  # after all that waited
            over.set()
            found = [status for one in asked for status in one.result()]
    assert len(found) > 3 * PEOPLE
    assert set(found) == {200}
