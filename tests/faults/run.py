"""A fault run: people work, what was drawn is done, and in the end everything is compared."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import connections

from scoring import cells, estimates, rescoring, scores, tasks
from scoring.models import Scheme
from surveys.demo import Demo
from surveys.fieldwork import current_wave
from surveys.jobs import UNFINISHED
from surveys.models import Job, Survey
from tests.bench.house import write
from tests.faults import checking, fieldwork
from tests.faults.deeds import drawn
from tests.faults.stack import Stack

DEEDS = 12  # in a run
BETWEEN_S = (0.5, 4.0)
LOOK_S = 0.2
WAIT_S = 240.0
SHOWN = 8


@dataclass
class House:
    """What runs, and the two surveys in it: one that is judged, one that is asked."""

    stack: Stack
    demo: Demo
    scheme: Scheme
    visits: Survey
    given: dict[str, Any]
    ledgers: list[Mapping[str, Any]] = field(default_factory=list)


def begin(stack: Stack) -> House:
    """Both surveys are there; nothing that is ours runs yet."""
    demo, scheme = fieldwork.build()
    visits, given = fieldwork.ask()
    return House(stack, demo, scheme, visits, given)


@dataclass
class Run:
    house: House
    seed: int

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.ended: Counter[str] = Counter()  # by themselves

    def play(self) -> None:
        """Let people work, do what was drawn, wait until all is done."""
        given = self.house.given | {"seed": self.seed, "url": self.house.stack.url}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.faults.people"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as people:
            assert people.stdin is not None
            assert people.stdout is not None
            people.stdin.write(json.dumps(given) + "\n")
            people.stdin.flush()
            for number, deed in enumerate(drawn(self.house.stack, self.random, DEEDS), start=1):
                self.ask_for_work(number)
                self.wait(self.random.uniform(*BETWEEN_S))
                write(seed=self.seed, number=number, done=deed.kind, to=deed.names)
                deed.do(self.random, self.wait)
                connections.close_all()
            people.stdin.write("enough\n")
            people.stdin.flush()
            self.finish()
            self.house.ledgers.append(json.loads(people.stdout.readline()))
        self.finish()

    def ask_for_work(self, number: int) -> None:
        """A rescore with other reference values, a file, an interview."""
        if not rescoring.under_way().exists():
            fieldwork.change_wages(self.random)
            tasks.nudge_rescoring(rescoring.request(self.house.scheme, None))
        fieldwork.export(self.house.demo, self.house.visits)
        fieldwork.receive(self.house.demo, 1000 * self.seed + number)

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.ended.update(self.house.stack.supervise())
            time.sleep(min(LOOK_S, seconds))

    def finish(self) -> None:
        """Until nothing is under way. Who reads that a rescore was given up asks again."""
        self.wait_until(lambda: not self.unfinished())
        while self.last_rescore().state != "done":
            tasks.nudge_rescoring(rescoring.request(self.house.scheme, None))
            self.wait_until(lambda: not self.unfinished())
        self.wait_until(self.is_caught_up)

    def unfinished(self) -> bool:
        return Job.objects.filter(state__in=UNFINISHED).exists()

    def last_rescore(self) -> Job:
        job = self.house.scheme.survey.jobs.filter(kind="rescore").first()
        assert job
        return job

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Until then, or not: then what it waits for is found as a fault."""
        deadline = time.monotonic() + WAIT_S
        while not is_so() and time.monotonic() < deadline:
            self.wait(LOOK_S)

    def is_caught_up(self) -> bool:
        scheme = self.house.scheme
        return not (
            scores.waiting(scheme)
            or cells.expired(scheme).exists()
            or cells.dirty(scheme).exists()
            or estimates.is_stale(scheme, current_wave(scheme.survey))
        )


def is_good(house: House, seed: int) -> bool:
    """Whether everything is as it would be had nothing gone wrong."""
    start = time.monotonic()
    run = Run(house, seed)
    run.play()
    found = list(checking.faults(house.scheme, house.visits, house.ledgers))
    jobs = Counter(house.scheme.survey.jobs.values_list("state", flat=True))
    ledger = house.ledgers[-1]
    write(
        seed=seed,
        seconds=round(time.monotonic() - start, 1),
        sent=len(ledger["records"]),
        drafts=len(ledger["drafts"]),
        finished=sum(draft["finished"] for draft in ledger["drafts"]),
        jobs=dict(jobs),
        ended_by_themselves=dict(run.ended),
        logged=house.stack.web.errors(),  # by the web server, since it began
        found=len(found),
        some=found[:SHOWN],
    )
    if found:
        sys.stderr.write(house.stack.logged(lines=60))
    return not found
