"""Uncertain ranks: R's figures on its own draws, what probabilities must obey, and bad input."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.composite import Methods, indices, ranks
from scoring.maths.estimate import Totals, covariances
from scoring.maths.matrix import Floats
from scoring.maths.uncertainty import (
    FEWEST_DRAWS,
    Groups,
    Layer,
    Model,
    Spread,
    UncertaintyError,
    simulate,
    standings,
)
from tests.scoring.maths import golden

STANDARDS = ("S1", "S2", "S3", "S4", "S5")
AGGREGATIONS = ("arith", "geo", "harm")
NORMALISATIONS = ("none", "minmax", "zscore")
EQUAL = np.ones(5)
THREE = np.array([[0.2, 0.8], [0.5, 0.6], [0.6, 0.4]])
SOME_ERROR = np.diag([0.01, 0.02, 0.03, 0.01, 0.02, 0.03])
DRAWN = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).random((50, 6)))
TIED = DRAWN.map(lambda index: index.round(1))


@cache
def names() -> list[str]:
    return [row["city"] for row in golden.rows("city_dims")]


@cache
def means() -> Floats:
    return np.array([[float(row[s]) for s in STANDARDS] for row in golden.rows("city_dims")])


@cache
def sampled() -> Floats:
    """R's draws of the cities' standards, array (draws, cities, standards)."""
    rows = golden.rows("mc_sampled_dims")
    columns = [f"{city}.{standard}" for city in names() for standard in STANDARDS]
    return np.array([[float(row[column]) for column in columns] for row in rows]).reshape(
        len(rows), len(names()), len(STANDARDS)
    )


@cache
def methods() -> Methods:
    rows = golden.rows("mc_draws")
    return Methods(
        np.array([[float(row[standard]) for standard in STANDARDS] for row in rows]),
        np.array([AGGREGATIONS.index(row["agg"]) for row in rows]),
        np.array([NORMALISATIONS.index(row["norm"]) for row in rows]),
    )


@cache
def golden_groups() -> Groups:
    """Each standard of all who have it."""
    groups = groups_of(golden.people().standards)
    np.testing.assert_allclose(groups.means, means(), rtol=1e-12)
    return groups


@cache
def complete_groups() -> Groups:
    """Of the 1,127 people who have all five standards: R's survey package drops the others."""
    people = golden.people().standards
    missing = np.isnan(people[:, : len(STANDARDS)]).any(axis=1, keepdims=True)
    return groups_of(np.where(missing, np.nan, people))


def groups_of(people: Floats) -> Groups:
    """Cities' means and Taylor's covariance of city and standard, 60 x 60."""
    cities = np.array(golden.domains()["a1"])
    columns = [
        golden.golden_totals(np.where(cities == city, people[:, place], np.nan))
        for city in names()
        for place in range(len(STANDARDS))
    ]
    sums = (np.stack([getattr(c, field.name) for c in columns], 1) for field in fields(Totals))
    totals = Totals(*sums)
    ours = (totals.T.sum(axis=0) / totals.W.sum(axis=0)).reshape(len(names()), -1)
    return Groups(ours, EQUAL, covariances(totals, golden.design()))


def covariance_of(groups: Groups) -> Floats:
    assert groups.covariance is not None
    return groups.covariance


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("method", lambda: indices(means(), methods())),
        ("sampling_only", lambda: indices(sampled(), Methods.nominal(EQUAL / 5, 1000))),
        ("method_plus_sampling", lambda: indices(sampled(), methods())),
    ],
)
def test_the_golden_draws_give_the_golden_ranks(name: str, index: Callable[[], Floats]) -> None:
    ours = standings(index(), golden_groups().index)
    columns = {
        "Nominal": ours.nominal_rank,
        "Mean": ours.rank.mean,
        "Median": ours.rank.median,
        "Q5": ours.rank.quantiles[0],
        "Q95": ours.rank.quantiles[1],
        "P_top3": ours.top(3),
    }
    for column, values in columns.items():
        expected = [float(row[column]) for row in golden.rows(f"mc_rankstats_{name}")]
        assert values.tolist() == expected, column


