"""Differences of domains and of waves: R's figures, Holm's adjustment, and what has no test."""

import math
from dataclasses import fields, replace
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.comparison import (
    Comparison,
    Wave,
    changes,
    holm,
    mean_covariances,
    pairs,
    pooled,
)
from scoring.maths.design import Design
from scoring.maths.estimate import NO_DESIGN, Totals, difference, mean
from tests.scoring.maths import golden

CITIES = [f"c{number:02}" for number in range(1, 13)]
FOUR = Design(np.zeros(4, dtype=np.int64), np.array([4]))
P_VALUES = st.lists(st.floats(0, 1), max_size=20)


@cache
def cities() -> dict[str, Totals]:
    return {name: in_level("a1", name) for name in CITIES}


def in_level(by: str, level: str) -> Totals:
    members = [found == level for found in golden.domains()[by]]
    return golden.golden_totals(np.where(members, golden.people().index, np.nan))


def small(*values: float) -> Totals:
    """A person of weight 1 in each of as many PSUs as values; NaN for none."""
    return golden.totals(
        np.array(values), np.ones(len(values)), np.arange(len(values)), len(values)
    )


@pytest.mark.parametrize(
    ("by", "levels", "name", "df"),
    [
        ("a1", CITIES, "contrast_c01_c02_index", 9),
        ("a3", ["f", "m"], "contrast_f_minus_m", 56),
    ],
)
def test_golden_differences(by: str, levels: list[str], name: str, df: int) -> None:
    domains = {level: in_level(by, level) for level in levels}
    ours = pairs(domains, golden.design())[levels[0], levels[1]].difference
    expected = golden.reference()[name]
    assert ours.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert ours.se == pytest.approx(expected["se"], rel=1e-10)
    assert ours.df == df


def test_the_golden_covariance_of_women_and_men() -> None:
    ours = mean_covariances({"f": in_level("a3", "f"), "m": in_level("a3", "m")}, golden.design())
    expected = golden.reference()["contrast_f_minus_m"]
    assert ours[0, 1] == pytest.approx(expected["cov_fm"], rel=1e-10)
    variance = ours[0, 0] + ours[1, 1] - 2 * ours[0, 1]
    assert np.sqrt(variance) == pytest.approx(expected["se"], rel=1e-10)


def test_golden_covariances_of_the_cities() -> None:
    rows = golden.rows("city_index_vcov")
    expected = np.array([[float(row[name]) for name in CITIES] for row in rows])
    ours = mean_covariances(cities(), golden.design())
    np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize(
    ("pair", "df", "p", "adjusted"),
    [
        (("c02", "c12"), 8, 6.65638718695229e-08, 4.39321554338851e-06),
        (("c03", "c12"), 8, 4.96429415806804e-07, 3.22679120274422e-05),
        (("c05", "c08"), 8, 1.59266816317225e-02, 5.89287220336732e-01),
        (("c03", "c04"), 8, 7.72790241861009e-02, 1),
        (("c04", "c08"), 8, 9.61129657012040e-01, 1),
    ],
)
def test_all_pairs_of_the_golden_cities(
    pair: tuple[str, str], df: int, p: float, adjusted: float
) -> None:
    """R: svyby, degf(subset), pt, p.adjust."""
    ours = pairs(cities(), golden.design())
    assert len(ours) == 66
    assert ours[pair].difference.df == df
    assert ours[pair].p == pytest.approx(p, rel=1e-8)
    assert ours[pair].p_holm == pytest.approx(adjusted, rel=1e-8)


def test_the_interval_of_a_difference_is_students() -> None:
    ours = pairs(cities(), golden.design())["c01", "c02"]
    assert ours.difference.estimate is not None
    assert ours.difference.se is not None
    half = 2.2621571627982049 * ours.difference.se  # qt(0.975, 9)
    assert ours.difference.t_low == pytest.approx(ours.difference.estimate - half, rel=1e-12)
    assert ours.difference.t_high == pytest.approx(ours.difference.estimate + half, rel=1e-12)
    assert ours.p == pytest.approx(4.77967167030969e-05, rel=1e-8)
    assert ours.t == pytest.approx(ours.difference.estimate / ours.difference.se)


def test_many_pairs_are_compared_as_few_are() -> None:
    many = {str(number): cities()[CITIES[number % 12]] for number in range(60)}
    ours = pairs(many, golden.design())
    assert len(ours) == 60 * 59 / 2
    few = pairs(cities(), golden.design())
    assert ours["0", "59"].difference == few["c01", "c12"].difference
    assert ours["48", "59"].p == few["c01", "c12"].p


def test_the_order_of_the_domains_only_changes_signs() -> None:
    forth = pairs(cities(), golden.design())
    back = pairs(dict(reversed(cities().items())), golden.design())
    for (a, b), ours in forth.items():
        theirs = back[b, a]
        assert ours.difference.estimate == pytest.approx(-(theirs.difference.estimate or 0))
        assert ours.p == pytest.approx(theirs.p, rel=1e-9)
        assert ours.p_holm == pytest.approx(theirs.p_holm, rel=1e-9)


