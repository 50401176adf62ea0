"""`make bench-rescoring`: a full rescore on PostgreSQL beside a bare reading of the same answers, and how
soon one more interview is in every estimate. COUNT= says how many interviews are stored.

The demo's interviews are copied over many sites; of the copies' XML, which nothing here reads, only a
few bytes are kept. Two processes work together, as two Celery workers do.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.bench.house import installation, tell, write
from tests.servers import postgres

if TYPE_CHECKING:
    from surveys.demo import Demo

STORED = 1_000_000
SITE = 100  # interviews a site
STRATA = 10  # of each of the demo's
WORKERS = 2
SLICES = 10
TIMES_READING = 10.0
VISIBLE_S = 2.0
NEW = 7  # interviews that come in, one at a time
CHUNK = 2000


def main() -> None:
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else STORED
    with installation(), postgres() as url:
        os.environ["DATABASE_URL"] = url
        import django  # noqa: PLC0415  # settings come from the environment above

        django.setup()
        build(stored)
        bench_rescore(stored)
        bench_new_interview(stored)


def build(stored: int) -> None:
    """The demo, and copies of its interviews in sites of their own, scored once."""
    from django.core.management import call_command  # noqa: PLC0415

    from surveys import demo  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    for _ in demo.load(demo.build()):
        pass
    with timed("copied", stored=stored):
        copy(stored)
    add_scheme()


def copy(stored: int) -> None:
    """Interview k of the copies is like interview k mod 1200, in site k / 100 of its stratum."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for statement in COPIES:
            cursor.execute(statement, {"stored": stored, "site": SITE, "strata": STRATA})


COPIES = (
    """CREATE TEMP TABLE original AS
       SELECT row_number() OVER (ORDER BY i.id) - 1 AS k, i.*, s.stratum, s.city_id, s.survey_id
       FROM surveys_interview i JOIN surveys_site s ON s.id = i.site_id""",
    """CREATE TEMP TABLE place AS
       SELECT c.k, o.k AS like, c.k / %(site)s AS number
       FROM generate_series(0, %(stored)s - 1201) AS c(k)
       JOIN original o ON o.k = (c.k / %(site)s * 20 + c.k %% 20) %% 1200""",
    """INSERT INTO surveys_site (survey_id, city_id, code, name, stratum, psu, target,
                                 design_weight)
       SELECT DISTINCT ON (p.number) o.survey_id, o.city_id, 'copy' || p.number, '',
              o.stratum || (p.number %% %(strata)s), 'copy' || p.number, 0, 1.5
       FROM place p JOIN original o ON o.k = p.like ORDER BY p.number, p.k""",
    """INSERT INTO surveys_assignment (site_id, enumerator_id, target, is_active)
       SELECT s.id, u.id, 0, true FROM surveys_site s JOIN surveys_user u ON u.username LIKE 'E%%'
       WHERE s.code LIKE 'copy%%'""",
    """INSERT INTO surveys_interview (questionnaire_id, root_uuid, wave_id, site_id, enumerator_id,
                                      state, outcome, is_practice, answers, skipped, started_at,
                                      ended_at, received_at, changed_at)
       SELECT o.questionnaire_id, 'uuid:copy-' || p.k, o.wave_id, s.id, o.enumerator_id, o.state,
              o.outcome, false, o.answers, o.skipped, o.started_at, o.ended_at, o.received_at,
              o.received_at
       FROM place p JOIN original o ON o.k = p.like
       JOIN surveys_site s ON s.code = 'copy' || p.number ORDER BY p.k""",
    """INSERT INTO surveys_submission (interview_id, questionnaire_id, version_id, claimed_version,
                                       instance_id, deprecated_id, xml, xml_sha256, device,
                                       received_at, is_encrypted)
       SELECT i.id, i.questionnaire_id, v.current_id, '', i.root_uuid, '', 'copy', '', 'copy',
              i.received_at, false
       FROM surveys_interview i JOIN surveys_questionnaire v ON v.id = i.questionnaire_id
       WHERE i.root_uuid LIKE 'uuid:copy-%%'""",
    """UPDATE surveys_interview i SET current_id = s.id
       FROM surveys_submission s WHERE s.interview_id = i.id AND i.current_id IS NULL""",
    "ANALYZE",
)


def add_scheme() -> None:
    from scoring import schemes  # noqa: PLC0415
    from surveys.models import Survey  # noqa: PLC0415

    survey = Survey.objects.get()
    document = schemes.five_standards()
    scheme = schemes.add(survey, document, document["default_weights"], is_default=True)
    survey.schemes.exclude(pk=scheme.pk).delete()  # one is measured


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


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def timed(name: str, **more: object) -> Iterator[None]:
    start = time.perf_counter()
    yield
    write(name=name, seconds=round(time.perf_counter() - start, 2), **more)


if __name__ == "__main__":
    main()
