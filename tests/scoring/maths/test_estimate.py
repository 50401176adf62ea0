"""Estimates and their errors: R's figures on the golden survey, and what may not be said."""

from dataclasses import fields

import numpy as np
import pytest
from scipy import stats

from scoring.maths.design import Design
from scoring.maths.estimate import (
    NO_DESIGN,
    ONE_PSU,
    Estimate,
    Totals,
    covariances,
    difference,
    mean,
    ratio,
    total,
)
from scoring.maths.matrix import Floats
from tests.scoring.maths import golden

FIVE = Design(np.zeros(5, dtype=np.int64), np.array([5]))


def in_level(values: Floats, by: str, level: str) -> Floats:
    return np.where([found == level for found in golden.domains()[by]], values, np.nan)


def share(ones: int, of: int) -> Totals:
    """A share of unweighted people spread evenly over five PSUs."""
    values = np.array([1.0] * ones + [0.0] * (of - ones))
    return golden.totals(values, np.full(of, 50.0), np.arange(of) % 5, 5)


def test_the_golden_index() -> None:
    ours = golden.golden_mean(golden.people().index)
    assert ours.estimate == pytest.approx(0.538361576246631, rel=1e-10)
    assert ours.se == pytest.approx(0.0163209827892151, rel=1e-10)
    assert (ours.n, ours.df) == (1185, 56)


def test_a_is_both_a_ratio_and_the_mean_of_the_poor() -> None:
    variables = golden.people().variables()
    sums = {name: golden.golden_totals(variables[name]) for name in ("M0_1_3", "H_1_3", "A_1_3")}
    as_ratio = ratio(sums["M0_1_3"], sums["H_1_3"], golden.design())
    as_mean = mean(sums["A_1_3"], golden.design())
    expected = golden.reference()["A_1_3"]
    for ours in (as_ratio, as_mean):
        assert ours.estimate == pytest.approx(expected["estimate"], rel=1e-10)
        assert ours.se == pytest.approx(expected["se"], rel=1e-10)
    assert as_mean.n == int(np.nansum(variables["H_1_3"]))


@pytest.mark.parametrize("row", golden.reference()["A_by_city"], ids=lambda row: row["city"])
def test_the_golden_intensity_of_each_city(row: dict[str, float]) -> None:
    a = in_level(golden.people().variables()["A_1_3"], "a1", str(row["city"]))
    ours = golden.golden_mean(a)
    assert ours.estimate == pytest.approx(row["estimate"], rel=1e-10)
    assert ours.se == pytest.approx(row["se"], rel=1e-10)


def test_m0_divides_among_cities() -> None:
    m0 = golden.people().variables()["M0_1_3"]
    everybody = golden.golden_totals(m0)
    added = 0.0
    for row in golden.reference()["subgroup"]:
        city = golden.golden_totals(in_level(m0, "a1", row["city"]))
        ours = mean(city, golden.design())
        weight = float(city.W.sum() / everybody.W.sum())
        assert weight == pytest.approx(row["pop_share"], rel=1e-10)
        assert ours.estimate == pytest.approx(row["M0"], rel=1e-10)
        assert ours.se == pytest.approx(row["se"], rel=1e-10)
        added += weight * row["M0"]
    assert added == pytest.approx(mean(everybody, golden.design()).estimate, rel=1e-12)


@pytest.mark.parametrize(
    ("by", "a", "b", "name"),
    [
        ("a1", "c01", "c02", "contrast_c01_c02_index"),
        ("a3", "f", "m", "contrast_f_minus_m"),
    ],
)
def test_golden_differences(by: str, a: str, b: str, name: str) -> None:
    index = golden.people().index
    in_a, in_b = (golden.golden_totals(in_level(index, by, level)) for level in (a, b))
    ours = difference(in_a, in_b, golden.design())
    expected = golden.reference()[name]
    assert ours.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert ours.se == pytest.approx(expected["se"], rel=1e-10)


