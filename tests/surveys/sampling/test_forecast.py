"""Progress is measured against the plan, and a forecast is as wide as it must be."""

from datetime import date, timedelta
from random import Random

import pytest

from surveys.sampling.forecast import (
    HORIZON_DAYS,
    Forecast,
    Schedule,
    cumulative,
    curve,
    forecast,
    progress,
)

MONDAY = date(2026, 3, 2)
SUNDAY = 6
SIX_WEEKS = Schedule(MONDAY, MONDAY + timedelta(days=41), 360, frozenset({SUNDAY}))


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def worked(schedule: Schedule, days: int, *counts: int) -> dict[date, int]:
    """These many interviews in turn on each working day."""
    working = [day(n) for n in range(days) if schedule.is_working(day(n))]
    return {one: counts[n % len(counts)] for n, one in enumerate(working)}


@pytest.mark.parametrize(
    ("number", "planned"),
    [(-1, 0), (0, 10), (5, 60), (6, 60), (7, 70), (40, 360), (41, 360), (99, 360)],
)
def test_the_plan_rises_on_working_days(number: int, planned: float) -> None:
    assert SIX_WEEKS.planned(day(number)) == planned


def test_the_curve_has_every_day_of_the_plan() -> None:
    points = curve(SIX_WEEKS)
    assert [one for one, _ in points] == [day(n) for n in range(42)]
    assert [planned for _, planned in points[:8]] == [10, 20, 30, 40, 50, 60, 60, 70]


def test_holidays_are_off() -> None:
    off = Schedule(MONDAY, day(3), 30, holidays=frozenset({day(1)}))
    assert [planned for _, planned in curve(off)] == [10, 10, 20, 30]


def test_a_plan_without_working_days_is_due_at_its_end() -> None:
    never = Schedule(MONDAY, day(1), 10, frozenset({0, 1}))
    assert curve(never) == ((MONDAY, 0), (day(1), 10))
    assert (never.planned(MONDAY), never.planned(day(1))) == (0, 10)


def test_interviews_add_up_day_by_day() -> None:
    assert cumulative({day(0): 3, day(2): 4}, day(3)) == (
        (day(0), 3),
        (day(1), 3),
        (day(2), 7),
        (day(3), 7),
    )
    assert cumulative({}, day(0)) == ((day(0), 0),)


def test_progress_compares_full_days() -> None:
    done = worked(SIX_WEEKS, 14, 8) | {day(14): 3}
    now = progress(SIX_WEEKS, done, day(14))
    assert (now.done, now.planned, now.ahead, now.pace) == (99, 120, -24, 8)
    assert now.needed == (360 - 96) / 24


def test_before_and_after_the_fieldwork_there_is_no_pace_to_tell() -> None:
    before = progress(SIX_WEEKS, {}, day(-3))
    assert (before.done, before.planned, before.pace, before.needed) == (0, 0, None, 10)
    assert progress(SIX_WEEKS, {}, day(42)).needed is None


def test_a_steady_pace_ends_on_one_day() -> None:
    """6 a working day: 72 in two weeks, 288 remain: 48 working days, eight weeks but for the Sunday."""
    done = worked(SIX_WEEKS, 14, 6)
    end = day(14 + 55 - 1)
    assert forecast(SIX_WEEKS, done, day(14), seed=1) == Forecast(end, end, end)


def test_what_was_done_today_is_not_counted_twice() -> None:
    done = worked(SIX_WEEKS, 14, 6)
    end = day(14 + 55 - 1)
    assert forecast(SIX_WEEKS, done | {day(14): 6}, day(14), seed=1) == Forecast(end, end, end)


def test_days_of_the_week_keep_their_pace() -> None:
    """Nobody works on Wednesdays, although nobody said so: 156 remain, four weeks of 36 and two days."""
    plan = Schedule(MONDAY, day(60), 300)
    done = {day(n): 0 if day(n).weekday() == 2 else 6 for n in range(28)}
    known = forecast(plan, done, day(28), seed=1)
    end = day(28 + 4 * 7 + 1)
    assert known == Forecast(end, end, end)


@pytest.mark.parametrize(
    "done",
    [{}, {day(n): 5 for n in range(5)}, {day(n): 1 for n in range(9)}],
    ids=["none", "days", "interviews"],
)
def test_too_little_gives_no_forecast(done: dict[date, int]) -> None:
    assert forecast(SIX_WEEKS, done, day(len(done)), seed=1) is None


def test_a_standstill_has_no_forecast_either() -> None:
    assert forecast(SIX_WEEKS, worked(SIX_WEEKS, 14, 6), day(60), seed=1) is None


def test_what_is_beyond_the_horizon_is_open() -> None:
    far = Schedule(MONDAY, day(41), 60 * HORIZON_DAYS)
    assert forecast(far, worked(far, 14, 6), day(14), seed=1) == Forecast(None, None, None)


def test_a_target_that_is_reached_has_its_day() -> None:
    small = Schedule(MONDAY, day(41), 20)
    reached = day(3)
    found = forecast(small, worked(small, 14, 6), day(14), seed=1)
    assert found == Forecast(reached, reached, reached)


def test_the_same_seed_gives_the_same_forecast() -> None:
    done = worked(SIX_WEEKS, 14, 2, 9, 5)
    first = forecast(SIX_WEEKS, done, day(14), seed=5)
    assert first == forecast(SIX_WEEKS, done, day(14), seed=5)
    assert first is not None
    days = [one for one in (first.earliest, first.likely, first.latest) if one]
    assert len(days) == len(set(days)) == 3
    assert days == sorted(days)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """80 in 100: of 40 seasons of 4 to 12 a day, seen after two weeks, 26 to 38 must be inside."""
    held = sum(_is_held(Random(seed)) for seed in range(40))
    assert 26 <= held <= 38


def _is_held(random: Random) -> bool:
    season = {day(n): random.randint(4, 12) for n in range(100) if SIX_WEEKS.is_working(day(n))}
    truth = next(one for one, total in cumulative(season, day(99)) if total >= 360)
    seen = {one: count for one, count in season.items() if one < day(14)}
    found = forecast(SIX_WEEKS, seen, day(14), seed=random.randint(0, 10**9))
    assert found is not None
    assert found.earliest
    return found.earliest <= truth and (found.latest is None or truth <= found.latest)
