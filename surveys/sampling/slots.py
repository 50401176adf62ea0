"""A target shared by people who may be offline: how many interviews each may still take on, and which
of those that came over count as within the target.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Holding:
    """What one device has of a target: a batch reserved for it, and interviews it has not sent yet."""

    reserved: int = 0  # in its batch
    used: int = 0  # of the batch, interviews that have arrived here since
    waiting: int = 0  # finished on the device and not here yet, as last reported
    expires_at: datetime | None = None  # of the batch; None: never

    def outstanding(self, now: datetime) -> int:
        """Interviews that may still come from it. Those that wait come even after the batch expired."""
        is_live = self.expires_at is None or now < self.expires_at
        left = max(self.reserved - self.used, 0) if is_live else 0
        return max(left, self.waiting)


def free(target: int, done: int, holdings: Iterable[Holding], now: datetime) -> int:
    """How many interviews of the target nobody has done or may still send; never below 0.

    `done` are the interviews here that count towards the target.
    """
    return max(target - done - sum(one.outstanding(now) for one in holdings), 0)


def grant(
    target: int, done: int, holdings: Iterable[Holding], now: datetime, *, wanted: int, most: int
) -> int:
    """How many to reserve for a device that wants some now, at most `most` at a time.

    `holdings` has everybody's, also the asking device's own: what it holds already stays its own.
    """
    return max(min(wanted, most, free(target, done, holdings, now)), 0)


@dataclass(frozen=True)
class Finished:
    """An interview that counts towards a target."""

    id: int
    ended_at: datetime | None


@dataclass(frozen=True)
class Reconciled:
    """Ids of interviews, both in the order in which they were finished."""

    within: tuple[int, ...]
    beyond: tuple[int, ...]  # done although the target was reached: kept, and marked


def reconcile(target: int, interviews: Iterable[Finished]) -> Reconciled:
    """Which interviews fill the target: those finished first, then by id; unknown times come last.

    It depends on which interviews there are, and not on the order in which they arrived.
    """
    ordered = sorted(interviews, key=_turn)
    ids = tuple(one.id for one in ordered)
    return Reconciled(ids[:target], ids[target:])


def _turn(one: Finished) -> tuple[bool, float, int]:
    return one.ended_at is None, one.ended_at.timestamp() if one.ended_at else 0, one.id
