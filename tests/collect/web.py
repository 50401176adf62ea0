"""The web server that devices meet: gunicorn as `manage.py serve` runs it, in processes of its own."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from surveys.serving import is_answering
from tests.servers import free_port, running, wait_for

MB = 1_000_000


@dataclass(frozen=True)
class Web:
    """Where it listens, and the processes that answer."""

    host: str
    port: int
    process: psutil.Process
    log: Path

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def peak_mb(self) -> float:
        """The most memory that one of the processes has had since it began."""
        return max(_peak_kb(process.pid) for process in self.family) / 1000

    def cpu_s(self) -> float:
        """CPU time of all processes so far."""
        times = [process.cpu_times() for process in self.family]
        return float(sum(spent.user + spent.system for spent in times))


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@contextmanager
def gunicorn(
    environment: Mapping[str, str],
    log: Path,
    *,
    application: str = "config.wsgi:application",
    workers: int = 2,
    threads: int = 4,
    port: int = 0,
) -> Iterator[Web]:
    """gunicorn with an environment, at a free port or a given one; it is gone at the end."""
    port = port or free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)]
    command += ["--preload", "--log-level", "warning", "--graceful-timeout", "3"]
    command += ["--no-control-socket"]
    with running(command, log, env=dict(os.environ | environment)) as process:
        wait_for(lambda: _require_answer(port), ConnectionError, process)
        yield Web("127.0.0.1", port, psutil.Process(process.pid), log)


def _require_answer(port: int) -> None:
    if not is_answering(("127.0.0.1", port)):
        raise ConnectionError
