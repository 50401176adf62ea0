"""Which numbers are hidden, and which others with them."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from scoring.maths.cells import ALL, Cell
from scoring.maths.disclosure import BESIDE, FEWEST_PEOPLE, Row, suppression, withheld


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


def group(people: int, poor: int, level: str = ALL) -> dict[Cell, Row]:
    """H, M0 and A at 1/3 of one group."""
    by = ALL if level == ALL else "a1"
    rows = {"H": (people, poor / people), "M0": (people, poor / people / 2), "A": (poor, 0.5)}
    return {Cell(by, level, f"{k}_1_3"): Row(n, 5, value) for k, (n, value) in rows.items()}


def test_what_would_give_a_few_poor_away_is_hidden_with_them() -> None:
    rows = group(50, 4)
    assert withheld(rows).keys() == rows.keys()


@pytest.mark.parametrize("poor", [10, 50])
def test_enough_poor_are_shown(poor: int) -> None:
    assert withheld(group(50, poor)) == {}


def test_a_level_hidden_alone_takes_the_smallest_other_with_it() -> None:
    people = {"c1": 5, "c2": 40, "c3": 30, "c4": 31}
    rows = {Cell("a1", level, "index"): Row(n, 5, 0.5) for level, n in people.items()}
    assert withheld(rows) == {
        Cell("a1", "c1", "index"): "n<10",
        Cell("a1", "c3", "index"): BESIDE,
    }


def test_a_share_hidden_alone_takes_another_of_its_distribution_with_it() -> None:
    shares = {"met_0": 0.0, "met_1": 0.3, "met_2": 0.7}
    rows = {Cell("a1", "c1", name): Row(20, 5, share) for name, share in shares.items()}
    assert withheld(rows, [list(shares)]) == {
        Cell("a1", "c1", "met_0"): "extreme",
        Cell("a1", "c1", "met_1"): BESIDE,
    }


def test_a_part_hidden_is_not_told_by_the_whole_that_it_belongs_to() -> None:
    shares = {"X_a": 0.0, "X_b": 0.4, "X_c": 0.6, "XS_1": 0.4, "XS_2": 0.6}
    rows = {Cell("a1", "c1", name): Row(20, 5, share) for name, share in shares.items()}
    sums = [["X_a", "X_b", "X_c"], ["XS_1", "X_a", "X_b"], ["XS_2", "X_c"], ["XS_1", "XS_2"]]
    hidden = {cell.variable for cell in withheld(rows, sums)}
    for names in sums:
        assert len(hidden & set(names)) != 1


def test_numbers_about_a_few_poor_are_hidden_however_many_people_there_are() -> None:
    numbers = {"X_a": Row(4, 4, 0.3), "C_a": Row(50, 5, 0.02), "U_a": Row(50, 5, 0.5)}
    rows = {Cell("a1", "c1", name): row for name, row in numbers.items()}
    assert withheld(rows) == {Cell("a1", "c1", name): "poor<10" for name in ("X_a", "C_a")} | {
        Cell("a1", "c1", "X_a"): "n<10"
    }


def test_what_is_hidden_in_one_way_is_hidden_with_what_tells_it_in_another() -> None:
    """A level's A goes because another level's does; with its M0 and H it could be worked out."""
    rows = group(50, 5, "c1") | group(60, 20, "c2") | group(70, 30, "c3")
    hidden = withheld(rows)
    assert {cell.level for cell in hidden} == {"c1", "c2"}
    shown = [cell for cell in rows if cell.level == "c2" and cell not in hidden]
    assert len(shown) <= 1


@given(st.lists(st.integers(1, 60), min_size=2, max_size=8))
def test_no_hidden_count_can_be_worked_out(people: list[int]) -> None:
    """A solver that knows the total and every shown level finds no small one."""
    rows = {Cell("a1", f"c{at}", "interviews"): Row(n, 5) for at, n in enumerate(people)}
    hidden = [cell for cell in rows if cell in withheld(rows)]
    if not hidden or len(hidden) == len(rows):
        return
    left = sum(people) - sum(row.people for cell, row in rows.items() if cell not in hidden)
    for at in range(len(hidden)):
        aim = np.zeros(len(hidden))
        aim[at] = 1
        ends = [_extreme(sign * aim, left) for sign in (1, -1)]
        assert ends[0] < ends[1]
    assert left >= FEWEST_PEOPLE


def _extreme(aim: "np.ndarray[tuple[int], np.dtype[np.float64]]", total: int) -> float:
    """The least (or, with a negative aim, the most) of a hidden count, which is at least 1."""
    found = linprog(aim, A_eq=np.ones((1, len(aim))), b_eq=[total], bounds=(1, None))
    assert found.fun is not None
    return abs(found.fun)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(("a1", "a3")), st.sampled_from("abcde")), st.integers(1, 50)
    )
)
def test_hiding_is_complete(people: dict[tuple[str, str], int]) -> None:
    """No way to divide people has one hidden level beside shown ones."""
    rows = {Cell(by, level, "index"): Row(n, 5, 0.5) for (by, level), n in people.items()}
    hidden = withheld(rows)
    levels: dict[str, list[bool]] = defaultdict(list)
    for cell in rows:
        levels[cell.by].append(cell in hidden)
    for flags in levels.values():
        assert sum(flags) != 1 or len(flags) == 1


def test_an_item_of_a_few_people_tells_nothing_in_another_way() -> None:
    numbers = {"U_a": Row(4, 4, 0.5), "C_a": Row(90, 9, 0.02), "X_a": Row(40, 9, 0.01)}
    rows = {Cell("a1", "c1", name): row for name, row in numbers.items()}
    assert withheld(rows) == {Cell("a1", "c1", name): "n<10" for name in numbers}


def test_the_poor_in_a_few_areas_are_not_told_by_how_many_they_are() -> None:
    rows = group(90, 20) | {Cell("all", "all", "C_a"): Row(90, 9, 0.1)}
    rows[Cell("all", "all", "X_a")] = Row(20, 2, 0.4)
    rows[Cell("all", "all", "A_1_3")] = Row(20, 2, 0.5)
    assert withheld(rows) == dict.fromkeys(rows, "psu<3")
