"""The supervisor of `manage.py serve`: keeps programs running, and stops them all together."""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from surveys.errors import SurveyError, gettext_noop

logger = logging.getLogger(__name__)

TICK_S = 0.2
STEADY_S = 10.0  # a program that ran this long is restarted at once
LONGEST_PAUSE_S = 30.0
STOP_S = 5.0  # what a program has to finish before it is killed
PR_SET_PDEATHSIG = 1
# Browsers come to it themselves, or through whatever proxy: connections on which nothing is said take a thread for five seconds,
# and none after that.
DIRECT = ("--threads", "4", "--worker-connections", "1000", "--keep-alive", "2")


class PortInUse(SurveyError):
    """Somebody else listens where we are asked to."""


@dataclass(frozen=True)
class Program:
    """A command to keep running; `inherit` are file descriptors it takes over from us."""

    name: str
    command: tuple[str, ...]
    inherit: tuple[int, ...] = ()


@dataclass
class Child:
    """A program's present process, and how often it died young."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    deaths: int = 0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, kept by the supervisor: requests wait while the web server restarts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = gettext_noop(
            "Cannot listen on %(host)s:%(port)s (%(reason)s). Choose another port."
        )
        raise PortInUse(message, host=host, port=port, reason=error.strerror) from error
    return listener


def programs(listener: socket.socket, *, project: str = "config") -> tuple[Program, ...]:
    """The web server, the worker and the clock of this project."""
    python = (sys.executable, "-W", "ignore::Warning:celery.platforms", "-m")
    celery = (*python, "celery", "-q", "-A", project)
    web = (
        *(*python, "gunicorn", f"{project}.wsgi:application", "--config", "python:config.gunicorn"),
        *("--bind", f"fd://{listener.fileno()}", "--graceful-timeout", "3", *DIRECT),
    )
    worker = (
        *(*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    return (
        Program("web", web, inherit=(listener.fileno(),)),
        Program("worker", worker),
        Program("beat", (*celery, "beat", "--pidfile", "", "--loglevel", "WARNING")),
    )


def is_answering(address: tuple[str, int]) -> bool:
    """Whether a web server answers there, whatever it says."""
    connection = HTTPConnection(*address, timeout=1)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def die_with_parent() -> None:
    """Ask Linux to stop this process when its parent is gone, however the parent ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(
    wanted: Sequence[Program],
    *,
    is_ready: Callable[[], bool] = lambda: True,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Run programs until SIGINT or SIGTERM. Calls `on_ready` once, when `is_ready` says so."""
    asked_to_stop: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: asked_to_stop.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    children = [Child(program) for program in wanted]
    announced = False
    try:
        while not asked_to_stop:
            for child in children:
                keep_running(child)
            if not announced and is_ready():
                announced = True
                on_ready()
            time.sleep(TICK_S)
    finally:
        stop(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_running(child: Child) -> None:
    """Start a child that does not run, after a pause that doubles while it keeps dying young."""
    if child.is_running:
        return
    now = time.monotonic()
    if child.process is not None:
        bury(child, now)
    if now >= child.restart_at:
        start(child, now)


def start(child: Child, now: float) -> None:
    child.process = subprocess.Popen(  # noqa: S603  # the commands are ours
        child.program.command,
        stdin=subprocess.DEVNULL,
        pass_fds=child.program.inherit,
        start_new_session=True,  # so that Ctrl-C reaches the supervisor only, which stops in order
        preexec_fn=die_with_parent,  # noqa: PLW1509  # no other thread runs Python here
    )
    child.started_at = now


def bury(child: Child, now: float) -> None:
    """Note a death, end what it left running, and say when to try again."""
    assert child.process is not None  # noqa: S101  # its caller saw the process
    kill_group(child.process)
    child.deaths = 0 if now - child.started_at > STEADY_S else child.deaths + 1
    pause = min(LONGEST_PAUSE_S, 0.25 * 2**child.deaths) if child.deaths else 0.0
    child.restart_at = now + pause
    logger.warning(
        "%s ended with code %s; starting it again in %.1f s",
        child.program.name,
        child.process.returncode,
        pause,
    )
    child.process = None


def stop(children: Sequence[Child]) -> None:
    """End all processes: politely first, and after `STOP_S` for certain."""
    processes = [child.process for child in children if child.process is not None]
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_S
    while time.monotonic() < deadline and any(p.poll() is None for p in processes):
        time.sleep(TICK_S / 4)
    for process in processes:
        kill_group(process)
        process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group that a process led."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
