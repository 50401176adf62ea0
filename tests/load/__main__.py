"""`make load`: enumerators send while dashboards are open, files are exported and everybody is judged again.

Web server, PostgreSQL, Redis, a worker and beat run on this machine's loopback, as production runs them. Interviews of 60
questions come at a steady rate, a share of what the door can take; coordinators look at the dashboard; an export and
a rescore are always under way, by a worker of low priority. In the end every acknowledged interview must be
here once, nobody may have met an error, and no process may have grown. MINUTES= and SHARE= say how long and how much.
"""

import statistics
import sys
import threading
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

import psutil

from tests.bench import intake
from tests.bench.house import installation, tell, write
from tests.collect.device import BOUNDARY, content_type
from tests.faults.stack import Part, Stack, servers

DEVICES, VIEWERS = 24, 3
VIEW_EVERY_S = 1.0
ASK_EVERY_S = 5.0
BAR_S = 0.150
GROWTH_BAR = 1.15  # memory at the end beside the beginning
SETTLED_S = 30.0  # until processes have loaded what they need
CREATED, OK = 201, 200


@dataclass
class Tally:
    """What clients met, by what they asked for; `sent` are the ids that the server has acknowledged."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note(self, what: str, seconds: float, status: int, wanted: int) -> bool:
        self.taken[what].append(seconds)
        if status != wanted:
            self.errors.append(f"{what}: {status}")
        return status == wanted

    def p95_s(self, what: str) -> float:
        return statistics.quantiles(self.taken[what], n=20)[-1]


@dataclass
class Clients:
    """Devices that send at a rate, whoever is late, and people who look."""

    address: tuple[str, int]
    door: str
    session: str
    rate: float
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._due = time.perf_counter()
        self.enough = threading.Event()

    def start(self) -> list[threading.Thread]:
        works = [self.send] * DEVICES + [self.look] * VIEWERS
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        return threads

    def _next(self) -> float:
        with self._lock:
            self._due += 1 / self.rate
            return self._due

    def send(self) -> None:
        while not self.enough.is_set():
            due = self._next()
            time.sleep(max(0.0, due - time.perf_counter()))
            xml = intake.interview()
            headers = {"Content-Type": content_type(BOUNDARY)}
            status = self._ask("POST", self.door, intake.request_of(xml), headers)
            if self.tally.note("submission", time.perf_counter() - due, status, CREATED):
                self.tally.sent.append(
                    xml.partition(b"<instanceID>")[2].partition(b"<")[0].decode()
                )

    def look(self) -> None:
        headers = {"Cookie": f"sessionid={self.session}"}
        while not self.enough.wait(VIEW_EVERY_S):
            began = time.perf_counter()
            status = self._ask("GET", "/admin/", None, headers)
            self.tally.note("dashboard", time.perf_counter() - began, status, OK)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
        """The status of the answer; 0 without one."""
        connection = HTTPConnection(*self.address, timeout=60)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
        return response.status


@dataclass(frozen=True)
class Sample:
    """The machine at a moment: the share of its time that is used, megabytes of each program."""

    cpu: float
    memory: dict[str, float]


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--share", type=float, default=0.5, help="of what the door can take")
    given = parser.parse_args()
    with installation(), servers() as stack:
        is_well = play(stack, given.minutes * 60, given.share)
    sys.exit(0 if is_well else 1)


def play(stack: Stack, seconds: float, share: float) -> bool:
    import django  # noqa: PLC0415  # settings come from the environment above

    django.setup()
    from surveys import questionnaires  # noqa: PLC0415
    from tests.factories import workbook  # noqa: PLC0415
    from tests.faults import fieldwork  # noqa: PLC0415

    demo, scheme = fieldwork.build()
    visits, given = fieldwork.ask()
    questionnaires.publish(workbook(intake.form()), visits)
    door = f"{given['path']}/submission"
    for part in (*stack.cables, stack.web, stack.beat):
        part.start()
    address = stack.listener.getsockname()[:2]
    rate = share * capacity(address, door)
    worker = stack.workers[0]
    worker.command[:0] = ["nice", "-n", "10"]
    worker.start()
    clients = Clients(address, door, session_of(coordinator_of(demo.survey)), rate)
    threads = clients.start()
    samples = list(watch(stack, worker, demo, visits, scheme, seconds))
    clients.enough.set()
    for thread in threads:
        thread.join()
    return told(clients, samples, stack)


def capacity(address: tuple[str, int], door: str) -> float:
    """Interviews a second that the door takes from clients that never rest, before anything else runs."""

    class Server:
        host, port = address

    class Door:
        web, path = Server, door

    intake.send_all(Door, [intake.request() for _ in range(60)], 8)  # type: ignore[arg-type]
    return intake.throughput(Door)  # type: ignore[arg-type]


def coordinator_of(survey: Any) -> Any:
    from surveys.models import Role, User  # noqa: PLC0415

    return User.objects.filter(
        memberships__survey=survey, memberships__role=Role.COORDINATOR
    ).first()


def session_of(person: Any) -> str:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(person)
    connection.close()
    return client.cookies["sessionid"].value


def watch(
    stack: Stack, worker: Part, demo: Any, visits: Any, scheme: Any, seconds: float
) -> Iterator[Sample]:
    """Ask for work whenever none is under way, and look at the machine."""
    from django.db import connection  # noqa: PLC0415

    from scoring import rescoring, tasks  # noqa: PLC0415
    from tests.faults import fieldwork  # noqa: PLC0415

    end = time.monotonic() + seconds
    psutil.cpu_percent()
    while time.monotonic() < end:
        if not rescoring.under_way().exists():
            tasks.nudge_rescoring(rescoring.request(scheme, None))
        if not demo.survey.jobs.filter(state__in=("queued", "running")).exclude(kind="rescore"):
            fieldwork.export(demo, visits)
        connection.close()
        time.sleep(ASK_EVERY_S)
        memory = {part.name: megabytes(part) for part in (stack.web, worker, stack.beat)}
        yield Sample(psutil.cpu_percent() / 100, memory)


def megabytes(part: Part) -> float:
    assert part.process is not None
    family = [psutil.Process(part.process.pid), *part.family()]
    return sum(float(one.memory_full_info().uss) for one in family) / 1e6


def told(clients: Clients, samples: list[Sample], stack: Stack) -> bool:
    """Write what was measured; whether nothing was lost, no error met and no memory kept growing."""
    from surveys.models import Submission  # noqa: PLC0415

    tally = clients.tally
    write(name="load", rate=round(clients.rate, 1), seconds=len(samples) * ASK_EVERY_S)
    write(name="CPU of the machine", share=round(statistics.mean(one.cpu for one in samples), 2))
    for what in sorted(tally.taken):
        tell(f"p95 of a {what}", tally.p95_s(what), BAR_S, count=len(tally.taken[what]))
    stored = set(Submission.objects.values_list("instance_id", flat=True))
    lost = [one for one in tally.sent if one not in stored]
    broken = sum(
        part.log.read_text("utf-8").count("Traceback")
        for part in stack.programs
        if part.log.exists()
    )
    write(
        name="outcome",
        sent=len(tally.sent),
        lost=len(lost),
        errors=len(tally.errors),
        broken=broken,
    )
    growths = [growth(name, samples) for name in samples[0].memory]
    for error in tally.errors[:5]:
        write(name="error", said=error)
    return not lost and not tally.errors and not broken and max(growths) <= GROWTH_BAR


def growth(name: str, samples: list[Sample]) -> float:
    """The last fifth's memory by the first's, once programs had loaded what they need."""
    settled = [one.memory[name] for one in samples[int(SETTLED_S / ASK_EVERY_S) :]]
    fifth = max(1, len(settled) // 5)
    first, last = statistics.mean(settled[:fifth]), statistics.mean(settled[-fifth:])
    write(name=f"memory of {name}", first_mb=round(first), last_mb=round(last))
    return last / first


if __name__ == "__main__":
    main()
