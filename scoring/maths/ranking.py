"""What several people's rankings say together: an order, how far they agree, and weights of ranks.

Weights: Stillwell, Seaver and Edwards (1981), A comparison of weight approximation techniques in
multiattribute utility decision making, Organizational Behavior and Human Performance 28, 62-77 (rank
sum, reciprocal); Barron and Barrett (1996), Decision quality using ranked attribute weights,
Management Science 42, 1515-1523 (rank-order centroid). Agreement: Kendall and Babington Smith (1939),
The problem of m rankings, Annals of Mathematical Statistics 10, 275-287.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special

from scoring.maths.matrix import Floats

BASIS_POINTS = 10_000
SAME = 9  # decimals: means of ranks that agree so far are the same


class Method(StrEnum):
    """How places become weights."""

    EQUAL = "equal"
    RANK_SUM = "rank_sum"
    CENTROID = "centroid"
    RECIPROCAL = "reciprocal"


class Strength(StrEnum):
    """How much agreement a W is (Schmidt 1997, Managing Delphi surveys, Decision Sciences 28)."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"

    @classmethod
    def of(cls, w: float) -> "Strength":
        return cls.STRONG if w >= 0.7 else cls.MODERATE if w >= 0.5 else cls.WEAK


@dataclass(frozen=True)
class Agreement:
    """What people's rankings come to; 1 is the best rank.

    `w` is 0 where people rank as by chance and 1 where all rank alike; NaN where nobody ranked. `p` is
    of the hypothesis of no agreement, for people drawn one by one.
    """

    people: int
    mean_ranks: Floats  # (standards,)
    w: float
    chi2: float
    df: int
    p: float

    @property
    def order(self) -> list[int]:
        """The places of the standards in the array, the best first."""
        order: list[int] = np.argsort(self.mean_ranks.round(SAME), kind="stable").tolist()
        return order


def completed(ranks: Floats) -> Floats:
    """Rankings (people, standards) from 1 on, with NaN where one was left out, without gaps.

    Whoever ranked r of n leaves the places r + 1 to n: the others share their mean.
    """
    count = ranks.shape[1]
    ranked = (~np.isnan(ranks)).sum(axis=1, keepdims=True)
    return np.where(np.isnan(ranks), (ranked + 1 + count) / 2, ranks)


def agreement(ranks: Floats, weights: Floats) -> Agreement:
    """The weighted mean ranks of rankings (people, standards), and Kendall's W with its test.

    With ties and weights, W is the part of the ranks' variation that lies between the standards: Kendall's
    own, corrected for ties, where weights are equal. chi2 = m (n - 1) W counts unequal weights as
    m = (sum of w)^2 / sum of w^2 people.
    """
    full = completed(ranks)
    people, count = full.shape
    mean_ranks = np.average(full, axis=0, weights=weights)
    middle = (count + 1) / 2
    between = ((mean_ranks - middle) ** 2).sum()
    total = np.average(((full - middle) ** 2).sum(axis=1), weights=weights)
    w = float(between / total) if total else np.nan
    chi2 = float(weights.sum() ** 2 / (weights**2).sum() * (count - 1) * w)
    p = float(special.chdtrc(count - 1, chi2))
    return Agreement(people, mean_ranks, w, chi2, count - 1, p)


def by_place(method: Method, count: int) -> Floats:
    """The weights of the first to the last of `count` places; they add up to 1."""
    places = np.arange(1, count + 1, dtype=np.float64)
    raw = {
        Method.EQUAL: np.ones(count),
        Method.RANK_SUM: places[::-1],
        Method.CENTROID: np.cumsum(1 / places[::-1])[::-1],
        Method.RECIPROCAL: 1 / places,
    }[method]
    return np.asarray(raw / raw.sum())


def by_rank(method: Method, ranks: Floats) -> Floats:
    """The weights of standards by their ranks, a low one the best; equal ranks share their places."""
    _, group, sizes = np.unique(ranks.round(SAME), return_inverse=True, return_counts=True)
    upto = np.concatenate([[0.0], np.cumsum(by_place(method, len(ranks)))])
    ends = np.cumsum(sizes)
    return np.asarray(((upto[ends] - upto[ends - sizes]) / sizes)[group])


def of_each(method: Method, ranks: Floats, weights: Floats) -> Floats:
    """The weighted mean of the weights that each person's own ranking gives, (standards,)."""
    different, which = np.unique(completed(ranks), axis=0, return_inverse=True)
    rows = np.array([by_rank(method, row) for row in different])
    return np.average(rows, axis=0, weights=np.bincount(which.ravel(), weights))


def basis_points(shares: Floats | Sequence[float]) -> list[int]:
    """Shares that add up to 1 as whole numbers that add up to 10,000, by largest remainder.

    Of equal remainders the first is rounded up. The five standards' `drc-roc-v1` is older: there each
    weight was rounded by itself and the last one took the difference, 399 instead of 400. It stays,
    because numbers are published under it.
    """
    exact = (np.asarray(shares, dtype=np.float64) * BASIS_POINTS).round(SAME)
    whole = np.floor(exact).astype(np.int64)
    missing = BASIS_POINTS - int(whole.sum())
    whole[np.argsort((whole - exact).round(SAME - 3), kind="stable")[:missing]] += 1
    counted: list[int] = whole.tolist()
    return counted
