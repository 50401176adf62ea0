"""Sums are exact to the last bit, in any order."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import exact

AMOUNTS = st.floats(1e-6, 1e6) | st.floats(-1e6, -1e-6) | st.just(0.0)


@settings(max_examples=200)
@given(st.lists(AMOUNTS, min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_bits(amounts: list[float], random: object) -> None:
    shuffled = list(amounts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (
        exact.sums(np.array([some]), np.ones((1, len(some)))) for some in (amounts, shuffled)
    )
    assert first.tobytes() == second.tobytes()


@settings(max_examples=200)
@given(st.lists(AMOUNTS, min_size=1, max_size=60))
def test_as_near_as_exact_arithmetic(amounts: list[float]) -> None:
    [[found]] = exact.sums(np.array([amounts]), np.ones((1, len(amounts))))
    largest = max(map(abs, amounts))
    assert found == pytest.approx(math.fsum(amounts), rel=1e-15, abs=largest * 2.0**-70)


def test_each_group_has_its_own_sums() -> None:
    columns = np.array([[0.1, 0.2, 0.3], [1.0, 2.0, 4.0]])
    members = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    assert exact.sums(columns, members).tolist() == [[0.1 + 0.3, 5.0], [0.2, 2.0], [0.0, 0.0]]


def test_many_columns_are_summed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, members = np.random.default_rng(1).random((7, 5)), np.ones((2, 5))
    whole = exact.sums(columns, members)
    monkeypatch.setattr(exact, "AT_ONCE", 5)
    assert exact.sums(columns, members).tobytes() == whole.tobytes()


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        exact.sums(np.array([[np.nan]]), np.ones((1, 1)))
