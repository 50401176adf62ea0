"""A change of a mean parted in steps: the parts add up, as computed and as shown."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.change import State, apportioned, change

NAN = math.nan


def state(values: list[float], weights: list[float]) -> State:
    return State(np.array(values), np.array(weights))


THEN = state([0.0, 1.0, 0.5, NAN], [1, 1, 2, 4])
CORRECTED = state([1.0, 1.0, NAN, NAN], [1, 1, 2, 4])
WITH_NEW = state([1.0, 1.0, NAN, 0.0], [1, 1, 2, 4])
REWEIGHTED = state([1.0, 1.0, NAN, 0.0], [1, 1, 2, 2])


def test_each_step_is_the_mean_after_it_less_the_mean_before_it() -> None:
    found = change([THEN, CORRECTED, WITH_NEW, REWEIGHTED])
    assert found is not None
    assert (found.then, found.now, found.n_then, found.n_now) == (0.5, 0.5, 3, 3)
    assert [step.amount for step in found.steps] == pytest.approx([0.5, -2 / 3, 1 / 6])
    assert [step.people for step in found.steps] == [2, 1, 1]
    assert found.people == 3


def test_the_amounts_add_up_to_the_change() -> None:
    random = np.random.default_rng(1)
    states = [State(random.random(500), random.random(500)) for _ in range(5)]
    found = change(states)
    assert found is not None
    assert math.fsum(step.amount for step in found.steps) == pytest.approx(found.total, abs=1e-15)


def test_who_does_not_count_concerns_nobody() -> None:
    found = change([state([0.5, NAN], [1, 1]), state([0.5, NAN], [1, 7])])
    assert found is not None
    assert (found.steps[0].people, found.people, found.total) == (0, 0, 0.0)


def test_without_anybody_at_a_stage_there_is_no_change_to_part() -> None:
    assert change([state([NAN], [1]), state([1.0], [1])]) is None
    assert change([state([1.0], [0]), state([1.0], [1])]) is None


def test_rounded_parts_add_up_to_the_rounded_whole() -> None:
    assert apportioned([0.4, 0.4, 0.4], 1, 1.0) == [1, 0, 0]
    assert apportioned([-1.46, 0.21, 0.0], -1, 1.0) == [-1, 0, 0]
    assert apportioned([0.0, 0.0], 0, 0.1) == [0, 0]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.sampled_from([1, 3]))
def test_what_is_shown_then_and_the_parts_add_up_to_what_is_shown_now(
    means: list[float], digits: int
) -> None:
    amounts = [after - before for before, after in pairwise(means)]
    scale = 10**digits
    whole = round(means[-1] * scale) - round(means[0] * scale)
    parts = apportioned(amounts, whole, 1 / scale)
    assert sum(parts) == whole
    for part, amount in zip(parts, amounts, strict=True):
        assert abs(part - amount * scale) <= 1 + 1e-6
        assert amount or part == 0
