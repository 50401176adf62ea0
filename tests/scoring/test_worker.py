"""A real worker on a real queue: scores what comes in, and survives being killed."""

import time
from collections.abc import Callable
from random import Random

import pytest

from scoring import cells, schemes, scores, tasks, verification
from scoring.models import EstimateSet, Scheme, Score
from surveys.models import Interview, QuestionnaireVersion, Survey
from tests.conftest import Worker
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME

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
    waiting = scores.unscored(scheme).exists() or cells.dirty(scheme).exists()
    return made is not None and made.interviews == Interview.objects.count() and not waiting


def test_a_new_interview_is_in_the_estimates_within_five_seconds(worker: Worker) -> None:
    survey = make_fieldwork(sites=4, interviews=3)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    tasks.sweep.delay()
    wait_until(lambda: is_caught_up(scheme))
    make_interview(survey.sites.all()[0], QuestionnaireVersion.objects.get())
    wait_until(lambda: is_caught_up(scheme), wait_s=5)


def test_killed_workers_lose_and_repeat_nothing(start_worker: Callable[[], Worker]) -> None:
    survey = make_fieldwork(sites=12, interviews=25)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    random = Random(5)
    for _ in range(4):
        worker = start_worker()
        tasks.sweep.delay()
        wait_until(lambda: b"ready" in worker.log.read_bytes())
        time.sleep(random.uniform(0, 0.4))
        worker.kill()
    start_worker()
    tasks.sweep.delay()
    wait_until(lambda: is_caught_up(scheme))
    assert Score.objects.filter(scheme=scheme).count() == 300
    assert list(verification.differences(survey)) == []