def test_golden_draws_come_from_our_covariance_of_complete_cases() -> None:
    """Each of the 12 cities has 5 PSUs, so 4 degrees of freedom for 5 standards: rank 48."""
    covariance = covariance_of(complete_groups())
    errors = np.sqrt(np.diag(covariance))
    flat = sampled().reshape(1000, -1)
    shifts = (flat.mean(axis=0) - complete_groups().means.ravel()) / errors
    assert np.abs(shifts).max() < 4 / np.sqrt(1000)
    differences = (np.cov(flat.T) - covariance) / np.outer(errors, errors)
    assert np.abs(differences).max() < 4 * np.sqrt(2 / 1000)
    assert np.linalg.matrix_rank(np.cov(flat.T), hermitian=True) == 48
    assert Model(complete_groups(), Layer.SAMPLING).factors == {"sampling": 48}


@pytest.mark.parametrize(
    ("layer", "groups", "name"),
    [
        (Layer.SAMPLING, complete_groups, "sampling_only"),
        (Layer.METHOD, golden_groups, "method"),
        (Layer.BOTH, complete_groups, "method_plus_sampling"),
    ],
)
def test_our_own_draws_say_the_same_as_the_golden_ones(
    layer: Layer, groups: Callable[[], Groups], name: str
) -> None:
    ours = simulate(groups(), layer, seed=20100711).standings
    rows = golden.rows(f"mc_rankstats_{name}")
    numbers = ("Mean", "Median", "Q5", "Q95", "P_top3")
    expected = {column: [float(row[column]) for row in rows] for column in numbers}
    np.testing.assert_allclose(ours.rank.mean, expected["Mean"], atol=0.15)
    np.testing.assert_allclose(ours.rank.median, expected["Median"], atol=1)
    np.testing.assert_allclose(ours.rank.quantiles, [expected["Q5"], expected["Q95"]], atol=1)
    np.testing.assert_allclose(ours.top(3), expected["P_top3"], atol=0.06)


def test_draws_have_the_means_and_the_covariance() -> None:
    model = Model(golden_groups(), Layer.SAMPLING)
    points = np.random.default_rng(5).random((40_000, 48))
    index = model.indices(points)
    of_index = np.kron(np.eye(12), np.full(5, 0.2))
    expected = of_index @ covariance_of(golden_groups()) @ of_index.T
    errors = np.sqrt(np.diag(expected))
    assert np.abs((index.mean(axis=0) - golden_groups().index) / errors).max() < 5 / 200
    assert np.abs((np.cov(index.T) - expected) / np.outer(errors, errors)).max() < 8 / 200


def test_methods_are_drawn_evenly() -> None:
    model = Model(Groups(np.eye(4, 3), np.ones(3)), Layer.METHOD)
    assert model.factors == {"weights": 3, "aggregation": 1, "normalisation": 1}
    points = np.random.default_rng(6).random((20_000, 5))
    points[:, 3:] = 0  # the arithmetic mean, so that the first groups' indices are the weights
    weights = model.indices(points)[:, :3]
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(weights.mean(axis=0), 1 / 3, atol=0.01)
    np.testing.assert_allclose(weights.var(axis=0), 2 / 36, rtol=0.05)
    np.testing.assert_allclose((weights < 0.5).mean(axis=0), 0.75, atol=0.015)


def test_the_corners_of_the_cube_have_indices() -> None:
    model = Model(Groups(THREE, np.ones(2), SOME_ERROR), Layer.BOTH)
    width = sum(model.factors.values())
    corners = np.stack([np.zeros(width), np.full(width, np.nextafter(1, 0))])
    assert np.isfinite(model.indices(corners)).all()


