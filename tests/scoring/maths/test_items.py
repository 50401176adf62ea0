"""Answers become item scores: all 1,200 golden people exactly, and the rules about missing answers."""

import pytest

from scoring.maths.items import levels, score_items
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from scoring.maths.scheme import SchemeSpec
from tests.scoring.maths import golden
from tests.scoring.maths.small import small_scheme


@pytest.fixture
def scheme() -> SchemeSpec:
    implied = [{"when": {"A_0": "yes"}, "items": ["A_2"], "score": 12}]
    return small_scheme({"A": 3}, implied=implied)


def test_all_golden_item_scores_are_exact() -> None:
    names = [item.name for item in golden.scheme().items]
    expected = [[int(row[f"i_{name}"]) for name in names] for row in golden.rows("person_scores")]
    assert golden.items().tolist() == expected


@pytest.mark.parametrize("answer", ["", "  ", "dk", "rf", "no rf", "other"])
def test_an_answer_that_says_nothing_is_missing(scheme: SchemeSpec, answer: str) -> None:
    answers = {"A_0": answer, "A_1": "yes", "A_2": "no"}
    assert list(score_items(scheme, answers, frozenset(), {})) == [MISSING, 12, 0]


def test_an_absent_answer_is_missing(scheme: SchemeSpec) -> None:
    assert list(score_items(scheme, {}, frozenset(), {})) == [MISSING] * 3


def test_a_skipped_question_does_not_apply_whatever_it_holds(scheme: SchemeSpec) -> None:
    answers = {"A_0": "no", "A_1": "yes", "A_2": "no"}
    assert list(score_items(scheme, answers, frozenset({"A_1"}), {})) == [0, NOT_APPLICABLE, 0]


@pytest.mark.parametrize("skipped", [frozenset(), frozenset({"A_2"})])
def test_an_implied_score_needs_no_answer(scheme: SchemeSpec, skipped: frozenset[str]) -> None:
    assert list(score_items(scheme, {"A_0": "yes", "A_1": "no"}, skipped, {})) == [12, 0, 12]


def test_levels_are_answers_bands_and_design_columns() -> None:
    answers = {"a1": "c01", "a2": "30", "a3": "f", "a8": "4.9", "a10": "own", "a11": "cons"}
    found = levels(golden.scheme(), answers, frozenset(), {"stratum": "east"})
    assert found == {
        "stratum": "east",
        "a1": "c01",
        "a3": "f",
        "age": "30-39",
        "a4": None,
        "a5": None,
        "yrs": "2-4",
        "a10": "own",
        "a11": "cons",
    }


@pytest.mark.parametrize(
    ("years", "level"),
    [("0", "<2"), ("1.9", "<2"), ("2", "2-4"), ("5", "5-9"), ("10", "10+"), ("x", None)],
)
def test_years_fall_into_bands(years: str, level: str | None) -> None:
    assert levels(golden.scheme(), {"a8": years}, frozenset(), {})["yrs"] == level


def test_unknown_refused_and_skipped_answers_have_no_level() -> None:
    answers = {"a3": "rf", "a5": "dk", "a11": "cons"}
    found = levels(golden.scheme(), answers, frozenset({"a11"}), {})
    assert set(found.values()) == {None}
