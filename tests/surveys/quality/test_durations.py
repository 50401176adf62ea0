"""Interviews that were over too soon."""

from dataclasses import replace

import numpy as np

from surveys.quality import durations
from surveys.quality.finding import Check, Finding, Severity
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import NOON, floats, make_fieldwork, make_question

SIZE = 40
USUAL = [1_200.0 + place for place in range(SIZE)]


def found_of(
    seconds: list[float], thresholds: Thresholds | None = None, **columns: object
) -> list[Finding]:
    start = [NOON + 7_200 * place for place in range(len(seconds))]
    end = [began + took for began, took in zip(start, seconds, strict=True)]
    fieldwork = make_fieldwork(len(seconds), start=start, end=end, **columns)
    return list(durations.find(fieldwork, thresholds or Thresholds()))


def test_less_than_half_the_median_is_an_alert() -> None:
    (found,) = found_of([*USUAL, 600.0])
    assert (found.check, found.severity, found.name) == (
        Check.SHORT_INTERVIEW, Severity.ALERT, "I40",
    )  # fmt: skip
    assert (found.value, found.expected, found.threshold) == (600, 1_219, 609.5)


def test_the_median_is_that_of_the_same_form_version() -> None:
    hurried = [0.4 * usual for usual in USUAL]
    assert found_of([*USUAL, *hurried], version=["1"] * SIZE + ["2"] * SIZE) == []


def test_a_version_of_few_interviews_is_compared_with_all() -> None:
    hurried = [0.4 * usual for usual in USUAL[:5]]
    assert len(found_of([*USUAL, *hurried], version=["1"] * SIZE + ["2"] * 5)) == 5


def test_among_the_shortest_of_many_is_a_note() -> None:
    found = found_of(np.linspace(1_000, 1_400, 300).tolist())
    assert [(one.name, one.severity) for one in found] == [
        (name, Severity.NOTE) for name in ("I0", "I1", "I2")
    ]
    assert found_of(np.linspace(1_000, 1_400, 99).tolist()) == []


def test_far_too_long_is_a_note() -> None:
    (found,) = found_of([*USUAL, 4_000.0])
    assert (found.check, found.name) == (Check.LONG_INTERVIEW, "I40")


def test_a_section_is_short_for_the_questions_it_asked() -> None:
    asked_less: list[float | None] = [*([1.0] * (SIZE - 2)), None, 1.0]
    questions = [make_question(name, [1.0] * SIZE, section="b") for name in ("q", "r")]
    questions += [make_question(name, asked_less, section="b") for name in ("s", "t")]
    seconds = floats([100.0] * (SIZE - 2) + [24.0, 24.0])
    (found,) = found_of(USUAL, questions=questions, section_s={"b": seconds})
    assert (found.check, found.name, found.question) == (Check.SHORT_SECTION, "I39", "b")


def test_questions_that_were_hardly_looked_at() -> None:
    seconds = floats([10.0] * (SIZE - 1) + [1.0])
    slow = floats([10.0] * SIZE)
    hurried = [make_question(f"q{n}", [1.0] * SIZE, seconds=seconds) for n in range(4)]
    calm = [make_question(f"r{n}", [1.0] * SIZE, seconds=slow) for n in range(8)]
    (found,) = found_of(USUAL, questions=[*hurried, *calm])
    assert (found.check, found.name) == (Check.SHORT_QUESTION, "I39")
    assert found.value == 4 / 12
    assert (
        found_of(
            USUAL, replace(Thresholds(), short_questions_share=0.4), questions=[*hurried, *calm]
        )
        == []
    )
