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
    if not _is_mine(key):
        return
    try:
        send()
    except BaseException:
        take(key)  # it is not on its way: the next sweep need not wait until it counts as lost
        raise


def _is_mine(key: str) -> bool:
    """Whether the message is the caller's to send: of several at once it is one's, and nobody fails.

    Who finds the row gone again has nothing to send: its receiver, who took it, has yet to look.
    """
    now, waiting = timezone.now(), Nudge.objects.filter(key=key)
    before = waiting.values_list("sent_at", flat=True).first()
    if before is None:
        Nudge.objects.bulk_create([Nudge(key=key, sent_at=now)], ignore_conflicts=True)
        return waiting.filter(sent_at=now).exists()
    is_lost = before < now - LOST_AFTER
    return is_lost and waiting.filter(sent_at=before).update(sent_at=now) == 1


def take(key: str) -> None:
    """Called by the receiver before it works, so that what comes in meanwhile nudges again."""
    Nudge.objects.filter(key=key).delete()
