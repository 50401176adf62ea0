"""Thresholds of a survey, and what is wrong with them."""

import pytest

from surveys.quality.thresholds import ThresholdFault, Thresholds, parse


def test_what_is_given_replaces_the_default() -> None:
    thresholds, faults = parse(
        {"short_part": 0.4, "most_a_day": "8", "far_m": None, "iqr_times": ""}
    )
    assert faults == ()
    assert (thresholds.short_part, thresholds.most_a_day) == (0.4, 8.0)
    assert thresholds.far_m == Thresholds().far_m
    assert parse({}) == (Thresholds(), ())


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        ("shrt_part", 1, "unknown"),
        ("short_part", "half", "not_a_number"),
        ("short_part", True, "not_a_number"),
        ("short_part", float("nan"), "not_a_number"),
        ("short_part", -0.1, "too_small"),
        ("short_part", 1.5, "too_large"),
    ],
)
def test_what_has_a_fault_keeps_its_default(name: str, given: object, problem: str) -> None:
    thresholds, faults = parse({name: given, "far_m": 500})
    assert [fault.problem for fault in faults] == [problem]
    assert (thresholds.short_part, thresholds.far_m) == (Thresholds().short_part, 500)


def test_a_fault_says_what_is_possible() -> None:
    assert parse({"short_part": 2})[1] == (ThresholdFault("short_part", "too_large", 0, 1),)
