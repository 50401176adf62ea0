"""The variance of a design: lonely units, units without interviews, finite populations."""

import numpy as np
import pytest

from scoring.maths.design import Design
from scoring.maths.estimate import LONELY_PSU, Estimate, mean, means, total
from scoring.maths.matrix import Floats
from tests.scoring.maths.golden import totals

STRATA = Design(np.array([0, 0, 0, 1, 1, 2]), np.array([3, 2, 1]))
PSUS = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5])
WEIGHTS = np.array([10, 12, 8, 9, 11, 10, 20, 22, 18, 25, 30, 28, 31], dtype=np.float64)
VALUES = np.array([0.2, 0.4, 0.5, 0.3, 0.9, 0.7, 0.1, 0.6, 0.8, 0.35, 0.55, 0.65, 0.45])
IS_X = np.array(list("xyxxyyxxyyxyy")) == "x"


def lonely(values: Floats) -> Estimate:
    return mean(totals(values, WEIGHTS, PSUS, 6), STRATA, is_share=False)


@pytest.mark.parametrize(
    ("values", "estimate", "se"),
    [
        (VALUES, 0.501709401709402, 0.0547480046610931),
        (np.where(IS_X, VALUES, np.nan), 0.408080808080808, 0.0512872554190833),
        (np.where(IS_X, np.nan, VALUES), 0.57037037037037, 0.0483584953414014),
    ],
)
def test_a_lonely_psu_is_centred_at_the_grand_mean(
    values: Floats, estimate: float, se: float
) -> None:
    """The figures of R's survey package, option "adjust"."""
    ours = lonely(values)
    assert ours.estimate == pytest.approx(estimate, rel=1e-12)
    assert ours.se == pytest.approx(se, rel=1e-12)
    assert ours.flags == {LONELY_PSU}


def test_the_limits_use_t_with_the_designs_degrees_of_freedom() -> None:
    ours = lonely(VALUES)
    assert ours.df == 3
    assert ours.low == pytest.approx(0.327476816554051, rel=1e-10)
    assert ours.high == pytest.approx(0.675941986864753, rel=1e-10)


def test_a_lonely_psu_that_is_the_whole_stratum_adds_nothing() -> None:
    design = Design(np.array([0, 0, 1]), np.array([2, 1]), np.array([4.0, 1.0]))
    sums = totals(np.array([1.0, 0.0, 1.0]), np.ones(3), np.arange(3), 3)
    assert mean(sums, design).flags == frozenset()
    assert design.variance(np.array([0.0, 0.0, 5.0])) == 0


def test_the_mean_of_a_simple_random_sample() -> None:
    y = np.array([3.0, 5.0, 8.0, 4.0])
    design = Design(np.zeros(4, dtype=np.int64), np.array([4]), np.array([40.0]))
    ours = mean(totals(y, np.full(4, 10.0), np.arange(4), 4), design, is_share=False)
    assert ours.estimate == 5
    assert ours.se == pytest.approx(np.sqrt((1 - 0.1) * y.var(ddof=1) / 4), rel=1e-14)
    assert ours.deff == pytest.approx(1, rel=1e-14)


def test_a_sampled_psu_without_interviews_counts_with_zero() -> None:
    y, weights = np.array([0.2, 0.9, 0.4]), np.ones(3)
    listed = Design(np.zeros(4, dtype=np.int64), np.array([4]))
    unlisted = Design(np.zeros(3, dtype=np.int64), np.array([4]))
    with_it = mean(totals(y, weights, np.arange(3), 4), listed)
    without_it = mean(totals(y, weights, np.arange(3), 3), unlisted)
    assert without_it.se == pytest.approx(with_it.se, rel=1e-14)
    assert total(totals(y, weights, np.arange(3), 3), unlisted).se == pytest.approx(
        np.sqrt(4 * np.var([0.2, 0.9, 0.4, 0], ddof=1)), rel=1e-14
    )


def test_a_domains_degrees_of_freedom_count_only_where_it_lives() -> None:
    lives = np.array([[True, True], [True, False], [False, False]] + [[True, False]] * 3)
    assert STRATA.degrees_of_freedom(lives).tolist() == [5 - 3, 1 - 1]
    assert STRATA.has_lonely(lives).tolist() == [True, False]


def test_cells_do_not_touch_each_other() -> None:
    one = totals(VALUES, WEIGHTS, PSUS, 6)
    other = totals(np.where(IS_X, VALUES, np.nan), WEIGHTS, PSUS, 6)
    both = type(one)(
        *(
            np.stack([getattr(one, k), getattr(other, k)], axis=1)
            for k in ("n", "W", "T", "W2", "Q")
        )
    )
    assert means(both, STRATA) == [mean(one, STRATA), mean(other, STRATA)]
