"""Design weights, Kish's effective size and the record of a stage."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths import weighting
from scoring.maths.estimate import mean
from scoring.maths.matrix import Floats
from scoring.maths.weighting import (
    Stage,
    WeightingError,
    design_effect,
    design_weights,
    effective_size,
)
from tests.scoring.maths import golden

WEIGHTS = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40).map(np.array)


def test_a_weight_is_one_over_the_product_of_the_stages() -> None:
    probabilities = {"site": np.array([0.5, 0.25]), "person": np.array([0.1, 1.0])}
    np.testing.assert_allclose(design_weights(probabilities), [20, 4], rtol=1e-15)


def test_a_stage_may_have_one_probability_for_all() -> None:
    weights = design_weights({"site": np.array(0.5), "person": np.array([0.1, 0.2])})
    np.testing.assert_allclose(weights, [20, 10], rtol=1e-15)


@pytest.mark.parametrize("p", [0.0, -0.1, 1.0000001, np.nan, np.inf])
def test_no_other_probability_is_taken(p: float) -> None:
    with pytest.raises(WeightingError, match="“person”: selection probability number 2 is"):
        design_weights({"site": np.ones(2), "person": np.array([1.0, p])})


def test_without_stages_there_is_no_weight() -> None:
    with pytest.raises(WeightingError, match="at least one stage"):
        design_weights({})


def test_a_stage_is_described() -> None:
    ours = weighting.stage("design", np.array([1.0, 2.0, 0.0, 3.0, 6.0]))
    assert ours == Stage("design", 4, 12, 1, 2.5, 6, kish=144 / 50, cv=ours.cv)
    assert ours.cv == pytest.approx(np.std([1, 2, 3, 6]) / 3, rel=1e-14)
    assert ours.design_effect == pytest.approx(1 + ours.cv**2, rel=1e-14)


def test_equal_weights_lose_nobody() -> None:
    ours = weighting.stage("design", np.full(7, 0.1))
    assert (ours.kish, ours.cv, ours.design_effect) == (7, 0, 1)


def test_the_effective_size_is_that_of_a_sample_without_design() -> None:
    w = golden.person_weights()
    sums = golden.totals(np.ones(len(w)), w, golden.psus(), len(golden.sites()))
    assert effective_size(w) == pytest.approx(mean(sums, None).n_eff, rel=1e-13)


@given(WEIGHTS)
def test_the_design_effect_is_one_plus_the_squared_variation(weights: Floats) -> None:
    variation = weights.std() / weights.mean()
    assert design_effect(weights) == pytest.approx(1 + variation**2, rel=1e-9)
    assert weighting.stage("any", weights).cv == pytest.approx(variation, rel=1e-6, abs=1e-6)


@given(WEIGHTS, st.floats(1e-3, 1e200), st.randoms(use_true_random=False))
def test_the_effective_size_knows_no_scale_and_no_order(
    weights: Floats, scale: float, random: Random
) -> None:
    shuffled = weights.tolist()
    random.shuffle(shuffled)
    assert effective_size(np.array(shuffled) * scale) == pytest.approx(
        effective_size(weights), rel=1e-12
    )


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0, -0.5], "Weight number 2 is -0.5; make it"),
        ([np.nan], "Weight number 1 is nan; make it"),
        ([1.0, np.inf], "Weight number 2 is inf; make it"),
        ([0.0, 0.0], "Nobody has a weight above 0."),
        ([], "Nobody has a weight above 0."),
    ],
)
def test_what_is_no_weight_is_refused(weights: list[float], message: str) -> None:
    with pytest.raises(WeightingError, match=message):
        weighting.stage("design", np.array(weights))
