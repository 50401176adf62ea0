"""Respondents stand for their class, and a class without them is merged or refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maths.nonresponse import ResponseClass, adjust
from scoring.maths.weighting import WeightingError

WEIGHTS = np.array([10.0, 30.0, 20.0, 5.0, 5.0, 8.0])
CLASSES = ["a", "a", "b", "b", "c", "c"]
PEOPLE = st.lists(
    st.tuples(st.floats(0.1, 1e4), st.sampled_from("abcdef"), st.booleans()), min_size=1
).filter(lambda people: any(responded for _, _, responded in people))


def responded(people: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([letter == "y" for letter in people])


def test_respondents_take_the_weight_of_their_class() -> None:
    ours = adjust(WEIGHTS, CLASSES, responded("ynyyny"))
    np.testing.assert_allclose(ours.weights, [40, 0, 20, 5, 0, 13], rtol=1e-15)
    assert ours.classes == (
        ResponseClass(("a",), 2, 1, 4.0),
        ResponseClass(("b",), 2, 2, 1.0),
        ResponseClass(("c",), 2, 1, 13 / 8),
    )


def test_a_class_without_respondents_is_refused_by_name() -> None:
    with pytest.raises(WeightingError, match="Class “b”: nobody responded; merge it"):
        adjust(WEIGHTS, CLASSES, responded("yynnyy"))


def test_a_respondent_without_weight_cannot_stand_for_anybody() -> None:
    with pytest.raises(WeightingError, match="Class “b”"):
        adjust(np.array([1.0, 0.0, 3.0]), ["a", "b", "b"], responded("yyn"))


@pytest.mark.parametrize(
    ("people", "merged"),
    [
        ("yyyyyy", [("a",), ("b",), ("c",)]),
        ("yynnyy", [("a",), ("b", "c")]),
        ("nnyyyy", [("a", "b"), ("c",)]),
        ("nnnnyy", [("a", "b", "c")]),
        ("yyyynn", [("a",), ("b", "c")]),
        ("yynnnn", [("a", "b", "c")]),
    ],
)
def test_a_class_without_respondents_is_merged_in_the_order_given(
    people: str, merged: list[tuple[str, ...]]
) -> None:
    ours = adjust(WEIGHTS, CLASSES, responded(people), merge_order=["a", "b", "unused", "c"])
    assert [group.names for group in ours.classes] == merged
    assert ours.weights.sum() == pytest.approx(WEIGHTS.sum(), rel=1e-14)


def test_a_class_that_the_order_does_not_know_is_refused() -> None:
    with pytest.raises(WeightingError, match="Class “c” has no place in the order"):
        adjust(WEIGHTS, CLASSES, responded("yynnyy"), merge_order=["a", "b"])


@pytest.mark.parametrize("merge_order", [None, ["a", "b", "c"]])
def test_without_any_respondent_nothing_can_be_done(merge_order: list[str] | None) -> None:
    with pytest.raises(WeightingError, match="Nobody with a weight above 0 responded"):
        adjust(WEIGHTS, CLASSES, responded("nnnnnn"), merge_order)


@given(PEOPLE)
def test_the_sum_of_weights_stays_and_only_respondents_keep_one(
    people: list[tuple[float, str, bool]],
) -> None:
    weights = np.array([weight for weight, _, _ in people])
    answered = np.array([responded for _, _, responded in people])
    ours = adjust(weights, [name for _, name, _ in people], answered, merge_order="abcdef")
    assert ours.weights.sum() == pytest.approx(weights.sum(), rel=1e-9)
    assert ((ours.weights > 0) == answered).all()
    assert (ours.weights[answered] >= weights[answered] * (1 - 1e-12)).all()
    assert sum(group.eligible for group in ours.classes) == len(people)
    assert sum(group.responded for group in ours.classes) == answered.sum()
