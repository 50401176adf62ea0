"""At most one message of a kind on its way, on every broker: the database keeps it single."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from surveys.models import Nudge

LOST_AFTER = timedelta(seconds=60)  # a nudge that nobody took by then was lost


def send_once(key: str, send: Callable[[], object]) -> None:
    """After the commit, send a message unless one with this key is on its way already.

    A queue that is down is logged and fails nobody: the sweep finds the work.
    """
    transaction.on_commit(lambda: _send(key, send), robust=True)


def _send(key: str, send: Callable[[], object]) -> None:
    now = timezone.now()
    here = Nudge.objects.filter(key=key)
    if here.filter(sent_at__gte=now - LOST_AFTER).exists():
        return
    here.filter(sent_at__lt=now - LOST_AFTER).delete()
    _, created = Nudge.objects.get_or_create(key=key, defaults={"sent_at": now})
    if created:
        try:
            send()
        except BaseException:
            take(key)  # it is not on its way: the next sweep need not wait until it counts as lost
            raise


def take(key: str) -> None:
    """Called by the receiver before it works, so that what comes in meanwhile nudges again."""
    Nudge.objects.filter(key=key).delete()
