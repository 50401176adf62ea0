"""Interviews a day as a picture, and the same as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = 56  # days shown, the latest
WIDTH, TOP, FLOOR = 560, 4, 110
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bar:
    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bars:
    """In a picture of 560 by 111. `needed_y` is where the pace is that the plan needs from now on."""

    bars: tuple[Bar, ...]
    most: int
    total: int
    needed_y: float | None


def bars_of(done: Mapping[date, int], today: date, needed: float | None) -> Bars | None:
    """The days from the first to today, without a gap; None where nothing was done."""
    if not done:
        return None
    last = max(today, *done)
    first = max(min(done), last - (LONGEST - 1) * DAY)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    most = max(done.get(day, 0) for day in days) or 1
    top = max(most, needed or 0)
    unit, step = (FLOOR - TOP) / top, WIDTH / len(days)
    bars = tuple(
        _bar(day, done.get(day, 0), round(at * step, 1), unit, step) for at, day in enumerate(days)
    )
    needed_y = round(FLOOR - needed * unit, 1) if needed else None
    return Bars(bars, most, sum(bar.count for bar in bars), needed_y)


def _bar(day: date, count: int, x: float, unit: float, step: float) -> Bar:
    height = round(count * unit, 1)
    return Bar(day, count, x, round(FLOOR - height, 1), round(step * 0.8, 1), height)
