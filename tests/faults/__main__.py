"""`make faults`: everything goes wrong while everybody works.

Devices with Collect send interviews with files through a bad network, pages copy drafts and finish them, everybody
is judged again and again, files are exported. Meanwhile, at moments drawn from a seed, web server,
workers, beat, Redis and PostgreSQL are killed or stopped, connections are cut, the disk is full, or all of it dies
at once. In the end every acknowledged answer must be here once, every job must have ended with a word,
and everything computed must be as if nothing had happened. SEED= and COUNT= say which runs.
"""

import json
import logging
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.bench.house import installation, write
from tests.faults.deeds import drawn
from tests.faults.stack import Stack, servers

if TYPE_CHECKING:
    from scoring.models import Scheme
    from surveys.demo import Demo
    from surveys.models import Job, Survey

DEEDS = 12  # in a run
BETWEEN_S = (0.5, 4.0)
LOOK_S = 0.2
WAIT_S = 240.0
SHOWN = 8


@dataclass
class House:
    """What runs, and the two surveys in it: one that is judged, one that is asked."""

    stack: Stack
    demo: "Demo"
    scheme: "Scheme"
    visits: "Survey"
    given: dict[str, Any]
    ledgers: list[Mapping[str, Any]] = field(default_factory=list)


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
                forget_connection()
            people.stdin.write("enough\n")
            people.stdin.flush()
            self.finish()
            self.house.ledgers.append(json.loads(people.stdout.readline()))
        self.finish()

    def ask_for_work(self, number: int) -> None:
        """A rescore with other reference values, a file, an interview."""
        from scoring import rescoring, tasks  # noqa: PLC0415
        from tests.faults import fieldwork  # noqa: PLC0415

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
        from scoring import rescoring, tasks  # noqa: PLC0415

        self.wait_until(lambda: not self.unfinished())
        while self.last_rescore().state != "done":
            tasks.nudge_rescoring(rescoring.request(self.house.scheme, None))
            self.wait_until(lambda: not self.unfinished())
        self.wait_until(self.is_caught_up)

    def unfinished(self) -> bool:
        from surveys.jobs import UNFINISHED  # noqa: PLC0415
        from surveys.models import Job  # noqa: PLC0415

        return Job.objects.filter(state__in=UNFINISHED).exists()

    def last_rescore(self) -> "Job":
        job = self.house.scheme.survey.jobs.filter(kind="rescore").first()
        assert job
        return job

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Until then, or not: then what it waits for is found as a fault."""
        deadline = time.monotonic() + WAIT_S
        while not is_so() and time.monotonic() < deadline:
            self.wait(LOOK_S)

    def is_caught_up(self) -> bool:
        from scoring import cells, estimates, scores  # noqa: PLC0415
        from surveys.fieldwork import current_wave  # noqa: PLC0415

        scheme = self.house.scheme
        return not (
            scores.waiting(scheme)
            or cells.expired(scheme).exists()
            or cells.dirty(scheme).exists()
            or estimates.is_stale(scheme, current_wave(scheme.survey))
        )


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    given = parser.parse_args()
    with installation(), servers() as stack:
        import django  # noqa: PLC0415  # settings come from the environment above

        django.setup()
        # That messages cannot be sent is what is tried here.
        logging.getLogger("django.db.backends.base").setLevel(logging.CRITICAL)
        house = begin(stack)
        is_well = [is_good(house, seed) for seed in range(given.seed, given.seed + given.count)]
    write(name="faults", runs=len(is_well), failed=is_well.count(False))
    sys.exit(0 if all(is_well) else 1)


def begin(stack: Stack) -> House:
    from tests.faults import fieldwork  # noqa: PLC0415

    demo, scheme = fieldwork.build()
    visits, given = fieldwork.ask()
    for part in (*stack.cables, stack.web, *stack.workers, stack.beat):
        part.start()
    return House(stack, demo, scheme, visits, given)


def is_good(house: House, seed: int) -> bool:
    """Whether everything is as it would be had nothing gone wrong."""
    from tests.faults import checking  # noqa: PLC0415

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


def forget_connection() -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()


if __name__ == "__main__":
    main()
