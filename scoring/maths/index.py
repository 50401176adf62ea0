"""Standard scores, the index, standards met and core contents, in exact integers."""

from collections.abc import Sequence

import numpy as np

from scoring.maths.matrix import (
    Booleans,
    Bytes,
    Integers,
    ItemMatrix,
    Ratios,
    count,
    side_by_side,
)
from scoring.maths.rules import SCALE
from scoring.maths.scheme import SchemeSpec


def standards(scheme: SchemeSpec, matrix: ItemMatrix) -> Ratios:
    """S_d = sum of scores / (12 x answered items), arrays (people, standards).

    Valid where enough of the applicable items are answered. The common denominator is
    12 x `scheme.unit` (10,080 for up to eight items).
    """
    columns = [
        _mean_score(scheme, matrix, scheme.items_of[standard.name]) for standard in scheme.standards
    ]
    numerator = side_by_side(numerator for numerator, _ in columns)
    return Ratios(
        numerator,
        np.broadcast_to(np.int64(SCALE * scheme.unit), numerator.shape),
        side_by_side(valid for _, valid in columns),
    )


def index(scheme: SchemeSpec, scores: Ratios) -> Ratios:
    """Weighted mean of the available standards, arrays (people,).

    Valid where `min_standards` of the weighted standards are.
    """
    weights = np.array([standard.weight for standard in scheme.standards], dtype=np.int64)
    available = scores.valid * weights
    return Ratios(
        (scores.numerator * available).sum(axis=1),
        available.sum(axis=1) * (SCALE * scheme.unit),
        _enough_standards(scheme, scores),
    )


def standards_met(scheme: SchemeSpec, scores: Ratios) -> tuple[Bytes, Booleans]:
    """How many weighted standards have S_d >= `met`, and whether enough were available to say."""
    met = scores.valid & (
        scores.numerator * scheme.met.denominator >= scores.denominator * scheme.met.numerator
    )
    return met[:, _weighted(scheme)].sum(axis=1, dtype=np.uint8), _enough_standards(scheme, scores)


def core_contents(scheme: SchemeSpec, matrix: ItemMatrix) -> Ratios:
    """Mean score of each core content's items, arrays (people, core contents).

    The second way to divide the items, those beside the index too; the rule of validity is that of
    a standard. Numerators are sums of scores, denominators 12 x the answered items.
    """
    sums, counts, valid = [], [], []
    for core in scheme.core_contents:
        rows = [i for i, item in enumerate(scheme.items) if item.core_content == core.name]
        answered = count(matrix.answered, rows)
        sums.append(_sum(matrix, rows))
        counts.append(answered.astype(np.int64))
        valid.append(_enough_items(scheme, answered, count(matrix.applicable, rows)))
    return Ratios(side_by_side(sums), SCALE * side_by_side(counts), side_by_side(valid))


def _mean_score(
    scheme: SchemeSpec, matrix: ItemMatrix, rows: Sequence[int]
) -> tuple[Integers, Booleans]:
    answered = count(matrix.answered, rows)
    valid = _enough_items(scheme, answered, count(matrix.applicable, rows))
    return _sum(matrix, rows) * shares(scheme)[answered], valid


def shares(scheme: SchemeSpec) -> Integers:
    """`unit` / m by the number of items m: an item's exact share of its standard; 0 for none."""
    most = max(map(len, scheme.items_of.values()))
    return np.array([0, *(scheme.unit // m for m in range(1, most + 1))], dtype=np.int64)


def _sum(matrix: ItemMatrix, rows: Sequence[int]) -> Integers:
    sums: Integers = matrix.scores[list(rows)].sum(axis=0, dtype=np.uint16).astype(np.int64)
    return sums


def _enough_items(scheme: SchemeSpec, answered: Bytes, applicable: Bytes) -> Booleans:
    least = scheme.validity.min_answered_items
    needed = applicable * np.int64(least.numerator)
    return (answered > 0) & (answered * np.int64(least.denominator) >= needed)


def _enough_standards(scheme: SchemeSpec, scores: Ratios) -> Booleans:
    available = scores.valid[:, _weighted(scheme)].sum(axis=1)
    return np.asarray(available >= scheme.validity.min_standards)


def _weighted(scheme: SchemeSpec) -> list[int]:
    return [i for i, standard in enumerate(scheme.standards) if standard.weight]
