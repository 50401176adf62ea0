"""Several workers at once, while interviews come in and are rejected: nothing lost or counted twice."""

from collections.abc import Callable
from threading import Thread

import pytest
from django.db import connection

from scoring import cells, pipeline, schemes, scores, verification
from surveys.models import Interview, QuestionnaireVersion, Site, Survey
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
            connection.close()

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