def test_without_variance_nothing_is_uncertain() -> None:
    groups = Groups(THREE, np.ones(2), np.zeros((6, 6)))
    ours = simulate(groups, Layer.SAMPLING, seed=1).standings
    np.testing.assert_array_equal(ours.rank.mean, ours.nominal_rank)
    np.testing.assert_array_equal(ours.index.quantiles, [ours.nominal_index] * 2)


def test_groups_that_move_as_one_keep_their_order() -> None:
    covariance = np.full((6, 6), 0.04)
    ours = simulate(Groups(THREE, np.ones(2), covariance), Layer.SAMPLING, seed=1).standings
    np.testing.assert_array_equal(ours.rank.quantiles, [ours.nominal_rank] * 2)
    np.testing.assert_allclose(ours.index.quantiles[1] - ours.nominal_index, 0.2 * 1.645, rtol=0.05)


def test_the_same_seed_gives_the_same_bits() -> None:
    one, same, other = (simulate(golden_groups(), Layer.BOTH, seed=seed) for seed in (7, 7, 8))
    assert bits(one.standings.index) == bits(same.standings.index)
    assert bits(one.standings.rank) == bits(same.standings.rank)
    assert one.standings.tops.tobytes() == same.standings.tops.tobytes()
    assert bits(one.standings.index) != bits(other.standings.index)
    assert (one.seed, one.draws, one.layer) == (7, FEWEST_DRAWS, Layer.BOTH)


def bits(spread: Spread) -> bytes:
    return b"".join(part.tobytes() for part in (spread.mean, spread.median, spread.quantiles))


def test_many_groups_are_drawn_in_blocks() -> None:
    rng = np.random.default_rng(9)
    groups = Groups(rng.random((80, 5)), EQUAL)
    model = Model(groups, Layer.METHOD)
    blocks = list(model.blocks(FEWEST_DRAWS))
    assert len(blocks) > 30
    points = np.random.default_rng(2).random((FEWEST_DRAWS, 7))
    in_one = standings(model.indices(points), groups.index)
    in_blocks = simulate(groups, Layer.METHOD, seed=2).standings
    np.testing.assert_array_equal(in_blocks.rank.mean, in_one.rank.mean)


def test_quantiles_are_chosen() -> None:
    ours = simulate(golden_groups(), Layer.METHOD, seed=1, quantiles=(0.1, 0.5, 0.9))
    assert ours.standings.rank.quantiles.shape == (3, 12)
    np.testing.assert_array_equal(ours.standings.rank.quantiles[1], ours.standings.rank.median)


@given(TIED)
def test_probabilities_lie_between_0_and_1_and_rise(index: Floats) -> None:
    ours = standings(index, index[0])
    for shares in (ours.tops, ours.bottoms):
        assert ((shares >= 0) & (shares <= 1)).all()
        assert (np.diff(shares, axis=0) >= 0).all()
        np.testing.assert_array_equal(shares[-1], 1)


@given(TIED)
def test_somebody_is_first_and_somebody_last(index: Floats) -> None:
    """With ties more than one."""
    ours = standings(index, index[0])
    for q in range(1, 7):
        assert ours.top(q).sum() >= q - 1e-12
        assert ours.bottom(q).sum() >= q - 1e-12


@given(DRAWN)
def test_the_top_and_the_rest_make_all(index: Floats) -> None:
    ours = standings(index, index[0])
    for q in range(1, 6):
        np.testing.assert_allclose(ours.top(q) + ours.bottom(6 - q), 1, rtol=1e-12)
    np.testing.assert_allclose(ours.rank.mean.sum(), 21, rtol=1e-12)


@given(TIED, st.permutations(range(6)))
def test_the_order_of_groups_does_not_matter(index: Floats, order: list[int]) -> None:
    ours, shuffled = standings(index, index[0]), standings(index[:, order], index[0, order])
    np.testing.assert_array_equal(shuffled.tops, ours.tops[:, order])
    np.testing.assert_array_equal(shuffled.bottoms, ours.bottoms[:, order])
    np.testing.assert_array_equal(shuffled.nominal_rank, ours.nominal_rank[order])
    np.testing.assert_array_equal(shuffled.rank.quantiles, ours.rank.quantiles[:, order])
    np.testing.assert_array_equal(shuffled.index.median, ours.index.median[order])


