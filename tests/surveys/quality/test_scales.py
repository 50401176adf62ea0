"""Statements answered in a straight line."""

import numpy as np

from surveys.quality import scales
from surveys.quality.finding import Check, Severity
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import NAN, make_fieldwork, make_question

ROWS: list[list[float]] = [[1, 1, 1, 1, 1], [1, 2, 1, 2, 1], [1, 2, 2, 2, 2], [3, 3, 3, 3, NAN]]


def test_the_longest_run_of_each() -> None:
    answers = np.array(ROWS)
    assert scales.longest_run(answers).tolist() == [5, 1, 4, 4]
    assert scales.is_straight(answers).tolist() == [True, False, False, False]


def test_one_answer_also_to_the_reversed_statement_is_more_than_a_note() -> None:
    def found(*, reverses: bool) -> list[tuple[Check, Severity, str]]:
        items = [
            make_question(
                f"p{n}", [row[n] for row in ROWS], battery="g", is_reversed=reverses and n == 3
            )
            for n in range(5)
        ]
        fieldwork = make_fieldwork(4, questions=items)
        return [(one.check, one.severity, one.name) for one in scales.find(fieldwork, Thresholds())]

    assert found(reverses=True) == [(Check.STRAIGHT_LINE, Severity.WATCH, "I0")]
    assert found(reverses=False) == [(Check.STRAIGHT_LINE, Severity.NOTE, "I0")]


def test_the_share_of_batteries_is_unknown_without_any() -> None:
    assert np.isnan(scales.straight_share(make_fieldwork(2))).all()


def test_two_statements_are_no_battery() -> None:
    items = [make_question(f"p{n}", [1.0, 1.0], battery="g") for n in range(2)]
    assert list(scales.find(make_fieldwork(2, questions=items), Thresholds())) == []
