"""Backups that have stopped."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from surveys import alerts
from surveys.alerts import Concern
from surveys.backups.making import PULSE
from surveys.errors import gettext_noop
from surveys.models import Pulse

LATE = timedelta(days=2)  # of what is made every night


@alerts.over
def late_backups() -> Iterator[Concern]:
    """Where none was ever made, as on somebody's own machine, nobody is waiting for the next."""
    last = Pulse.objects.filter(name=PULSE).first()
    if last and last.at < timezone.now() - LATE:
        yield Concern(
            "backup",
            gettext_noop("The last backup is of %(day)s. Look at what `manage.py backup` says."),
            {"day": date_format(timezone.localtime(last.at))},
        )
