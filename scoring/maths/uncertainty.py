"""How far groups' indices and ranks depend on the sample drawn and on the method chosen.

A Monte Carlo of Saisana, Saltelli and Tarantola, Uncertainty and sensitivity analysis techniques
as tools for the quality assessment of composite indicators (2005); statistics as in COINr.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy import special

from scoring.maths.composite import (
    AGGREGATIONS,
    NORMALISATIONS,
    ROUNDING,
    Methods,
    indices,
    ranks,
)
from scoring.maths.matrix import Floats, Integers
from surveys.errors import SurveyError, gettext_noop

FEWEST_DRAWS = 10_000
QUANTILES = (0.05, 0.95)
NOISE = 1e-10  # an eigenvalue below this part of the largest is only rounding
SMALLEST = 2.0**-54  # for a uniform number of 0, whose logarithm is not finite
BLOCK = 2**17  # values of groups' standards in work at one time


class UncertaintyError(SurveyError):
    """Groups or settings for which no uncertainty can be computed."""


class Layer(StrEnum):
    """What is uncertain."""

    SAMPLING = "sampling"
    METHOD = "method"
    BOTH = "both"


@dataclass(frozen=True)
class Groups:
    """Groups' means of the weighted standards, and how they were sampled.

    `covariance` is the joint one of all means, as `estimate.covariances` gives it for cells ordered
    by group, then by standard; None for a convenience sample. It may be of any rank. A group within
    one PSU has no variance there and would look certain: leave it out. Raises `UncertaintyError`.
    """

    means: Floats  # (groups, standards), 0..1
    weights: Floats  # (standards,), positive, on any scale
    covariance: Floats | None = None  # (groups x standards, groups x standards)

    def __post_init__(self) -> None:
        if len(self.means) < 2:
            raise UncertaintyError(gettext_noop("Ranks need at least two groups."))
        if not (np.abs(self.means - 0.5) <= 0.5 + ROUNDING).all():
            raise UncertaintyError(
                gettext_noop("Give every group a mean from 0 to 1 in every standard.")
            )
        if self.weights.shape != self.means.shape[1:] or not _is_positive(self.weights):
            raise UncertaintyError(gettext_noop("Give every standard a weight above 0."))
        if self.covariance is not None and not _is_covariance(self.covariance, self.means.size):
            raise UncertaintyError(
                gettext_noop("The covariance does not belong to %(count)s means."),
                count=self.means.size,
            )

    @cached_property
    def shares(self) -> Floats:
        """The weights, adding up to 1, array (standards,)."""
        return np.asarray(self.weights / self.weights.sum())

    @cached_property
    def index(self) -> Floats:
        """The published index, array (groups,)."""
        return np.asarray(indices(self.means, Methods.nominal(self.shares))[0])


@dataclass(frozen=True)
class Model:
    """The groups' indices as a function of points in the unit cube.

    A point's coordinates decide what is uncertain: a sample around the means, drawn from
    N(means, covariance) and not clipped, and a method.
    """

    groups: Groups
    layer: Layer

    @cached_property
    def factors(self) -> Mapping[str, int]:
        """What is uncertain and how many coordinates decide it, in their order."""
        method = {"weights": len(self.groups.weights), "aggregation": 1, "normalisation": 1}
        return (method if self.layer != Layer.SAMPLING else {}) | (
            {"sampling": self._root.shape[1]} if self.layer != Layer.METHOD else {}
        )

    def indices(self, points: Floats) -> Floats:
        """Array (points, groups), from uniform numbers in [0, 1), array (points, coordinates)."""
        ends = np.cumsum(list(self.factors.values()))[:-1]
        parts = dict(zip(self.factors, np.split(points, ends, axis=1), strict=True))
        return indices(self._values(parts), self._methods(parts, len(points)))

    def blocks(self, points: int) -> Iterator[slice]:
        """So many points in parts that bound the memory needed."""
        most = max(1, BLOCK // self.groups.means.size)
        return (slice(at, min(at + most, points)) for at in range(0, points, most))

    def _methods(self, parts: Mapping[str, Floats], draws: int) -> Methods:
        """Weights uniform on the simplex: exponential numbers over their sum."""
        if "weights" not in parts:
            return Methods.nominal(self.groups.shares, draws)
        sizes = -np.log(np.maximum(parts["weights"], SMALLEST))
        return Methods(
            sizes / sizes.sum(axis=1, keepdims=True),
            (parts["aggregation"][:, 0] * len(AGGREGATIONS)).astype(np.int64),
            (parts["normalisation"][:, 0] * len(NORMALISATIONS)).astype(np.int64),
        )

    def _values(self, parts: Mapping[str, Floats]) -> Floats:
        if "sampling" not in parts:
            return self.groups.means
        normal = special.ndtri(np.maximum(parts["sampling"], SMALLEST))
        return self.groups.means + (normal @ self._root.T).reshape(-1, *self.groups.means.shape)

    @cached_property
    def _root(self) -> Floats:
        """R with covariance = R R', array (means, rank)."""
        if self.groups.covariance is None:
            raise UncertaintyError(gettext_noop("A convenience sample has no sampling error."))
        sizes, directions = np.linalg.eigh(self.groups.covariance)
        kept = sizes > NOISE * max(sizes[-1], 0)
        root = directions[:, kept] * np.sqrt(sizes[kept])
        root[np.diag(self.groups.covariance) == 0] = 0  # rounding would otherwise set ranks
        return np.asarray(root)


