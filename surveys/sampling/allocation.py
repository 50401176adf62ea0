"""How many units of each stratum a plan draws."""

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction

from surveys.sampling.frame import FrameUnit
from surveys.sampling.plan import Allocation, Method, Plan


def allocate(strata: Mapping[str, Sequence[FrameUnit]], plan: Plan) -> dict[str, int]:
    """Units to draw by stratum, in the strata's order, for a plan without faults.

    Each stratum has `plan.fewest` (or all it has); every further unit goes where
    basis^2 / (n (n + 1)) is largest, the stratum named first at a tie, until a stratum is exhausted.
    Whole numbers shared out so make the variance of a stratified total as small as it can be: Wright,
    The equivalence of Neyman optimum allocation for sampling and equal proportions for apportioning
    the U.S. House of Representatives, The American Statistician 66 (2012).
    """
    if plan.allocation is Allocation.FIXED:
        return {stratum: plan.fixed[stratum] for stratum in strata}
    numbers = {name: min(plan.fewest, len(units)) for name, units in strata.items()}
    bases = {name: _basis(name, units, plan) for name, units in strata.items()}
    waiting = [
        (-_claim(bases[name], n), name) for name, n in numbers.items() if n < len(strata[name])
    ]
    heapq.heapify(waiting)
    for _ in range(plan.units - sum(numbers.values())):
        _, name = heapq.heappop(waiting)
        numbers[name] += 1
        if numbers[name] < len(strata[name]):
            heapq.heappush(waiting, (-_claim(bases[name], numbers[name]), name))
    return numbers


def _claim(basis: Fraction, units: int) -> Fraction:
    """Of a stratum with so many units on one more."""
    return basis * basis / (units * (units + 1))


def _basis(name: str, units: Sequence[FrameUnit], plan: Plan) -> Fraction:
    match plan.allocation:
        case Allocation.EQUAL:
            return Fraction(1)
        case Allocation.SIZE:
            return _size(units)
        case Allocation.NEYMAN:
            whole = _size(units) if plan.method is Method.PPS else Fraction(len(units))
            return whole * Fraction(plan.spread[name])
    return Fraction(len(units))


def _size(units: Sequence[FrameUnit]) -> Fraction:
    return sum((Fraction(unit.size or 0) for unit in units), Fraction(0))
