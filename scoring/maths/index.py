"""Standard scores, the index, standards met and core contents, in exact integers."""

import numpy as np

from scoring.maths.matrix import (
    BYTE,
    Booleans,
    Bytes,
    Exact,
    ItemMatrix,
    Ratios,
    Tally,
    at_least,
    side_by_side,
    whole_numbers,
)
from scoring.maths.rules import SCALE
from scoring.maths.scheme import BASIS_POINTS, SchemeSpec


def standards(scheme: SchemeSpec, matrix: ItemMatrix) -> Ratios:
    """S_d = sum of scores / (12 x answered items), arrays (people, standards).

    Valid where enough of the applicable items are answered. The common denominator is
    12 x `scheme.unit` (10,080 for up to eight items).
    """
    shape, table = (len(scheme.standards), matrix.people), shares(scheme)
    numerator, valid = np.empty(shape, dtype=table.dtype), np.empty(shape, dtype=np.bool_)
    for place, standard in enumerate(scheme.standards):
        tally = matrix.tally(scheme.items_of[standard.name])
        valid[place] = _enough_items(scheme, tally)
        np.multiply(tally.total, table.take(tally.answered), out=numerator[place])
    denominator = np.broadcast_to(table.dtype.type(SCALE * scheme.unit), shape)
    return Ratios(numerator.T, denominator.T, valid.T)


def index(scheme: SchemeSpec, scores: Ratios) -> Ratios:
    """Weighted mean of the available standards, arrays (people,).

    Valid where `min_standards` of the weighted standards are.
    """
    numerator = np.zeros(len(scores.numerator), dtype=scores.numerator.dtype)
    available = numerator.copy()
    for place in _weighted(scheme):
        weight = scores.valid[:, place] * available.dtype.type(scheme.standards[place].weight)
        numerator += scores.numerator[:, place] * weight
        available += weight
    return Ratios(numerator, available * (SCALE * scheme.unit), _enough_standards(scheme, scores))


def standards_met(scheme: SchemeSpec, scores: Ratios) -> tuple[Bytes, Booleans]:
    """How many weighted standards have S_d >= `met`, and whether enough were available to say."""
    met = np.zeros(len(scores.valid), dtype=np.uint8)
    for place in _weighted(scheme):
        numerator, denominator = scores.numerator[:, place], scores.denominator[:, place]
        met += scores.valid[:, place] & at_least(
            numerator, denominator, scheme.met, SCALE * scheme.unit
        )
    return met, _enough_standards(scheme, scores)


def core_contents(scheme: SchemeSpec, matrix: ItemMatrix) -> Ratios:
    """Mean score of each core content's items, arrays (people, core contents).

    The second way to divide the items, those beside the index too; the rule of validity is that of
    a standard. Numerators are sums of scores, denominators 12 x the answered items.
    """
    sums, counts, valid = [], [], []
    for core in scheme.core_contents:
        rows = [i for i, item in enumerate(scheme.items) if item.core_content == core.name]
        tally = matrix.tally(rows)
        sums.append(tally.total.astype(np.int32))
        counts.append(tally.answered.astype(np.int32))
        valid.append(_enough_items(scheme, tally))
    return Ratios(side_by_side(sums), SCALE * side_by_side(counts), side_by_side(valid))


def shares(scheme: SchemeSpec) -> Exact:
    """`unit` / m by the number of items m: an item's exact share of its standard; 0 for none.

    The type holds whatever is made of these numbers, of which the index has the largest.
    """
    most = max(map(len, scheme.items_of.values()))
    kind = whole_numbers(SCALE * scheme.unit * BASIS_POINTS)
    return np.array([0, *(scheme.unit // m for m in range(1, most + 1))], dtype=kind)


def _enough_items(scheme: SchemeSpec, tally: Tally) -> Booleans:
    least = scheme.validity.min_answered_items
    return (tally.answered > 0) & at_least(tally.answered, tally.applicable, least, BYTE)


def _enough_standards(scheme: SchemeSpec, scores: Ratios) -> Booleans:
    available = np.zeros(len(scores.valid), dtype=np.uint8)
    for place in _weighted(scheme):
        available += scores.valid[:, place]
    return np.asarray(available >= scheme.validity.min_standards)


def _weighted(scheme: SchemeSpec) -> list[int]:
    return [i for i, standard in enumerate(scheme.standards) if standard.weight]
