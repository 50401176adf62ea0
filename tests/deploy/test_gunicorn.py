"""Web processes behind nginx take no more than they can begin: what waits goes to who is free first."""

import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy import holding
from tests.deploy.held import PATIENCE_S, ask
from tests.servers import running

PROCESSES, THREADS, WAITING = 2, 2, 8
GUNICORN = f"{ROOT}/.venv/bin/gunicorn --config python:config.gunicorn tests.deploy.holding"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where processes say what they have begun, while they run."""
    environment = os.environ | {"WEB_CONCURRENCY": str(PROCESSES), holding.FOLDER: str(tmp_path)}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "web.sock"))
        listener.listen()
        command = [*GUNICORN.split(), "--bind", f"fd://{listener.fileno()}"]
        options = {"cwd": ROOT, "env": environment, "pass_fds": (listener.fileno(),)}
        with running(command, tmp_path / "log", **options):
            yield tmp_path


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def begun(folder: Path) -> list[str]:
    """The processes of the requests that have begun."""
    return [path.name.split("-")[1] for path in folder.glob("begun-*")]


@contextmanager
def letting_go(folder: Path) -> Iterator[None]:
    """In the end nobody is kept, whatever went wrong."""
    try:
        yield
    finally:
        for process in begun(folder):
            (folder / process).touch()


def test_what_waits_goes_to_the_process_that_is_free_first(folder: Path) -> None:
    def send(count: int) -> list[Future[tuple[int, bytes]]]:
        return [people.submit(ask, folder / "web.sock", "/") for _ in range(count)]

    with ThreadPoolExecutor(PROCESSES * THREADS + WAITING) as people, letting_go(folder):
        send(PROCESSES * THREADS)
        wait_for(lambda: len(begun(folder)) == PROCESSES * THREADS)
        assert sorted(Counter(begun(folder)).values()) == [THREADS] * PROCESSES
        waiting = send(WAITING)
        time.sleep(0.5)  # in which a process would accept what it cannot begin
        free = begun(folder)[0]
        (folder / free).touch()
        assert {one.result() for one in waiting} == {(200, free.encode())}
