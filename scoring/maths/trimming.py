"""Weights cut to a range around their median, and raked again to what the cut has moved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.maths.matrix import Floats, Integers
from scoring.maths.raking import Margin, RakeCell, Raking, numbered, rake
from scoring.maths.weighting import WeightingError, check_weights
from surveys.errors import gettext_noop

LOWEST, HIGHEST = 1 / 5, 5.0  # times the median
NEARLY = 1e-6  # by so large a part may a weight pass a bound
MOST_ROUNDS = 50


@dataclass(frozen=True)
class Trimming:
    """Weights that meet the margins, and keep the bounds where `is_within`; arrays (people,)."""

    weights: Floats  # `base` x the factor of the person's rake-cell
    base: Floats  # before the last raking, cut to the bounds of their median
    cell: Integers  # a number of `raking.cells`
    raking: Raking
    rounds: int  # of cutting and raking again
    is_within: bool
    raised: float  # share of people, in any round
    lowered: float  # share of people, in any round
    trimmed: float  # share of people, either way


def trim(weights: Floats, cells: Sequence[RakeCell], margins: Sequence[Margin]) -> Trimming:
    """Rake, cut to [1/5, 5] x the median and rake again, until a raking keeps the bounds.

    As Izrael, Battaglia and Frankel, Extreme Survey Weight Adjustment as a Component of Sample
    Balancing (2009). `weights` (people,) are above 0. After `MOST_ROUNDS` the margins are met and the bounds may not
    be. Standard errors take `base` for the weights before raking. Raises what `rake` raises.
    """
    _check_nobody_is_without(weights)
    distinct, cell = numbered(cells)
    base, rounds = weights, 0
    raised = lowered = np.zeros(len(weights), dtype=np.bool_)
    while True:
        raking = rake(margins, distinct, np.bincount(cell, base).astype(np.float64))
        raked = base * raking.factors[cell]
        low, high = bounds(raked)
        is_low, is_high = raked < low * (1 - NEARLY), raked > high * (1 + NEARLY)
        is_within = not (is_low | is_high).any()
        if is_within or rounds == MOST_ROUNDS:
            shares = (float(who.mean()) for who in (raised, lowered, raised | lowered))
            return Trimming(raked, base, cell, raking, rounds, is_within, *shares)
        base, rounds = np.clip(raked, low, high), rounds + 1
        raised, lowered = raised | is_low, lowered | is_high


def bounds(weights: Floats) -> tuple[float, float]:
    """Between what weights are to lie."""
    median = float(np.median(weights))
    return LOWEST * median, HIGHEST * median


def _check_nobody_is_without(weights: Floats) -> None:
    check_weights(weights)
    if not weights.all():
        raise WeightingError(
            gettext_noop("Weight number %(number)s is 0; leave out who has none."),
            number=int(np.argmin(weights)) + 1,
        )
