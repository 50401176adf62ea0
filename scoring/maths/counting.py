"""Counting deprivations (Alkire and Foster 2011) in exact integers.

Every weighted standard that applies counts the same, and within it every applicable item. Missing
items leave numerator and denominator.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.maths.index import shares
from scoring.maths.matrix import Booleans, Bytes, Floats, Integers, ItemMatrix, Ratios, count
from scoring.maths.scheme import SchemeSpec


@dataclass(frozen=True)
class Deprivation:
    """Counting weights of each person in whole `scheme.unit`-ths of a standard, arrays (people,)."""

    deprived: Integers  # weight of the items the person is deprived in
    answered: Integers  # weight of the answered items
    applicable: Integers  # weight of all items that apply
    valid: Booleans  # enough of the applicable weight is answered

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
        return self.valid & _at_least(self.deprived, self.answered, k)

    def indeterminate(self, k: Fraction) -> Booleans:
        """The missing items decide: c_low < k <= c_high."""
        low = _at_least(self.deprived, self.applicable, k)
        return ~low & _at_least(self._deprived_at_most(), self.applicable, k)

    def _deprived_at_most(self) -> Integers:
        return self.deprived + self.applicable - self.answered


def deprivation(scheme: SchemeSpec, matrix: ItemMatrix) -> Deprivation:
    """The counting weights of every person."""
    deprived = np.zeros(matrix.people, dtype=np.int64)
    answered, applicable = deprived.copy(), deprived.copy()
    is_deprived = deprivations(scheme, matrix)
    for standard in scheme.weighted:
        rows = scheme.items_of[standard.name]
        share = _share(scheme, matrix, standard.name)
        deprived += share * count(is_deprived, rows)
        answered += share * count(matrix.answered, rows)
        applicable += np.where(share > 0, scheme.unit, 0)
    least = scheme.validity.min_answered_weight
    valid = _at_least(answered, applicable, least) & (answered > 0)
    return Deprivation(deprived, answered, applicable, valid)


def deprivations(scheme: SchemeSpec, matrix: ItemMatrix) -> Booleans:
    """Answered below the item's cutoff, array (items, people)."""
    cutoffs = np.array([item.cutoff for item in scheme.items], dtype=np.uint8)
    return matrix.answered & (matrix.scores < cutoffs[:, np.newaxis])


def contributions(scheme: SchemeSpec, matrix: ItemMatrix, weights: Deprivation) -> Floats:
    """x_ij: what each item adds to a person's c, array (people, items); the row's sum is c.

    NaN where c is not valid. Items of standards beside the index add nothing.
    """
    is_deprived = deprivations(scheme, matrix)
    numerator = np.zeros(is_deprived.shape, dtype=np.int64)
    for standard in scheme.weighted:
        rows = scheme.items_of[standard.name]
        numerator[rows] = is_deprived[rows] * _share(scheme, matrix, standard.name)
    return Ratios(
        numerator.T,
        np.broadcast_to(weights.answered[:, np.newaxis], numerator.T.shape),
        np.broadcast_to(weights.valid[:, np.newaxis], numerator.T.shape),
    ).floats()


def _share(scheme: SchemeSpec, matrix: ItemMatrix, standard: str) -> Integers:
    """Each applicable item's weight; 0 where the standard does not apply."""
    applicable: Bytes = count(matrix.applicable, scheme.items_of[standard])
    return shares(scheme)[applicable]


def _at_least(numerator: Integers, denominator: Integers, k: Fraction) -> Booleans:
    return np.asarray(numerator * k.denominator >= denominator * k.numerator)
