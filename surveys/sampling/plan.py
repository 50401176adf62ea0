"""How a sample is to be drawn, and what stands against drawing it so from a frame."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from surveys.sampling.frame import FrameUnit, by_stratum


class Method(StrEnum):
    SIMPLE = "simple"  # every set of n units has the same chance
    SYSTEMATIC = "systematic"  # every k-th of the list from a random start, k need not be whole
    PPS = "pps"  # systematic, with probability proportional to size


class Allocation(StrEnum):
    """How the units of a sample are shared out among the strata."""

    FIXED = "fixed"  # numbers of `Plan.fixed`
    EQUAL = "equal"
    PROPORTIONAL = "proportional"  # to the units of a stratum
    SIZE = "size"  # proportional to the sum of their sizes
    NEYMAN = "neyman"  # to the units (with PPS, the sizes) times the spread of `Plan.spread`


class Order(StrEnum):
    """In which order a systematic draw goes through a stratum."""

    LISTED = "listed"  # by city, PSU and code: the sample spreads over cities as the frame does
    SHUFFLED = "shuffled"  # by the units' random numbers


@dataclass(frozen=True)
class Plan:
    """What to draw, all that a draw depends on beside the frame and the seed.

    `units` is how many in all, except with `Allocation.FIXED`, where `fixed` says how many of each
    stratum. `replacements` is how many of each stratum to keep in reserve; fewer where fewer are left.
    """

    method: Method
    units: int = 0
    allocation: Allocation = Allocation.PROPORTIONAL
    fixed: Mapping[str, int] = field(default_factory=dict, hash=False)  # by stratum
    spread: Mapping[str, float] = field(default_factory=dict, hash=False)  # SD by stratum
    fewest: int = 1  # of each stratum; a variance needs 2
    replacements: int = 0
    order: Order = Order.LISTED

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The plan that `document` wrote. Raises ValueError or TypeError at anything else."""
        plan = cls(**document)
        return replace(
            plan,
            method=Method(plan.method),
            allocation=Allocation(plan.allocation),
            order=Order(plan.order),
        )

    def document(self) -> dict[str, Any]:
        """As JSON has it, to be kept with a draw."""
        return asdict(self)

    @property
    def needs_sizes(self) -> bool:
        return self.method is Method.PPS or self.allocation is Allocation.SIZE


class Against(StrEnum):
    """What stands against a draw. `stratum` and `value` of the fault say more:"""

    NO_UNITS = "no_units"  # the frame is empty
    REPEATED_UNIT = "repeated_unit"  # the code that is there twice
    TOO_FEW = "too_few"  # fewer than 1 of this stratum; in all, fewer than `value` wanted
    TOO_MANY = "too_many"  # more than `value`, which is all there are
    UNKNOWN_STRATUM = "unknown_stratum"  # `fixed` or `spread` names one that the frame has not
    MISSING_STRATUM = "missing_stratum"  # `fixed` or `spread` lacks it
    NO_SIZE = "no_size"  # the code of a unit without a measure of size above 0
    BAD_SPREAD = "bad_spread"  # a spread that is not a number from 0 up
    BAD_COUNT = "bad_count"  # the name of a field of the plan that is below what it can be


@dataclass(frozen=True)
class PlanFault:
    code: Against
    stratum: str = ""  # blank: all
    value: str = ""


def plan_faults(units: Iterable[FrameUnit], plan: Plan) -> tuple[PlanFault, ...]:
    """Everything that stands against drawing by this plan; empty where `draw` can be called."""
    strata = by_stratum(units)
    if not strata:
        return (PlanFault(Against.NO_UNITS),)
    return (
        *_of_counts(plan),
        *_of_units(strata, plan),
        *_of_strata(strata, plan),
        *(
            _of_fixed(strata, plan)
            if plan.allocation is Allocation.FIXED
            else _of_all(strata, plan)
        ),
    )


def _of_counts(plan: Plan) -> Iterator[PlanFault]:
    if plan.fewest < 1:
        yield PlanFault(Against.BAD_COUNT, value="fewest")
    if plan.replacements < 0:
        yield PlanFault(Against.BAD_COUNT, value="replacements")


def _of_units(strata: Mapping[str, Sequence[FrameUnit]], plan: Plan) -> Iterator[PlanFault]:
    seen: set[str] = set()
    for stratum, units in strata.items():
        for unit in units:
            if unit.code in seen:
                yield PlanFault(Against.REPEATED_UNIT, stratum, unit.code)
            seen.add(unit.code)
            if plan.needs_sizes and not _is_size(unit.size):
                yield PlanFault(Against.NO_SIZE, stratum, unit.code)


def _is_size(size: float | None) -> bool:
    return size is not None and 0 < size < math.inf


def _of_strata(strata: Mapping[str, object], plan: Plan) -> Iterator[PlanFault]:
    """What the mappings of the plan lack or have too much."""
    if plan.allocation is Allocation.NEYMAN:
        yield from _names(strata, plan.spread)
        for stratum, spread in plan.spread.items():
            if not 0 <= spread < math.inf:
                yield PlanFault(Against.BAD_SPREAD, stratum, str(spread))
    if plan.allocation is Allocation.FIXED:
        yield from _names(strata, plan.fixed)


def _names(strata: Mapping[str, object], given: Mapping[str, object]) -> Iterator[PlanFault]:
    yield from (PlanFault(Against.UNKNOWN_STRATUM, name) for name in sorted(given.keys() - strata))
    yield from (PlanFault(Against.MISSING_STRATUM, name) for name in sorted(strata.keys() - given))


def _of_fixed(strata: Mapping[str, Sequence[FrameUnit]], plan: Plan) -> Iterator[PlanFault]:
    for stratum, units in strata.items():
        wanted = plan.fixed.get(stratum)
        if wanted is not None and wanted < 1:
            yield PlanFault(Against.TOO_FEW, stratum, "1")
        if wanted is not None and wanted > len(units):
            yield PlanFault(Against.TOO_MANY, stratum, str(len(units)))


def _of_all(strata: Mapping[str, Sequence[FrameUnit]], plan: Plan) -> Iterator[PlanFault]:
    least = sum(min(max(plan.fewest, 1), len(units)) for units in strata.values())
    most = sum(len(units) for units in strata.values())
    if plan.units < least:
        yield PlanFault(Against.TOO_FEW, value=str(least))
    if plan.units > most:
        yield PlanFault(Against.TOO_MANY, value=str(most))
