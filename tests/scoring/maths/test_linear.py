"""Linearised statistics: against derivatives by finite differences, on a sample of a few lines."""

from collections.abc import Callable

import numpy as np
import pytest

from scoring.maths.design import Design
from scoring.maths.estimate import (
    Estimate,
    Totals,
    difference,
    from_linearised,
    mean,
    ratio,
    ratios,
    total,
)
from scoring.maths.linear import Linear
from scoring.maths.matrix import Booleans, Floats
from tests.scoring.maths.golden import totals

PSUS = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5])
WEIGHTS = np.array([10, 12, 8, 9, 11, 10, 20, 22, 18, 25, 30], dtype=np.float64)
Y = np.array([0.2, 0.4, 0.5, 0.3, 0.9, 0.7, 0.1, 0.6, 0.8, 0.35, 0.55])
X = np.array([0.9, 0.5, 0.8, 0.3, 1.0, 0.8, 0.4, 0.6, 0.9, 0.45, 0.75])
IN_A = np.array([True, False] * 5 + [True])
STRATUM = np.array([0, 0, 0, 1, 1, 1])
ALL_THERE_ARE = np.array([10.0, 4.0])
Statistic = Callable[[Floats], float]


def sums(values: Floats, members: Booleans | None = None) -> Totals:
    known = values if members is None else np.where(members, values, np.nan)
    return totals(known, WEIGHTS, PSUS, 6)


def brute_force_se(statistic: Statistic, population: Floats | None) -> float:
    """The textbook formula with the derivative by each PSU's weights, taken numerically."""
    step, z = 1e-5, []
    for psu in range(6):
        move = np.where(psu == PSUS, step, 0.0)
        z.append((statistic(WEIGHTS * (1 + move)) - statistic(WEIGHTS * (1 - move))) / (2 * step))
    variance = 0.0
    for h in range(2):
        in_h = [z[i] for i in range(6) if STRATUM[i] == h]
        unsampled = 1.0 if population is None else 1 - 3 / population[h]
        variance += unsampled * 3 / 2 * sum((one - sum(in_h) / 3) ** 2 for one in in_h)
    return float(np.sqrt(variance))


def design(population: Floats | None) -> Design:
    return Design(STRATUM, np.array([3, 3]), population)


def weighted_mean(w: Floats, members: Booleans) -> float:
    return float((w * Y)[members].sum() / w[members].sum())


STATISTICS: dict[str, tuple[Callable[[Design], Estimate], Statistic]] = {
    "mean": (
        lambda d: mean(sums(Y), d),
        lambda w: float((w * Y).sum() / w.sum()),
    ),
    "share": (
        lambda d: mean(sums((Y > 0.4).astype(np.float64)), d),
        lambda w: float((w * (Y > 0.4)).sum() / w.sum()),
    ),
    "ratio": (
        lambda d: ratio(sums(Y), sums(X), d),
        lambda w: float((w * Y).sum() / (w * X).sum()),
    ),
    "total": (
        lambda d: total(sums(Y), d),
        lambda w: float((w * Y).sum()),
    ),
    "domain": (
        lambda d: mean(sums(Y, IN_A), d),
        lambda w: weighted_mean(w, IN_A),
    ),
    "contrast": (
        lambda d: difference(sums(Y, IN_A), sums(Y, ~IN_A), d),
        lambda w: weighted_mean(w, IN_A) - weighted_mean(w, ~IN_A),
    ),
}


@pytest.mark.parametrize("population", [None, ALL_THERE_ARE], ids=["unlimited", "limited"])
@pytest.mark.parametrize("name", STATISTICS)
def test_estimates_and_errors_are_those_of_brute_force(
    name: str, population: Floats | None
) -> None:
    estimated, statistic = STATISTICS[name]
    ours = estimated(design(population))
    assert ours.estimate == pytest.approx(statistic(WEIGHTS), rel=1e-13)
    assert ours.se == pytest.approx(brute_force_se(statistic, population), rel=1e-7)


def test_ratios_are_each_the_ratio() -> None:
    numerators = Totals.side_by_side([sums(Y), sums(Y * 0.5)])
    ours = ratios(numerators, sums(X), design(None))
    assert ours == [ratio(column, sums(X), design(None)) for column in (sums(Y), sums(Y * 0.5))]


def test_statistics_of_statistics_are_linearised() -> None:
    """(mean of a - mean of b) x R + (mean of a + R) / 2."""
    r = Linear.ratio(*(one.in_cells().T for one in (sums(Y), sums(X))))
    a, b = (
        Linear.ratio(one.T, one.W) for one in (sums(Y, IN_A).in_cells(), sums(Y, ~IN_A).in_cells())
    )
    ours = (a - b) * r + a.average(r)

    def theirs(w: Floats) -> float:
        r = float((w * Y).sum() / (w * X).sum())
        in_a, in_b = weighted_mean(w, IN_A), weighted_mean(w, ~IN_A)
        return (in_a - in_b) * r + (in_a + r) / 2

    [estimate] = from_linearised(
        sums(Y).in_cells().n, ours.value, ours.z, design(None), is_share=False
    )
    assert estimate.estimate == pytest.approx(theirs(WEIGHTS), rel=1e-13)
    assert estimate.se == pytest.approx(brute_force_se(theirs, None), rel=1e-7)


def test_cells_are_summed_and_chosen() -> None:
    both = Linear(np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 5.0]]))
    assert both.sum().value.tolist() == [3]
    assert both.sum().z.tolist() == [[3], [8]]
    chosen = both.where(np.array([True, False]), both + both)
    assert chosen.value.tolist() == [1, 4]
    assert chosen.z.tolist() == [[1, 4], [3, 10]]


def test_a_ratio_to_nothing_is_unknown() -> None:
    ours = Linear.ratio(np.array([[1.0], [2.0]]), np.zeros((2, 1)))
    assert np.isnan(ours.value).all()
    assert np.isnan(ours.z).all()
