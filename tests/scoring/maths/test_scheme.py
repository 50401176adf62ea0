"""A scheme document is read as it stands, and its first fault is named with its place."""

import copy
from fractions import Fraction
from typing import Any

import pytest

from scoring.maths.document import SchemeError
from scoring.maths.rules import ChoiceScores
from scoring.maths.scheme import parse_scheme
from tests.scoring.maths import golden
from tests.scoring.maths.small import small_document, small_scheme


def test_the_five_standards_are_read_in_their_order() -> None:
    scheme = golden.scheme()
    assert [standard.name for standard in scheme.standards] == ["S1", "S2", "S3", "S4", "S5", "P"]
    assert [standard.name for standard in scheme.weighted] == ["S1", "S2", "S3", "S4", "S5"]
    assert scheme.k_list == (Fraction(1, 5), Fraction(1, 3), Fraction(2, 5), Fraction(1, 2))
    assert len(scheme.items) == 42
    assert scheme.unit == 840


@pytest.mark.parametrize(
    ("weighting", "weights"),
    [
        ("equal-v1", [2000, 2000, 2000, 2000, 2000, 0]),
        ("drc-ranksum-v1", [3333, 2667, 2000, 1333, 667, 0]),
        ("drc-roc-v1", [4567, 2567, 1567, 900, 399, 0]),
    ],
)
def test_a_weighting_is_chosen_by_its_name(weighting: str, weights: list[int]) -> None:
    scheme = golden.scheme(weighting)
    assert scheme.weighting == weighting
    assert [standard.weight for standard in scheme.standards] == weights


def test_without_a_name_the_default_weighting_is_used() -> None:
    assert parse_scheme(golden.document()) == golden.scheme("equal-v1")


def test_decimals_are_read_as_written() -> None:
    assert small_scheme({"A": 1}, met=0.6).met == Fraction(3, 5)


