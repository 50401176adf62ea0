"""Messages about waiting jobs: one on its way at a time, sent again when lost, never a failure."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from surveys import jobs, nudges, tasks
from surveys.models import Job, Nudge
from surveys.nudges import LOST_AFTER
from tests.factories import make_survey

BY_ANOTHER = "INSERT INTO surveys_nudge (key, sent_at) SELECT 'job-' || max(id), CURRENT_TIMESTAMP FROM surveys_job"

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    return jobs.request("submissions_csv", make_survey(), {}, None)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that a message was sent about, instead of a queue."""
    sent: list[int] = []
    monkeypatch.setattr("surveys.tasks.run_job.apply_async", lambda args, queue: sent.append(*args))
    return sent


@pytest.fixture
def _down(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: tuple[int], queue: str) -> None:
        raise OperationalError("nobody listens")

    monkeypatch.setattr("surveys.tasks.run_job.apply_async", refuse)


def test_two_sweeps_send_one_message(
    job: Job, sent: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.reap_jobs()
    assert sent == [job.pk]


def test_a_lost_message_is_sent_again(
    job: Job, sent: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    long_ago = timezone.now() - LOST_AFTER - timedelta(seconds=1)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.reap_jobs()
        Nudge.objects.update(sent_at=long_ago)
    assert sent == [job.pk, job.pk]


def test_a_taken_message_makes_room_for_the_next(
    job: Job, sent: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.nudge_job(job.pk)
    tasks.run_job(job.pk)
    assert not Nudge.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.nudge_job(job.pk)
    assert sent == [job.pk, job.pk]


def test_one_of_two_at_once_sends_it(
    job: Job,
    sent: list[int],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def overtaken(execute: Callable[..., object], sql: str, *args: object) -> object:
        """Somebody else sends it just before, and its receiver takes it just after."""
        if not sql.startswith("INSERT"):
            return execute(sql, *args)
        with connection.cursor() as cursor:
            cursor.connection.execute(BY_ANOTHER)
        try:
            return execute(sql, *args)
        finally:
            cursor.connection.execute("DELETE FROM surveys_nudge")

    with connection.execute_wrapper(overtaken), django_capture_on_commit_callbacks(execute=True):
        tasks.nudge_job(job.pk)
    assert (sent, caplog.text) == ([], "")


@pytest.mark.usefixtures("_down")
def test_a_queue_that_is_down_fails_nobody(
    job: Job,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.reap_jobs()
    assert "nobody listens" in caplog.text
    assert jobs.reap() == [job.pk]
    assert not Nudge.objects.exists()  # the next sweep sends again at once


def test_what_is_rolled_back_is_never_sent(sent: list[int]) -> None:
    nudges.send_once("a", lambda: sent.append(1))
    assert sent == []
