"""Frequencies and five numbers: exact while values are few, near and bounded when they are many."""

import random
import statistics
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from surveys.codebooks.tally import MOST_DISTINCT, Summary, Tally
from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Kind, Value, Variable


def summary_of(kind: Kind, *pages: Sequence[Cell], values: tuple[Value, ...] = ()) -> Summary:
    tally = Tally(Variable("k", "v", kind, values=values))
    for page in pages:
        tally.add(page)
    return tally.summary()


def test_choices_are_counted_and_gaps_by_reason() -> None:
    values = (Value("yes", 1, {}), Value("no", 2, {}), Value("never", 3, {}))
    pages: list[list[Cell]] = [[1.0, 2.0, None, Missing.REFUSED], [1.0, Missing.REFUSED, 1.0]]
    found = summary_of(Kind.CHOICE, *pages, values=values)
    assert (found.valid, found.rows) == (4, 7)
    assert found.counts == {1.0: 3, 2.0: 1, 3.0: 0}
    assert found.missing == {Missing.REFUSED: 2, None: 1}
    assert found.spread is None


def test_flags_have_two_values() -> None:
    assert summary_of(Kind.FLAG, [1.0, 0.0, 1.0]).counts == {0.0: 1, 1.0: 2}


def test_of_texts_nothing_is_told_but_how_many() -> None:
    found = summary_of(Kind.TEXT, ["Ann", "", "Bo"])
    assert (found.valid, found.missing, found.counts, found.spread) == (2, {None: 1}, {}, None)


@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([5.0], (5, 5, 5)),
        ([1.0, 2.0, 3.0, 4.0], (1.5, 2.5, 3.5)),
        ([1.0, 2.0, 3.0, 4.0, 5.0], (2, 3, 4)),
    ],
)
def test_quartiles(values: list[float], quartiles: tuple[float, ...]) -> None:
    spread = summary_of(Kind.DECIMAL, values[::-1]).spread
    assert spread is not None
    assert (spread.lower, spread.median, spread.upper) == quartiles
    assert (spread.least, spread.most, spread.mean) == (
        min(values),
        max(values),
        statistics.mean(values),
    )
    assert not spread.is_rounded


def test_days_have_five_numbers_and_no_mean() -> None:
    spread = summary_of(Kind.DATE, [date(2026, 1, day) for day in (1, 2, 3, 4)]).spread
    assert spread is not None
    assert (spread.median, spread.most, spread.mean) == (date(2026, 1, 2), date(2026, 1, 4), None)


def test_many_values_stay_bounded_and_near() -> None:
    random.seed(1)
    values = [random.gauss(1000, 100) for _ in range(3 * MOST_DISTINCT)]
    tally = Tally(Variable("k", "v", Kind.DECIMAL))
    for start in range(0, len(values), 500):
        tally.add(values[start : start + 500])
    spread = tally.summary().spread
    assert spread is not None
    assert spread.is_rounded
    assert (spread.least, spread.most) == (min(values), max(values))
    assert spread.median == pytest.approx(statistics.median(values), rel=0.001)
    assert spread.mean == pytest.approx(statistics.fmean(values))
    assert len(tally._values) <= MOST_DISTINCT


def test_many_moments_become_days() -> None:
    start = datetime(2026, 1, 1)  # noqa: DTZ001 - as the clock on the wall showed it
    moments = [start + timedelta(minutes=n) for n in range(MOST_DISTINCT + 1)]
    spread = summary_of(Kind.DATETIME, moments).spread
    assert spread is not None
    assert (spread.least, spread.most) == (moments[0], moments[-1])
    assert spread.median == datetime(2026, 1, 2)  # noqa: DTZ001
