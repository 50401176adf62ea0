"""`make bench-intake`: interviews from devices, evaluated in full on arrival, beside a bare Django view.

Both run under gunicorn on PostgreSQL, one after the other, and get the same requests. The interview has 60
questions and a repeat. Measured are the CPU time of web server and database for each request, with eight
clients, and how long 19 of 20 requests take where 32 clients send half of what intake can take. The bare view
with our middleware, and the steps of one interview, tell where the time goes.
"""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import psutil

from tests.bench import steps
from tests.bench.house import installation, tell, write
from tests.collect.device import BOUNDARY, XML_PART, body_of, content_type
from tests.collect.web import Web, gunicorn
from tests.servers import make_keys, postgres

BARE, DRESSED, OURS = "tests.bench.bare", "tests.bench.dressed", "config.wsgi"
CPU_BAR, P95_BAR = 2.5, 2.5  # times the bare view
P95_S = 0.1
WARM_UP, REQUESTS, ROUNDS = 60, 400, 3
CLIENTS, MANY_CLIENTS = 8, 32
SECONDS = 10.0
PATIENCE_S = 1.0  # gunicorn hangs up on who is silent for two
QUESTIONS, INSIDE, INSTANCES = 50, 10, 3


@dataclass(frozen=True)
class Target:
    """A server with its address for submissions, and the database behind it."""

    web: Web
    path: str
    database: psutil.Process

    def cpu_s(self) -> float:
        return _cpu_of(self.web.process) + _cpu_of(self.database)


def main() -> None:
    with ExitStack() as ending:
        ending.enter_context(installation())
        os.environ["DATABASE_URL"] = ending.enter_context(postgres())
        os.environ["KEYS_URL"] = make_keys(os.environ["DATABASE_URL"])
        database = next(p for p in psutil.Process().children() if "postgres" in p.name())
        path = build()
        with server(BARE, "/bare", database) as bare:
            baseline = cpu_a_request(bare)
        with server(DRESSED, "/bare", database) as dressed:
            write(name="CPU of the bare view with our middleware", seconds=cpu_a_request(dressed))
        with server(OURS, path, database) as ours:
            spent = cpu_a_request(ours)
            tell("CPU of a submission, web and database", spent, CPU_BAR * baseline, bare=baseline)
            capacity = throughput(ours)
            write(name="submissions a second", value=round(capacity, 1), clients=MANY_CLIENTS)
            p95_s = latency(ours, capacity / 2)
            write(name="most memory of a process", mb=round(ours.web.peak_mb()))
        with server(BARE, "/bare", database) as bare:
            bare_p95_s = latency(bare, capacity / 2)
        tell("p95 at half of what intake takes", p95_s, P95_BAR * bare_p95_s, bare=bare_p95_s)
        tell("p95 at half of what intake takes, in itself", p95_s, P95_S)
        steps.measure(path, "sixty", interview, request_of)


def build() -> str:
    """The tables, the survey, and the address for a device that is enrolled."""
    import django  # noqa: PLC0415  # settings come from the environment above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from surveys import questionnaires  # noqa: PLC0415
    from tests.collect import fieldwork  # noqa: PLC0415
    from tests.factories import workbook  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    survey = fieldwork.begin()
    questionnaires.publish(workbook(form()), survey.site.survey)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_row (id serial PRIMARY KEY, xml bytea NOT NULL)")
    connection.close()
    return f"{survey.server_path}/submission"


@contextmanager
def server(module: str, path: str, database: psutil.Process) -> Iterator[Target]:
    log = Path(os.environ["VAR_DIR"]) / "gunicorn.log"
    with gunicorn({}, log, application=f"{module}:application") as web:
        yield Target(web, path, database)


def form() -> str:
    """Sixty questions: choices, numbers with limits, what applies only to some, and a roster."""
    rows = ["| text | psu_id | Site | | |"]
    for at in range(QUESTIONS - 1):
        rules = f"${{q{at - 1}}} = 'yes'" if at % 5 == 1 else ""
        if at % 5 in (0, 2):
            rows.append(f"| select_one yn | q{at} | Question {at} | {rules} | |")
        elif at % 5 == 4:
            rows.append(f"| text | q{at} | Question {at} | | |")
        else:
            rows.append(f"| integer | q{at} | Question {at} | {rules} | . >= 0 and . <= 120 |")
    rows.append("| begin_repeat | member | Member | | |")
    for at in range(INSIDE - 1):
        rows.append(f"| integer | m{at} | Member {at} | | . < 200 |")
    rows += ["| text | name | Name | | |", "| end_repeat | | | | |"]
    table = "\n".join(f"| {row}" for row in rows)
    return (
        "| survey |\n| | type | name | label | relevant | constraint |\n"
        + table
        + "\n| choices |\n"
        "| | list_name | name | label |\n| | yn | yes | Yes |\n| | yn | no | No |\n"
        "| settings |\n| | form_id | version |\n| | sixty | 1 |\n"
    )


