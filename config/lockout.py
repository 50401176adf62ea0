"""Guesses at a password slowed down, in a way with which nobody can lock somebody else out.

Ten wrong tries for a name from one address pause that pair (django-axes). Who guesses from many addresses
meets this here: beyond some failures for a name, signing in with it from a browser that never did so is
taken only now and then. Browsers in which the person has signed in before go on.
"""

from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone

from surveys.webform.known import is_known

COUNTED = timedelta(hours=1)
FREE_FAILURES = 30  # for a name, from all addresses together
LONGEST_PAUSE_S = 60


class Handler(AxesDatabaseHandler):  # type: ignore[misc] # axes is untyped
    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        name = get_client_username(request, credentials) or ""
        return super().is_locked(request, credentials) or _is_paused(request, name)


def _is_paused(request: HttpRequest, name: str) -> bool:
    since = timezone.now() - COUNTED
    found = AccessAttempt.objects.filter(username=name, attempt_time__gte=since).aggregate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    beyond = (found["failures"] or 0) - FREE_FAILURES
    if beyond < 0:
        return False
    pause = timedelta(seconds=min(2 ** min(beyond, 10), LONGEST_PAUSE_S))
    return timezone.now() < found["last"] + pause and not is_known(request, name)
