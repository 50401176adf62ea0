"""Work stands in line by its kind, and what the clock asks for may be asked twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.conf import settings
from django.core import mail
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from config.celery import app
from scoring import schemes, tasks
from scoring.models import EstimateSet
from surveys import checks, digests, horizon, jobs
from surveys.exports import catalogue
from surveys.models import (
    Interview,
    Job,
    QuestionnaireVersion,
    Role,
    Site,
    Survey,
    User,
    Webhook,
    WebhookDelivery,
)
from surveys.tasks import nudge_job
from surveys.webhooks import hooks
from tests.conftest import Worker
from tests.factories import make_enumerator, make_interview, make_member, make_site, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.scoring.test_rescoring_workers import is_ready, paused
from tests.scoring.test_worker import is_caught_up, make_fieldwork, wait_until
from tests.surveys.field import FORM, MORNING, point, send
from tests.surveys.webhooks.receiver import receiver

QUEUES = {"intake", "scoring", "exports", "mail"}


def ours() -> list[str]:
    app.loader.import_default_modules()
    return [name for name in app.tasks if not name.startswith("celery.")]


def test_every_task_is_sorted_by_its_kind_of_work() -> None:
    route = app.amqp.router.route
    assert set(app.amqp.queues) == QUEUES
    unsorted = [name for name in ours() if not app.amqp.router.lookup_route(name, options={})]
    assert unsorted == []
    assert {route({}, name)["queue"].name for name in ours()} == QUEUES


def test_the_clock_asks_for_tasks_that_there_are() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(ours())


def test_a_worker_that_is_told_nothing_takes_from_all() -> None:
    assert set(app.amqp.queues.consume_from) == QUEUES


def test_jobs_stand_where_their_kind_does() -> None:
    ours()
    assert jobs.RUNNERS.keys() <= jobs.QUEUES.keys()
    assert {kind for kind, queue in jobs.QUEUES.items() if queue == "scoring"} == {
        "rescore",
        "revalidate",
        "seal",
    }
    assert set(jobs.QUEUES.values()) <= QUEUES


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_long_export_does_not_delay_scoring(start_worker: Callable[..., Worker]) -> None:
    survey = make_fieldwork(sites=2, interviews=2)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    by = make_member(survey, Role.COORDINATOR)
    slow, quick = start_worker("exports"), start_worker("intake", "scoring")
    wait_until(lambda: is_ready(slow) and is_ready(quick), 120)
    with paused(slow):
        for _ in range(5):
            nudge_job(export(survey, by).pk)
        make_interview(survey.sites.all()[0], QuestionnaireVersion.objects.get())
        tasks.score_pending.delay()
        wait_until(lambda: is_caught_up(scheme))
        assert not Job.objects.exclude(state=Job.State.QUEUED).exists()
    wait_until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists())
    assert Job.objects.count() == 5


def export(survey: Survey, by: User) -> Job:
    order = catalogue.Order(survey.questionnaires.earliest("pk"), by)
    return catalogue.request(catalogue.find("submissions", "csv"), order)


def together(work: Callable[[], object]) -> None:
    """Two at the same moment, with a connection each."""
    begin = Barrier(2)

    def one() -> None:
        begin.wait()
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(one) for _ in range(2)]:
            done.result()


@pytest.fixture
def site() -> Site:
    survey = make_fieldwork(sites=3, interviews=2)
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    reader = make_member(survey, Role.COORDINATOR)
    reader.email = "reader@example.org"
    reader.save()
    site = make_site(survey, "F1", latitude=0, longitude=110)
    version, person = make_version(survey, FORM), make_enumerator(site, "E01")
    for hours in (0, 3):
        began = MORNING + timedelta(hours=hours)
        send(version, person, site, began=began, spot=point(site, 5_000))
    checks.run(survey)
    return site


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clocks_do_nothing_twice(
    site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setattr(horizon, "MARGIN", timedelta())
    monkeypatch.setattr(digests, "send_due", partial(digests.send_due, at_eight()))
    by = make_member(site.survey, Role.COORDINATOR)
    job = export(site.survey, by)
    with receiver() as server:
        hooks.add(site.survey, server.url, [Webhook.Event.RECEIVED], by)
        make_interview(site, QuestionnaireVersion.objects.earliest("pk"))
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            together(app.tasks[entry["task"]].run)
        together(lambda: jobs.run(job.pk))
        assert len(server.messages) == WebhookDelivery.objects.count() == 1
    assert [message.to for message in mail.outbox] == [["reader@example.org"]]
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (Job.State.DONE, "", 1)
    assert EstimateSet.objects.get().interviews == Interview.objects.counted().count()


def at_eight() -> datetime:
    return timezone.localtime().replace(hour=8)