@dataclass(frozen=True)
class Spread:
    """A group's value over the draws, arrays (groups,)."""

    mean: Floats
    median: Floats
    quantiles: Floats  # (quantiles, groups), R's type 7


@dataclass(frozen=True)
class Standings:
    """Where groups stand over all draws; rank 1 is the highest index, equal ones share the best."""

    nominal_index: Floats  # (groups,)
    nominal_rank: Integers  # (groups,)
    index: Spread  # of mixed scales where the normalisation varies: publish ranks
    rank: Spread
    tops: Floats  # (groups, groups): row q - 1 is P(among the top q)
    bottoms: Floats  # (groups, groups), with equal ones sharing the worst rank

    def top(self, q: int) -> Floats:
        """P(rank <= q), array (groups,)."""
        return np.asarray(self.tops[self._row(q)])

    def bottom(self, q: int) -> Floats:
        """P(fewer than q groups are lower), array (groups,)."""
        return np.asarray(self.bottoms[self._row(q)])

    def _row(self, q: int) -> int:
        if not 1 <= q <= len(self.tops):
            raise UncertaintyError(
                gettext_noop("Choose a number of groups from 1 to %(most)s."), most=len(self.tops)
            )
        return q - 1


@dataclass(frozen=True)
class Simulation:
    """Standings and all that is needed to get them again, bit by bit."""

    layer: Layer
    draws: int
    seed: int
    quantiles: tuple[float, ...]
    standings: Standings


def simulate(
    groups: Groups,
    layer: Layer,
    *,
    seed: int,
    draws: int = FEWEST_DRAWS,
    quantiles: tuple[float, ...] = QUANTILES,
) -> Simulation:
    """The groups' standings under what the layer says is uncertain.

    Takes 0.1 s for 12 groups; memory is that of a few arrays of draws x groups numbers, 160 MB for
    300 groups. Raises `UncertaintyError` for too few draws, and for sampling without a covariance.
    """
    check_count(draws, FEWEST_DRAWS)
    model, rng = Model(groups, layer), np.random.default_rng(seed)
    width = sum(model.factors.values())
    index = np.empty((draws, len(groups.means)))
    for block in model.blocks(draws):
        index[block] = model.indices(rng.random((block.stop - block.start, width)))
    return Simulation(layer, draws, seed, quantiles, standings(index, groups.index, quantiles))


def standings(
    index: Floats, nominal_index: Floats, quantiles: Sequence[float] = QUANTILES
) -> Standings:
    """What draws of the index, array (draws, groups), say against the published one (groups,)."""
    rank = ranks(index)
    return Standings(
        nominal_index=nominal_index,
        nominal_rank=ranks(nominal_index),
        index=_spread(index, quantiles),
        rank=_spread(rank, quantiles),
        tops=_at_most(rank),
        bottoms=_at_most(ranks(-index)),
    )


def check_count(count: int, fewest: int) -> None:
    """Raises `UncertaintyError` where fewer draws were asked for than can be relied upon."""
    if count < fewest:
        raise UncertaintyError(
            gettext_noop("%(count)s draws are too few; take %(fewest)s or more."),
            count=count,
            fewest=fewest,
        )


def _spread(values: Floats | Integers, quantiles: Sequence[float]) -> Spread:
    median, *others = np.quantile(values, [0.5, *quantiles], axis=0)
    return Spread(values.mean(axis=0), median, np.array(others).reshape(-1, values.shape[1]))


def _at_most(rank: Integers) -> Floats:
    """The share of draws with a rank of at most 1, 2, .., array (ranks, groups)."""
    draws, groups = rank.shape
    places = (rank - 1) * groups + np.arange(groups)
    counts = np.bincount(places.ravel(), minlength=groups * groups).reshape(groups, groups)
    return np.asarray(counts.cumsum(axis=0) / draws)


def _is_positive(weights: Floats) -> bool:
    return bool((np.isfinite(weights) & (weights > 0)).all())


def _is_covariance(matrix: Floats, means: int) -> bool:
    """Finite, symmetric and without a negative variance, but for rounding."""
    if matrix.shape != (means, means) or not np.isfinite(matrix).all():
        return False
    tolerance = NOISE * np.abs(matrix).max()
    is_symmetric = np.abs(matrix - matrix.T).max() <= tolerance
    return bool(is_symmetric and np.linalg.eigvalsh(matrix)[0] >= -means * tolerance)
