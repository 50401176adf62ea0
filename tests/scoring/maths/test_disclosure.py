"""Which numbers are hidden, and which others with them."""

import pytest

from scoring.maths.cells import Cell
from scoring.maths.disclosure import suppression, thresholds_with_few


@pytest.mark.parametrize(
    ("people", "psus", "estimate", "reason"),
    [
        (9, 5, 0.5, "n<10"),
        (10, 2, 0.5, "psu<3"),
        (10, 3, 0.5, ""),
        (29, 5, 0.0, "extreme"),
        (29, 5, 1.0, "extreme"),
        (30, 5, 1.0, ""),
        (29, 5, None, ""),
    ],
)
def test_a_few_people_are_not_shown(
    people: int, psus: int, estimate: float | None, reason: str
) -> None:
    assert suppression(people, psus, estimate) == reason


def test_what_would_give_a_few_poor_people_away_is_hidden_with_them() -> None:
    people = {
        Cell("a1", "c1", "H_1_3"): 50,
        Cell("a1", "c1", "M0_1_3"): 50,
        Cell("a1", "c1", "A_1_3"): 4,
        Cell("a1", "c2", "H_1_3"): 50,
        Cell("a1", "c2", "A_1_3"): 40,
    }
    hidden = thresholds_with_few(people)
    assert set(hidden) == {Cell("a1", "c1", name) for name in ("H_1_3", "M0_1_3", "A_1_3")}
    assert set(hidden.values()) == {"poor<10"}
