"""A run under load: clients let in until the machine is busy, the machine watched, all told."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
from django.db import connections
from django.test import Client

from config import gunicorn
from scoring import rescoring, tasks
from surveys import questionnaires
from surveys.jobs import UNFINISHED
from surveys.models import Submission, Survey
from tests.bench import intake
from tests.bench.house import tell, write
from tests.factories import workbook
from tests.faults import fieldwork
from tests.faults.run import House, begin
from tests.faults.stack import Part, Stack
from tests.load.clients import Clients

ASK_EVERY_S = 5.0
FIRST_RATE = 10.0
RISE, FALL = 1.25, 0.95
WARMING_S, SETTLING_S = 20.0, 120.0
IDLE = ("chrt", "--idle", "0", "nice")  # nice only so that it is counted apart
BAR_S = 0.150
TAKEN_BAR = 0.98  # of what is asked
GROWTH_BAR = 1.15  # memory at the end beside the beginning


@dataclass(frozen=True)
class Sample:
    """The machine at a moment: shares of its time, megabytes of each program.

    `used` is without the work of low priority, which takes what is left over and gives it back;
    `clients` is what those who send and look took of it.
    """

    used: float
    low: float
    clients: float
    memory: dict[str, float]


def play(stack: Stack, seconds: float, busy: float) -> bool:
    """Whether all went well in so many seconds at a rate that keeps the machine so busy."""
    house = begin(stack)
    questionnaires.publish(workbook(intake.form()), house.visits)
    worker = stack.workers[0]
    worker.command[:0] = IDLE
    stack.web.command += behind_nginx()
    parts = (stack.web, stack.beat, worker)
    for part in parts:
        part.start()
    host, port = stack.listener.getsockname()[:2]
    door = f"{house.given['path']}/submission"
    clients = Clients((host, port), door, session_at(house.demo.survey), FIRST_RATE)
    threads = clients.start()
    settle(house, clients, parts, busy)
    samples = list(watch(house, parts, seconds))
    taken = clients.taken()
    clients.enough.set()
    for thread in threads:
        thread.join()
    return told(clients, taken, samples, stack)


def behind_nginx() -> list[str]:
    """What `serve`, to which anybody comes, does otherwise: here requests come whole, as nginx hands them on."""
    connections, kept = gunicorn.worker_connections, gunicorn.keepalive
    return [
        *("--threads", str(gunicorn.threads), "--worker-connections", str(connections)),
        *("--keep-alive", str(kept)),
    ]


def settle(house: House, clients: Clients, parts: tuple[Part, ...], busy: float) -> None:
    """Find the highest rate at which all is taken and no more of the machine is used than that.

    It rises until either fails, then falls until neither does. How busy the machine is says not enough: with
    what is of low priority it is full before so much is used by others, and a queue grows. What was met until
    then does not count.
    """
    for _ in watch(house, parts, WARMING_S):
        pass
    clients.set_rate(FIRST_RATE)
    is_rising = True
    for sample in watch(house, parts, SETTLING_S):
        is_well = sample.used <= busy and clients.taken() >= TAKEN_BAR
        is_rising &= is_well
        step = RISE if is_rising else 1.0 if is_well else FALL
        clients.set_rate(step * clients.rate)
    clients.tally.taken.clear()


def session_at(survey: Survey) -> str:
    """A coordinator's, signed in."""
    client = Client()
    client.force_login(fieldwork.coordinator_of(survey))
    connections.close_all()
    return client.cookies["sessionid"].value


def watch(house: House, parts: tuple[Part, ...], seconds: float) -> Iterator[Sample]:
    """Ask for work whenever none is under way, and look at the machine."""
    end = time.monotonic() + seconds
    clients = psutil.Process()
    clients.cpu_percent()
    psutil.cpu_times_percent()
    while time.monotonic() < end:
        ask_for_work(house)
        connections.close_all()
        time.sleep(ASK_EVERY_S)
        spent = psutil.cpu_times_percent()
        idle = spent.idle + spent.iowait
        yield Sample(
            used=(100 - idle - spent.nice) / 100,
            low=spent.nice / 100,
            clients=clients.cpu_percent() / 100 / psutil.cpu_count(),
            memory={part.name: megabytes(part) for part in parts},
        )


def ask_for_work(house: House) -> None:
    if not rescoring.under_way().exists():
        tasks.nudge_rescoring(rescoring.request(house.scheme, None))
    unfinished = house.demo.survey.jobs.filter(state__in=UNFINISHED)
    if not unfinished.exclude(kind="rescore").exists():
        fieldwork.export(house.demo, house.visits)


def megabytes(part: Part) -> float:
    return sum(float(one.memory_full_info().uss) for one in part.processes()) / 1e6


def told(clients: Clients, taken: float, samples: list[Sample], stack: Stack) -> bool:
    """Write what was measured; whether all was taken, nothing lost, no error met and no memory kept growing."""
    tally = clients.tally
    seconds = len(samples) * ASK_EVERY_S
    write(name="load", rate=round(clients.rate, 1), taken=round(taken, 3), seconds=seconds)
    shares = {
        name: round(statistics.mean(getattr(one, name) for one in samples), 2)
        for name in ("used", "low", "clients")
    }
    write(name="CPU of the machine", **shares)
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
    is_whole = taken >= TAKEN_BAR and not lost and not tally.errors and not broken
    return is_whole and max(growths) <= GROWTH_BAR


def growth(name: str, samples: list[Sample]) -> float:
    """The last fifth's memory by the first's; programs had loaded what they need before."""
    used = [one.memory[name] for one in samples]
    fifth = max(1, len(used) // 5)
    first, last = statistics.mean(used[:fifth]), statistics.mean(used[-fifth:])
    write(name=f"memory of {name}", first_mb=round(first), last_mb=round(last))
    return last / first
