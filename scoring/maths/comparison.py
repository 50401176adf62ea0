"""Differences between domains and between waves, and which of many are more than chance.

Taylor standard errors with the covariance of the PSUs that both share, Student's t with the degrees
of freedom of the PSUs in which either has a case (R: `degf(subset(design, domain %in% both))`), and
p-values adjusted by Holm (Scandinavian Journal of Statistics 6, 1979).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from scipy import special

from scoring.maths.design import Design
from scoring.maths.estimate import NOISE, Estimate, Totals, covariances, from_linearised
from scoring.maths.linear import Linear
from scoring.maths.matrix import Floats, Integers

AT_ONCE = 1024  # pairs: with 1,500 PSUs an array of them takes 12 MB


@dataclass(frozen=True)
class Comparison:
    """One domain's mean less another's; None is not available."""

    difference: Estimate
    t: float | None  # difference / SE
    p: float | None  # two-sided
    p_holm: float | None  # adjusted for all the comparisons made together


@dataclass(frozen=True)
class _Means:
    """Means of domains, z NaN in fewer than two PSUs, with what is needed to compare them."""

    n: Integers  # (PSUs, domains)
    mean: Linear
    rounding: Floats  # (domains,), the variance that is only rounding

    @classmethod
    def of(cls, totals: Totals) -> Self:
        mean = Linear.ratio(totals.T, totals.W)
        is_known = np.count_nonzero(totals.n, axis=0) > 1
        known = Linear(mean.value, np.where(is_known, mean.z, np.nan))
        return cls(totals.n, known, NOISE * Linear.ratio(totals.Q, totals.W).value)

    def of_cells(self, cells: Integers) -> Self:
        return type(self)(self.n[:, cells], self.mean.of_cells(cells), self.rounding[cells])


@dataclass(frozen=True)
class Wave:
    """One wave's sums (PSUs,) by domain, its design, and what its PSUs are called in every wave."""

    psus: Sequence[str]
    domains: Mapping[str, Totals]
    design: Design | None


