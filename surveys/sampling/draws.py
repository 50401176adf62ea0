"""A sample drawn from a frame: which units, in which order, with which chances.

All is exact arithmetic on the numbers of `chance`, so that a draw can be repeated anywhere. A draw
by hand: in a stratum with n to be drawn, *simple* takes the n units with the smallest numbers. The
systematic ones add up the inclusion probabilities in the order of the list and take the units in
whose part of the sum the points u, u + 1, .. u + n - 1 lie, u the number of the stratum itself
(Madow, On the theory of systematic sampling, Annals of Mathematical Statistics 20, 1949).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveys.sampling.allocation import allocate
from surveys.sampling.chance import number
from surveys.sampling.frame import FrameUnit, by_stratum
from surveys.sampling.plan import Method, Order, Plan, plan_faults


@dataclass(frozen=True)
class Selection:
    """A unit of the sample or of the reserve.

    A unit of the reserve has the probability that it had of being in the sample: it is the one that
    its weight is made of, should it replace another.
    """

    unit: FrameUnit
    place: int  # 1, 2, .. in the stratum: in the sample, or in the order of replacing
    probability: float  # of being in the sample, first order, above 0 and at most 1

    @property
    def weight(self) -> float:
        """Units of the frame that this one stands for."""
        return 1 / self.probability

    @property
    def is_certain(self) -> bool:
        """In every sample of this plan: a stratum of its own where a variance is estimated."""
        return self.probability == 1


@dataclass(frozen=True)
class StratumDraw:
    """What was drawn of a stratum."""

    name: str
    population: int  # units there are: what a finite population correction needs
    size: float  # sum of their measures of size, 0 where they have none
    selected: tuple[Selection, ...]
    replacements: tuple[Selection, ...]  # to be used in this order

    @property
    def fraction(self) -> float:
        """f = n / N; the finite population correction is 1 - f."""
        return len(self.selected) / self.population


@dataclass(frozen=True)
class Draw:
    """A sample and all it was made by; the same frame, plan and seed give it again."""

    seed: int
    plan: Plan
    strata: tuple[StratumDraw, ...]

    @property
    def selected(self) -> tuple[Selection, ...]:
        return tuple(one for stratum in self.strata for one in stratum.selected)

    @property
    def replacements(self) -> tuple[Selection, ...]:
        return tuple(one for stratum in self.strata for one in stratum.replacements)


def draw(units: Iterable[FrameUnit], plan: Plan, seed: int) -> Draw:
    """Draw by the plan from a frame, the order of whose units does not matter.

    Raises ValueError where `plan_faults` finds something: ask it first.
    """
    frame = tuple(units)
    faults = plan_faults(frame, plan)
    if faults:
        raise ValueError(f"This plan cannot be drawn: {faults}")
    strata = by_stratum(frame)
    numbers = allocate(strata, plan)
    drawn = (_stratum(name, some, numbers[name], plan, seed) for name, some in strata.items())
    return Draw(seed, plan, tuple(drawn))


def probabilities(sizes: Sequence[Fraction], n: int) -> list[Fraction]:
    """First-order inclusion probabilities of a draw of `n` units in proportion to `sizes`.

    A unit whose share would be 1 or more is certain; what remains of n is shared out among the
    others, again and again until no share reaches 1 (Särndal, Swensson and Wretman, Model Assisted
    Survey Sampling, 1992, section 3.6.2). They add up to n exactly.
    """
    certain: set[int] = set()
    while True:
        rest = n - len(certain)
        total = sum((size for i, size in enumerate(sizes) if i not in certain), Fraction(0))
        found = {
            i for i, size in enumerate(sizes) if i not in certain and rest and rest * size >= total
        }
        if not found:
            break
        certain |= found
    return [
        Fraction(1) if i in certain else rest * size / total if rest else Fraction(0)
        for i, size in enumerate(sizes)
    ]


def walk(chances: Sequence[Fraction], start: Fraction) -> list[int]:
    """Places that the points start, start + 1, .. meet, where each place is as long as its chance.

    `start` is at least 0 and below 1, no chance is above 1, and they add up to a whole number: that
    many places are met, none of them twice.
    """
    met = []
    end = -start
    for place, chance in enumerate(chances):
        begin, end = end, end + chance
        if math.ceil(end) > math.ceil(begin):
            met.append(place)
    return met


def _stratum(name: str, units: Sequence[FrameUnit], n: int, plan: Plan, seed: int) -> StratumDraw:
    numbers = {unit.code: number(seed, name, unit.code) for unit in units}
    ordered = sorted(units, key=lambda unit: _rank(unit, plan, numbers[unit.code]))
    chances = probabilities([_size(unit, plan) for unit in ordered], n)
    if plan.method is Method.SIMPLE:
        chosen = list(range(n))
    else:
        chosen = walk(chances, Fraction(number(seed, name)))
    taken = set(chosen)
    reserve = sorted(
        (place for place in range(len(ordered)) if place not in taken),
        key=lambda place: _turn(ordered[place], plan, numbers[ordered[place].code]),
    )
    return StratumDraw(
        name=name,
        population=len(units),
        size=math.fsum(unit.size or 0 for unit in units),
        selected=_selections(ordered, chances, chosen),
        replacements=_selections(ordered, chances, reserve[: plan.replacements]),
    )


def _selections(
    units: Sequence[FrameUnit], chances: Sequence[Fraction], places: Sequence[int]
) -> tuple[Selection, ...]:
    return tuple(
        Selection(units[place], turn, float(chances[place]))
        for turn, place in enumerate(places, start=1)
    )


def _size(unit: FrameUnit, plan: Plan) -> Fraction:
    return Fraction(unit.size or 0) if plan.method is Method.PPS else Fraction(1)


def _rank(unit: FrameUnit, plan: Plan, chance: float) -> tuple[float | str, ...]:
    """Where a unit comes in the list that is drawn from."""
    if plan.method is Method.SIMPLE or plan.order is Order.SHUFFLED:
        return chance, unit.code
    return unit.city, unit.psu, unit.code


def _turn(unit: FrameUnit, plan: Plan, chance: float) -> tuple[float, str]:
    """When a unit that was not drawn comes in as a replacement.

    With PPS, larger ones come sooner: by u / size, as in sequential Poisson sampling (Ohlsson,
    Sequential Poisson sampling, Journal of Official Statistics 14, 1998).
    """
    return chance / float(_size(unit, plan)), unit.code
