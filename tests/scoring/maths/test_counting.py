"""Counting deprivations: Alkire and Foster's example, the golden contributions, bounds, additivity."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import counting
from scoring.maths.estimate import ratio
from scoring.maths.matrix import ItemMatrix
from scoring.maths.person import score_people
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from scoring.maths.scheme import SchemeSpec
from tests.scoring.maths import golden
from tests.scoring.maths.small import small_scheme

SCORES = st.sampled_from([0, 3, 6, 9, 12, NOT_APPLICABLE, MISSING])
PEOPLE = st.lists(st.lists(SCORES, min_size=42, max_size=42), min_size=1, max_size=4)


def weights_of(scheme: SchemeSpec, people: list[list[int]]) -> counting.Deprivation:
    return counting.deprivation(scheme, ItemMatrix.of(np.array(people, dtype=np.uint8)))


def test_the_example_of_alkire_and_foster() -> None:
    achievements = np.array(
        [[13.1, 14, 4, 1], [15.2, 7, 5, 0], [12.5, 10, 1, 0], [20, 11, 3, 1]], dtype=np.float64
    )
    reached = achievements >= np.array([13, 12, 3, 1])
    scheme = small_scheme({"income": 1, "schooling": 1, "health": 1, "sanitation": 1})
    variables = score_people(scheme, np.where(reached, 12, 0).astype(np.uint8)).variables()
    assert variables["c"].tolist() == [0, 0.5, 1, 0.25]
    assert variables["H_1_2"].mean() == 0.5
    assert np.nanmean(variables["A_1_2"]) == 0.75
    assert variables["M0_1_2"].mean() == 0.375


def test_a_share_of_exactly_k_is_poor() -> None:
    """Weights of 1/6 and 1/18 add up to 1/3, which no sum of floats does."""
    scheme = small_scheme({"A": 1, "B": 3, "C": 3, "D": 3, "E": 3, "F": 3})
    person = [0, 0, 12, 12, 0, 12, 12, 0] + [12] * 8
    weights = weights_of(scheme, [person])
    assert weights.poor(Fraction(1, 3)).tolist() == [True]
    assert weights.poor(Fraction(334, 1000)).tolist() == [False]


def test_too_little_answered_is_no_share() -> None:
    scheme = small_scheme({"A": 4, "B": 4})
    enough = [0, MISSING, 12, 12, 12, 12, 12, MISSING]
    too_few = [0, MISSING, MISSING, 12, 12, 12, 12, MISSING]
    weights = weights_of(scheme, [enough, too_few])
    np.testing.assert_array_equal(weights.c().floats(), [1 / 6, np.nan])
    np.testing.assert_array_equal(weights.c_low().floats(), [1 / 8, 1 / 8])
    np.testing.assert_array_equal(weights.c_high().floats(), [3 / 8, 4 / 8])
    assert weights.poor(Fraction(1, 8)).tolist() == [True, False]
    assert weights.indeterminate(Fraction(1, 2)).tolist() == [False, True]


def test_a_person_to_whom_nothing_applies_has_no_share() -> None:
    weights = weights_of(small_scheme({"A": 2}), [[NOT_APPLICABLE, NOT_APPLICABLE]])
    assert np.isnan([weights.c().floats(), weights.c_low().floats()]).all()
    assert not weights.indeterminate(Fraction(1, 2)).any()


@settings(max_examples=60)
@given(PEOPLE)
def test_the_bounds_hold_the_share(people: list[list[int]]) -> None:
    weights = weights_of(golden.scheme(), people)
    low, c, high = weights.c_low().floats(), weights.c().floats(), weights.c_high().floats()
    valid = weights.valid
    assert (low[valid] <= c[valid]).all()
    assert (c[valid] <= high[valid]).all()
    for k in golden.scheme().k_list:
        assert not (weights.poor(k) & ~weights.indeterminate(k) & (high < float(k))).any()


@settings(max_examples=60)
@given(PEOPLE)
def test_contributions_of_items_add_up_to_the_share(people: list[list[int]]) -> None:
    matrix = ItemMatrix.of(np.array(people, dtype=np.uint8))
    weights = counting.deprivation(golden.scheme(), matrix)
    added = counting.contributions(golden.scheme(), matrix, weights)
    np.testing.assert_allclose(added.sum(axis=1), weights.c().floats(), rtol=0, atol=1e-15)


def test_golden_contributions_of_each_person() -> None:
    ours = golden_contributions()
    for place, item in enumerate(golden.scheme().items):
        if item.standard != "P":
            expected = [
                float(row[f"x_{item.name}"] or "nan") for row in golden.rows("person_scores")
            ]
            np.testing.assert_allclose(ours[:, place], expected, rtol=1e-12)


@pytest.mark.parametrize("row", golden.rows("af_contributions"), ids=lambda row: row["item"])
def test_golden_headcounts_and_contributions(row: dict[str, str]) -> None:
    place = [item.name for item in golden.scheme().items].index(row["item"])
    people = golden.people()
    poor = people.variables()["H_1_3"]
    matrix = ItemMatrix.of(golden.items())
    is_deprived = counting.deprivations(golden.scheme(), matrix)[place] * 1.0
    answered = np.where(matrix.answered[place] & ~np.isnan(poor), 1.0, np.nan)
    share_of_poverty = ratio(
        golden.golden_totals(golden_contributions()[:, place] * poor),
        golden.golden_totals(people.variables()["M0_1_3"]),
        golden.design(),
    )
    uncensored = golden.golden_mean(is_deprived * answered)
    censored = golden.golden_mean(is_deprived * poor)
    absolute = golden.golden_mean(golden_contributions()[:, place] * poor)
    for name, ours in {
        "uncensored_headcount_among_valid": uncensored.estimate,
        "uncensored_se": uncensored.se,
        "censored_headcount_all": censored.estimate,
        "censored_se": censored.se,
        "abs_contrib": absolute.estimate,
        "pct_contrib": share_of_poverty.estimate,
        "pct_contrib_se": share_of_poverty.se,
    }.items():
        assert ours == pytest.approx(float(row[name]), rel=1e-10), name


def test_golden_contributions_add_up_to_all_poverty() -> None:
    shares = [float(row["pct_contrib"]) for row in golden.rows("af_contributions")]
    assert sum(shares) == pytest.approx(1, abs=1e-12)


def golden_contributions() -> np.typing.NDArray[np.float64]:
    matrix = ItemMatrix.of(golden.items())
    weights = counting.deprivation(golden.scheme(), matrix)
    return counting.contributions(golden.scheme(), matrix, weights)
