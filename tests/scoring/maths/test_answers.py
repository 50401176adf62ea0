"""What may be told of the answers to an item, and why people do not enter a number."""

from collections.abc import Mapping

import numpy as np
import pytest

from scoring.maths.answers import (
    Answers,
    Detail,
    ItemAnswers,
    Loss,
    counts_told,
    item_answers,
    losses,
)
from scoring.maths.matrix import Bytes
from scoring.maths.person import score_people
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from scoring.maths.variable import meanings
from tests.scoring.maths.small import small_scheme

SCHEME = small_scheme({"A": 2, "B": 1})


def scored(**people: int) -> Bytes:
    """So many people with each score: `s0`, `s12`, or `missing` and `beyond`."""
    codes = {"missing": MISSING, "beyond": NOT_APPLICABLE}
    scores = [codes.get(name) or int(name[1:]) for name, n in people.items() for _ in range(n)]
    return np.array(scores, dtype=np.uint8)


def told(
    people: Mapping[str, int], *others: Bytes, is_withheld: bool = False, psus: int = 3
) -> ItemAnswers:
    """What is told of a group beside others of the same division, all people weighing the same."""
    codes = scored(**people)
    group = Answers(codes, np.ones(len(codes)), np.arange(len(codes)) % psus)
    division = [codes, *others]
    return item_answers(0, SCHEME.items[0], group, division, is_withheld=is_withheld)


def counts(answers: ItemAnswers) -> tuple[int | None, int | None, int | None]:
    return answers.scored, answers.missing, answers.not_applicable


def test_large_classes_are_told_in_full() -> None:
    found = told({"s0": 10, "s6": 10, "s12": 20, "missing": 10})
    assert counts(found) == (40, 10, 0)
    assert found.detail is Detail.SCORES
    assert [(band.low, band.high, band.share) for band in found.bands] == [
        (0, 0, 0.25),
        (6, 6, 0.25),
        (12, 12, 0.5),
    ]
    assert (found.mean, found.below) == (7.5, 0.25)


def test_weights_decide_shares_and_not_counts() -> None:
    codes = np.repeat(np.array([0, 12], dtype=np.uint8), 20)
    group = Answers(codes, np.repeat([1.0, 3.0], 20), np.arange(40))
    found = item_answers(0, SCHEME.items[0], group, [codes], is_withheld=False)
    assert (found.scored, found.below, found.mean) == (40, 0.25, 9.0)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"s0": 20, "s12": 20, "missing": 9}, (None, None, 0)),
        ({"s0": 20, "s12": 20, "missing": 9, "beyond": 30}, (None, None, 30)),
        ({"s0": 20, "s12": 20, "missing": 1, "beyond": 2}, (None, None, None)),
        ({"s0": 9, "missing": 50, "beyond": 50}, (None, None, None)),
        ({"s0": 20, "s12": 20, "missing": 10, "beyond": 10}, (40, 10, 10)),
    ],
)
def test_few_are_not_counted_nor_what_would_give_them_away(
    people: dict[str, int], expected: tuple[int | None, ...]
) -> None:
    assert counts(told(people)) == expected


@pytest.mark.parametrize(
    ("people", "detail"),
    [
        ({"s0": 30, "s3": 1, "s12": 40}, Detail.SIDES),
        ({"s0": 30, "s12": 9}, Detail.FEW_ALIKE),
        ({"s0": 29}, Detail.FEW_PEOPLE),
        ({"s0": 30}, Detail.SCORES),
    ],
)
def test_scores_of_few_are_told_together_or_not_at_all(
    people: dict[str, int], detail: Detail
) -> None:
    found = told(people)
    assert found.detail is detail
    is_told = detail in (Detail.SIDES, Detail.SCORES)
    assert (found.mean is not None, bool(found.bands), found.below is not None) == (is_told,) * 3
    if detail is Detail.SIDES:
        assert [(band.low, band.high) for band in found.bands] == [(0, 5), (6, 12)]
        assert found.below == pytest.approx(31 / 71)


def test_what_is_few_in_one_group_is_told_of_none() -> None:
    few_missing, few_scored = scored(s0=30, missing=9), scored(s0=9, missing=30)
    people = {"s0": 20, "s12": 20, "missing": 10, "beyond": 30}
    assert counts(told(people, few_missing)) == (None, None, 30)
    assert counts(told(people, few_scored)) == (None, None, None)
    assert counts(told(people, scored(s0=10, missing=10))) == (40, 10, 30)


def test_scores_in_few_areas_are_not_told() -> None:
    assert told({"s0": 20, "s12": 20}, psus=2).detail is Detail.FEW_PEOPLE


def test_nothing_is_told_where_the_share_who_lack_it_is_hidden() -> None:
    found = told({"s0": 20, "s12": 20, "missing": 10}, is_withheld=True)
    assert (counts(found), found.detail) == ((None, None, None), Detail.WITHHELD)
    assert (found.mean, found.below, found.bands) == (None, None, ())


def test_parts_are_counted_where_none_is_small() -> None:
    assert counts_told([10, 0, 25]) == [10, 0, 25]
    assert counts_told([10, 9]) == [None, None]


ITEMS: Bytes = np.array(
    [
        [0, 0, 0],  # poor
        [12, 12, 12],  # integrated
        [NOT_APPLICABLE, NOT_APPLICABLE, 12],
        [MISSING, MISSING, MISSING],
    ],
    dtype=np.uint8,
)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("A", {2: Loss.NOT_APPLICABLE, 3: Loss.TOO_LITTLE}),
        ("index", {2: Loss.TOO_LITTLE, 3: Loss.TOO_LITTLE}),
        ("A_1_2", {1: Loss.INTEGRATED, 2: Loss.INTEGRATED, 3: Loss.TOO_LITTLE}),
        ("H_1_2", {3: Loss.TOO_LITTLE}),
    ],
)
def test_each_person_is_lost_for_one_reason(variable: str, expected: dict[int, Loss]) -> None:
    people = score_people(SCHEME, ITEMS)
    is_lost = np.isnan(people.variables()[variable])
    found = losses(meanings(SCHEME)[variable], people, is_lost)
    assert {int(at): why for why, who in found.items() for at in np.flatnonzero(who)} == expected