def request() -> bytes:
    return request_of(interview())


def request_of(xml: bytes) -> bytes:
    return body_of([(XML_PART, "submission.xml", "text/xml", xml)])


def interview() -> bytes:
    """One more."""
    answers = "".join(f"<q{at}>{answer_to(at)}</q{at}>" for at in range(QUESTIONS - 1))
    inside = "".join(f"<m{at}>{at + 20}</m{at}>" for at in range(INSIDE - 1))
    return (
        f'<data id="sixty" version="1"><psu_id>S1</psu_id>{answers}'
        + f"<member>{inside}<name>Li</name></member>" * INSTANCES
        + f"<meta><instanceID>uuid:{uuid4()}</instanceID></meta></data>"
    ).encode()


def answer_to(at: int) -> str:
    return {0: "yes", 2: "no", 4: "some words"}.get(at % 5, "42")


def cpu_a_request(target: Target) -> float:
    """The least of some rounds: other programs of the machine add to it, and never take away."""
    send_all(target, [request() for _ in range(WARM_UP)], CLIENTS)
    return min(_cpu_round(target) for _ in range(ROUNDS))


def _cpu_round(target: Target) -> float:
    bodies = [request() for _ in range(REQUESTS)]
    before = target.cpu_s()
    send_all(target, bodies, CLIENTS)
    return (target.cpu_s() - before) / REQUESTS


def throughput(target: Target) -> float:
    """Requests a second, with many clients that never rest."""
    bodies = [request() for _ in range(2 * REQUESTS)]
    start = time.perf_counter()
    send_all(target, bodies, MANY_CLIENTS)
    return len(bodies) / (time.perf_counter() - start)


def latency(target: Target, rate: float) -> float:
    """What 19 of 20 requests take at a rate, in seconds."""
    send_all(target, [request() for _ in range(WARM_UP)], MANY_CLIENTS)
    bodies = [request() for _ in range(int(rate * SECONDS))]
    start = time.perf_counter()
    due = [start + number / rate for number in range(len(bodies))]
    taken = send_all(target, bodies, MANY_CLIENTS, due)
    return statistics.quantiles(taken, n=20)[-1]


def send_all(
    target: Target, bodies: Sequence[bytes], clients: int, due: Sequence[float] = ()
) -> list[float]:
    """Each client sends the next one that is left, when it is due; returns how long each took."""
    left = iter(enumerate(bodies))
    lock, taken = threading.Lock(), []

    def take() -> tuple[int, bytes] | None:
        with lock:
            return next(left, None)

    def work() -> None:
        connection = HTTPConnection(target.web.host, target.web.port, timeout=60)
        while (one := take()) is not None:
            number, body = one
            at = due[number] if due else time.perf_counter()
            pause_s = max(0.0, at - time.perf_counter())
            if pause_s > PATIENCE_S:
                connection.close()
            time.sleep(pause_s)
            _send(connection, target.path, body)
            taken.append(time.perf_counter() - at)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    _each(threads, threading.Thread.start)
    _each(threads, threading.Thread.join)
    assert len(taken) == len(bodies)
    return taken


def _each(threads: Sequence[threading.Thread], do: Callable[[threading.Thread], None]) -> None:
    for thread in threads:
        do(thread)


def _send(connection: HTTPConnection, path: str, body: bytes) -> None:
    connection.request("POST", path, body, {"Content-Type": content_type(BOUNDARY)})
    response = connection.getresponse()
    response.read()
    assert response.status == 201, response.status


def _cpu_of(process: psutil.Process) -> float:
    """Of a process and its children, those that have ended too, in seconds."""
    ended = process.cpu_times()
    living = [one.cpu_times() for one in process.children(recursive=True)]
    own = ended.user + ended.system + ended.children_user + ended.children_system
    return float(own + sum(spent.user + spent.system for spent in living))


if __name__ == "__main__":
    main()
