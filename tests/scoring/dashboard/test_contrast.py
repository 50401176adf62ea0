"""Why two groups differ, as shown: either way round, what is left out, an older comparison."""

from collections.abc import Sequence
from typing import Any

import pytest

from scoring.dashboard.contrast import ContrastPage, contrast_page, number, portion_rows
from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Scale
from scoring.dashboard.names import Dimension
from tests.scoring.dashboard.rows import spec

CITY = Dimension("a1", "City", {"c1": "First", "c2": "Second", "c3": "Third"}, is_city=True)
SEX = Dimension("a3", "Sex", {})
AGE = Dimension("age", "Age", {})
FOUND: dict[str, Any] = {
    "groups": ["c1", "c2", "c3"],
    "rank": [2, 1, 3],
    "contrasts": [
        {
            "a": "c1",
            "b": "c2",
            "difference": [-0.15, -0.2, -0.1],
            "standards": {"S1": [-0.16, -0.2, -0.12], "S2": [0.01, -0.01, 0.03]},
            "splits": {
                "a3": {
                    "composition": [-0.02, -0.03, 0.01],
                    "within": [-0.13, None, None],
                    "segments": 2,
                    "has_others": True,
                }
            },
        }
    ],
    "portions": [
        {"group": "c1", "people": [0.5, 0.4, 0.6], "contribution": [0.25, 0.2, 0.3]},
        {"group": "c2", "people": [0.5, 0.4, 0.6], "contribution": [0.75, 0.7, 0.8]},
    ],
}


def page(a: str, b: str) -> ContrastPage:
    found = contrast_page(FOUND, spec(), CITY, (CITY, SEX, AGE), (a, b))
    assert found is not None
    return found


def test_one_less_the_other() -> None:
    found = page("c1", "c2")
    assert (found.first, found.second) == ("First", "Second")
    assert found.difference is not None
    assert (found.difference.text, found.difference.interval) == ("−15.0", "−20.0 … −10.0")
    assert [(row.name, row.points.text, row.width) for row in found.standards] == [
        ("S1", "−16.0", 100.0),
        ("S2", "+1.0", 6.2),
    ]
    [split] = found.splits
    assert (split.title, split.segments, split.has_others) == ("Sex", 2, True)
    assert (split.composition.interval, split.within.interval) == ("−3.0 … +1.0", "")
    assert found.left_out == ["Age"]


def test_the_other_way_round_all_signs_change() -> None:
    found = page("c2", "c1")
    assert found.difference is not None
    assert (found.difference.text, found.difference.interval) == ("+15.0", "+10.0 … +20.0")
    assert [row.points.text for row in found.standards] == ["+16.0", "−1.0"]
    assert found.splits[0].composition.interval == "−1.0 … +3.0"


def test_without_a_choice_the_first_is_set_apart_from_the_last() -> None:
    found = page("", "nonsense")
    assert (found.first, found.second) == ("Second", "Third")
    chosen = [(choice.title, choice.is_first, choice.is_second) for choice in found.choices]
    assert chosen == [("First", False, False), ("Second", True, False), ("Third", False, True)]
    assert found.difference is None  # of many groups only some pairs are kept


def test_a_comparison_of_an_older_release_has_none() -> None:
    older = {name: FOUND[name] for name in ("groups", "rank")}
    assert contrast_page(older, spec(), CITY, (CITY,), ("", "")) is None
    assert portion_rows(older, CITY) == []


def test_who_adds_most_comes_first() -> None:
    rows = portion_rows(FOUND, CITY)
    assert [(row.title, row.contribution.text, row.times) for row in rows] == [
        ("Second", "75.0%", "1.5"),
        ("First", "25.0%", "0.5"),
    ]
    assert rows[0].people.interval == "40.0–60.0"


@pytest.mark.parametrize(
    ("part", "scale", "is_signed", "text", "interval"),
    [
        ((0.123, 0.1, 0.2), PERCENT, False, "12.3%", "10.0–20.0"),
        ((-0.0001, -0.002, 0.002), SCORE, True, "0.0", "−0.2 … +0.2"),
        ((0.0123, None, None), SHARE, True, "+0.012", ""),
    ],
)
def test_a_number_is_signed_where_it_is_a_difference(
    part: Sequence[float | None], scale: Scale, is_signed: bool, text: str, interval: str
) -> None:
    found = number(part, scale, is_signed=is_signed)
    assert (found.text, found.interval) == (text, interval)
