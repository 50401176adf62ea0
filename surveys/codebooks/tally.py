"""How often which values and gaps occur in a variable, counted a page at a time in bounded memory."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Kind, Variable

Scalar: TypeAlias = float | date | datetime

MOST_DISTINCT = 5_000  # values that are told apart: half a megabyte a variable
FEWEST_DIGITS = 2
COUNTED = frozenset({Kind.CHOICE, Kind.FLAG})


@dataclass(frozen=True)
class Spread:
    """Five numbers. Quartiles are the mean of two neighbours where they fall between them, for days
    the earlier; with `is_rounded` there were too many values to keep all, and quartiles are near.
    """

    least: Scalar
    lower: Scalar
    median: Scalar
    upper: Scalar
    most: Scalar
    mean: float | None = None
    is_rounded: bool = False


@dataclass(frozen=True)
class Summary:
    """Of a variable: `counts` by code where it has choices, `missing` by reason, None for a blank."""

    valid: int
    counts: Mapping[float, int] = field(default_factory=dict)
    missing: Mapping[Missing | None, int] = field(default_factory=dict)
    spread: Spread | None = None

    @property
    def rows(self) -> int:
        return self.valid + sum(self.missing.values())

    def count(self, code: float) -> int:
        """How many rows have the choice of that code."""
        return self.counts.get(float(code), 0)


class Tally:
    """Counts what it is given of one variable."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self._missing: Counter[Missing | None] = Counter()
        self._values: Counter[Scalar] = Counter()
        self._valid = 0
        self._sum = 0.0
        self._digits: int | None = None  # that are left of values; None while all are
        self._ends: list[Scalar] = []

    def add(self, column: Sequence[Cell]) -> None:
        """Some more rows."""
        for cell, count in Counter(column).items():
            if cell is None or isinstance(cell, Missing):
                self._missing[cell] += count
            elif isinstance(cell, str):
                self._add_text(cell, count)
            else:
                self._valid += count
                self._values[self._rounded(cell)] += count
                self._sum += cell * count if isinstance(cell, float) else 0
                self._ends.append(cell)
        self._shrink()

    def _add_text(self, text: str, count: int) -> None:
        """What texts say is nobody's business here."""
        if text:
            self._valid += count
        else:
            self._missing[None] += count

    def _shrink(self) -> None:
        self._ends = [min(self._ends), max(self._ends)] if self._ends else []
        while len(self._values) > MOST_DISTINCT and self._digits != FEWEST_DIGITS:
            self._digits = FEWEST_DIGITS if self._digits == 3 else 3 if self._digits else 4
            known, self._values = self._values, Counter()
            for value, count in known.items():
                self._values[self._rounded(value)] += count

    def _rounded(self, value: Scalar) -> Scalar:
        """A value with as few digits as are kept by now; of a moment the day, then the month."""
        if self._digits is None:
            return value
        if isinstance(value, datetime):
            value = value.replace(hour=0, minute=0, second=0, microsecond=0)
        if isinstance(value, date):
            return value if self._digits == 4 else value.replace(day=1)
        return float(f"{value:.{self._digits}g}")

    def summary(self) -> Summary:
        missing = {reason: self._missing[reason] for reason in (*Missing, None)}
        told = {reason: count for reason, count in missing.items() if count}
        if self.variable.kind in COUNTED:
            codes = {float(value.code): 0 for value in self.variable.values} or {0.0: 0, 1.0: 0}
            counts = {code: self._values[code] for code in codes}
            return Summary(self._valid, counts, told)
        return Summary(self._valid, {}, told, self._spread())

    def _spread(self) -> Spread | None:
        if not self._values:
            return None
        least, most = self._ends
        lower, median, upper = (self._quantile(share) for share in (0.25, 0.5, 0.75))
        mean = None if isinstance(least, date) else self._sum / self._valid
        return Spread(least, lower, median, upper, most, mean, self._digits is not None)

    def _quantile(self, share: float) -> Scalar:
        """The value below which a share lies: the middle of two neighbours on the border."""
        position = share * self._valid
        at = max(1, math.ceil(position))
        found = self._value_at(at)
        if position != at or at == self._valid or not isinstance(found, float):
            return found
        after = self._value_at(at + 1)
        assert isinstance(after, float)  # noqa: S101 - tells mypy: one variable, one type
        return (found + after) / 2

    def _value_at(self, number: int) -> Scalar:
        """The value of that number in order, from 1."""
        return next(value for value, last in self._ordered() if last >= number)

    def _ordered(self) -> Iterator[tuple[Scalar, int]]:
        """Values in order, each with how many are up to it."""
        upto = 0
        for value in sorted(self._values):
            upto += self._values[value]
            yield value, upto
