"""A run under load: the door's capacity measured, clients let in, the machine watched, all told."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil
from django.db import connection
from django.test import Client

from scoring import rescoring, tasks
from surveys import questionnaires
from surveys.jobs import UNFINISHED
from surveys.models import Submission, Survey
from tests.bench import intake
from tests.bench.house import tell, write
from tests.bench.intake import Target
from tests.collect.web import Web
from tests.factories import workbook
from tests.faults import fieldwork
from tests.faults.run import House, begin
from tests.faults.stack import Part, Stack
from tests.load.clients import Clients

ASK_EVERY_S = 5.0
BAR_S = 0.150
GROWTH_BAR = 1.15  # memory at the end beside the beginning
SETTLED_S = 30.0  # until processes have loaded what they need


@dataclass(frozen=True)
class Sample:
    """The machine at a moment: the share of its time that is used, megabytes of each program."""

    cpu: float
    memory: dict[str, float]


def play(stack: Stack, seconds: float, share: float) -> bool:
    """Whether all went well in so many seconds of a share of what the door can take."""
    house = begin(stack)
    questionnaires.publish(workbook(intake.form()), house.visits)
    for part in (stack.web, stack.beat):
        part.start()
    door = door_of(house)
    rate = share * capacity(door)
    worker = stack.workers[0]
    worker.command[:0] = ["nice", "-n", "10"]
    worker.start()
    address = (door.web.host, door.web.port)
    clients = Clients(address, door.path, session_at(house.demo.survey), rate)
    threads = clients.start()
    samples = list(watch(house, (stack.web, worker, stack.beat), seconds))
    clients.enough.set()
    for thread in threads:
        thread.join()
    return told(clients, samples, stack)


def door_of(house: House) -> Target:
    web, database = house.stack.web, house.stack.postgres
    host, port = house.stack.listener.getsockname()[:2]
    server = Web(host, port, web.processes()[0], web.log)
    return Target(server, f"{house.given['path']}/submission", database.processes()[0])


def capacity(door: Target) -> float:
    """Interviews a second that the door takes from clients that never rest, before anything else runs."""
    intake.send_all(door, [intake.request() for _ in range(intake.WARM_UP)], intake.CLIENTS)
    return intake.throughput(door)


def session_at(survey: Survey) -> str:
    """A coordinator's, signed in."""
    client = Client()
    client.force_login(fieldwork.coordinator_of(survey))
    connection.close()
    return client.cookies["sessionid"].value


def watch(house: House, parts: tuple[Part, ...], seconds: float) -> Iterator[Sample]:
    """Ask for work whenever none is under way, and look at the machine."""
    end = time.monotonic() + seconds
    psutil.cpu_percent()
    while time.monotonic() < end:
        ask_for_work(house)
        connection.close()
        time.sleep(ASK_EVERY_S)
        memory = {part.name: megabytes(part) for part in parts}
        yield Sample(psutil.cpu_percent() / 100, memory)


def ask_for_work(house: House) -> None:
    if not rescoring.under_way().exists():
        tasks.nudge_rescoring(rescoring.request(house.scheme, None))
    unfinished = house.demo.survey.jobs.filter(state__in=UNFINISHED)
    if not unfinished.exclude(kind="rescore").exists():
        fieldwork.export(house.demo, house.visits)


def megabytes(part: Part) -> float:
    return sum(float(one.memory_full_info().uss) for one in part.processes()) / 1e6


def told(clients: Clients, samples: list[Sample], stack: Stack) -> bool:
    """Write what was measured; whether nothing was lost, no error met and no memory kept growing."""
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
