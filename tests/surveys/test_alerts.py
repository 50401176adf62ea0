"""What needs a person: begun, told once, ended; the clock's own sign of life."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone
from pytest_django import Settings

from surveys import alerts, trail
from surveys.alerts import Concern
from surveys.models import Alert, Job, TrailEntry, User
from tests.factories import make_survey, make_user

pytestmark = pytest.mark.django_db
CONCERN = Concern("flood", "%(count)s cellars are full.", {"count": 3}, timedelta(minutes=10))


@pytest.fixture
def concerns(monkeypatch: pytest.MonkeyPatch) -> list[Concern]:
    """What is to be noticed; nothing else is."""
    found: list[Concern] = []
    monkeypatch.setattr(alerts, "CHECKS", [lambda: iter(found)])
    return found


@pytest.fixture
def administrator() -> User:
    return make_user("root", is_superuser=True, email="root@example.org", language="zh-hans")


def test_a_concern_is_an_alert_as_long_as_it_lasts(concerns: list[Concern]) -> None:
    concerns.append(CONCERN)
    alerts.watch()
    alerts.watch()
    alert = Alert.objects.get()
    assert (alert.kind, alert.params, alert.ended_at) == ("flood", {"count": 3}, None)
    concerns.clear()
    alerts.watch()
    alert.refresh_from_db()
    assert alert.ended_at is not None


def test_what_comes_back_is_another_alert(concerns: list[Concern]) -> None:
    for _ in range(2):
        concerns[:] = [CONCERN]
        alerts.watch()
        concerns.clear()
        alerts.watch()
    assert Alert.objects.count() == 2


def test_an_alert_says_the_newest(concerns: list[Concern]) -> None:
    concerns.append(CONCERN)
    alerts.watch()
    concerns[0] = Concern("flood", CONCERN.message, {"count": 9})
    alerts.watch()
    assert Alert.objects.get().params == {"count": 9}


def test_who_runs_the_house_is_told_once_and_not_too_soon(
    concerns: list[Concern], administrator: User
) -> None:
    make_user("lin", email="lin@example.org")
    concerns.append(CONCERN)
    now = timezone.now()
    for minutes in (0, 9, 10, 11):
        alerts.watch(now + timedelta(minutes=minutes))
        assert len(mail.outbox) == (minutes >= 10)
    [sent] = mail.outbox
    assert sent.to == ["root@example.org"]
    assert "3 cellars are full." in sent.body


def test_a_check_that_breaks_keeps_no_other_from_being_asked(
    concerns: list[Concern], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[Concern]:
        raise DatabaseError

    concerns.append(CONCERN)
    monkeypatch.setattr(alerts, "CHECKS", [broken, *alerts.CHECKS])
    alerts.watch()
    assert Alert.objects.get().kind == "flood"


def test_the_clock_beats_while_it_watches(concerns: list[Concern]) -> None:
    now = timezone.now()
    assert not alerts.clock_beats(now)
    alerts.watch(now)
    assert alerts.clock_beats(now + timedelta(minutes=4))
    assert not alerts.clock_beats(now + timedelta(minutes=6))


def kinds() -> set[str]:
    alerts.watch()
    return set(Alert.objects.standing().values_list("kind", flat=True))


def test_a_house_in_order_needs_nobody() -> None:
    assert kinds() - {"disk"} == set()  # of this machine's disk a test knows nothing


def test_failed_jobs_are_told() -> None:
    Job.objects.create(
        kind="x", survey=make_survey(), state=Job.State.FAILED, finished_at=timezone.now()
    )
    assert "jobs" in kinds()
    Job.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert "jobs" not in kinds()


def test_a_trail_that_nobody_seals_is_told() -> None:
    trail.append("lin", TrailEntry.Action.SAW, "page")
    assert "trail" not in kinds()
    TrailEntry.objects.update(at=timezone.now() - trail.SOON - timedelta(minutes=1))
    assert "trail" in kinds()


def test_a_disk_that_fills_up_is_told(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(alerts, "LEAST_BYTES", 0)
    monkeypatch.setattr(alerts, "LEAST_SHARE", 0)
    assert "disk" not in kinds()
    monkeypatch.setattr(alerts, "LEAST_BYTES", 10**18)
    assert "disk" in kinds()
