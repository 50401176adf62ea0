"""Trimmed weights keep the bounds and the margins, or say that they do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.matrix import Floats
from scoring.maths.raking import Margin, RakeCell, Raking
from scoring.maths.trimming import MOST_ROUNDS, Trimming, bounds, trim
from scoring.maths.weighting import WeightingError
from tests.scoring.maths import golden, raked


def uneven(seed: int, spread: float) -> Floats:
    noise = np.random.default_rng(seed).lognormal(0, spread, len(golden.person_weights()))
    return np.asarray(golden.person_weights() * noise)


def misses(trimming: Trimming, margins: list[Margin]) -> float:
    """By what part the trimmed weights miss a class at most."""
    raking: Raking = trimming.raking
    targets = [n for margin in margins for n in margin.targets.values()]
    people = np.bincount(trimming.cell, trimming.weights) @ raking.indicators
    return float(np.abs(people / targets - 1).max())


def test_weights_within_the_bounds_are_only_raked() -> None:
    weights = uneven(0, 0.1) / golden.person_weights()
    ours = trim(weights, raked.people_cells(), raked.margins())
    assert (ours.rounds, ours.is_within, ours.trimmed) == (0, True, 0)
    np.testing.assert_array_equal(ours.base, weights)
    assert misses(ours, raked.margins()) <= 1e-11


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.floats(0.5, 1.5))
def test_bounds_and_margins_both_hold(seed: int, spread: float) -> None:
    ours = trim(uneven(seed, spread), raked.people_cells(), raked.margins())
    low, high = bounds(ours.weights)
    assert ours.is_within
    assert ours.weights.min() >= low * (1 - 1e-6)
    assert ours.weights.max() <= high * (1 + 1e-6)
    assert misses(ours, raked.margins()) <= 1e-11
    np.testing.assert_array_equal(ours.weights, ours.base * ours.raking.factors[ours.cell])


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_trimming_twice_changes_nothing(seed: int) -> None:
    once = trim(uneven(seed, 1), raked.people_cells(), raked.margins())
    again = trim(once.weights, raked.people_cells(), raked.margins())
    assert (again.rounds, again.trimmed) == (0, 0)
    np.testing.assert_allclose(again.weights, once.weights, rtol=1e-11)


def test_the_share_trimmed_is_reported() -> None:
    weights = np.array([10.0] * 18 + [100.0, 0.5])
    cells: list[RakeCell] = [("all",)] * 20
    ours = trim(weights, cells, [Margin("all", {"all": 1000.0})])
    assert (ours.raised, ours.lowered, ours.trimmed) == (1 / 20, 1 / 20, 1 / 10)
    assert ours.rounds == 1
    np.testing.assert_allclose(ours.weights * 232 / 1000, [10.0] * 18 + [50.0, 2.0], rtol=1e-12)


def test_margins_go_before_bounds_that_cannot_be_kept() -> None:
    """One man for half the people."""
    margins = [Margin("sex", {"f": 500.0, "m": 500.0})]
    cells: list[RakeCell] = [*[("f",)] * 19, ("m",)]
    ours = trim(np.ones(20), cells, margins)
    assert not ours.is_within
    assert ours.rounds == MOST_ROUNDS
    assert ours.weights[-1] == pytest.approx(500)
    assert misses(ours, margins) <= 1e-12


def test_people_without_a_weight_are_left_out_beforehand() -> None:
    with pytest.raises(WeightingError, match="Weight number 2 is 0; leave out"):
        trim(np.array([1.0, 0.0]), [("f",), ("m",)], [Margin("sex", {"f": 1.0, "m": 1.0})])