def pairs(
    domains: Mapping[str, Totals], design: Design | None
) -> dict[tuple[str, str], Comparison]:
    """The first less the second of every two domains, in the order of `domains`; sums (PSUs,).

    A domain in one PSU has differences without error. `design` None is a convenience sample: no
    errors at all. Raises `ValueError` where sums and design are not of the same PSUs.
    """
    if len(domains) < 2:
        return {}
    first, second = np.triu_indices(len(domains), 1)
    means = _Means.of(_side_by_side(domains, design))
    compared = [
        comparison
        for start in range(0, len(first), AT_ONCE)
        for comparison in _compare(
            means.of_cells(first[start : start + AT_ONCE]),
            means.of_cells(second[start : start + AT_ONCE]),
            design,
        )
    ]
    names = list(domains)
    keys = [(names[a], names[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    return dict(zip(keys, _adjusted(compared), strict=True))


def changes(before: Wave, after: Wave) -> dict[str, Comparison]:
    """The mean of each domain of both waves: after less before, in their pooled design."""
    names = [name for name in before.domains if name in after.domains]
    if not names:
        return {}
    earlier, later, design = pooled(before, after, names)
    compared = _compare(_Means.of(later), _Means.of(earlier), design)
    return dict(zip(names, _adjusted(compared), strict=True))


def pooled(before: Wave, after: Wave, names: Sequence[str]) -> tuple[Totals, Totals, Design | None]:
    """Both waves' sums of the named domains over the PSUs of either, and the design of both.

    A PSU of the same name is one, with the wave as domain, so that what a panel's PSUs share
    cancels out. Two strata are one where they share a PSU; others are samples apart, and their
    variances add up. Without a design in both waves there is none; of a stratum's two sampling
    fractions the smaller counts. Raises `ValueError` where a name is there twice, where sums are not of the PSUs
    named, and where PSUs that were in one stratum came into several, or the reverse.
    """
    places = _places(before, after)
    count = len({*before.psus, *after.psus})
    earlier = _spread(_sums_of(before, names), np.arange(len(before.psus)), count)
    later = _spread(_sums_of(after, names), places, count)
    if before.design is None or after.design is None:
        return earlier, later, None
    return earlier, later, _pooled_design(before.design, after.design, places)


def mean_covariances(domains: Mapping[str, Totals], design: Design) -> Floats:
    """The covariance matrix of the domains' means, array (domains, domains); sums (PSUs,).

    NaN, not 0, for a domain in fewer than two PSUs, which tell nothing about the others.
    """
    totals = _side_by_side(domains, design)
    is_known = np.count_nonzero(totals.n, axis=0) > 1
    return np.where(np.outer(is_known, is_known), covariances(totals, design), np.nan)


def holm(p: Floats) -> Floats:
    """The p-values adjusted for being several; NaN is no test and stays.

    The i-th smallest of m is multiplied by m - i + 1; none becomes smaller than the one before it.
    Raises `ValueError` for what is no probability.
    """
    if ((p < 0) | (p > 1)).any():
        raise ValueError("A p-value lies between 0 and 1.")
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]
    adjusted = np.full(p.shape, np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def _compare(a: _Means, b: _Means, design: Design | None) -> list[Comparison]:
    """Every domain of a less that of b, not yet adjusted."""
    by = a.mean - b.mean
    differences = from_linearised(a.n + b.n, by.value, by.z, design, is_share=False)
    only_rounding = np.sqrt(np.maximum(a.rounding, b.rounding)).tolist()
    return [_tested(*row) for row in zip(differences, only_rounding, strict=True)]


def _tested(difference: Estimate, only_rounding: float) -> Comparison:
    """No test without a degree of freedom, and none where neither mean varies."""
    value, se, df = difference.estimate, difference.se, difference.df
    if value is None or se is None or not df or not se > only_rounding:
        return Comparison(difference, None, None, None)
    t = value / se
    return Comparison(difference, t, float(2 * special.stdtr(df, -abs(t))), None)


def _adjusted(compared: Sequence[Comparison]) -> list[Comparison]:
    p = np.array([np.nan if row.p is None else row.p for row in compared])
    return [
        row if row.p is None else replace(row, p_holm=adjusted)
        for row, adjusted in zip(compared, holm(p).tolist(), strict=True)
    ]


def _side_by_side(domains: Mapping[str, Totals], design: Design | None) -> Totals:
    psus = {len(totals.n) for totals in domains.values()}
    psus |= set() if design is None else {design.rows}
    if len(psus) > 1:
        counts = ", ".join(map(str, sorted(psus)))
        raise ValueError(f"Sums and design must be of the same PSUs, not of {counts}.")
    return Totals.side_by_side(domains.values())


def _sums_of(wave: Wave, names: Sequence[str]) -> Totals:
    totals = _side_by_side({name: wave.domains[name] for name in names}, wave.design)
    if len(totals.n) != len(wave.psus):
        raise ValueError(f"{len(wave.psus)} PSUs have names, but {len(totals.n)} have sums.")
    return totals


def _places(before: Wave, after: Wave) -> Integers:
    """Where each PSU of `after` stands among those of both, of which the earlier come first."""
    for psus in (before.psus, after.psus):
        if len(set(psus)) < len(psus):
            raise ValueError("A PSU is named twice in one wave.")
    place = {name: number for number, name in enumerate(before.psus)}
    return np.array([place.setdefault(name, len(place)) for name in after.psus], dtype=np.int64)


def _spread(totals: Totals, places: Integers, count: int) -> Totals:
    """The same sums as of `count` PSUs, 0 for those that are new."""
    wide = []
    for field in fields(totals):
        sums = getattr(totals, field.name)
        wide.append(np.zeros((count, sums.shape[1]), dtype=sums.dtype))
        wide[-1][places] = sums
    return Totals(*wide)


def _pooled_design(before: Design, after: Design, places: Integers) -> Design:
    is_shared = places < len(before.stratum)
    both = before.stratum[places[is_shared]]
    partner = _partners(both, after.stratum[is_shared], before, after)
    strata = int(max(len(before.sampled) - 1, partner.max(initial=-1))) + 1
    stratum = np.zeros(len(before.stratum) + int((~is_shared).sum()), dtype=np.int64)
    stratum[places] = partner[after.stratum]
    stratum[: len(before.stratum)] = before.stratum
    sampled = -np.bincount(both, minlength=strata)
    sampled[: len(before.sampled)] += before.sampled
    sampled[partner] += after.sampled
    return Design(stratum, sampled, _pooled_population(before, after, partner, sampled))


def _partners(earlier: Integers, later: Integers, before: Design, after: Design) -> Integers:
    """The pooled stratum of each stratum of `after`, from the strata of the shared PSUs."""
    links = set(zip(later.tolist(), earlier.tolist(), strict=True))
    partner = dict(links)
    if not len(partner) == len(set(partner.values())) == len(links):
        raise ValueError("PSUs of one stratum in one wave are of several strata in the other.")
    apart = [h for h in range(len(after.sampled)) if h not in partner]
    partner |= {h: len(before.sampled) + number for number, h in enumerate(apart)}
    return np.array([partner[h] for h in range(len(after.sampled))], dtype=np.int64)


def _pooled_population(
    before: Design, after: Design, partner: Integers, sampled: Integers
) -> Floats | None:
    """As many as leave the fraction of one wave: PSUs of either are no larger sample of each."""
    if before.population is None or after.population is None:
        return None
    fraction = np.ones(len(sampled))
    fraction[: len(before.sampled)] = before.sampled / before.population
    fraction[partner] = np.minimum(fraction[partner], after.sampled / after.population)
    return np.asarray(sampled / fraction, dtype=np.float64)