@given(st.permutations(range(12)))
@settings(max_examples=10)
def test_the_order_of_groups_does_not_matter_to_any_method(order: list[int]) -> None:
    ours = ranks(indices(sampled(), methods()))
    shuffled = ranks(indices(sampled()[:, order], methods()))
    np.testing.assert_array_equal(shuffled, ours[:, order])


def test_the_worse_of_two_equal_ones_is_among_the_bottom() -> None:
    ours = standings(np.array([[0.5, 0.2, 0.2]]), np.array([0.5, 0.2, 0.2]))
    assert ours.nominal_rank.tolist() == [1, 2, 2]
    assert ours.top(2).tolist() == [1, 1, 1]
    assert ours.bottom(1).tolist() == [0, 1, 1]


@pytest.mark.parametrize("q", [0, 4])
def test_there_are_only_so_many_places(q: int) -> None:
    ours = standings(THREE.T, THREE[:, 0])
    for read in (ours.top, ours.bottom):
        with pytest.raises(UncertaintyError, match="from 1 to 3"):
            read(q)


@pytest.mark.parametrize(
    ("means", "weights", "covariance", "message"),
    [
        (THREE[:1], np.ones(2), None, "two groups"),
        (THREE[:0], np.ones(2), None, "two groups"),
        (np.where(THREE == 0.6, np.nan, THREE), np.ones(2), None, "a mean from 0 to 1"),
        (THREE * 100, np.ones(2), None, "a mean from 0 to 1"),
        (THREE, np.array([1.0, 0.0]), None, "weight above 0"),
        (THREE, np.array([2.0, -1.0]), None, "weight above 0"),
        (THREE, np.array([1.0, np.nan]), None, "weight above 0"),
        (THREE, np.array([1.0, np.inf]), None, "weight above 0"),
        (THREE, np.ones(3), None, "weight above 0"),
        (THREE, np.ones(2), np.eye(5), "belong to 6 means"),
        (THREE, np.ones(2), np.full((6, 6), np.nan), "belong to 6 means"),
        (THREE, np.ones(2), np.triu(np.ones((6, 6))), "belong to 6 means"),
        (THREE, np.ones(2), -SOME_ERROR, "belong to 6 means"),
    ],
)
def test_groups_that_cannot_be_ranked(
    means: Floats, weights: Floats, covariance: Floats | None, message: str
) -> None:
    with pytest.raises(UncertaintyError, match=message):
        Groups(means, weights, covariance)


def test_a_mean_may_be_off_by_rounding() -> None:
    above = np.nextafter(1, 2)
    assert Groups(np.array([[above], [0.5]]), np.ones(1)).index.tolist() == [above, 0.5]


def test_a_covariance_may_be_off_by_rounding() -> None:
    root = np.random.default_rng(4).normal(size=(6, 2)) * 0.1
    covariance = root @ root.T
    covariance[0, 1] += 1e-17
    assert Model(Groups(THREE, np.ones(2), covariance), Layer.SAMPLING).factors == {"sampling": 2}


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(UncertaintyError, match="9999 draws are too few; take 10000 or more"):
        simulate(Groups(THREE, np.ones(2)), Layer.METHOD, seed=1, draws=9_999)


@pytest.mark.parametrize("layer", [Layer.SAMPLING, Layer.BOTH])
def test_a_convenience_sample_has_only_the_method_to_doubt(layer: Layer) -> None:
    groups = Groups(THREE, np.ones(2))
    assert simulate(groups, Layer.METHOD, seed=1).standings.tops.shape == (3, 3)
    with pytest.raises(UncertaintyError, match="convenience sample"):
        simulate(groups, layer, seed=1)
