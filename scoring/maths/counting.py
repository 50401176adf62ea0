"""Counting deprivations (Alkire and Foster 2011) in exact integers.

Every weighted standard that applies counts the same, and within it every applicable item. Missing
items leave numerator and denominator.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.maths.index import shares
from scoring.maths.matrix import (
    Booleans,
    Bytes,
    Exact,
    Floats,
    ItemMatrix,
    Ratios,
    at_least,
    count,
    take,
)
from scoring.maths.scheme import SchemeSpec


@dataclass(frozen=True)
class Deprivation:
    """Counting weights of each person in whole `scheme.unit`-ths of a standard, arrays (people,)."""

    deprived: Exact  # weight of the items the person is deprived in
    answered: Exact  # weight of the answered items
    applicable: Exact  # weight of all items that apply
    valid: Booleans  # enough of the applicable weight is answered
    most: int  # no weight is larger

    def c(self) -> Ratios:
        """The deprivation share among what was answered."""
        return Ratios(self.deprived, self.answered, self.valid)

    def c_low(self) -> Ratios:
        """The share had every missing item been no deprivation."""
        return Ratios(self.deprived, self.applicable, self.applicable > 0)

    def c_high(self) -> Ratios:
        """The share had every missing item been a deprivation."""
        return Ratios(self._deprived_at_most(), self.applicable, self.applicable > 0)

    def poor(self, k: Fraction) -> Booleans:
        """c >= k, compared exactly; False where c is not valid."""
        return self.valid & at_least(self.deprived, self.answered, k, self.most)

    def indeterminate(self, k: Fraction) -> Booleans:
        """The missing items decide: c_low < k <= c_high."""
        low = at_least(self.deprived, self.applicable, k, self.most)
        return ~low & at_least(self._deprived_at_most(), self.applicable, k, self.most)

    def _deprived_at_most(self) -> Exact:
        return self.deprived + self.applicable - self.answered


def deprivation(scheme: SchemeSpec, matrix: ItemMatrix) -> Deprivation:
    """The counting weights of every person."""
    table = shares(scheme)
    deprived = np.zeros(matrix.people, dtype=table.dtype)
    answered, standards = deprived.copy(), np.zeros(matrix.people, dtype=np.uint8)
    cutoffs = _cutoffs(scheme)
    for standard in scheme.weighted:
        rows = scheme.items_of[standard.name]
        tally = matrix.tally(rows)
        share = table.take(tally.applicable)
        deprived += share * count(take(matrix.codes, rows) < cutoffs[rows])
        answered += share * tally.answered
        standards += tally.applicable > 0
    applicable = standards * table.dtype.type(scheme.unit)
    least, most = scheme.validity.min_answered_weight, scheme.unit * len(scheme.weighted)
    valid = at_least(answered, applicable, least, most) & (answered > 0)
    return Deprivation(deprived, answered, applicable, valid, most)


def deprivations(scheme: SchemeSpec, matrix: ItemMatrix) -> Booleans:
    """Answered below the item's cutoff, array (items, people)."""
    return np.asarray(matrix.codes < _cutoffs(scheme))


def contributions(scheme: SchemeSpec, matrix: ItemMatrix, weights: Deprivation) -> Floats:
    """x_ij: what each item adds to a person's c, array (people, items); the row's sum is c.

    NaN where c is not valid. Items of standards beside the index add nothing.
    """
    numerator = added_weights(scheme, matrix)
    return Ratios(
        numerator.T,
        np.broadcast_to(weights.answered[:, np.newaxis], numerator.T.shape),
        np.broadcast_to(weights.valid[:, np.newaxis], numerator.T.shape),
    ).floats()


def added_weights(scheme: SchemeSpec, matrix: ItemMatrix) -> Exact:
    """What each item adds to `Deprivation.deprived`, array (items, people)."""
    is_deprived = deprivations(scheme, matrix)
    weights = np.zeros(is_deprived.shape, dtype=shares(scheme).dtype)
    for standard in scheme.weighted:
        rows = scheme.items_of[standard.name]
        weights[rows] = is_deprived[rows] * _share(scheme, matrix, standard.name)
    return weights


def _cutoffs(scheme: SchemeSpec) -> Bytes:
    """Array (items, 1); the codes of what is not answered lie above every cutoff."""
    return np.array([[item.cutoff] for item in scheme.items], dtype=np.uint8)


def _share(scheme: SchemeSpec, matrix: ItemMatrix, standard: str) -> Exact:
    """Each applicable item's weight; 0 where the standard does not apply."""
    return shares(scheme)[matrix.tally(scheme.items_of[standard]).applicable]
