"""A real worker on a real queue: scores what comes in, and survives being killed."""

import time
from collections.abc import Callable

import pytest

from scoring import cells, schemes, scores, tasks, verification
from scoring.models import EstimateSet, Scheme
from surveys.models import Interview, QuestionnaireVersion, Survey
from tests.conftest import Worker
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME, people_of

WAIT_S = 40.0

pytestmark = pytest.mark.django_db(transaction=True)


def wait_until(is_so: Callable[[], bool], wait_s: float = WAIT_S) -> None:
    deadline = time.monotonic() + wait_s
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def make_fieldwork(sites: int, interviews: int) -> Survey:
    survey = make_survey()
    version = make_version(survey)
    for number in range(sites):
        site = make_site(survey, stratum="ab"[number % 2])
        for person in range(interviews):
            make_interview(site, version, works=("yes", "no")[person % 2])
    return survey


def is_caught_up(scheme: Scheme) -> bool:
    made = EstimateSet.objects.filter(scheme=scheme).first()
    waiting = scores.waiting(scheme) or cells.dirty(scheme).exists()
    return made is not None and made.interviews == Interview.objects.count() and not waiting


def test_a_new_interview_is_in_the_estimates_within_five_seconds(worker: Worker) -> None:
    survey = make_fieldwork(sites=4, interviews=3)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    tasks.sweep.delay()
    wait_until(lambda: is_caught_up(scheme))
    make_interview(survey.sites.all()[0], QuestionnaireVersion.objects.get())
    wait_until(lambda: is_caught_up(scheme), wait_s=5)


@pytest.mark.redis
def test_killed_workers_lose_and_repeat_nothing(start_worker: Callable[[], Worker]) -> None:
    survey = make_fieldwork(sites=150, interviews=4)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    assert kill_while_scoring(start_worker, scheme), "no worker was killed in the middle"
    start_worker()
    tasks.sweep.delay()
    wait_until(lambda: is_caught_up(scheme))
    assert people_of(scheme) == 600
    assert list(verification.differences(survey)) == []


def kill_while_scoring(start_worker: Callable[[], Worker], scheme: Scheme) -> bool:
    """Kill three workers, each as soon as it has scored something; whether work was left then."""
    left = []
    for _ in range(3):
        worker = start_worker()
        tasks.sweep.delay()
        before = people_of(scheme)
        wait_until(lambda: people_of(scheme) > before or is_caught_up(scheme))  # noqa: B023
        worker.kill()
        left.append(not is_caught_up(scheme))
    return any(left)
