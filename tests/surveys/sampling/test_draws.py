"""Samples have the chances that they say, and can be drawn again anywhere."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.sampling.chance import number
from surveys.sampling.draws import Selection, draw, probabilities, walk
from surveys.sampling.frame import FrameUnit
from surveys.sampling.plan import Allocation, Method, Order, Plan
from tests.surveys.sampling.frames import SIZES, frame, frames, plans

VILLAGES = [20, 30, 25, 15, 40, 10, 60, 50]  # 250 households
SKEWED = [2, 3, 5, 8, 12, 20, 30, 120]


def codes(selections: tuple[Selection, ...]) -> list[str]:
    return [one.unit.code for one in selections]


def test_pps_by_hand() -> None:
    """4 of 250 households' villages: interval 62.5, from 25 on: 25, 87.5, 150, 212.5 of the sums
    20, 50, 75, 90, 130, 140, 200, 250 are in villages 2, 4, 7 and 8.
    """
    chances = probabilities([Fraction(size) for size in VILLAGES], 4)
    assert [float(chance) for chance in chances] == [size / 62.5 for size in VILLAGES]
    assert walk(chances, Fraction(25) / Fraction("62.5")) == [1, 3, 6, 7]


def test_units_too_large_for_their_share_are_certain() -> None:
    """Of 200, 3 wanted: 120 > 200 / 3; then of 80, 2 wanted: no size reaches 40."""
    chances = probabilities([Fraction(size) for size in SKEWED], 3)
    assert chances == [Fraction(size, 40) for size in SKEWED[:-1]] + [1]


def test_units_may_become_certain_once_others_are() -> None:
    """Of 150, 3 wanted: 90 > 150 / 3; then of 60, 2 wanted: 40 > 60 / 2; then of 20, one."""
    assert probabilities([Fraction(s) for s in (90, 40, 10, 10)], 3) == [
        1,
        1,
        Fraction(1, 2),
        Fraction(1, 2),
    ]


def test_a_point_on_the_border_is_in_the_unit_that_begins_there() -> None:
    assert walk([Fraction(1, 2)] * 4, Fraction(1, 2)) == [1, 3]
    assert walk([Fraction(1, 2)] * 4, Fraction(0)) == [0, 2]


def test_simple_takes_the_smallest_numbers() -> None:
    units = frame({"a": [1.0] * 9})
    ordered = sorted((unit.code for unit in units), key=lambda code: number(5, "a", code))
    drawn = draw(units, Plan(Method.SIMPLE, 4, replacements=3), seed=5)
    assert codes(drawn.selected) == ordered[:4]
    assert codes(drawn.replacements) == ordered[4:7]
    assert [one.place for one in drawn.replacements] == [1, 2, 3]


def test_a_draw_of_last_year_is_the_same_today() -> None:
    units = frame({"a": SKEWED, "b": [5, 5, 5]})
    drawn = draw(units, Plan(Method.PPS, 5, replacements=1), seed=2026)
    assert codes(drawn.selected) == ["a5", "a6", "a7", "a8", "b2"]
    assert codes(drawn.replacements) == ["a3", "b3"]


def test_listed_order_spreads_the_sample_over_cities() -> None:
    units = [FrameUnit(f"u{n:02}", city=f"c{n % 4}") for n in range(20)]
    for seed in range(20):
        drawn = draw(units, Plan(Method.SYSTEMATIC, 4), seed)
        assert [one.unit.city for one in drawn.selected] == ["c0", "c1", "c2", "c3"]


def test_larger_units_come_in_sooner_as_replacements() -> None:
    drawn = draw(frame({"a": SKEWED}), Plan(Method.PPS, 2, replacements=6), seed=1)
    turns = [number(1, "a", one.unit.code) / (one.unit.size or 0) for one in drawn.replacements]
    assert len(turns) == 6
    assert turns == sorted(turns)


def test_strata_say_what_a_variance_needs() -> None:
    drawn = draw(frame({"a": SKEWED, "b": [5, 5, 5]}), Plan(Method.PPS, 5, fewest=2), seed=1)
    a, b = drawn.strata
    assert (a.population, a.size, len(a.selected), a.fraction) == (8, 200, 3, 3 / 8)
    assert (b.population, b.fraction) == (3, 2 / 3)
    assert [one.unit.code for one in a.selected if one.is_certain] == ["a8"]
    assert b.selected[0].weight == pytest.approx(1.5)


@given(st.lists(SIZES, min_size=1, max_size=30), st.data())
def test_probabilities_add_up_to_n_exactly(sizes: list[float], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(sizes)))
    chances = probabilities([Fraction(size) for size in sizes], n)
    assert sum(chances) == n
    assert all(0 < chance <= 1 for chance in chances)
    sampled = [(size, chance) for size, chance in zip(sizes, chances, strict=True) if chance < 1]
    assert len({chance / Fraction(size) for size, chance in sampled}) <= 1
    start = data.draw(st.fractions(0, 1).filter(lambda start: start < 1))
    assert len(set(walk(chances, start))) == n


@settings(max_examples=40)
@given(st.data())
def test_a_draw_depends_on_the_units_and_not_on_their_order(data: st.DataObject) -> None:
    units = data.draw(frames())
    plan = data.draw(plans(units))
    drawn = draw(units, plan, seed=3)
    assert drawn == draw(data.draw(st.permutations(units)), plan, seed=3)
    chosen, reserve = codes(drawn.selected), codes(drawn.replacements)
    assert len(set(chosen)) == plan.units
    assert len(set(chosen + reserve)) == len(chosen) + len(reserve)
    for stratum in drawn.strata:
        left = stratum.population - len(stratum.selected)
        assert len(stratum.replacements) == min(plan.replacements, left)
        both = stratum.selected + stratum.replacements
        assert {one.unit.stratum for one in both} == {stratum.name}
        assert all(0 < one.probability <= 1 for one in both)
        assert not any(one.is_certain for one in stratum.replacements)


def test_a_new_unit_leaves_the_numbers_of_the_others() -> None:
    """Of a simple draw at most one unit gives way."""
    units = frame({"a": [1.0] * 30})
    plan = Plan(Method.SIMPLE, 10)
    before = set(codes(draw(units, plan, 1).selected))
    for code in range(10):
        after = set(codes(draw([*units, FrameUnit(f"new{code}", "a")], plan, 1).selected))
        assert len(before - after) <= 1


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("method", Method)
def test_frequencies_over_many_seeds_agree_with_the_probabilities(
    method: Method, order: Order
) -> None:
    units = frame({"a": SKEWED})
    plan = Plan(method, 3, order=order)
    seeds = 800
    drawn = [draw(units, plan, seed) for seed in range(seeds)]
    found = Counter(code for one in drawn for code in codes(one.selected))
    stated = {one.unit.code: one.probability for each in drawn for one in each.selected}
    assert sum(stated.values()) == pytest.approx(3)
    for code, pi in stated.items():
        assert abs(found[code] - seeds * pi) <= 4 * sqrt(seeds * pi * (1 - pi))


@settings(max_examples=10)
@given(st.lists(SIZES, min_size=4, max_size=8))
def test_weights_estimate_the_number_of_units_without_bias(sizes: list[float]) -> None:
    """Horvitz-Thompson over every start of a systematic draw: the total of sizes is met exactly."""
    chances = probabilities([Fraction(size) for size in sizes], 3)
    borders = sorted({sum(chances[:n], Fraction(0)) % 1 for n in range(len(sizes))} | {Fraction(1)})
    mean = Fraction(0)
    for low, high in pairwise(borders):
        met = walk(chances, (low + high) / 2)
        mean += (high - low) * sum(Fraction(sizes[place]) / chances[place] for place in met)
    assert mean == sum(map(Fraction, sizes))


def test_fixed_numbers_are_drawn_as_they_are() -> None:
    plan = Plan(Method.SYSTEMATIC, allocation=Allocation.FIXED, fixed={"a": 2, "b": 3})
    drawn = draw(frame({"a": SKEWED, "b": [5, 5, 5]}), plan, 9)
    assert [len(stratum.selected) for stratum in drawn.strata] == [2, 3]
    assert all(one.is_certain for one in drawn.strata[1].selected)
