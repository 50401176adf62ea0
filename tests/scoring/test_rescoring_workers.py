"""Real workers judge everybody again: together, killed, and with PostgreSQL crashing under them."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from scoring import cells, estimates, pipeline, rescoring, schemes, tasks, verification
from scoring.models import Scheme
from surveys.fieldwork import current_wave
from surveys.models import Interview, Job, Nudge, Survey
from surveys.tasks import reap_jobs
from tests.conftest import Worker
from tests.scoring.test_pipeline import SMALL_SCHEME, people_of
from tests.scoring.test_rescoring import fresh, silence
from tests.scoring.test_worker import make_fieldwork, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def start_rescore(sites: int, people: int) -> tuple[Survey, Scheme, Job]:
    """A rescore asked for and told to workers, of a survey that is judged already."""
    survey = make_fieldwork(sites, people)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.catch_up()
    job = rescoring.request(scheme, None)
    tasks.nudge_rescoring(job)
    return survey, scheme, job


def is_ready(worker: Worker) -> bool:
    return "ready." in worker.log.read_text()


def is_done(job: Job) -> bool:
    return fresh(job).state == Job.State.DONE


def assert_judged(survey: Survey, scheme: Scheme) -> None:
    assert not cells.expired(scheme).exists()
    assert people_of(scheme) == Interview.objects.counted().count()
    assert list(verification.differences(survey)) == []
    wait_until(lambda: not estimates.is_stale(scheme, current_wave(survey)))


@pytest.mark.postgres
def test_two_workers_share_a_rescore(start_worker: Callable[[], Worker]) -> None:
    workers = [start_worker(), start_worker()]
    wait_until(lambda: all(map(is_ready, workers)))
    survey, scheme, job = start_rescore(sites=60, people=3)
    wait_until(lambda: is_done(job))
    assert fresh(job).attempts == 1
    assert_judged(survey, scheme)
    logs = [worker.log.read_text() for worker in workers]
    runner = next(number for number, log in enumerate(logs) if "run_job" in log)
    assert "help_rescoring" in logs[1 - runner]


def test_a_killed_workers_rescore_is_finished(start_worker: Callable[[], Worker]) -> None:
    survey, scheme, job = start_rescore(sites=40, people=5)
    worker = start_worker()
    wait_until(lambda: fresh(job).state == Job.State.RUNNING)
    worker.kill()
    assert cells.expired(scheme).exists(), "no worker was killed in the middle"
    second = start_worker()
    wait_until(lambda: is_ready(second))  # and PostgreSQL is done with what the first one said
    silence(job)
    reap_jobs.delay()
    wait_until(lambda: is_done(job))
    assert fresh(job).attempts == 2
    assert_judged(survey, scheme)


@pytest.mark.postgres
def test_a_rescore_outlives_a_crash_of_postgresql(worker: Worker) -> None:
    wait_until(lambda: is_ready(worker))
    survey, scheme, job = start_rescore(sites=200, people=2)
    wait_until(lambda: cells.expired(scheme).count() < 200)  # it has begun in earnest
    with paused(worker):
        crash_postgresql()
        assert cells.expired(scheme).exists(), "it did not crash in the middle"
    Nudge.objects.all().delete()  # as if a minute had passed
    wait_until(lambda: "lost its database" in worker.log.read_text())
    assert fresh(job).state == Job.State.RUNNING
    silence(job)
    reap_jobs.delay()
    wait_until(lambda: is_done(job))
    assert_judged(survey, scheme)


@contextmanager
def paused(worker: Worker) -> Iterator[None]:
    """The worker holds still: what it was doing is neither finished nor given up."""
    os.killpg(worker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(worker.process.pid, signal.SIGCONT)


def crash_postgresql() -> None:
    """Kill one of its processes: it ends all others, and recovers from its log.

    The tests' server commits without waiting for its disk: what was committed is written first.
    Until it has noticed, it still lets people in, only to throw them out: a witness tells when.
    """
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_backend_pid()")
        victim = cursor.fetchone()[0]
    with psycopg.connect(**connection.get_connection_params()) as witness:
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: not answers(witness))
    connections.close_all()
    wait_until(is_up)


def answers(witness: "psycopg.Connection[tuple[int]]") -> bool:
    try:
        witness.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def is_up() -> bool:
    try:
        connection.ensure_connection()
    except OperationalError:
        connection.close()
        return False
    return True
