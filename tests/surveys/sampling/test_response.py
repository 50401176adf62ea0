"""Classes of respondents have enough of them, and scoring's weights take what is made here."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.nonresponse import adjust
from surveys.sampling.outcomes import Group, Outcome
from surveys.sampling.response import Enough, Responses, Selected, responses

ANY = Enough(respondents=1, factor=math.inf)
PEOPLE = st.lists(
    st.tuples(
        st.floats(0.1, 1e3), st.sampled_from(Outcome), st.sampled_from("ab"), st.sampled_from("123")
    ),
    min_size=1,
).map(
    lambda rows: [
        Selected(case, weight, outcome, (stratum, stratum + site))
        for case, (weight, outcome, stratum, site) in enumerate(rows)
    ]
)


def people(*outcomes: str, levels: tuple[str, ...] = (), start: int = 0) -> list[Selected]:
    """With weight 10 each."""
    return [
        Selected(start + case, 10.0, Outcome(outcome), levels)
        for case, outcome in enumerate(outcomes)
    ]


def names(found: Responses) -> list[str]:
    return [one.name for one in found.table]


def test_the_two_steps_by_hand() -> None:
    """60 in all, 50 of known eligibility: x 1.2; of the eligible 4 x 12 = 48, 2 x 12 responded: x 2."""
    found = responses(
        people("completed", "partial", "refused", "away", "vacant", "not_found"), Enough(1, 3)
    )
    (only,) = found.table
    assert (only.propensity, only.response_factor) == (0.5, 2.0)
    assert only.eligibility_factor == pytest.approx(1.2)
    assert only.factor == pytest.approx(2.4)
    assert found.cases == (0, 1, 2, 3)
    assert found.weights == pytest.approx([12] * 4)
    assert found.responded == (True, True, False, False)


def test_sites_are_told_apart_where_there_are_enough_respondents() -> None:
    east = people(*["completed"] * 3, "away", levels=("east", "s1"))
    more = people(*["completed"] * 2, "refused", levels=("east", "s2"), start=10)
    assert names(responses([*east, *more], Enough(2, 3))) == ["east/s1", "east/s2"]


def test_a_poor_site_is_merged_with_the_smallest_other_of_its_stratum() -> None:
    big = people(*["completed"] * 5, levels=("east", "s1"))
    small = people(*["completed"] * 3, levels=("east", "s2"), start=10)
    poor = people("completed", "away", levels=("east", "s3"), start=20)
    far = people(*["completed"] * 3, levels=("west", "s4"), start=30)
    found = responses([*big, *small, *poor, *far], Enough(3, 3))
    assert [one.names for one in found.table] == [
        ("east/s1",),
        ("east/s2", "east/s3"),
        ("west/s4",),
    ]
    assert names(found)[1] == "east/s2 +1"


def test_poor_sites_that_are_enough_together_leave_the_others_alone() -> None:
    good = people(*["completed"] * 3, levels=("east", "s1"))
    poor = people(*["completed"] * 2, levels=("east", "s2"), start=10)
    also = people(*["completed"] * 2, levels=("east", "s3"), start=20)
    assert names(responses([*good, *poor, *also], Enough(3, 3))) == ["east/s1", "east/s2 +1"]


def test_who_has_no_weight_is_no_respondent_to_count() -> None:
    weightless = [Selected(9, 0.0, Outcome.COMPLETED)]
    assert responses([*people("completed"), *weightless]).table[0].respondents == 1


def test_a_poor_stratum_is_merged_with_another() -> None:
    east = people(*["completed"] * 4, levels=("east", "s1"))
    west = people("away", "away", levels=("west", "s2"), start=10)
    assert names(responses([*east, *west], Enough(3, 3))) == ["east/s1 +1"]


def test_a_factor_that_is_too_large_is_merged_too() -> None:
    silent = people(*["completed"] * 2, *["refused"] * 6, levels=("east", "s1"))
    good = people(*["completed"] * 6, levels=("east", "s2"), start=10)
    assert names(responses([*silent, *good], Enough(1, 3))) == ["east/s1 +1"]
    assert names(responses([*silent, *good], Enough(1, 4))) == ["east/s1", "east/s2"]


def test_a_sample_in_which_nobody_responded_is_one_class_without_a_factor() -> None:
    found = responses(people("refused", "not_found", levels=("east", "s1")))
    assert [(one.propensity, one.factor) for one in found.table] == [(0.0, None)]
    assert responses(people("not_found")).table[0].eligibility_factor is None
    assert responses([]).table == ()


@given(PEOPLE)
def test_weights_of_respondents_add_up_to_those_of_the_eligible(rows: list[Selected]) -> None:
    found = responses(rows, ANY)
    if not any(found.responded):
        return
    ours = adjust(np.array(found.weights), found.classes, np.array(found.responded))
    factors = {one.name: one.factor for one in found.table}
    before = {one.case: one.weight for one in rows}
    for place, case in enumerate(found.cases):
        expected = before[case] * (factors[found.classes[place]] or 0) * found.responded[place]
        assert ours.weights[place] == pytest.approx(expected)
    assert ours.weights.sum() == pytest.approx(math.fsum(found.weights))


@given(PEOPLE)
def test_everybody_is_in_one_class_and_the_eligible_have_their_columns(
    rows: list[Selected],
) -> None:
    found = responses(rows, Enough(3, 2.0))
    assert sum(one.people for one in found.table) == len(rows)
    assert len(set(names(found))) == len(found.table)
    assert all(one.is_enough(Enough(3, 2.0)) for one in found.table) or len(found.table) == 1
    assert math.fsum(one.selected for one in found.table) == pytest.approx(
        math.fsum(one.weight for one in rows)
    )
    unlike = {Group.NOT_ELIGIBLE, Group.UNKNOWN_HOUSEHOLD, Group.UNKNOWN_OTHER}
    eligible = [one.case for one in rows if one.outcome.group not in unlike]
    assert sorted(found.cases) == eligible


def test_classes_are_named_by_all_their_levels() -> None:
    rows = people("completed", "away", levels=("east", "s1", "team"))
    assert responses(rows).table[0].names == ("east/s1/team",)


def test_classes_whose_levels_contain_slashes_are_not_mixed_up() -> None:
    one = people(*["completed"] * 3, levels=("a/b", "c"))
    other = people(*["completed"] * 3, levels=("a", "b/c"), start=10)
    found = responses([*one, *other], Enough(2, 3))
    assert [each.people for each in found.table] == [3, 3]
    assert len(set(found.classes)) == 2
