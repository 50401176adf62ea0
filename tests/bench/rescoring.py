"""`make bench-rescoring`: a full rescore on PostgreSQL beside a bare reading of the same answers, and how
soon one more interview is in every estimate. COUNT= says how many interviews are stored.

Two processes work together, as two Celery workers do.
"""

import multiprocessing
import statistics
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.bench.house import tell
from tests.bench.province import asked_for, province, seconds

if TYPE_CHECKING:
    from surveys.demo import Demo

WORKERS = 2
SLICES = 10
TIMES_READING = 10.0
VISIBLE_S = 2.0
NEW = 7  # interviews that come in, one at a time
CHUNK = 2000


def main() -> None:
    stored = asked_for()
    with province(stored):
        bench_rescore(stored)
        bench_new_interview(stored)


def bench_rescore(stored: int) -> None:
    """The first scoring writes all scores; judging again finds them as they were."""
    from scoring import rescoring, scores  # noqa: PLC0415
    from scoring.models import Scheme  # noqa: PLC0415

    scheme = Scheme.objects.get()
    scores.mark_waiting(scheme)
    for name in ("first", "again"):
        scores.expire(scheme)
        reading, judging = in_turn(scheme.sites.count())
        estimating = seconds(lambda: list(rescoring.steps(scheme)))
        took = judging + estimating
        tell(
            f"rescore_{name}",
            took,
            TIMES_READING * reading,
            stored=stored,
            times_reading=round(took / reading, 2),
            us_an_interview=round(took / stored * 1e6, 1),
            estimating_s=round(estimating, 2),
            reading_s=round(reading, 2),
        )


def in_turn(sites: int) -> tuple[float, float]:
    """Seconds of reading all answers and of judging all sites, a slice of each in turn.

    What else the machine does meanwhile weighs on both alike.
    """
    from surveys.models import Interview  # noqa: PLC0415

    last = Interview.objects.order_by("-pk")[0].pk + 1
    ends = [last * part // (SLICES * WORKERS) for part in range(SLICES * WORKERS + 1)]
    spans = list(pairwise(ends))
    reading = judging = 0.0
    for turn in range(SLICES):
        parts = spans[turn * WORKERS : (turn + 1) * WORKERS]
        reading += seconds(partial(spread, read, parts))
        left = sites - sites * (turn + 1) // SLICES
        judging += seconds(partial(spread, judge, [(left,)] * WORKERS))
    return reading, judging


def read(first: int, end: int) -> None:
    """The same answers, and nothing done with them, by as many processes as rescore."""
    from surveys.models import Interview  # noqa: PLC0415

    rows = Interview.objects.filter(pk__gte=first, pk__lt=end).order_by("pk")
    for _ in rows.values_list("answers", "skipped").iterator(CHUNK):
        pass


def judge(left: int) -> None:
    """Until no more than `left` sites wait."""
    from scoring import cells, rescoring  # noqa: PLC0415
    from scoring.models import Scheme  # noqa: PLC0415

    scheme = Scheme.objects.get()
    while cells.expired(scheme).count() > left:
        for _ in rescoring.work(scheme):
            pass


def spread(work: Callable[..., None], parts: Sequence[tuple[int, ...]]) -> None:
    """Each part in a process of its own, with a database connection of its own."""
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=part) for part in parts]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0


def bench_new_interview(stored: int) -> None:
    """From the moment it is stored to the commit of the estimates that count it."""
    from scoring import pipeline  # noqa: PLC0415
    from scoring.models import EstimateSet  # noqa: PLC0415
    from surveys import demo  # noqa: PLC0415

    pipeline.catch_up()
    before = EstimateSet.objects.get().interviews
    known, times = demo_survey(), []
    for number in range(NEW):
        for _ in demo.invent(known, 1, seed=1000 + number):
            pass
        times.append(seconds(pipeline.catch_up))
    assert EstimateSet.objects.get().interviews == before + NEW
    tell("new_interview", statistics.median(times), VISIBLE_S, stored=stored, worst_s=max(times))


def demo_survey() -> "Demo":
    """The demo as it is, without the schemes that building it would add again."""
    from surveys import demo  # noqa: PLC0415
    from surveys.models import Survey, User  # noqa: PLC0415
    from surveys.questionnaires import form_of  # noqa: PLC0415

    survey = Survey.objects.get()
    version = survey.questionnaires.get().current
    assert version is not None
    people = {user.username: user for user in User.objects.all()}
    return demo.Demo(survey, version, form_of(version), people)


if __name__ == "__main__":
    main()
