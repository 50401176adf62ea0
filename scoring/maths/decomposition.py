"""What numbers are made of: parts that add up, each with its standard error.

Parts of a person's gap and poverty are columns to be summed like any variable; the other functions
take those sums, and an estimate of a share is a ratio of two of them (Alkire, Foster, Seth, Santos,
Roche and Ballon, Multidimensional Poverty Measurement and Analysis, 2015, chapters 5 and 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np

from scoring.maths import counting, index
from scoring.maths.counting import Deprivation
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals, from_linearised, means, ratios
from scoring.maths.linear import Linear
from scoring.maths.matrix import Booleans, Floats, ItemMatrix, Ratios
from scoring.maths.scheme import SchemeSpec

TOLERANCE = 1e-9  # sums of rounded floats; what is left out is far more


@dataclass(frozen=True)
class Part:
    """A part of a mean: how much it adds to it, and which share of it that is."""

    amount: Estimate  # the parts add up to the whole
    share: Estimate  # the parts add up to 1; None where the whole is 0


@dataclass(frozen=True)
class Subgroup:
    """A group of people, and what it adds to everybody's mean."""

    population: Estimate  # W_g / W; the groups add up to 1
    mean: Estimate
    contribution: Estimate  # (W_g / W) mean_g / mean; the groups add up to 1


@dataclass(frozen=True)
class Explained:
    """A difference of two means, and what of it people's mix and their means within account for."""

    difference: Estimate  # composition + within
    composition: Estimate
    within: Estimate


@dataclass(frozen=True)
class Kitagawa:
    """The difference as a whole and each segment's part; the segments add up to the whole."""

    whole: Explained
    segments: Mapping[str, Explained]


def gaps(scheme: SchemeSpec, matrix: ItemMatrix) -> dict[str, Floats]:
    """What each weighted standard adds to a person's gap 1 - index, arrays (people,).

    w_d (1 - S_d) / (sum of the weights of the person's available standards), 0 where S_d is not
    available, NaN without an index: the index is a mean over available standards, so a missing
    standard's weight passes to the person's others. They add up to 1 - index in everybody, hence
    in every mean over those with an index, which w_d (1 - mean S_d) of means over different people
    would not do. Rounded once from exact integers.
    """
    scores = index.standards(scheme, matrix)
    whole = index.index(scheme, scores)
    lacking = (scores.denominator - scores.numerator) * scores.valid
    return {
        standard.name: Ratios(
            lacking[:, place] * standard.weight, whole.denominator, whole.valid
        ).floats()
        for place, standard in enumerate(scheme.standards)
        if standard.weight
    }


def by_item(scheme: SchemeSpec) -> dict[str, list[int]]:
    """The places of the counted items, each for itself."""
    return {scheme.items[place].name: [place] for place in _counted(scheme)}


def by_standard(scheme: SchemeSpec) -> dict[str, list[int]]:
    """The places of the counted items by standard."""
    return {standard.name: scheme.items_of[standard.name] for standard in scheme.weighted}


def by_core_content(scheme: SchemeSpec) -> dict[str, list[int]]:
    """The places of the counted items by core content; one without any is left out."""
    counted = _counted(scheme)
    places = {
        core.name: [i for i in counted if scheme.items[i].core_content == core.name]
        for core in scheme.core_contents
    }
    return {name: of_core for name, of_core in places.items() if of_core}


def contributions(
    scheme: SchemeSpec,
    matrix: ItemMatrix,
    weights: Deprivation,
    k: Fraction,
    division: Mapping[str, Sequence[int]],
) -> dict[str, Floats]:
    """What each part adds to a person's M0(k): sum of its items' x_ij if poor, else 0; (people,).

    `division` is `by_item(scheme)` or another. Its parts add up to c x poor of `PersonScores`. Sums
    are made in integers and rounded once; NaN where c is not valid.
    """
    added = counting.added_weights(scheme, matrix) * weights.poor(k)
    return {
        name: Ratios(added[list(places)].sum(axis=0), weights.answered, weights.valid).floats()
        for name, places in division.items()
    }


def shares(
    scheme: SchemeSpec,
    matrix: ItemMatrix,
    weights: Deprivation,
    k: Fraction,
    division: Mapping[str, Sequence[int]],
) -> dict[str, Floats]:
    """Which share of a poor person's c each part is, arrays (people,); NaN for who is not poor.

    Their means with weights w x c are the parts' shares of M0(k): sum of w x_ij / sum of w c over
    the poor. Rounded once from integers.
    """
    added, poor = counting.added_weights(scheme, matrix), weights.poor(k)
    return {
        name: Ratios(added[list(places)].sum(axis=0), weights.deprived, poor).floats()
        for name, places in division.items()
    }


def uncensored(scheme: SchemeSpec, matrix: ItemMatrix, weights: Deprivation) -> dict[str, Floats]:
    """Whether a person is deprived in each counted item, 0 or 1, arrays (people,).

    NaN where the item is not answered or c is not valid, so that the mean is the headcount among
    those to whom the item applies.
    """
    return _headcounts(scheme, matrix, matrix.answered & weights.valid)


def censored(
    scheme: SchemeSpec, matrix: ItemMatrix, weights: Deprivation, k: Fraction
) -> dict[str, Floats]:
    """Whether a person is poor and deprived in each counted item, 0 or 1, arrays (people,).

    NaN where c is not valid: the mean is the headcount among all, as in M0.
    """
    valid = np.broadcast_to(weights.valid, matrix.answered.shape)
    return _headcounts(scheme, matrix, valid, poor=weights.poor(k))