def test_golden_covariances_of_the_cities() -> None:
    rows = golden.rows("city_index_vcov")
    names = [row[""] for row in rows]
    expected = np.array([[float(row[name]) for name in names] for row in rows])
    columns = [golden.golden_totals(in_level(golden.people().index, "a1", name)) for name in names]
    sums = Totals(
        *(np.stack([getattr(c, field.name) for c in columns], 1) for field in fields(Totals))
    )
    ours = covariances(sums, golden.design())
    np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize(("ones", "certain"), [(0, "low"), (40, "high")])
def test_certain_shares_have_the_interval_of_korn_and_graubard(ones: int, certain: str) -> None:
    ours = mean(share(ones, 40), FIVE)
    cases = 40 * (stats.t.ppf(0.975, 39) / stats.t.ppf(0.975, 4)) ** 2
    far = stats.beta.ppf(0.975, 1, cases)
    assert ours.n_eff == 40
    assert (ours.low, ours.high) == pytest.approx((0, far) if certain == "low" else (1 - far, 1))
    assert ours.deff is None


def test_limits_of_shares_stay_between_0_and_1() -> None:
    ours = mean(share(39, 40), FIVE)
    assert ours.t_high is not None
    assert ours.high is not None
    assert ours.t_high > 1 > ours.high


def test_the_effective_sample_is_no_larger_than_the_sample() -> None:
    ours = mean(share(20, 40), FIVE)
    assert ours.deff is not None
    assert ours.deff < 1
    assert ours.n_eff == 40


def test_weights_that_tell_no_population_are_compared_with_replacement() -> None:
    values = np.array([0.2, 0.4, 0.9, 0.3, 0.8])
    ours = mean(golden.totals(values, np.ones(5), np.arange(5), 5), FIVE)
    assert ours.deff == pytest.approx(1, rel=1e-12)


def test_a_domain_inside_one_psu_has_no_standard_error() -> None:
    sums = golden.totals(np.array([0.2, 0.6]), np.ones(2), np.array([3, 3]), 5)
    assert mean(sums, FIVE) == Estimate(
        2, 0.4, None, None, 0, None, None, None, None, None, frozenset({ONE_PSU})
    )


def test_the_difference_of_two_domains_of_one_psu_has_no_standard_error() -> None:
    values, weights = np.array([0.2, 0.6]), np.ones(2)
    here = golden.totals(values, weights, np.array([0, 0]), 5)
    there = golden.totals(values + 0.1, weights, np.array([1, 1]), 5)
    ours = difference(here, there, FIVE)
    assert ours.estimate == pytest.approx(-0.1)
    assert (ours.se, ours.low, ours.high) == (None, None, None)


def test_one_psu_in_each_of_two_strata_has_an_error_but_no_interval() -> None:
    design = Design(np.array([0, 0, 1, 1]), np.array([2, 2]))
    ours = mean(golden.totals(np.array([0.2, 0.6]), np.ones(2), np.array([0, 2]), 4), design)
    assert ours.df == 0
    assert ours.se is not None
    assert (ours.low, ours.high, ours.t_low, ours.t_high) == (None, None, None, None)


def test_a_convenience_sample_has_no_interval() -> None:
    values, weights = np.array([0.2, 0.6, 0.7]), np.array([1.0, 2.0, 1.0])
    sums = golden.totals(values, weights, np.arange(3), 5)
    ours = mean(sums, None)
    assert ours.estimate == pytest.approx(0.525)
    assert ours.n_eff == pytest.approx(16 / 6)
    assert (ours.se, ours.low, ours.high, ours.t_low, ours.deff) == (None,) * 5
    assert ours.flags == {NO_DESIGN}
    assert total(sums, None).flags == {NO_DESIGN}


def test_nobody_is_no_estimate() -> None:
    ours = mean(golden.totals(np.array([np.nan]), np.ones(1), np.array([0]), 5), FIVE)
    assert ours == Estimate(0, *(None,) * 3, 0, *(None,) * 5)


def test_equal_values_have_no_design_effect() -> None:
    sums = golden.totals(np.full(10, 0.3), np.full(10, 7.0), np.arange(10) % 5, 5)
    assert mean(sums, FIVE).deff is None
