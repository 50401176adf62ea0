"""What the primary sampling units (PSUs) of a stratum sum to: enough for means and their variance.

With u_i = T_i - r W_i of each PSU, r the stratum's own ratio T / W, the linearised value of a mean y
over all strata is z_i = (u_i + (r - y) W_i) / W, and the sums of u^2, u W and W^2 give the variance of
a stratum whatever y turns out to be. u is small where PSUs are alike, so nothing cancels out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from scoring.maths.cells import Cell, Cells, Domain, add_rows, in_rows
from scoring.maths.design import Design
from scoring.maths.estimate import (
    Estimate,
    Estimates,
    Presence,
    Totals,
    convenience,
    estimated_means,
)
from scoring.maths.matrix import Floats, Integers


class Moments(NamedTuple):
    """Sums over the PSUs of a stratum, arrays (..,): of `Sums`, and of their products."""

    n: Floats
    W: Floats
    T: Floats
    W2: Floats
    Q: Floats
    psus: Floats  # with a valid case
    uu: Floats
    uW: Floats
    WW: Floats


@dataclass(frozen=True)
class Stratum:
    """The moments of a stratum's cells, and how many PSUs were sampled in it."""

    sampled: int
    variables: tuple[str, ...]
    domains: tuple[Domain, ...]
    moments: Floats  # (Moments, domains, variables)

    @classmethod
    def of(cls, psus: Sequence[Cells], sampled: int | None = None) -> Self:
        """From the cells of its PSUs, at least one; all are sampled ones, if no more were."""
        whole = Cells.together(psus)
        ratio = _ratio(whole.sums)
        squares = np.zeros((4, *ratio.shape))
        for at, (n, W, T, *_) in in_rows(psus, whole.domains):
            u = T - ratio[at] * W
            add_rows(squares, at, np.stack((n > 0, u * u, u * W, W * W)))
        moments = np.concatenate((whole.sums, squares))
        return cls(sampled or len(psus), whole.variables, whole.domains, moments)


@dataclass(frozen=True)
class Strata:
    """All strata side by side, for cells that any of them has."""

    sampled: Integers  # (strata,)
    moments: Moments  # arrays (strata, cells)

    @classmethod
    def of(cls, strata: Sequence[Stratum], domains: Sequence[Domain]) -> Self:
        """Of the cells (domains x variables), 0 where a stratum has none of a domain."""
        variables = len(strata[0].variables)
        wide = np.zeros((len(Moments._fields), len(strata), len(domains), variables))
        place = {domain: number for number, domain in enumerate(domains)}
        for row, stratum in enumerate(strata):
            at = np.array([place[domain] for domain in stratum.domains], dtype=np.int64)
            wide[:, row, at] = stratum.moments
        cells = wide.reshape(len(Moments._fields), len(strata), -1)
        return cls(np.array([stratum.sampled for stratum in strata]), Moments(*cells))


def means(strata: Strata, population: Floats | None = None, *, has_design: bool) -> Estimates:
    """`estimate.means` of every cell from its strata's moments, with the same results.

    `population` gives the number of PSUs there are in each stratum, where the sample is a sizeable
    part of them. `has_design` False is a convenience sample.
    """
    m = strata.moments
    totals = Totals(*(np.asarray(part.sum(axis=0)) for part in m[:5]))
    is_there = m.psus > 0
    psus = m.psus.sum(axis=0).astype(np.int64)
    if not has_design:
        return convenience(totals, psus)
    rest = np.ones(len(strata.sampled)) if population is None else 1 - strata.sampled / population
    is_lonely = (strata.sampled == 1) & (rest > 0)
    presence = Presence(
        psus=psus,
        df=psus - np.count_nonzero(is_there, axis=0),
        is_lonely=(is_there & is_lonely[:, np.newaxis]).any(axis=0),
    )
    variance = _variance(strata, totals, rest)
    return estimated_means(totals, np.where(psus > 1, variance, np.nan), presence)


def _variance(strata: Strata, totals: Totals, rest: Floats) -> Floats:
    """Sum over h of (1 - f_h) n_h / (n_h - 1) [sum z^2 - (sum z)^2 / n_h], array (cells,).

    A stratum of one PSU is centred at 0, the mean over all of them.
    """
    m = strata.moments
    n = strata.sampled[:, np.newaxis]
    distance = _ratio(np.array(m[:3])) - totals.means
    is_alone = n == 1
    centre = np.where(is_alone, 0.0, m.W**2 / n)
    squares = m.uu + distance * (2 * m.uW + distance * (m.WW - centre))
    scale = rest[:, np.newaxis] * np.where(is_alone, 1.0, n / np.maximum(n - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((scale * np.maximum(squares, 0.0)).sum(axis=0) / totals.W**2)


def _ratio(sums: Floats) -> Floats:
    """T / W of cells from `Sums` or `Moments`, 0 where there is nobody."""
    W, T = sums[1], sums[2]
    return np.asarray(np.divide(T, W, out=np.zeros_like(W), where=W != 0))


def estimates(
    strata: Sequence[Stratum], population: Floats | None = None, *, has_design: bool
) -> tuple[tuple[Domain, ...], Estimates]:
    """The means of all cells: the domains, sorted, and estimates (domains x variables)."""
    domains = tuple(sorted({domain for stratum in strata for domain in stratum.domains}))
    return domains, means(Strata.of(strata, domains), population, has_design=has_design)


def by_cell(psus: Sequence[Cells], design: Design | None) -> dict[Cell, Estimate]:
    """The estimate of every cell that any PSU has, in the order of `design.stratum`.

    Every PSU of the design has its place; one without an interview has no domain.
    """
    met: dict[int, list[Cells]] = {}
    for number, psu in enumerate(psus):
        if psu.domains:
            met.setdefault(int(design.stratum[number]) if design else 0, []).append(psu)
    if not met:
        return {}
    strata = [
        Stratum.of(some, int(design.sampled[h]) if design else None) for h, some in met.items()
    ]
    known = design.population if design else None
    population = None if known is None else known[list(met)]
    domains, made = estimates(strata, population, has_design=design is not None)
    keys = (Cell(*domain, name) for domain in domains for name in strata[0].variables)
    return {key: row for key, row in zip(keys, made.rows(), strict=True) if row.n}
