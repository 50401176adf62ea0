"""Each rule gives the score that the instrument says, and `MISSING` for what it cannot judge."""

from fractions import Fraction

import pytest

from scoring.maths.rules import (
    MISSING,
    NOT_APPLICABLE,
    Bands,
    ChoiceScores,
    CountSelected,
    IncomeRatio,
    PerPersonBands,
    Steps,
)

CITY = {"average_wage": 8300.0, "minimum_wage": 2340.0}
THIRDS = Steps((Fraction(1, 3), Fraction(2, 3)), (0, 6, 12))


@pytest.mark.parametrize(
    ("answer", "score"), [("yes", 12), (" no ", 0), ("home", NOT_APPLICABLE), ("new", MISSING)]
)
def test_a_choice_has_its_own_score(answer: str, score: int) -> None:
    rule = ChoiceScores({"yes": 12, "no": 0, "home": NOT_APPLICABLE})
    assert rule.score(answer, {}, {}) == score


@pytest.mark.parametrize(
    ("answer", "score"),
    [("0", 0), ("5", 0), ("5.9", 0), ("6", 3), ("12", 12), ("1e3", 12), ("many", MISSING)],
)
def test_a_bound_belongs_to_the_band_above(answer: str, score: int) -> None:
    assert Bands(Steps((Fraction(6), Fraction(12)), (0, 3, 12))).score(answer, {}, {}) == score


@pytest.mark.parametrize("answer", ["nan", "inf", "-inf", ""])
def test_what_is_no_finite_number_cannot_be_judged(answer: str) -> None:
    assert Bands(Steps((Fraction(6),), (0, 12))).score(answer, {}, {}) == MISSING


@pytest.mark.parametrize(
    ("area", "people", "score"),
    [
        ("24.9", "5", 0),
        ("25", "5", 6),
        ("65", "5", 12),
        ("64.9", "5", 6),
        ("", "5", MISSING),
        ("rf", "5", MISSING),
        ("30", "0", MISSING),
        ("30", "some", MISSING),
    ],
)
def test_area_is_divided_by_people(area: str, people: str, score: int) -> None:
    rule = PerPersonBands("area", Steps((Fraction(5), Fraction(13)), (0, 6, 12)))
    assert rule.score(people, {"area": area}, {}) == score


def test_an_area_that_is_absent_cannot_be_judged() -> None:
    assert PerPersonBands("area", THIRDS).score("3", {}, {}) == MISSING


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("none", 12),
        ("leak", 6),
        ("leak fire", 0),
        ("fire crowd leak", 0),
        ("none leak", 6),
        ("other", MISSING),
    ],
)
def test_selected_options_are_counted(answer: str, score: int) -> None:
    rule = CountSelected(frozenset({"leak", "fire", "crowd"}), "none", (12, 6, 0))
    assert rule.score(answer, {}, {}) == score


@pytest.mark.parametrize(
    ("band", "score"), [("poor", 0), ("low", 3), ("middle", 6), ("high", 12), ("new", MISSING)]
)
def test_income_is_compared_to_the_city(band: str, score: int) -> None:
    midpoints = {"poor": 2339.0, "low": 2340.0, "middle": 4980.0, "high": 8300.0}
    steps = Steps((Fraction(3, 5), Fraction(1)), (3, 6, 12))
    rule = IncomeRatio(midpoints, "average_wage", "minimum_wage", steps)
    assert rule.score(band, {}, CITY) == score


@pytest.mark.parametrize(
    "city",
    [{}, {"average_wage": 8300.0}, {"minimum_wage": 2340.0}, CITY | {"average_wage": 0.0}],
)
def test_without_the_citys_wages_income_cannot_be_judged(city: dict[str, float]) -> None:
    rule = IncomeRatio({"low": 3000.0}, "average_wage", "minimum_wage", THIRDS)
    assert rule.score("low", {}, city) == MISSING


def test_bounds_are_compared_exactly() -> None:
    assert THIRDS.score(1, per=3) == 6
