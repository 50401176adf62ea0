"""`manage.py serve` keeps its programs running and takes all of them with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from surveys import serving
from surveys.serving import Child, Program
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
SLEEP = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
PARENT = """
import sys
from surveys.serving import Program, supervise
supervise([Program("a", (sys.executable, "-c", sys.argv[1], sys.argv[2]))], on_ready=lambda: print("up", flush=True))
"""


def until(is_true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def running(*command: str, env: dict[str, str] | None = None) -> Iterator[psutil.Popen]:
    """A process that is killed at the end with all it started, should it still be there."""
    process = psutil.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        family = [process, *process.children(recursive=True)] if process.is_running() else []
        for member in family:
            member.kill()
        process.stdout.close()
        process.wait()


@contextmanager
def supervisor(folder: Path) -> Iterator[psutil.Popen]:
    with running("-c", PARENT, SLEEP, str(folder / "started")) as process:
        assert process.stdout.readline() == "up\n"
        until((folder / "started").exists)
        yield process


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    with supervisor(tmp_path) as process:
        (first,) = process.children()
        (tmp_path / "started").unlink()
        first.kill()
        until((tmp_path / "started").exists)
        (second,) = process.children()
        assert second.pid != first.pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_programs_end_with_their_supervisor(number: signal.Signals, tmp_path: Path) -> None:
    with supervisor(tmp_path) as process:
        (child,) = process.children()
        process.send_signal(number)
        process.wait(timeout=serving.STOP_S + 2)
        until(lambda: not child.is_running())


def test_a_program_that_ignores_the_request_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "STOP_S", 0.3)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    child = Child(Program("deaf", (sys.executable, "-c", deaf)))
    serving.keep_running(child)
    assert child.process is not None
    serving.stop([child])
    assert child.process.returncode is not None


def test_the_pause_doubles_while_a_program_dies_young(caplog: pytest.LogCaptureFixture) -> None:
    child = Child(Program("broken", (sys.executable, "-c", "raise SystemExit(3)")))
    pauses = []
    for _ in range(3):
        child.restart_at = 0.0
        serving.keep_running(child)
        assert child.process is not None
        child.process.wait()
        now = time.monotonic()
        serving.bury(child, now)
        pauses.append(child.restart_at - now)
    assert pauses == pytest.approx([0.5, 1.0, 2.0])
    assert "broken ended with code 3" in caplog.text


def test_a_steady_program_is_started_again_at_once() -> None:
    child = Child(Program("steady", (sys.executable, "-c", "")), deaths=5)
    serving.start(child, now=0.0)
    assert child.process is not None
    child.process.wait()
    serving.bury(child, now=serving.STEADY_S + 1)
    assert child.deaths == 0
    assert child.restart_at == serving.STEADY_S + 1


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running("manage.py", "serve", "--port", str(port)) as process:
            output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.count("\n") == 1
    assert f"127.0.0.1:{port}" in output


@pytest.mark.django_db(transaction=True)
def test_serving_restarts_a_killed_worker_and_stops_clean(environment: dict[str, str]) -> None:
    port = free_port()
    with running("manage.py", "serve", "--port", str(port), env=environment) as process:
        lines = iter(process.stdout.readline, "")
        assert any(f"http://127.0.0.1:{port}/" in line for line in lines)
        family = process.children(recursive=True)
        (worker,) = workers_of(process)
        worker.kill()
        until(lambda: any(other.pid != worker.pid for other in workers_of(process)))
        assert serving.is_answering(("127.0.0.1", port))
        family += process.children(recursive=True)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=serving.STOP_S + 5)
        assert process.returncode == 0
        until(lambda: not any(is_alive(member) for member in family))


def workers_of(supervisor: psutil.Process) -> list[psutil.Process]:
    return [p for p in supervisor.children() if is_alive(p) and "worker" in p.cmdline()]


def is_alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def test_the_web_server_takes_over_the_socket() -> None:
    with serving.listen("127.0.0.1", 0) as listener:
        web, *others = serving.programs(listener)
        assert web.inherit == (listener.fileno(),)
        assert [program.name for program in others] == ["worker", "beat"]
        assert os.get_inheritable(listener.fileno()) is False
