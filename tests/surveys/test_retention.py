"""Interviews are kept as long as their survey says, and not a day less than people were told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from scoring import pipeline
from surveys import jobs, remains, retention
from surveys.models import Attempt, Contact, Draft, Interview, Job, Role, Survey, Tombstone, Wave
from tests.factories import make_member
from tests.surveys import erased
from tests.surveys.erased import WORD, Scene, places_of

pytestmark = pytest.mark.django_db

Committed: TypeAlias = Callable[..., AbstractContextManager[list[Callable[[], None]]]]
TODAY = date(2026, 11, 28)


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> Scene:
    settings.MEDIA_ROOT = tmp_path
    scene = erased.begin()
    scene.coordinator.email = "c@example.org"
    scene.coordinator.save()
    return scene


@pytest.fixture
def keep(scene: Scene) -> Callable[[int | None, date], Survey]:
    """The survey with a wave that ended then, kept for so many days."""

    def keep(days: int | None, ended: date) -> Survey:
        survey = scene.site.survey
        Wave.objects.filter(survey=survey).update(ends_on=ended)
        Survey.objects.filter(pk=survey.pk).update(kept_days=days)
        return Survey.objects.get(pk=survey.pk)

    return keep


def test_people_are_told_two_weeks_before_and_once(keep: Callable[..., Survey]) -> None:
    keep(30, TODAY - timedelta(days=16))  # until the 12th of December
    assert retention.keep_up(TODAY - timedelta(days=1)) == []
    assert mail.outbox == []
    for day in range(3):
        assert retention.keep_up(TODAY + timedelta(days=day)) == []
    (letter,) = mail.outbox
    assert letter.to == ["c@example.org"]
    assert "interviews are erased on Dec. 13, 2026" in letter.subject
    assert "The 2 interviews" in letter.body


def test_whoever_shortens_the_time_gives_two_weeks_notice(keep: Callable[..., Survey]) -> None:
    """Even where it was over long ago."""
    survey = keep(1, TODAY - timedelta(days=400))
    assert retention.keep_up(TODAY) == []
    survey.refresh_from_db()
    plan = retention.plan_of(survey, TODAY)
    assert plan
    assert plan.erases_on == TODAY + retention.NOTICE
    assert retention.keep_up(TODAY + timedelta(days=13)) == []
    assert len(retention.keep_up(TODAY + timedelta(days=14))) == 1
    assert retention.keep_up(TODAY + timedelta(days=14)) == []  # it is asked for already


@pytest.mark.parametrize(("days", "ended"), [(None, TODAY - timedelta(days=400)), (1, None)])
def test_without_days_or_an_end_they_are_kept(
    keep: Callable[..., Survey], days: int | None, ended: date | None
) -> None:
    keep(days, ended)
    for later in (0, 30):
        assert retention.keep_up(TODAY + timedelta(days=later)) == []
    assert mail.outbox == []


def due(survey: Survey) -> Job:
    """A job that is due today, of people who were told."""
    today = timezone.localdate()
    retention.keep_up(today - retention.NOTICE)
    (key,) = retention.keep_up(today)
    return Job.objects.get(pk=key)


def test_everything_that_was_said_goes_with_proof(
    scene: Scene,
    keep: Callable[..., Survey],
    tmp_path: Path,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    erased.follow(scene)
    job = due(keep(1, timezone.localdate() - timedelta(days=90)))
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    survey = scene.site.survey
    assert not Interview.objects.filter(questionnaire__survey=survey).exists()
    assert not Draft.objects.exists()
    assert not Contact.objects.exists()
    assert not Attempt.objects.exclude(note="").exists()
    tombstones = list(Tombstone.objects.all())
    assert {one.reason for one in tombstones} == {Tombstone.Reason.EXPIRED}
    assert places_of(WORD, tmp_path) == []
    pipeline.sweep()  # as a worker does within seconds
    assert remains.verify(tombstones) == []
    assert retention.keep_up() == []


def test_a_time_that_was_prolonged_meanwhile_is_kept(keep: Callable[..., Survey]) -> None:
    ended = timezone.localdate() - timedelta(days=90)
    job = due(keep(1, ended))
    keep(365, ended)
    jobs.run(job.pk)
    assert Interview.objects.count() == 2
    assert not Tombstone.objects.exists()


def test_a_job_that_takes_long_goes_on_in_the_next(
    keep: Callable[..., Survey], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = due(keep(1, timezone.localdate() - timedelta(days=90)))
    monkeypatch.setattr(retention, "LONGEST", timedelta(seconds=-1))
    jobs.run(job.pk)
    assert Interview.objects.count() == 2
    monkeypatch.undo()
    (key,) = retention.keep_up()
    jobs.run(key)
    assert not Interview.objects.exists()


def test_coordinators_see_on_the_survey_when(client: Client, keep: Callable[..., Survey]) -> None:
    survey = keep(1, timezone.localdate() - timedelta(days=90))
    client.force_login(make_member(survey, Role.COORDINATOR))
    html = client.get(f"/admin/surveys/survey/{survey.pk}/change/").content.decode()
    assert "are erased for good on" in html
    keep(None, timezone.localdate())
    html = client.get(f"/admin/surveys/survey/{survey.pk}/change/").content.decode()
    assert "are erased for good on" not in html
