"""Groups' indices under many methods at once, and the groups' ranks.

The methods are those of COINr and of the OECD's Handbook on Constructing Composite Indicators (2008).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np

from scoring.maths.matrix import Floats, Integers

ROUNDING = 1e-12  # values that differ by less are equal: they were added up in another order
LOWEST = 0.01  # of a min-max scale, so that a group that is last in one standard is not at 0


@dataclass(frozen=True)
class Methods:
    """How every draw makes the index."""

    weights: Floats  # (draws, standards), positive; a row adds up to 1
    aggregation: Integers  # (draws,), places in `AGGREGATIONS`
    normalisation: Integers  # (draws,), places in `NORMALISATIONS`

    @classmethod
    def nominal(cls, weights: Floats, draws: int = 1) -> Self:
        """The weighted arithmetic mean of the standards as they are; weights (standards,)."""
        codes = np.zeros(draws, dtype=np.int64)
        return cls(np.broadcast_to(weights, (draws, len(weights))), codes, codes)


def indices(values: Floats, methods: Methods) -> Floats:
    """Every group's index by draw, array (draws, groups).

    `values` holds the standards, array (draws, groups, standards), or (groups, standards) where
    they are the same in every draw. Normalised indices are on a scale of their own.
    """
    values = np.broadcast_to(values, (len(methods.weights), *values.shape[-2:]))
    index = np.empty(values.shape[:2])
    for (n, normalise), (a, aggregate) in product(
        enumerate(NORMALISATIONS.values()), enumerate(AGGREGATIONS.values())
    ):
        draws = np.flatnonzero((methods.normalisation == n) & (methods.aggregation == a))
        index[draws] = aggregate(normalise(values[draws]), methods.weights[draws, np.newaxis])
    return index


def ranks(index: Floats) -> Integers:
    """Ranks along the last axis, 1 for the highest; equal ones share the best ("min" in R)."""
    order = np.argsort(-index, axis=-1, kind="stable")
    ordered = np.take_along_axis(index, order, axis=-1)
    places = np.broadcast_to(np.arange(1, index.shape[-1] + 1), index.shape).copy()
    places[..., 1:] *= -np.diff(ordered, axis=-1) > ROUNDING
    ranked = np.empty_like(places)
    np.put_along_axis(ranked, order, np.maximum.accumulate(places, axis=-1), axis=-1)
    return ranked


def _arithmetic(values: Floats, weights: Floats) -> Floats:
    return np.asarray((values * weights).sum(axis=-1))


def _geometric(values: Floats, weights: Floats) -> Floats:
    """0 where a value is 0, its limit, or below."""
    with np.errstate(divide="ignore"):
        return np.exp(_arithmetic(np.log(np.maximum(values, 0)), weights))


def _harmonic(values: Floats, weights: Floats) -> Floats:
    """0 where a value is 0, its limit, or below."""
    with np.errstate(divide="ignore"):
        return 1 / _arithmetic(1 / np.maximum(values, 0), weights)


def _as_they_are(values: Floats) -> Floats:
    return values


def _min_max(values: Floats) -> Floats:
    """From `LOWEST` to 1 among the groups; halfway where they are equal."""
    low, span = values.min(axis=-2, keepdims=True), np.ptp(values, axis=-2, keepdims=True)
    return LOWEST + (1 - LOWEST) * _ratio(values - low, span, span, otherwise=0.5)


def _z_score(values: Floats) -> Floats:
    """0.5 + 0.1 z, with the sample's standard deviation of the groups; 0.5 where they are equal."""
    span = np.ptp(values, axis=-2, keepdims=True)
    centred = values - values.mean(axis=-2, keepdims=True)
    return 0.5 + 0.1 * _ratio(centred, values.std(axis=-2, ddof=1, keepdims=True), span)


def _ratio(a: Floats, b: Floats, span: Floats, *, otherwise: float = 0.0) -> Floats:
    """a / b, or `otherwise` where the groups do not differ."""
    differ = np.broadcast_to(span > ROUNDING, a.shape)
    quotient: Floats = np.divide(a, b, out=np.full(a.shape, otherwise), where=differ)
    return quotient


AGGREGATIONS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
}
NORMALISATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "none": _as_they_are,
    "min-max": _min_max,
    "z-score": _z_score,
}
