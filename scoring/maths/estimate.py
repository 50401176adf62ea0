"""Estimates with Taylor standard errors from the sums of primary sampling units (PSUs).

Formulas as in Wolter, Introduction to Variance Estimation (2007), chapter 6, and R's survey package:
an estimate is linearised to one value z a PSU, and V = `Design.variance(z)`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from scoring.maths.design import Design
from scoring.maths.interval import share_limits, t_limits
from scoring.maths.matrix import Booleans, Floats, Integers

NO_DESIGN = "no_design"  # not a probability sample: no interval
ONE_PSU = "one_psu"  # all cases in one PSU: no standard error
LONELY_PSU = "lonely_psu"  # a stratum of one sampled PSU, centred at the grand mean

KINDS = [frozenset(names) for names in ((), (ONE_PSU,), (LONELY_PSU,), (ONE_PSU, LONELY_PSU))]
KINDS.append(frozenset({NO_DESIGN}))

NOISE = 1e-12  # a variance below this part of the mean square is only rounding


@dataclass(frozen=True)
class Totals:
    """Sums over the valid cases of a variable in every PSU, arrays (PSUs,) or (PSUs, cells)."""

    n: Integers
    W: Floats  # sum of w
    T: Floats  # sum of w y
    W2: Floats  # sum of w^2
    Q: Floats  # sum of w y^2

    @property
    def means(self) -> Floats:
        """T / W, NaN where nobody is."""
        return _divide(self.T, self.W)

    def added(self) -> Self:
        """The sums over all PSUs, arrays (cells,)."""
        return type(self)(*(getattr(self, f.name).sum(axis=0) for f in fields(self)))

    def in_cells(self) -> Self:
        """The same sums with an axis of cells."""
        cells = (len(self.n), -1)
        sums = (self.W, self.T, self.W2, self.Q)
        return type(self)(self.n.reshape(cells), *(array.reshape(cells) for array in sums))

    @classmethod
    def side_by_side(cls, parts: Iterable[Self]) -> Self:
        """Sums of the same PSUs as one, their cells in the order given; `ValueError` for none."""
        wide = [part.in_cells() for part in parts]
        if not wide:
            raise ValueError("There are no sums to put side by side.")
        return cls(*(np.hstack([getattr(part, f.name) for part in wide]) for f in fields(cls)))


@dataclass(frozen=True)
class Estimate:
    """One number and how uncertain it is; None is not available."""

    n: int
    estimate: float | None
    se: float | None
    deff: float | None
    df: float | None
    low: float | None  # 95 %; on the logit scale for what lies in [0, 1]
    high: float | None
    t_low: float | None  # 95 %, estimate -/+ t x SE
    t_high: float | None
    n_eff: float | None  # n / deff, at most n
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Presence:
    """In how many PSUs cells have cases, and what that leaves to say of them; arrays (cells,)."""

    psus: Integers
    df: Integers  # PSUs less strata, of those with a case
    is_lonely: Booleans

    @classmethod
    def of(cls, n: Integers, design: Design) -> Self:
        """From the numbers of cases, array (rows of the design, cells)."""
        present = n > 0
        psus = np.count_nonzero(design.in_psus(present), axis=0)
        lonely = design.has_lonely(present)
        return cls(np.asarray(psus, dtype=np.int64), design.degrees_of_freedom(present), lonely)


@dataclass(frozen=True)
class Estimates:
    """Many `Estimate`s as columns (cells,); NaN is not available."""

    n: Integers
    psus: Integers  # with a case
    estimate: Floats
    se: Floats
    deff: Floats
    df: Floats
    low: Floats
    high: Floats
    t_low: Floats
    t_high: Floats
    n_eff: Floats
    kind: Integers  # a place in KINDS

    def rows(self) -> list[Estimate]:
        names = [field.name for field in fields(Estimate) if field.name not in ("n", "flags")]
        values = (_optional(getattr(self, name)) for name in names)
        flags = [KINDS[kind] for kind in self.kind.tolist()]
        return [Estimate(*row) for row in zip(self.n.tolist(), *values, flags, strict=True)]


def means(totals: Totals, design: Design | None, *, is_share: bool = True) -> list[Estimate]:
    """The weighted mean T / W of every cell: z = (T_i - mean W_i) / W.

    `design` None is a convenience sample: no standard error and no interval. `is_share` False is
    for a variable that does not lie in [0, 1]: its limits are symmetric.
    """
    totals = totals.in_cells()
    if design is None:
        return convenience(totals.added(), np.count_nonzero(totals.n, axis=0)).rows()
    variance = _variance(linearised_mean(totals), design, totals.n)
    presence = Presence.of(totals.n, design)
    return estimated_means(totals.added(), variance, presence, is_share=is_share).rows()


def convenience(totals: Totals, psus: Integers) -> Estimates:
    """The means of a sample that supports no inference, from sums (cells,)."""
    kish = _divide(totals.W**2, totals.W2)
    kind = np.full(len(totals.n), KINDS.index(frozenset({NO_DESIGN})))
    return _columns(totals.n, psus, kind, estimate=totals.means, n_eff=kish)


def estimated_means(
    totals: Totals, variance: Floats, presence: Presence, *, is_share: bool = True
) -> Estimates:
    """Means with all that follows from their variances, from sums (cells,)."""
    mean, deff = totals.means, _deff(totals, variance)
    is_certain = is_share & ((mean == 0) | (mean == 1))
    n_eff = np.where(is_certain, totals.n, totals.n / np.maximum(deff, 1))
    return _with_limits(
        totals.n, mean, variance, presence, deff=deff, n_eff=n_eff, is_share=is_share
    )


def mean(totals: Totals, design: Design | None, *, is_share: bool = True) -> Estimate:
    """`means` of one cell, from arrays (PSUs,)."""
    return means(totals, design, is_share=is_share)[0]


def ratios(
    numerator: Totals, denominator: Totals, design: Design | None, *, is_share: bool = True
) -> list[Estimate]:
    """R = T_y / T_x of every cell: z = (T_y,i - R T_x,i) / T_x, over the cases of the denominator.

    A denominator of one cell is that of all numerators.
    """
    y, x = numerator.in_cells(), denominator.in_cells()
    value = _divide(y.T.sum(axis=0), x.T.sum(axis=0))
    z = _divide(y.T - value * x.T, x.T.sum(axis=0))
    return from_linearised(np.broadcast_to(x.n, z.shape), value, z, design, is_share=is_share)


def ratio(
    numerator: Totals, denominator: Totals, design: Design | None, *, is_share: bool = True
) -> Estimate:
    """`ratios` of one cell, from arrays (PSUs,)."""
    return ratios(numerator, denominator, design, is_share=is_share)[0]


def total(totals: Totals, design: Design | None) -> Estimate:
    """The population total T: z = T_i."""
    totals = totals.in_cells()
    return from_linearised(totals.n, totals.T.sum(axis=0), totals.T, design, is_share=False)[0]


def difference(a: Totals, b: Totals, design: Design | None) -> Estimate:
    """mean of a less mean of b, with the covariance of the PSUs that they share: z = z_a - z_b.

    `n` is the sum of both; where either lies in one PSU there is no standard error.
    """
    a, b = a.in_cells(), b.in_cells()
    is_known = (_psus(a.n, design) > 1) & (_psus(b.n, design) > 1)
    z = np.where(is_known, linearised_mean(a) - linearised_mean(b), np.nan)
    return from_linearised(a.n + b.n, a.added().means - b.added().means, z, design, is_share=False)[
        0
    ]


def covariances(totals: Totals, design: Design) -> Floats:
    """The joint covariance of the means of all cells, array (cells, cells)."""
    z = linearised_mean(totals.in_cells())
    return design.covariance(z[:, :, np.newaxis], z[:, np.newaxis, :])


def from_linearised(
    n: Integers, value: Floats, z: Floats, design: Design | None, *, is_share: bool
) -> list[Estimate]:
    """Any estimates from their cases (PSUs, cells), values (cells,) and z (PSUs, cells).

    Raises `ValueError` where the design is of other PSUs.
    """
    if design is None:
        kind = np.full(n.shape[1], KINDS.index(frozenset({NO_DESIGN})))
        return _columns(n.sum(axis=0), (n > 0).sum(axis=0), kind, estimate=value).rows()
    if len(n) != design.rows:
        raise ValueError(f"The sums are of {len(n)} PSUs, the design of {design.rows}.")
    variance, presence = _variance(z, design, n), Presence.of(n, design)
    return _with_limits(n.sum(axis=0), value, variance, presence, is_share=is_share).rows()


def linearised_mean(totals: Totals) -> Floats:
    """z of a mean, array (PSUs, cells); 0 for a PSU without a case."""
    added = totals.added()
    return _divide(totals.T - added.means * totals.W, added.W)


def _deff(totals: Totals, variance: Floats) -> Floats:
    """V against that of a simple random sample without replacement from W people; sums (cells,).

    Where the weights add up to no more than n they do not tell the population's size, and the
    comparison is with replacement. NaN where the variable does not vary.
    """
    n, W = totals.n, totals.W
    square = _divide(totals.Q, W)
    spread = square - totals.means**2
    per_case = _divide(spread, n - 1)  # S^2 / n
    unsampled = np.where(n < W, 1 - _divide(n, W), 1.0)
    varies = spread > NOISE * square
    return np.where(varies, _divide(variance, per_case * unsampled), np.nan)


def _variance(z: Floats, design: Design, n: Integers) -> Floats:
    """NaN, not 0, where all cases lie in one PSU: it tells nothing about the others."""
    return np.where(_psus(n, design) > 1, design.variance(z), np.nan)


def _psus(n: Integers | Booleans, design: Design | None) -> Integers:
    """In how many PSUs each cell has cases, array (cells,)."""
    present = n > 0 if design is None else design.in_psus(n > 0)
    return np.asarray(np.count_nonzero(present, axis=0), dtype=np.int64)


def _with_limits(
    n: Integers,
    value: Floats,
    variance: Floats,
    presence: Presence,
    *,
    deff: Floats | None = None,
    n_eff: Floats | None = None,
    is_share: bool,
) -> Estimates:
    unknown = np.full(value.shape, np.nan)
    se = np.sqrt(variance)
    n_eff = unknown if n_eff is None else np.where(np.isnan(se), np.nan, n_eff)
    t_low, t_high = t_limits(value, se, presence.df)
    low, high = share_limits(value, se, presence.df, n_eff) if is_share else (t_low, t_high)
    return _columns(
        n,
        presence.psus,
        (presence.psus == 1) + 2 * presence.is_lonely,
        estimate=value,
        se=se,
        deff=unknown if deff is None else deff,
        df=presence.df.astype(np.float64),
        low=low,
        high=high,
        t_low=t_low,
        t_high=t_high,
        n_eff=n_eff,
    )


def _columns(n: Integers, psus: Integers, kind: Integers, **columns: Floats) -> Estimates:
    """Estimates with blanks for what is not given."""
    names = [f.name for f in fields(Estimates) if f.name not in ("n", "psus", "kind")]
    blank = np.full(len(n), np.nan)
    known = {name: columns.get(name, blank) for name in names}
    return Estimates(n=n.astype(np.int64), psus=psus, kind=kind, **known)


def _optional(column: Floats) -> list[float | None]:
    values = column.astype(object)
    values[np.isnan(column)] = None
    found: list[float | None] = values.tolist()
    return found


def _divide(a: Floats | Integers, b: Floats | Integers) -> Floats:
    """a / b, NaN where b is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b == 0, np.nan, a / b)