def test_a_document_needs_no_implied_scores() -> None:
    scheme = small_scheme({"A": 2})
    assert scheme.implied == ()
    assert scheme.items[0].rule == ChoiceScores({"yes": 12, "no": 0})


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["name"], "", "/name: give a text."),
        (["name"], None, "/name: give a text."),
        (["items"], [], "/items: give a list with at least one entry."),
        (["items"], "all", "/items: give a list with at least one entry."),
        (["items", 0], 3, "/items/0: give names with values."),
        (["items", 1, "name"], "A_0", "/items/1: “A_0” is there twice; rename one."),
        (
            ["standards", 0, "name"],
            "c",
            "/standards/0: the name “c” has a meaning here; rename it.",
        ),
        (
            ["standards", 0, "name"],
            "gap_A",
            "/standards/0: the name “gap_A” has a meaning here; rename it.",
        ),
        (
            ["disaggregations", 0, "name"],
            "day",
            "/disaggregations/0: the name “day” has a meaning here; rename it.",
        ),
        (
            ["items", 0, "name"],
            "a" * 41,
            f"/items/0: rename “{'a' * 41}”: use 1 to 40 letters a to z, digits, - and _.",
        ),
        (["items", 0, "name"], "two words", "/items/0: rename “two words”: use 1 to 40 letters"),
        (["standards", 0, "name"], "a/b", "/standards/0: rename “a/b”: use 1 to 40 letters"),
        (["core_contents", 0, "name"], "核心", "/core_contents/0: rename “核心”: use 1 to 40"),
        (["disaggregations", 0, "name"], "a=b", "/disaggregations/0: rename “a=b”: use 1 to 40"),
        (["weights", "a b"], {"A": 10_000}, "/weights: rename “a b”: use 1 to 50 letters"),
        (["weights", "x" * 51], {"A": 10_000}, f"/weights: rename “{'x' * 51}”: use 1 to 50"),
        (["items", 0, "scores"], {}, "/items/0/scores: give every choice its value."),
        (["items", 1, "standard"], "Z", "/items/1/standard: there is no standard “Z”."),
        (["items", 1, "core_content"], "Z", "/items/1/core_content: there is no core content “Z”."),
        (["items", 1, "cutoff"], 13, "/items/1/cutoff: give a whole number from 0 to 12."),
        (["items", 1, "cutoff"], True, "/items/1/cutoff: give a whole number from 0 to 12."),
        (
            ["items", 1, "scores", "yes"],
            13,
            "/items/1/scores/yes: give a whole number from 0 to 12.",
        ),
        (["weights", "equal", "A"], 9999, "/weights/equal: the weights add up to 14999; make it"),
        (
            ["weights", "equal"],
            {"A": 1, "Z": 9999},
            "/weights/equal: there is no standard “Z”.",
        ),
        (["default_weights"], "other", "/weights: add “other”."),
        (["standards", 1, "name"], "A", "/standards/1: “A” is there twice; rename one."),
        (["standards", 1, "rank"], 0, "/standards/1/rank: give a whole number from 1 to 100."),
        (["met"], "2", "/met: give a share above 0 and at most 1."),
        (["met"], "half", "/met: give a number or a fraction such as “1/3”."),
        (["met"], True, "/met: give a number or a fraction such as “1/3”."),
        (["met"], "1/0", "/met: give a number or a fraction such as “1/3”."),
        (["met"], 0.33333, "/met: give a simple share such as “1/3”: n/1000 at most."),
        (["headline_k"], "1/5", "/headline_k: choose one of the list “k”."),
        (
            ["validity", "min_standards"],
            3,
            "/validity/min_standards: there are only 2 standards with a weight.",
        ),
        (
            ["implied"],
            [{"when": {"A_0": "yes"}, "items": ["A_9"], "score": 12}],
            "/implied/0/items: there is no item “A_9”.",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(
    path: list[str | int], value: object, message: str
) -> None:
    document = small_document({"A": 2, "B": 1})
    document["weights"]["equal"] = {"A": 5000, "B": 5000}
    with pytest.raises(SchemeError) as error:
        parse_scheme(_changed(document, path, value))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "/items/0: say how it is scored with"),
        ({"bands": [[1, 0], [1, 3], [None, 12]]}, "/items/0/bands: let the bounds rise and end"),
        ({"bands": [[1, 0], [2, 3]]}, "/items/0/bands: let the bounds rise and end with null."),
        ({"bands": [[1, 0, 3], [None, 3]]}, "/items/0/bands/0: give exactly two entries."),
        ({"bands": [[1, 13], [None, 3]]}, "/items/0/bands/0/1: give a whole number from 0 to 12."),
        ({"by_count": [12, 0]}, "/items/0: add “options”."),
        ({"income_ratio": [[None, 0]], "midpoints": {}}, "/items/0/midpoints: give every choice"),
        (
            {"income_ratio": [[None, 0]], "midpoints": {"a": 1}, "average": "mean_wage"},
            "/items/0/average: of a city is known: average_wage, minimum_wage. Name one of them.",
        ),
    ],
)
def test_a_fault_in_a_rule_is_named_with_its_place(rule: dict[str, Any], message: str) -> None:
    document = small_document({"A": 1})
    del document["items"][0]["scores"]
    document["items"][0] |= rule
    with pytest.raises(SchemeError) as error:
        parse_scheme(document)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"A": 1, "B": 0}, "/standards/1: give this standard 1 to 26 items."),
        ({"A": 27, "B": 1}, "/standards/0: give this standard 1 to 26 items."),
        (dict.fromkeys("ABCDEFGHIJ", 26), "/items: give at most 255 items."),
    ],
)
def test_sums_that_would_not_be_exact_are_refused(items: dict[str, int], message: str) -> None:
    with pytest.raises(SchemeError) as error:
        small_scheme(items)
    assert str(error.value) == message


def test_something_other_than_names_with_values_is_refused() -> None:
    with pytest.raises(SchemeError, match="/: give names with values"):
        parse_scheme([])  # type: ignore[arg-type]


def _changed(document: dict[str, Any], path: list[str | int], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed
