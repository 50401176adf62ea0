"""Indices of groups under every method, and ranks with ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.composite import AGGREGATIONS, NORMALISATIONS, Methods, indices, ranks
from scoring.maths.matrix import Floats

VALUES = np.array([[0.2, 0.8], [0.5, 0.5], [0.6, 0.3]])
MANY = st.lists(st.integers(0, 5).map(lambda tenths: tenths / 10), min_size=1, max_size=9)


def index(values: Floats, normalisation: str, aggregation: str, weights: Floats) -> Floats:
    methods = Methods(
        weights[np.newaxis],
        np.array([list(AGGREGATIONS).index(aggregation)]),
        np.array([list(NORMALISATIONS).index(normalisation)]),
    )
    return np.asarray(indices(values, methods)[0])


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ("arithmetic", [0.35, 0.5, 0.525]),
        ("geometric", [0.2**0.75 * 0.8**0.25, 0.5, 0.6**0.75 * 0.3**0.25]),
        ("harmonic", [1 / (0.75 / 0.2 + 0.25 / 0.8), 0.5, 1 / (0.75 / 0.6 + 0.25 / 0.3)]),
    ],
)
def test_weighted_means(aggregation: str, expected: list[float]) -> None:
    ours = index(VALUES, "none", aggregation, np.array([0.75, 0.25]))
    np.testing.assert_allclose(ours, expected, rtol=1e-14)


def test_min_max_reaches_from_a_hundredth_to_one() -> None:
    ours = index(VALUES, "min-max", "arithmetic", np.array([1.0, 0.0]))
    np.testing.assert_allclose(ours, [0.01, 0.01 + 0.99 * 0.75, 1], rtol=1e-14)


def test_z_scores_have_the_deviation_of_a_sample() -> None:
    ours = index(VALUES, "z-score", "arithmetic", np.array([1.0, 0.0]))
    assert ours.mean() == pytest.approx(0.5)
    assert ours.std(ddof=1) == pytest.approx(0.1)


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize(("normalisation", "middle"), [("min-max", 0.505), ("z-score", 0.5)])
def test_equal_groups_are_in_the_middle(
    normalisation: str, middle: float, aggregation: str
) -> None:
    equal = np.array([[0.1 + 0.2, 0.7], [0.3, 0.7]])
    ours = index(equal, normalisation, aggregation, np.array([0.5, 0.5]))
    np.testing.assert_allclose(ours, middle, rtol=1e-14)


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic"])
@pytest.mark.parametrize("lowest", [0.0, -0.1])
def test_nothing_makes_up_for_a_standard_at_zero(aggregation: str, lowest: float) -> None:
    ours = index(np.array([[lowest, 1.0], [0.4, 0.4]]), "none", aggregation, np.array([0.5, 0.5]))
    np.testing.assert_allclose(ours, [0, 0.4], rtol=1e-14)


def test_draws_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(3)
    values, weights = rng.random((40, 4, 3)), rng.dirichlet(np.ones(3), 40)
    codes = rng.integers(3, size=(2, 40))
    together = indices(values, Methods(weights, *codes))
    for draw in range(40):
        one = slice(draw, draw + 1)
        alone = indices(values[one], Methods(weights[one], *codes[:, one]))
        np.testing.assert_array_equal(alone[0], together[draw])


def test_equal_groups_share_the_best_rank() -> None:
    assert ranks(np.array([0.5, 0.7, 0.5, 0.7, 0.1])).tolist() == [3, 1, 3, 1, 5]
    assert ranks(np.array([[0.1, 0.2], [0.2, 0.2]])).tolist() == [[2, 1], [1, 1]]


def test_sums_in_another_order_are_equal() -> None:
    assert ranks(np.array([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.4])).tolist() == [1, 1, 3]


@given(MANY)
def test_a_rank_is_one_more_than_the_groups_above(values: list[float]) -> None:
    above = [1 + sum(other > value for other in values) for value in values]
    assert ranks(np.array(values)).tolist() == above