def parts(columns: Mapping[str, Totals], whole: Totals, design: Design | None) -> dict[str, Part]:
    """Amounts and shares of parts that add up to a whole, from sums (PSUs,): `gaps` to 1 - index,
    `contributions` to M0.

    A share is the ratio of sums of w x part and w x whole. Raises `ValueError` where the parts are
    not of the whole's people or do not add up to it.
    """
    whole = whole.in_cells()
    totals = Totals.side_by_side(columns.values())
    _check_parts(totals, whole)
    shares = ratios(totals, whole, design)
    amounts = means(totals, design)
    return {name: Part(*row) for name, *row in zip(columns, amounts, shares, strict=True)}


def subgroups(groups: Mapping[str, Totals], design: Design | None) -> dict[str, Subgroup]:
    """Everybody's mean by group, from the groups' sums (PSUs,).

    Everybody is all groups together, so no one may be in two of them. M0 = sum of (W_g / W) M0_g.
    """
    totals = Totals.side_by_side(groups.values())
    everybody = _together(totals)
    columns = (
        ratios(_people(totals), _people(everybody), design),
        means(totals, design),
        ratios(totals, everybody, design),
    )
    return {name: Subgroup(*row) for name, *row in zip(groups, *columns, strict=True)}


def kitagawa(a: Mapping[str, Totals], b: Mapping[str, Totals], design: Design | None) -> Kitagawa:
    """mean of a less mean of b, from both domains' sums (PSUs,) by the same segments of people.

    With shares p_s and means m_s (Kitagawa 1955, Journal of the American Statistical Association
    50), composition = sum of (p_as - p_bs) (m_as + m_bs) / 2 and within = sum of
    (m_as - m_bs) (p_as + p_bs) / 2: no rest, and a and b exchanged only change the sign. So that a
    segment's composition has a meaning, its mean is taken from the middle of both domains' means,
    which changes no sum. A segment that one domain lacks has there the other's mean: all its
    difference is composition. Standard errors by linearisation; a domain in one PSU has none, nor
    has a segment that is in fewer than two PSUs of either domain. Raises `ValueError` where the
    segments are not the same.
    """
    if a.keys() != b.keys() or not a:
        names = ", ".join(sorted(a.keys() ^ b.keys())) or "none"
        raise ValueError(f"Both domains must have the same segments; not in both: {names}.")
    in_a = Totals.side_by_side(a.values())
    in_b = Totals.side_by_side(b[name] for name in a)
    composition, within = _explained(in_a, in_b)
    segments = _estimates(composition, within, in_a, in_b, design)
    sums = (_together(in_a), _together(in_b))
    [whole] = _estimates(composition.sum(), within.sum(), *sums, design)
    return Kitagawa(whole, dict(zip(a, segments, strict=True)))


def _counted(scheme: SchemeSpec) -> list[int]:
    return sorted(place for places in by_standard(scheme).values() for place in places)


def _headcounts(
    scheme: SchemeSpec, matrix: ItemMatrix, valid: Booleans, poor: Booleans | None = None
) -> dict[str, Floats]:
    deprived = counting.deprivations(scheme, matrix)
    counted = deprived if poor is None else deprived & poor
    return {
        scheme.items[place].name: np.where(valid[place], counted[place], np.nan)
        for place in _counted(scheme)
    }


def _check_parts(totals: Totals, whole: Totals) -> None:
    if totals.n.shape[0] != whole.n.shape[0] or (totals.n != whole.n).any():
        raise ValueError("The parts and the whole are not of the same people.")
    added = totals.T.sum(axis=1, keepdims=True)
    if not np.allclose(added, whole.T, rtol=TOLERANCE, atol=TOLERANCE * whole.W.max(initial=0)):
        raise ValueError("The parts do not add up to the whole.")


def _together(totals: Totals) -> Totals:
    """All cells as one."""
    sums = (getattr(totals, field.name) for field in fields(totals))
    return Totals(*(column.sum(axis=1, keepdims=True) for column in sums))


def _people(totals: Totals) -> Totals:
    """The same people with the value 1."""
    return Totals(totals.n, totals.W, totals.W, totals.W2, totals.W)


def _explained(a: Totals, b: Totals) -> tuple[Linear, Linear]:
    """Composition and within of every segment."""
    mean_a, mean_b = _segment_means(a, b)
    middle = _mean(_together(a)).average(_mean(_together(b)))
    share_a, share_b = (Linear.ratio(x.W, x.W.sum(axis=1, keepdims=True)) for x in (a, b))
    composition = (share_a - share_b) * (mean_a.average(mean_b) - middle)
    return composition, share_a.average(share_b) * (mean_a - mean_b)


def _segment_means(a: Totals, b: Totals) -> tuple[Linear, Linear]:
    """Where one domain lacks a segment, the other's mean; 0, which counts nothing, if both do."""
    mean_a, mean_b = _mean(a), _mean(b)
    in_a, in_b = a.W.sum(axis=0) > 0, b.W.sum(axis=0) > 0
    nothing = Linear(np.zeros(mean_a.value.shape), np.zeros(mean_a.z.shape))
    return (
        mean_a.where(in_a, mean_b.where(in_b, nothing)),
        mean_b.where(in_b, mean_a.where(in_a, nothing)),
    )


def _mean(totals: Totals) -> Linear:
    return Linear.ratio(totals.T, totals.W)


def _estimates(
    composition: Linear, within: Linear, a: Totals, b: Totals, design: Design | None
) -> list[Explained]:
    n = a.n + b.n
    is_known = np.minimum(np.count_nonzero(a.n, axis=0), np.count_nonzero(b.n, axis=0)) > 1
    columns = [
        from_linearised(
            n, linear.value, np.where(is_known, linear.z, np.nan), design, is_share=False
        )
        for linear in (composition + within, composition, within)
    ]
    return [Explained(*row) for row in zip(*columns, strict=True)]
