"""Segments that may be told of, and those that are put together."""

import numpy as np
import pytest

from scoring.maths.matrix import Integers
from scoring.maths.segments import told_apart


def psus(*people: int) -> Integers:
    """So many people of each segment in each of three PSUs."""
    return np.array([people] * 3, dtype=np.int64)


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (psus(4, 5, 6), psus(6, 5, 4), [[0], [1], [2]]),
        (psus(4, 5, 0), psus(6, 5, 0), [[0], [1]]),  # nobody has the third
        (psus(4, 2, 2, 9), psus(4, 2, 2, 9), [[0], [3], [1, 2]]),
        (
            psus(9, 4, 1),
            psus(9, 5, 1),
            [[0], [1, 2]],
        ),  # the small one alone would tell: it takes in one
        (psus(4, 1), psus(4, 1), [[0, 1]]),
        (psus(9, 0), psus(0, 9), [[0, 1]]),  # nobody to compare with
        (psus(1, 1), psus(1, 1), [[0, 1]]),
    ],
)
def test_small_segments_are_told_as_one(a: Integers, b: Integers, told: list[list[int]]) -> None:
    assert told_apart(a, b) == told
    assert told_apart(b, a) == told


def test_many_people_in_two_areas_are_few() -> None:
    a = np.array([[20, 20], [20, 20], [0, 20]], dtype=np.int64)
    assert told_apart(a, psus(20, 20)) == [[0, 1]]


def test_who_is_in_none_of_them_is_no_segment() -> None:
    assert told_apart(psus(0, 0), psus(0, 0)) == []
