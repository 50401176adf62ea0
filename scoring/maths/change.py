"""Why a weighted mean changed: one thing after another replaced by what it is now.

Each step's amount is the mean after it less the mean before it, so that the amounts add up to the
whole change. Another order would part it otherwise; this one is fixed and said wherever it is shown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from scoring.maths.matrix import Booleans, Floats


@dataclass(frozen=True)
class State:
    """The same people at one stage, arrays (people,): value, NaN for who does not count, and weight."""

    values: Floats
    weights: Floats

    def mean(self) -> float | None:
        """sum w y / sum w, or None where nobody counts."""
        counts = ~np.isnan(self.values)
        weights = self.weights[counts]
        whole = math.fsum(weights)
        return math.fsum(weights * self.values[counts]) / whole if whole else None


@dataclass(frozen=True)
class Step:
    """What one replacement did: its amount, and of how many people it changed value or weight."""

    amount: float  # in the unit of the number
    people: int


@dataclass(frozen=True)
class Change:
    """A mean then and now; the amounts of `steps` add up to `total`."""

    then: float
    now: float
    n_then: int
    n_now: int
    steps: tuple[Step, ...]
    people: int  # who has another value or weight now than then

    @property
    def total(self) -> float:
        return self.now - self.then


def change(states: Sequence[State]) -> Change | None:
    """From the first state to the last, step by step; None where at some stage nobody counts.

    `states` are arrays over the same people, those of the past and of now together.
    """
    means = [mean for state in states if (mean := state.mean()) is not None]
    if len(means) < len(states):
        return None
    first, last = states[0], states[-1]
    return Change(
        then=means[0],
        now=means[-1],
        n_then=_cases(first),
        n_now=_cases(last),
        steps=tuple(
            Step(after - before, _concerned(a, b))
            for (a, b), (before, after) in zip(pairwise(states), pairwise(means), strict=True)
        ),
        people=_concerned(first, last),
    )


def apportioned(amounts: Sequence[float], whole: int, unit: float) -> list[int]:
    """Amounts in whole `unit`s that add up to `whole` (largest remainder), as rounded ones may not.

    Without rounding they add up to `whole` units to within less than one; an amount of 0 stays 0.
    """
    exact = [Fraction(amount) / Fraction(unit) for amount in amounts]
    units = [math.floor(amount) for amount in exact]
    left = whole - sum(units)
    open_places = [place for place, amount in enumerate(exact) if amount]
    for place in sorted(open_places, key=lambda at: (units[at] - exact[at], at))[:left]:
        units[place] += 1
    return units


def _cases(state: State) -> int:
    return int(np.count_nonzero(~np.isnan(state.values)))


def _concerned(a: State, b: State) -> int:
    return int(np.count_nonzero(_differs(a, b)))


def _differs(a: State, b: State) -> Booleans:
    """Who counts in one of both alone, or in both with another value or weight."""
    in_a, in_b = ~np.isnan(a.values), ~np.isnan(b.values)
    is_other = (a.values != b.values) | (a.weights != b.weights)
    return np.asarray((in_a != in_b) | (in_a & in_b & is_other))
