"""Several workers at once, while interviews come in and are rejected: nothing lost or counted twice."""

from collections.abc import Callable
from threading import Thread

import pytest
from django.db import connections

from scoring import cells, pipeline, schemes, scores, verification
from surveys.fieldwork import current_wave
from surveys.models import Interview, QuestionnaireVersion, Site, Survey, WeightVersion
from tests.factories import make_interview
from tests.scoring.test_pipeline import SMALL_SCHEME, index_of
from tests.scoring.test_worker import make_fieldwork

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(*works: Callable[[], None]) -> None:
    """Do things at once, each with a database connection of its own; the first failure is raised."""
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # raised again below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def receive_and_reject() -> None:
    version = QuestionnaireVersion.objects.get()
    for number, site in enumerate(list(Site.objects.order_by("pk")) * 4):
        interview = make_interview(site, version, works=("yes", "no")[number % 2])
        if number % 3 == 0:
            Interview.objects.filter(pk=interview.pk).update(state=Interview.State.REJECTED)


def sweep_often() -> None:
    for _ in range(12):
        pipeline.sweep()


def test_workers_writers_and_reviewers_at_once() -> None:
    survey: Survey = make_fieldwork(sites=8, interviews=6)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    together(sweep_often, sweep_often, receive_and_reject, lambda: scores.expire(scheme))
    pipeline.sweep()
    assert not cells.dirty(scheme).exists()
    assert index_of(scheme).n == Interview.objects.counted().count()
    assert list(verification.differences(survey)) == []


def test_answers_put_right_while_workers_catch_up() -> None:
    """Both lock the same sites, under two schemes: no two wait in a circle."""
    survey = make_fieldwork(sites=8, interviews=4)
    for name in ("one", "two"):
        schemes.add(survey, {**SMALL_SCHEME, "weights": {name: {"W": 10_000}}}, name)
    ids = list(Interview.objects.values_list("current", flat=True))

    def put_right() -> None:
        for _ in range(10):
            scores.expire_of(ids)

    together(put_right, put_right, sweep_often, sweep_often)
    pipeline.sweep()
    assert list(verification.differences(survey)) == []


def test_workers_share_what_waits() -> None:
    """A site that one has in hand or has done is left alone by the other."""
    survey = make_fieldwork(sites=40, interviews=2)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    together(pipeline.sweep, pipeline.sweep)
    pipeline.sweep()
    before = sum(scheme.sites.values_list("built_revision", flat=True))
    WeightVersion.objects.create(wave=current_wave(survey), name="v1", is_current=True)
    done: list[str] = []
    together(*[lambda: done.extend(pipeline.steps(scheme))] * 2)
    assert done.count("site") == 40
    assert sum(scheme.sites.values_list("built_revision", flat=True)) == before + 40
