"""What needs a person is noticed, told once, and forgotten when it is over.

Whoever knows of something that can go wrong registers a function with `over`. The clock asks all of them
every minute, which is its own sign of life.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import letters, trail
from surveys.errors import gettext_noop
from surveys.letters import Letter
from surveys.models import Alert, Job, Pulse, User
from surveys.wording import in_words

logger = logging.getLogger(__name__)

CLOCK = "clock"
SILENT_FOR = timedelta(minutes=5)  # then the clock has stopped
LATELY = timedelta(days=1)
LEAST_SHARE, LEAST_BYTES = 0.05, 2 * 10**9  # of a disk that should be free


@dataclass(frozen=True)
class Concern:
    """Something that needs a person if it lasts for longer than `patience`."""

    kind: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    patience: timedelta = timedelta(0)


Check: TypeAlias = Callable[[], Iterator[Concern]]
CHECKS: list[Check] = []


def over(check: Check) -> Check:
    """Register what looks for concerns; it is asked every minute, so it must be cheap."""
    CHECKS.append(check)
    return check


def watch(now: datetime | None = None) -> None:
    """Look for concerns, begin and end alerts, and tell what has lasted long enough."""
    now = now or timezone.now()
    Pulse.objects.update_or_create(name=CLOCK, defaults={"at": now})
    concerns = {concern.kind: concern for check in CHECKS for concern in _asked(check)}
    Alert.objects.standing().exclude(kind__in=concerns).update(ended_at=now)
    for concern in concerns.values():
        _keep(concern, now)


def last_beat() -> datetime | None:
    """When the clock was last alive; None where it never ran."""
    return Pulse.objects.filter(name=CLOCK).values_list("at", flat=True).first()


def clock_beats(now: datetime | None = None) -> bool:
    """Whether periodic work is done: without it nothing is told either."""
    beat = last_beat()
    return beat is not None and beat >= (now or timezone.now()) - SILENT_FOR


def _asked(check: Check) -> list[Concern]:
    """A check that breaks keeps no other from being asked."""
    try:
        return list(check())
    except (DatabaseError, OSError, ArithmeticError, ValueError):
        logger.exception("%s could not be watched", check.__qualname__)
        return []


def _keep(concern: Concern, now: datetime) -> None:
    said = {"message": concern.message, "params": dict(concern.params)}
    alert, is_new = Alert.objects.standing().get_or_create(
        kind=concern.kind, defaults={**said, "began_at": now}
    )
    if not is_new:
        Alert.objects.filter(pk=alert.pk).update(**said)
    if alert.told_at is None and alert.began_at <= now - concern.patience:
        _tell(alert, concern, now)


def _tell(alert: Alert, concern: Concern, now: datetime) -> None:
    """By the one process that marks it as told."""
    if not Alert.objects.filter(pk=alert.pk, told_at=None).update(told_at=now):
        return
    administrators = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    for person in administrators:
        letters.send(person, lambda: _letter(concern))


def _letter(concern: Concern) -> Letter:
    more = _("The page “Status” of the office has more, and tells when it is over.")
    return _("Five Standards needs you"), f"{in_words(concern)}\n\n{more}"


@over
def _failed_jobs() -> Iterator[Concern]:
    since = timezone.now() - LATELY
    failed = Job.objects.filter(state=Job.State.FAILED, finished_at__gte=since)
    if count := failed.count():
        yield Concern(
            "jobs",
            gettext_noop(
                "Jobs that failed within a day: %(count)s. “Jobs” says why; what broke on our side is in the log."
            ),
            {"count": count},
        )


@over
def _full_disk() -> Iterator[Concern]:
    disk = shutil.disk_usage(settings.VAR_DIR)
    if disk.free < LEAST_BYTES or disk.free < LEAST_SHARE * disk.total:
        yield Concern(
            "disk",
            gettext_noop(
                "Only %(free)s GB are free where interviews and files are kept. When it is full, phones keep "
                "what they have and nothing new comes in."
            ),
            {"free": round(disk.free / 10**9, 1)},
        )


@over
def _unsealed_trail() -> Iterator[Concern]:
    if trail.is_behind():
        yield Concern(
            "trail",
            gettext_noop(
                "The trail was not sealed for an hour: no worker takes from the queue “intake”."
            ),
        )