def test_a_domain_in_one_psu_is_not_compared() -> None:
    nan = np.nan
    domains = {
        "x": small(0.1, 0.5, nan, nan),
        "y": small(nan, nan, 0.2, nan),
        "z": small(nan, 0.3, nan, 0.9),
    }
    ours = pairs(domains, FOUR)
    assert [(row.t, row.p, row.p_holm) for row in (ours["x", "y"], ours["y", "z"])] == [
        (None,) * 3
    ] * 2
    assert ours["x", "y"].difference.estimate == pytest.approx(0.1)
    assert ours["x", "z"].p == ours["x", "z"].p_holm  # the only test there is
    covariances = mean_covariances(domains, FOUR)
    assert np.isnan(covariances[1]).all()
    assert np.isnan(covariances[:, 1]).all()
    assert not np.isnan(covariances[[0, 0, 2], [0, 2, 2]]).any()


def test_domains_that_do_not_vary_are_not_tested() -> None:
    """The error of two constants is only rounding, by which any difference would be certain."""
    ours = pairs({"x": small(0.3, 0.3, 0.3, 0.3), "y": small(0.7, 0.7, 0.7, 0.7)}, FOUR)["x", "y"]
    assert ours.difference.estimate == pytest.approx(-0.4)
    assert (ours.t, ours.p, ours.p_holm) == (None, None, None)


def test_a_convenience_sample_has_differences_without_error() -> None:
    ours = pairs({"x": small(0.3, 0.5), "y": small(0.7, 0.2)}, None)["x", "y"]
    assert ours.difference.estimate == pytest.approx(-0.05)
    assert ours.difference.flags == {NO_DESIGN}
    assert (ours.difference.se, ours.p) == (None, None)


@pytest.mark.parametrize("names", [[], ["x"]])
def test_one_domain_is_no_pair(names: list[str]) -> None:
    assert pairs(dict.fromkeys(names, small(0.1, 0.2, 0.3, 0.4)), FOUR) == {}


def test_sums_of_other_psus_are_refused() -> None:
    with pytest.raises(ValueError, match=r"of the same PSUs, not of 3, 4\."):
        pairs({"x": small(0.1, 0.2, 0.3), "y": small(0.1, 0.2, 0.3)}, FOUR)
    with pytest.raises(ValueError, match=r"not of 3, 4\."):
        mean_covariances({"x": small(0.1, 0.2, 0.3), "y": small(*[0.1] * 4)}, FOUR)


def later_totals() -> Totals:
    """The index of the golden people in another year, with other answers and other weights."""
    index = golden.people().index
    valid = np.flatnonzero(~np.isnan(index))
    number = np.arange(1, len(valid) + 1)
    values, weights = np.full(len(index), np.nan), golden.person_weights().copy()
    values[valid] = index[valid] * 0.9 + 0.05 + 0.03 * ((number * 7919) % 11) / 11
    weights[valid] *= 1 + ((number * 31) % 5) / 10
    return golden.totals(values, weights, golden.psus(), len(golden.sites()))


def first_wave() -> Wave:
    index = golden.golden_totals(golden.people().index)
    return Wave(list(golden.sites()), {"all": index}, golden.design())


def second_wave(*, renamed: int) -> Wave:
    """Of the PSUs in the order of their names, the first and every `renamed`-th after are new."""
    new = set(sorted(golden.sites())[::renamed]) if renamed else set()
    names = ["n" + site if site in new else site for site in golden.sites()]
    return Wave(names, {"all": later_totals()}, golden.design())


@pytest.mark.parametrize(
    ("renamed", "se", "df"),
    [
        (0, 0.001654762741264896, 56),
        (1, 0.02200129435764439, 112),
        (3, 0.01451884165158363, 76),
    ],
    ids=["panel", "new sample", "a third is new"],
)
def test_changes_are_those_of_the_pooled_design(renamed: int, se: float, df: int) -> None:
    """R: svydesign(data = rbind(..)), svyby(~wave, covmat = TRUE), svycontrast; one stratum is one
    where PSUs are shared, and has another name where the sample is new."""
    ours = changes(first_wave(), second_wave(renamed=renamed))["all"]
    assert ours.difference.estimate == pytest.approx(0.01058485666604392, rel=1e-10)
    assert ours.difference.se == pytest.approx(se, rel=1e-10)
    assert ours.difference.df == df


def test_the_variances_of_two_samples_add_up() -> None:
    before, after = first_wave(), second_wave(renamed=1)
    ours = changes(before, after)["all"].difference
    errors = [mean(wave.domains["all"], wave.design).se or 0 for wave in (before, after)]
    assert ours.se == pytest.approx(math.hypot(*errors), rel=1e-12)


