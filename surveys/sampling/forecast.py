"""How far the fieldwork is against its plan, and when it will be finished at its recent pace."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

FEWEST_DAYS, FEWEST_INTERVIEWS = 6, 10  # of the recent past, below which nothing can be said
WINDOW_DAYS = 28  # what "recent" is
OF_A_WEEKDAY = 3  # days of the same name, from which they are told apart
HORIZON_DAYS = 366
REPLICATES = 400
COVERAGE = 0.8
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """When how many interviews are to be done: the same number each working day."""

    start: date
    end: date  # the last day, not before the first
    target: int
    rest: frozenset[int] = frozenset()  # days of the week that are off, 0 is Monday
    holidays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day.weekday() not in self.rest and day not in self.holidays

    def working_days(self, start: date, end: date) -> int:
        """From one day to another, both included."""
        return sum(1 for day in _days(start, end) if self.is_working(day))

    def planned(self, day: date) -> float:
        """Interviews that should be done when the day ends."""
        if day >= self.end:
            return float(self.target)
        whole = self.working_days(self.start, self.end)
        return self.target * self.working_days(self.start, day) / whole if whole else 0.0


@dataclass(frozen=True)
class Progress:
    """Interviews against the plan, as of the end of yesterday; those of today are in `done` only."""

    done: int
    target: int
    planned: float  # at the end of yesterday
    ahead: float  # of the plan at the end of yesterday, negative when behind
    pace: float | None  # a working day of the recent past; None before there was one
    needed: float | None  # a working day from today (or the start) to the end; None after it


@dataclass(frozen=True)
class Forecast:
    """The day on which the target is reached; None is later than HORIZON_DAYS from now."""

    likely: date | None  # as likely before as after
    earliest: date | None
    latest: date | None  # in 80 of 100 cases between these two, if the pace stays what it was


def curve(schedule: Schedule) -> tuple[tuple[date, float], ...]:
    """What should be done by the end of each day of the schedule."""
    days = list(_days(schedule.start, schedule.end))
    worked = list(accumulate(int(schedule.is_working(day)) for day in days))
    whole = worked[-1] or 1
    before = zip(days[:-1], worked, strict=False)
    points = ((day, schedule.target * number / whole) for day, number in before)
    return (*points, (schedule.end, float(schedule.target)))


def cumulative(done: Mapping[date, int], until: date) -> tuple[tuple[date, int], ...]:
    """Interviews done by the end of each day, from the first day that has one."""
    total = 0
    points = []
    for day in _days(min(done, default=until), until):
        total += done.get(day, 0)
        points.append((day, total))
    return tuple(points)


def progress(schedule: Schedule, done: Mapping[date, int], today: date) -> Progress:
    """Where the fieldwork stands; `done` is interviews by the day on which they were finished."""
    total = sum(done.values())
    planned = schedule.planned(today - DAY)
    recent = [count for _, count in _recent(schedule, done, today)]
    left = schedule.working_days(max(today, schedule.start), schedule.end)
    open_at_dawn = schedule.target - (total - done.get(today, 0))
    return Progress(
        done=total,
        target=schedule.target,
        planned=planned,
        ahead=total - done.get(today, 0) - planned,
        pace=sum(recent) / len(recent) if recent else None,
        needed=max(open_at_dawn, 0) / left if left else None,
    )


def forecast(
    schedule: Schedule, done: Mapping[date, int], today: date, seed: int
) -> Forecast | None:
    """When the target will be reached at the recent pace; None where too little is known of it.

    Days to come are drawn from recent working days, and multiplied by how their day of the week
    compares to others. Each of the replicates draws from a resample of the recent days, so that the
    interval also says how little a few days tell of the pace (a bootstrap: Efron and Tibshirani, An
    Introduction to the Bootstrap, 1993).
    """
    remaining = schedule.target - sum(done.values())
    if remaining <= 0:
        reached = _reached(done, schedule.target, today)
        return Forecast(reached, reached, reached)
    recent = _recent(schedule, done, today)
    if len(recent) < FEWEST_DAYS or sum(count for _, count in recent) < FEWEST_INTERVIEWS:
        return None
    shares = _weekdays(recent)
    calendar, paces = _calendar(schedule, today, shares), _paces(recent, shares)
    by_today = done.get(today, 0)
    random = Random(seed)  # noqa: S311 - a simulation
    days = sorted(
        _days_needed(remaining, by_today, calendar, _resample(paces, random), random)
        for _ in range(REPLICATES)
    )
    tail = (1 - COVERAGE) / 2
    likely, earliest, latest = (_after(today, days, share) for share in (0.5, tail, 1 - tail))
    return Forecast(likely, earliest, latest)


def _recent(
    schedule: Schedule, done: Mapping[date, int], today: date
) -> Sequence[tuple[date, int]]:
    """The working days of the window up to yesterday, since the first interview, and their counts."""
    begun = [day for day, count in done.items() if count]
    if not begun:
        return []
    start = max(min(begun), today - WINDOW_DAYS * DAY)
    return [(d, done.get(d, 0)) for d in _days(start, today - DAY) if schedule.is_working(d)]


def _weekdays(recent: Sequence[tuple[date, int]]) -> dict[int, float]:
    """How each day of the week compares to the average day: 1 is as many interviews.

    All are 1 while too few of any weekday were seen.
    """
    counts: dict[int, list[int]] = defaultdict(list)
    for day, count in recent:
        counts[day.weekday()].append(count)
    if min(map(len, counts.values())) < OF_A_WEEKDAY:
        return {}
    average = sum(count for _, count in recent) / len(recent)
    return {day: sum(some) / len(some) / average for day, some in counts.items()}


def _paces(recent: Sequence[tuple[date, int]], shares: Mapping[int, float]) -> list[float]:
    """What was done on recent days, less what comes of their days of the week."""
    parts = [(shares.get(day.weekday(), 1.0), count) for day, count in recent]
    return [count / part for part, count in parts if part]


def _calendar(
    schedule: Schedule, today: date, shares: Mapping[int, float]
) -> Sequence[tuple[int, float]]:
    """The working days to come: how many days after today, and how much of a day each is."""
    days = enumerate(_days(today, today + (HORIZON_DAYS - 1) * DAY))
    return [(n, shares.get(day.weekday(), 1.0)) for n, day in days if schedule.is_working(day)]


def _days_needed(
    remaining: float,
    by_today: int,
    calendar: Sequence[tuple[int, float]],
    paces: Sequence[float],
    random: Random,
) -> int:
    """How many days after today the target is reached in one replicate, HORIZON_DAYS if never.

    `by_today` of the day's interviews are done already, and not in `remaining`.
    """
    for number, share in calendar:
        count = share * _pick(paces, random)
        remaining -= max(count - by_today, 0) if number == 0 else count
        if remaining < 0.5:  # shares make no whole numbers
            return number
    return HORIZON_DAYS


def _resample(paces: Sequence[float], random: Random) -> list[float]:
    return [_pick(paces, random) for _ in paces]


def _pick(paces: Sequence[float], random: Random) -> float:
    # `random()` alone is promised to give the same numbers in every version of Python.
    return paces[int(random.random() * len(paces))]


def _after(today: date, days: Sequence[int], share: float) -> date | None:
    needed = days[min(int(share * len(days)), len(days) - 1)]
    return today + needed * DAY if needed < HORIZON_DAYS else None


def _reached(done: Mapping[date, int], target: int, today: date) -> date:
    points = cumulative(done, max(done, default=today))
    return next((day for day, total in points if total >= target), today)


def _days(start: date, end: date) -> Iterator[date]:
    return (start + number * DAY for number in range((end - start).days + 1))
