"""`make faults`: everybody judged again, while workers, Redis and PostgreSQL are killed.

Twenty times, at random moments, one of them is ended by SIGKILL with all its children, and started
again up to three seconds later. Meanwhile interviews come in, and another rescore with other reference
values is asked for as soon as one has ended. In the end everything must be as if nothing had happened;
each job has ended, and one that was given up says so. SEED= chooses other moments.
"""

import logging
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.bench.house import installation, write
from tests.faults.stack import Part, Stack, servers

if TYPE_CHECKING:
    from scoring.models import Scheme
    from surveys.demo import Demo
    from surveys.models import Job

KILLS = 20
BETWEEN_S = (1.0, 6.0)
LONGEST_PAUSE_S = 3.0
LOOK_S = 0.2
WAIT_S = 180.0
SHOWN, SHOWN_OF = 300, 5  # letters of so many differences


@dataclass
class Play:
    """What runs, and where chance has got to."""

    stack: Stack
    demo: "Demo"
    scheme: "Scheme"
    random: Random

    def victims(self) -> list[Part]:
        """A worker, Redis and PostgreSQL equally often, in no order."""
        kinds = (self.stack.workers, (self.stack.redis,), (self.stack.postgres,))
        found = [self.random.choice(kinds[number % len(kinds)]) for number in range(KILLS)]
        self.random.shuffle(found)
        return found

    def kill(self, victim: Part, number: int) -> None:
        self.rescore_for(self.random.uniform(*BETWEEN_S))
        before = self.newest_job()
        victim.kill()
        pause_s = self.random.uniform(0, LONGEST_PAUSE_S)
        if victim is self.stack.postgres:
            time.sleep(pause_s)
        else:
            self.receive(number)  # an interview is stored, whatever else is down
            self.rescore_for(pause_s)
        victim.start()
        reconnect()
        write(
            number=number,
            killed=victim.name,
            down_s=round(pause_s, 2),
            job=before.pk,
            state=before.state,
            sites=f"{before.done}/{before.total}",
            attempts=before.attempts,
        )

    def receive(self, number: int) -> None:
        from tests.faults import fieldwork  # noqa: PLC0415  # Django is set up only now

        fieldwork.receive(self.demo, number)

    def rescore_for(self, seconds: float) -> None:
        """Let time pass; where no rescore is under way, another begins."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.supervise()
            self.keep_rescoring()
            time.sleep(LOOK_S)

    def supervise(self) -> None:
        for name in self.stack.supervise():
            write(ended_by_itself=name)

    def keep_rescoring(self) -> None:
        from scoring import rescoring, tasks  # noqa: PLC0415
        from tests.faults import fieldwork  # noqa: PLC0415

        if not rescoring.under_way().exists():
            fieldwork.change_wages(self.random)
            tasks.nudge_rescoring(rescoring.request(self.scheme, None))

    def newest_job(self) -> "Job":
        job = self.scheme.survey.jobs.first()
        assert job
        return job

    def finish(self) -> None:
        """Wait for what is under way. Who reads that a rescore was given up asks again."""
        from scoring import rescoring  # noqa: PLC0415
        from surveys.models import Job  # noqa: PLC0415

        while self.newest_job().state != Job.State.DONE:
            self.keep_rescoring()
            self.wait_until(lambda: not rescoring.under_way().exists())
        self.wait_until(self.is_caught_up)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not is_so():
            assert time.monotonic() < deadline, "waited in vain"
            self.supervise()
            time.sleep(LOOK_S)

    def is_caught_up(self) -> bool:
        from scoring import cells, estimates, scores  # noqa: PLC0415
        from surveys.fieldwork import current_wave  # noqa: PLC0415

        return not (
            scores.waiting(self.scheme)
            or cells.expired(self.scheme).exists()
            or cells.dirty(self.scheme).exists()
            or estimates.is_stale(self.scheme, current_wave(self.scheme.survey))
        )


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    start = time.monotonic()
    with installation(), servers() as stack:
        import django  # noqa: PLC0415  # settings come from the environment above

        django.setup()
        # That messages cannot be sent is what is tried here.
        logging.getLogger("django.db.backends.base").setLevel(logging.CRITICAL)
        is_well = False
        try:
            play = begin(stack, seed)
            for number, victim in enumerate(play.victims(), start=1):
                play.kill(victim, number)
            play.finish()
            is_well = report(play, time.monotonic() - start)
        finally:
            if not is_well:
                sys.stderr.write(stack.logged(lines=100))
    sys.exit(0 if is_well else 1)


def begin(stack: Stack, seed: int) -> Play:
    from tests.faults import fieldwork  # noqa: PLC0415

    demo, scheme = fieldwork.build()
    for part in (*stack.workers, stack.beat):
        part.start()
    play = Play(stack, demo, scheme, Random(seed))
    play.keep_rescoring()
    return play


def report(play: Play, seconds: float) -> bool:
    """Whether everything is as it would be had nothing been killed."""
    from scoring import scores, verification  # noqa: PLC0415

    found = [str(difference) for difference in verification.differences(play.scheme.survey)]
    counted = scores.of_survey(play.scheme).count()
    scored = sum(play.scheme.sites.values_list("people", flat=True))
    jobs = Counter(play.scheme.survey.jobs.values_list("state", flat=True))
    write(
        name="faults",
        seconds=round(seconds, 1),
        interviews=counted,
        scores=scored,
        sites=play.scheme.sites.count(),
        rescores=dict(jobs),
        differences=len(found),
        some=[text[:SHOWN] for text in found[:SHOWN_OF]],
    )
    return not found and counted == scored and set(jobs) <= {"done", "failed"}


def reconnect() -> None:
    from django.db import connection  # noqa: PLC0415

    connection.close()


if __name__ == "__main__":
    main()
