"""Sobol indices against known ones, what standards left out do to ranks, and bad input."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.composite import ranks
from scoring.maths.matrix import Floats
from scoring.maths.sensitivity import Index, rank_sensitivity, removal, sobol
from scoring.maths.uncertainty import Groups, Layer, UncertaintyError
from tests.scoring.maths.test_uncertainty import golden_groups

XYZ = {"x": 1, "y": 1, "z": 1}
THREE = np.array([[0.2, 0.8], [0.5, 0.6], [0.6, 0.4]])
SEVERAL = st.integers(0, 2**32 - 1).map(
    lambda seed: Groups(
        np.random.default_rng(seed).random((5, 3)), np.random.default_rng(seed).random(3)
    )
)


def ishigami(points: Floats) -> Floats:
    x, y, z = (2 * np.pi * points - np.pi).T
    return np.asarray(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def ishigami_indices() -> tuple[list[float], list[float]]:
    """Of a = 7, b = 0.1; Ishigami and Homma (1990)."""
    x = (1 + 0.1 * np.pi**4 / 5) ** 2 / 2
    y = 7**2 / 8
    xz = 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)
    v = x + y + xz
    return [x / v, y / v, 0], [(x + xz) / v, y / v, xz / v]


def additive(points: Floats) -> Floats:
    """Of variances 1/12, 4/12 and 9/12."""
    return np.asarray(points @ np.array([1.0, 2.0, 3.0]))


def coinr(model: Callable[[Floats], Floats], seed: int, points: int) -> tuple[Floats, Floats]:
    """`SA_estimate` of COINr, line by line."""
    a, b = np.random.default_rng(seed).random((2, points, 3))
    y_a, y_b = model(a), model(b)
    variance = np.var(np.concatenate([y_a, y_b]), ddof=1)
    first, total = [], []
    for i in range(3):
        y_ab = model(np.where(np.arange(3) == i, b, a))
        first.append(np.mean(y_b * (y_ab - y_a)) / variance)
        total.append(np.sum((y_a - y_ab) ** 2) / (2 * points * variance))
    return np.array(first), np.array(total)


def test_the_ishigami_function() -> None:
    first, total = ishigami_indices()
    assert first == pytest.approx([0.3139, 0.4424, 0], abs=5e-5)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-5)
    ours = sobol(ishigami, XYZ, seed=1, points=2**16, resamples=100)
    np.testing.assert_allclose(ours.first.value, first, atol=0.02)
    np.testing.assert_allclose(ours.total.value, total, atol=0.01)


def test_an_additive_function_has_no_interactions() -> None:
    ours = sobol(additive, XYZ, seed=1, points=2**16, resamples=100)
    np.testing.assert_allclose(ours.first.value, np.array([1, 4, 9]) / 14, atol=0.02)
    np.testing.assert_allclose(ours.total.value, np.array([1, 4, 9]) / 14, atol=0.01)


@pytest.mark.parametrize("model", [ishigami, additive])
def test_the_estimates_are_those_of_coinr(model: Callable[[Floats], Floats]) -> None:
    first, total = coinr(model, seed=4, points=2_000)
    ours = sobol(model, XYZ, seed=4)
    np.testing.assert_allclose(ours.first.value, first, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(ours.total.value, total, rtol=1e-10, atol=1e-12)


def test_the_intervals_hold_the_truth() -> None:
    """95 % of them, here at least 90 % of 240."""
    held = []
    for seed in range(40):
        ours = sobol(ishigami, XYZ, seed=seed, resamples=200)
        for index, truth in zip((ours.first, ours.total), ishigami_indices(), strict=True):
            held.append((index.low <= truth) & (truth <= index.high))
    assert np.mean(held) > 0.9


def test_a_factor_of_several_coordinates_is_one() -> None:
    ours = sobol(ishigami, {"x and y": 2, "z": 1}, seed=1, points=2**15, resamples=100)
    (x, y, _), (_, _, z) = ishigami_indices()
    assert ours.factors == ("x and y", "z")
    np.testing.assert_allclose(ours.first.value, [x + y, 0], atol=0.03)
    np.testing.assert_allclose(ours.total.value, [1, z], atol=0.03)


def test_the_same_seed_gives_the_same_bits() -> None:
    one, same, other = (sobol(ishigami, XYZ, seed=seed) for seed in (5, 5, 6))
    assert bits(one.first) == bits(same.first)
    assert bits(one.total) == bits(same.total)
    assert bits(one.first) != bits(other.first)
    assert (one.seed, one.points, one.resamples) == (5, 2_000, 1_000)


def bits(index: Index) -> bytes:
    return index.value.tobytes() + index.low.tobytes() + index.high.tobytes()


@pytest.mark.parametrize("constant", [0.0, 0.1])
def test_where_nothing_varies_there_is_nothing_to_share(constant: float) -> None:
    ours = sobol(lambda points: np.full(len(points), constant), XYZ, seed=1)
    for index in (ours.first, ours.total):
        assert np.isnan([index.value, index.low, index.high]).all()


def test_sampling_moves_the_golden_ranks_most() -> None:
    ours = rank_sensitivity(golden_groups(), Layer.BOTH, seed=1)
    assert ours.factors == ("weights", "aggregation", "normalisation", "sampling")
    assert int(ours.total.value.argmax()) == 3
    assert ours.total.low[3] > 0.5
    assert (ours.total.low <= ours.total.value).all()
    assert (ours.total.value <= ours.total.high).all()


@pytest.mark.parametrize(
    ("layer", "factors"),
    [
        (Layer.METHOD, ("weights", "aggregation", "normalisation")),
        (Layer.SAMPLING, ("sampling",)),
    ],
)
def test_a_layer_has_its_factors(layer: Layer, factors: tuple[str, ...]) -> None:
    ours = rank_sensitivity(golden_groups(), layer, seed=1)
    assert ours.factors == factors
    assert (ours.total.value > 0).all()


def test_ranks_that_never_move_have_no_sensitivity() -> None:
    far_apart = Groups(np.array([[0.9, 0.9], [0.1, 0.1]]), np.ones(2))
    ours = rank_sensitivity(far_apart, Layer.METHOD, seed=1)
    assert np.isnan(ours.total.value).all()


def test_a_standard_left_out_moves_the_others() -> None:
    ours = removal(Groups(THREE, np.array([3.0, 1.0])))
    np.testing.assert_allclose(ours.index, THREE[:, ::-1].T, rtol=1e-14)
    np.testing.assert_allclose(ours.index_change[1], [0.2 - 0.35, 0.5 - 0.525, 0.6 - 0.55])
    assert ours.rank.tolist() == [[1, 2, 3], [3, 2, 1]]
    assert ours.rank_shift.tolist() == [[-2, 0, 2], [0, 0, 0]]


def test_the_golden_removals_keep_the_weights_in_proportion() -> None:
    means = golden_groups().means
    weights = np.array([3333.0, 2667, 2000, 1333, 667])
    ours = removal(Groups(means, weights))
    for place in range(5):
        others = [other for other in range(5) if other != place]
        expected = np.average(means[:, others], axis=1, weights=weights[others])
        np.testing.assert_allclose(ours.index[place], expected, rtol=1e-14)
        assert ours.rank[place].tolist() == ranks(expected).tolist()


@given(SEVERAL)
def test_the_index_lies_between_those_without_a_standard(groups: Groups) -> None:
    ours = removal(groups)
    assert (ours.index_change.min(axis=0) <= 1e-12).all()
    assert (ours.index_change.max(axis=0) >= -1e-12).all()
    assert (ours.rank_shift.sum(axis=1) == 0).all()


def test_the_only_standard_cannot_be_left_out() -> None:
    with pytest.raises(UncertaintyError, match="Only one of several"):
        removal(Groups(THREE[:, :1], np.ones(1)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": 1_999}, "1999 draws are too few; take 2000"),
        ({"resamples": 99}, "99 draws are too few; take 100"),
    ],
)
def test_too_few_draws_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        sobol(ishigami, XYZ, seed=1, **options)
    with pytest.raises(UncertaintyError, match=message):
        rank_sensitivity(golden_groups(), Layer.METHOD, seed=1, **options)


def test_without_a_factor_there_is_nothing_to_compare() -> None:
    with pytest.raises(UncertaintyError, match="at least one factor"):
        sobol(ishigami, {}, seed=1)


def test_a_model_that_fails_is_reported() -> None:
    with pytest.raises(UncertaintyError, match="not finite"):
        sobol(lambda points: np.where(points[:, 0] < 0.5, np.nan, 1.0), XYZ, seed=1)
