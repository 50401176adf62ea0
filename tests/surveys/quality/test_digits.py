"""Last and first digits."""

import json
from pathlib import Path

import numpy as np
import pytest

from surveys.quality import digits
from surveys.quality.fieldwork import Kind
from surveys.quality.finding import About, Check
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import make_fieldwork, make_question

DATA = Path(__file__).parents[2] / "data" / "quality"
REFERENCE = json.loads((DATA / "reliability.json").read_text(encoding="utf-8"))["benford"]


def test_first_digits_are_those_of_the_reference() -> None:
    found = digits.first_digits(np.array(REFERENCE["x"], dtype=float))
    assert found.counts.tolist() == REFERENCE["obs"]
    assert found.chi2 == pytest.approx(REFERENCE["chisq"], abs=1e-9)
    assert found.mad == pytest.approx(REFERENCE["mad"], abs=1e-9)


def test_only_amounts_over_two_orders_of_magnitude_follow_benford() -> None:
    random = np.random.default_rng(1)
    ages, wages = random.uniform(16, 80, 500), 10 ** random.uniform(1, 4, 500)
    assert not digits.is_amount(ages)
    assert not digits.is_amount(np.append(ages, 9_000))  # one slip of the keyboard
    assert digits.is_amount(wages)
    assert digits.first_digits(wages).mad < 0.015


def test_amounts_out_of_the_blue_are_found() -> None:
    random = np.random.default_rng(1)
    made_up = random.integers(3, 10, 500) * 10.0 ** random.integers(1, 4, 500)
    fieldwork = make_fieldwork(
        500, questions=[make_question("wage", made_up.tolist(), Kind.NUMBER)]
    )
    checks = [one.check for one in digits.find(fieldwork, Thresholds())]
    assert checks == [Check.FIRST_DIGITS, Check.HEAPING]


def test_who_rounds_more_than_the_others_is_found() -> None:
    random = np.random.default_rng(2)
    hours = random.integers(20, 80, 400).astype(float)
    who = [f"E{place % 8}" for place in range(400)]
    own = np.arange(0, 400, 8)
    hours[own] = np.round(hours[own] / 5) * 5
    question = make_question("hours", hours.tolist(), Kind.NUMBER)
    (found,) = digits.find(make_fieldwork(400, questions=[question], enumerator=who), Thresholds())
    assert (found.check, found.about, found.name) == (Check.HEAPING, About.ENUMERATOR, "E0")
    assert found.value == 5
    assert found.p is not None
    assert found.p < 1e-9


def test_few_different_numbers_do_not_heap() -> None:
    children = [float(place % 6) for place in range(300)]
    fieldwork = make_fieldwork(300, questions=[make_question("n", children, Kind.NUMBER)])
    assert list(digits.find(fieldwork, Thresholds())) == []


def test_few_amounts_and_those_that_follow_benford_are_no_doubt() -> None:
    random = np.random.default_rng(3)
    for size in (50, 500):
        wages = (10 ** random.uniform(1, 4, size)).round(2) + 0.001
        question = make_question("wage", wages.tolist(), Kind.NUMBER)
        assert list(digits.find(make_fieldwork(size, questions=[question]), Thresholds())) == []
