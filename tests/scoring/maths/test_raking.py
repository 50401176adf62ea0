"""Raking from sums meets every margin, as raking person by person does, and refuses what cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.matrix import Floats
from scoring.maths.raking import MOST_ITERATIONS, Margin, RakeCell, numbered, rake
from scoring.maths.weighting import WeightingError
from tests.scoring.maths import raked

SEX = Margin("sex", {"f": 40.0, "m": 60.0})
AGE = Margin("age", {"young": 30.0, "old": 70.0})
CROSS = [("f", "young"), ("f", "old"), ("m", "young"), ("m", "old")]


@dataclass(frozen=True)
class Survey:
    """People whose margins are those of weights above 0, so that raking them is possible."""

    weights: Floats
    cells: list[RakeCell]
    margins: list[Margin]

    def sums(self) -> tuple[tuple[RakeCell, ...], Floats]:
        cells, cell = numbered(self.cells)
        return cells, raked.summed(self.weights, cell)


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    people = draw(st.integers(1, 40))
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    classes = np.stack([random.integers(0, levels, people) for levels in shape], axis=1)
    cells = [tuple(map(str, row)) for row in classes.tolist()]
    weights = random.lognormal(0, draw(st.floats(0, 1)), people)
    wanted = weights * random.lognormal(5, draw(st.floats(0, 1)), people)
    margins = [
        Margin(f"margin {place}", people_by_class([cell[place] for cell in cells], wanted))
        for place in range(len(shape))
    ]
    return Survey(weights, cells, margins)


def people_by_class(levels: Sequence[str], weights: Floats) -> dict[str, float]:
    found = np.array(levels)
    return {level: float(weights[found == level].sum()) for level in sorted(set(levels))}


def fitted_by_proportion(survey: Survey) -> Floats:
    """The weights (people,) by iterative proportional fitting of Deming and Stephan (1940)."""
    weights = survey.weights.copy()
    for _ in range(20_000):
        before = weights.copy()
        for place, margin in enumerate(survey.margins):
            levels = np.array([cell[place] for cell in survey.cells])
            for level, target in margin.targets.items():
                weights[levels == level] *= target / weights[levels == level].sum()
        if np.abs(weights / before - 1).max() < 1e-14:
            break
    return weights


@settings(max_examples=60)
@given(surveys())
def test_every_margin_is_met(survey: Survey) -> None:
    cells, W = survey.sums()
    raking = rake(survey.margins, cells, W)
    assert raking.largest_difference <= 1e-12
    for place, margin in enumerate(survey.margins):
        found = people_by_class([cell[place] for cell in cells], W * raking.factors)
        assert found == pytest.approx(margin.targets, rel=1e-11)


@settings(max_examples=60)
@given(surveys())
def test_people_get_the_weights_of_raking_them_one_by_one(survey: Survey) -> None:
    cells, cell = numbered(survey.cells)
    raking = rake(survey.margins, cells, raked.summed(survey.weights, cell))
    ours = survey.weights * raking.factors[cell]
    np.testing.assert_allclose(ours, fitted_by_proportion(survey), rtol=1e-8)


@settings(max_examples=40)
@given(surveys(), st.randoms(use_true_random=False))
def test_factors_do_not_depend_on_any_order(survey: Survey, random: Random) -> None:
    cells, W = survey.sums()
    order = list(range(len(cells)))
    random.shuffle(order)
    backwards = [Margin(m.name, dict(list(m.targets.items())[::-1])) for m in survey.margins[::-1]]
    ours = rake(survey.margins, cells, W).factors
    other = rake(backwards, [cells[place][::-1] for place in order], W[order]).factors
    np.testing.assert_allclose(other, ours[order], rtol=1e-9)


@settings(max_examples=40)
@given(surveys(), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_factors_follow_the_scale_of_weights_and_margins(
    survey: Survey, of_weights: float, of_margins: float
) -> None:
    cells, W = survey.sums()
    larger = [
        Margin(m.name, {level: n * of_margins for level, n in m.targets.items()})
        for m in survey.margins
    ]
    ours = rake(survey.margins, cells, W).factors * of_margins / of_weights
    np.testing.assert_allclose(rake(larger, cells, W * of_weights).factors, ours, rtol=1e-9)


@settings(max_examples=40)
@given(surveys())
def test_raking_twice_changes_nothing(survey: Survey) -> None:
    cells, W = survey.sums()
    once = rake(survey.margins, cells, W)
    again = rake(survey.margins, cells, W * once.factors)
    assert again.iterations == 0
    np.testing.assert_allclose(again.factors, 1, rtol=1e-11)


def test_the_golden_factors_are_those_of_r() -> None:
    raking = raked.design().raking
    assert raking.factors.min() == pytest.approx(raked.reference()["min_w_ratio"], rel=1e-9)
    assert raking.factors.max() == pytest.approx(raked.reference()["max_w_ratio"], rel=1e-9)
    assert raking.iterations <= 6


def test_one_margin_is_poststratification() -> None:
    raking = rake([SEX], [("f",), ("m",)], np.array([10.0, 5.0]))
    np.testing.assert_allclose(raking.factors, [4, 12], rtol=1e-14)


def test_a_margin_may_lie_within_another() -> None:
    region = Margin("region", {"east": 60.0, "west": 40.0})
    city = Margin("city", {"c1": 50.0, "c2": 10.0, "c3": 40.0})
    cells = [("east", "c1"), ("east", "c2"), ("west", "c3")]
    raking = rake([region, city], cells, np.array([1.0, 2.0, 4.0]))
    np.testing.assert_allclose(raking.factors, [50, 5, 10], rtol=1e-11)


def test_factors_may_be_far_from_one_another() -> None:
    margins = [Margin("sex", {"f": 1e-4, "m": 1.0}), Margin("age", {"young": 1e-3, "old": 0.9991})]
    raking = rake(margins, CROSS, np.array([1e3, 1.0, 1e3, 1.0]))
    assert raking.largest_difference <= 1e-12
    assert raking.factors.max() / raking.factors.min() > 1e6


def test_rounding_between_totals_does_not_matter() -> None:
    shares = Margin("shares", {"a": 0.1, "b": 0.2, "c": 0.7})
    same = Margin("same", {"all": 1.0})
    raking = rake([shares, same], [("a", "all"), ("b", "all"), ("c", "all")], np.ones(3))
    np.testing.assert_allclose(raking.factors, [0.1, 0.2, 0.7], rtol=1e-12)


@pytest.mark.parametrize("target", [0.0, -3.0, np.nan, np.inf])
def test_a_target_is_a_number_above_0(target: float) -> None:
    with pytest.raises(WeightingError, match="Margin “sex”: class “m” is to have"):
        rake([AGE, Margin("sex", {"f": 3.0, "m": target})], [("old", "f")], np.ones(1))


def test_a_margin_has_classes() -> None:
    with pytest.raises(WeightingError, match="Margin “sex”: give it at least one class"):
        rake([Margin("sex", {})], [("f",)], np.ones(1))


def test_margins_have_names_of_their_own() -> None:
    with pytest.raises(WeightingError, match="Margin “sex” is there twice; rename one"):
        rake([SEX, SEX], [("f", "f"), ("m", "m")], np.ones(2))


def test_there_is_a_margin() -> None:
    with pytest.raises(WeightingError, match="Give at least one margin"):
        rake([], [()], np.ones(1))


def test_a_class_without_people_is_named() -> None:
    with pytest.raises(WeightingError, match="Margin “age”: nobody in class “young” has a weight"):
        rake([SEX, AGE], [("f", "old"), ("m", "old")], np.ones(2))
    with pytest.raises(WeightingError, match="Margin “sex”: nobody in class “f” has a weight"):
        rake([SEX], [("f",), ("m",)], np.array([0.0, 1.0]))


def test_people_outside_the_classes_are_named() -> None:
    with pytest.raises(WeightingError, match="Margin “age”: people are in “rf”, which is none"):
        rake([SEX, AGE], [*CROSS, ("m", "rf")], np.ones(5))


def test_margins_have_one_total() -> None:
    other = Margin("age", {"young": 30.0, "old": 71.0})
    with pytest.raises(WeightingError, match=r"“sex” and “age” add up to 100\.0 and 101\.0; make"):
        rake([SEX, other], CROSS, np.ones(4))


def test_weights_are_no_less_than_0() -> None:
    with pytest.raises(WeightingError, match="Weight number 3 is -1"):
        rake([SEX, AGE], CROSS, np.array([1.0, 1.0, -1.0, 1.0]))


@pytest.mark.parametrize(
    "young",
    [
        30.0,  # women are all young, and 40
        40.0 - 1e-6,
        45.0,  # beyond any weight
    ],
)
def test_margins_that_contradict_the_sample_are_refused(young: float) -> None:
    cells = [("f", "young"), ("m", "old")]
    age = Margin("age", {"young": young, "old": 100 - young})
    with pytest.raises(WeightingError, match=f"after {MOST_ITERATIONS} iterations class “.*% off"):
        rake([SEX, age], cells, np.ones(2))


def test_a_solution_with_weights_of_0_is_none() -> None:
    """Only without young men could women of 40 be the 40 young ones."""
    age = Margin("age", {"young": 40.0, "old": 60.0})
    with pytest.raises(WeightingError, match="cannot all be met"):
        rake([SEX, age], [("f", "young"), ("m", "young"), ("m", "old")], np.ones(3))


def test_cells_are_numbered_in_their_order() -> None:
    cells, number = numbered([("m", "old"), ("f", "old"), ("m", "old")])
    assert cells == (("f", "old"), ("m", "old"))
    assert number.tolist() == [1, 0, 1]