def test_the_order_of_the_psus_changes_nothing() -> None:
    after = second_wave(renamed=3)
    order = np.random.default_rng(1).permutation(len(after.psus))
    shuffled = Wave(
        [after.psus[i] for i in order],
        {"all": Totals(*(getattr(after.domains["all"], f.name)[order] for f in fields(Totals)))},
        Design(golden.design().stratum[order], golden.design().sampled),
    )
    ours = changes(first_wave(), shuffled)["all"].difference
    theirs = changes(first_wave(), after)["all"].difference
    assert ours.se == pytest.approx(theirs.se, rel=1e-12)


def test_only_domains_of_both_waves_change() -> None:
    x, y = small(0.1, 0.5, 0.2, 0.4), small(0.2, 0.7, 0.1, 0.6)
    before = Wave(list("abcd"), {"x": x, "old": x}, FOUR)
    after = Wave(list("abcd"), {"new": y, "x": y}, FOUR)
    assert list(changes(before, after)) == ["x"]
    assert changes(before, replace(after, domains={"new": y})) == {}


def test_a_wave_without_design_leaves_no_error() -> None:
    x = {"x": small(0.1, 0.5, 0.2, 0.4)}
    ours = changes(Wave(list("abcd"), x, FOUR), Wave(list("abcd"), x, None))["x"]
    assert ours == Comparison(ours.difference, None, None, None)
    assert ours.difference.flags == {NO_DESIGN}


def test_a_panel_keeps_its_population() -> None:
    limited = Design(np.array([0, 0, 1, 1]), np.array([2, 2]), np.array([5.0, 8.0]))
    x, y = small(0.1, 0.5, 0.2, 0.4), small(0.2, 0.7, 0.1, 0.6)
    before, after = (Wave(list("abcd"), {"x": one}, limited) for one in (x, y))
    ours = changes(before, after)["x"].difference
    assert ours.se == pytest.approx(difference(y, x, limited).se, rel=1e-12)


def test_pooled_strata_keep_their_counts() -> None:
    """Of stratum 1 a PSU stays, one goes and one comes; stratum 0 gives way to a new one."""
    before = Design(np.array([0, 0, 1, 1]), np.array([2, 3]), np.array([10.0, 20.0]))
    after = Design(np.array([0, 0, 1, 1]), np.array([3, 4]), np.array([22.0, 40.0]))
    sums = {"x": small(0.1, 0.5, 0.2, 0.4)}
    _, later, design = pooled(
        Wave(["a", "b", "c", "d"], sums, before), Wave(["c", "e", "f", "g"], sums, after), ["x"]
    )
    assert design is not None
    assert design.stratum.tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert design.sampled.tolist() == [2, 3 + 3 - 1, 4]
    assert design.population is not None
    assert design.population.tolist() == pytest.approx([10, 5 * 22 / 3, 40])
    assert later.T.ravel().tolist() == [0, 0, 0.1, 0, 0.5, 0.2, 0.4]


def wave(psus: str, *strata: int) -> Wave:
    stratum = np.array(strata)
    sums = {"x": small(*[0.5] * len(strata))}
    return Wave(list(psus), sums, Design(stratum, np.bincount(stratum)))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (wave("aab", 0, 0, 0), wave("abc", 0, 0, 0), "named twice"),
        (wave("abc", 0, 0, 0), wave("ab", 0, 0, 0), "2 PSUs have names, but 3 have sums"),
        (wave("abcd", 0, 0, 1, 1), wave("abcd", 0, 1, 1, 1), "of several strata"),
        (wave("abcd", 0, 0, 0, 0), wave("abcd", 0, 0, 1, 1), "of several strata"),
        (wave("abcd", 0, 0, 1, 1), wave("abcd", 0, 0, 0, 0), "of several strata"),
    ],
)
def test_waves_that_do_not_fit_are_refused(before: Wave, after: Wave, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        changes(before, after)


def test_holm_as_in_r() -> None:
    """p.adjust(c(0.01, 0.04, 0.03, NA, 0.005, 0.9), "holm")."""
    ours = holm(np.array([0.01, 0.04, 0.03, np.nan, 0.005, 0.9]))
    np.testing.assert_allclose(ours, [0.04, 0.09, 0.09, np.nan, 0.025, 0.9], rtol=1e-14)


@given(P_VALUES, st.randoms())
def test_holm_keeps_the_order_and_lies_between_p_and_bonferroni(
    values: list[float], random: Random
) -> None:
    p = np.array(values, dtype=np.float64)
    ours = holm(p)
    assert (p <= ours).all()
    assert (ours <= np.minimum(p * len(p), 1)).all()
    assert (np.diff(ours[np.argsort(p, kind="stable")]) >= 0).all()
    order = list(range(len(values)))
    random.shuffle(order)
    np.testing.assert_array_equal(holm(p[order]), ours[order])


@pytest.mark.parametrize("p", [-0.1, 1.1])
def test_what_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm(np.array([0.5, p, np.nan]))
