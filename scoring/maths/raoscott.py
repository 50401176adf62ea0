"""Whether two ways to divide people hang together, tested under the sample's design.

Pearson's chi-square of the weighted shares, corrected for the design to the second order (Rao and
Scott, Annals of Statistics 12, 1984), as R's `svychisq(statistic = "F")` and Stata's `svy: tabulate`
have it; and Wald's test that groups have one mean, as R's `regTermTest` of a linear model has it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from scoring.maths.design import Design
from scoring.maths.estimate import Totals, covariances
from scoring.maths.matrix import Floats

FEWEST_DF = 1
WORST_CONDITION = 1e12  # of a matrix to be inverted: beyond it only rounding is left


@dataclass(frozen=True)
class Association:
    """A test of independence. `pearson` is the chi-square that the design does not enter."""

    pearson: float
    chi2: float  # corrected to the second order, of `df` degrees of freedom
    f: float
    df: float  # of the numerator, not a whole number
    df_error: float
    p: float


@dataclass(frozen=True)
class SameMeans:
    """A test that all groups have the same mean."""

    f: float
    df: int
    df_error: int
    p: float


def association(cells: Totals, shape: tuple[int, int], design: Design) -> Association | None:
    """The test of a table's cells, from sums (PSUs, cells) in the order of its rows.

    `cells` are the people of each cell among all of the table: `n` and `W` of everybody, `T` of those
    in the cell. None where there is nothing to test, or too few sampling units to test it by.
    """
    share = cells.added().means.reshape(shape)
    rows, columns = share.sum(axis=1) > 0, share.sum(axis=0) > 0
    chosen = np.flatnonzero(np.outer(rows, columns).ravel())
    shape = (int(rows.sum()), int(columns.sum()))
    df = _degrees(cells, design)
    if min(shape) < 2 or df < FEWEST_DF:
        return None
    share = share.ravel()[chosen].reshape(shape)
    variance = covariances(cells, design)[np.ix_(chosen, chosen)]
    people = float(cells.n[:, 0].sum())
    effects = _design_effects(share, variance, people)
    return None if effects is None else _tested(_pearson(share, people), effects, df)


def same_means(groups: Totals, design: Design) -> SameMeans | None:
    """Wald's F that groups have one mean, from sums (PSUs, groups). Groups in one PSU are left out."""
    known = np.flatnonzero(np.count_nonzero(groups.n, axis=0) > 1)
    if len(known) < 2:
        return None
    df = len(known) - 1
    df_error = _degrees(groups, design) - df
    mean = groups.added().means[known]
    variance = covariances(groups, design)[np.ix_(known, known)]
    less_first = np.hstack([-np.ones((df, 1)), np.eye(df)])
    spread = less_first @ variance @ less_first.T
    if df_error < FEWEST_DF or not _is_invertible(spread):
        return None
    apart = less_first @ mean
    f = float(apart @ np.linalg.solve(spread, apart)) / df
    return SameMeans(f, df, df_error, float(special.fdtrc(df, df_error, f)))


def _degrees(cells: Totals, design: Design) -> int:
    """Sampling units less strata, of those with anybody."""
    present = np.asarray((cells.n > 0).any(axis=1), dtype=np.bool_)
    return int(design.degrees_of_freedom(present[:, np.newaxis])[0])


def _pearson(share: Floats, people: float) -> float:
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))
    return float(people * ((share - expected) ** 2 / expected).sum())


def _design_effects(share: Floats, variance: Floats, people: float) -> Floats | None:
    """The matrix whose eigenvalues are how many times more the contrasts vary than in a simple sample."""
    rows, columns = share.shape
    contrasts = np.kron(_sums_to_zero(rows), _sums_to_zero(columns))
    flat = share.ravel()
    inverse = np.divide(1.0, flat, out=np.zeros_like(flat), where=flat > 0)[:, np.newaxis]
    scaled = inverse * contrasts
    simple = contrasts.T @ scaled / people
    if not _is_invertible(simple):
        return None
    return np.asarray(np.linalg.solve(simple, scaled.T @ variance @ scaled))


def _tested(pearson: float, effects: Floats, df_error: int) -> Association | None:
    trace, square = float(np.trace(effects)), float(np.trace(effects @ effects))
    if not trace > 0:
        return None
    df, f = trace**2 / square, pearson / trace
    p = float(special.fdtrc(df, df * df_error, f))
    return Association(pearson, f * df, f, df, df * df_error, p)


def _sums_to_zero(levels: int) -> Floats:
    """Each level less the first: all that can be told of levels beside their sum."""
    return np.vstack([-np.ones((1, levels - 1)), np.eye(levels - 1)])


def _is_invertible(matrix: Floats) -> bool:
    return bool(np.isfinite(matrix).all()) and float(np.linalg.cond(matrix)) < WORST_CONDITION
