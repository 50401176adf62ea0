"""Cells, k and l: an example by hand, and what must hold for every table."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.disclosure.anonymity import (
    Anonymity,
    Codebook,
    Codes,
    Diversity,
    anonymity,
    cells_of,
    diversity,
    gains,
    recoded,
)

# Ten people: age in bands of ten, sex, and what they suffer from.
AGE = ["20", "20", "20", "30", "30", "30", "30", "40", "40", "50"]
SEX = ["f", "f", "m", "f", "f", "m", "m", "f", "f", "m"]
ILLNESS = ["flu", "flu", "flu", "flu", "cold", "cold", "", "flu", "flu", "cold"]


def coded(texts: list[str]) -> Codes:
    book = Codebook()
    return np.array([book.code(text) for text in texts], np.int32)


def test_an_example_by_hand() -> None:
    """20f: 2, 20m: 1, 30f: 2, 30m: 2, 40f: 2, 50m: 1."""
    table = [coded(AGE), coded(SEX)]
    assert anonymity(table, 10, 2) == Anonymity(people=10, cells=6, k=1, at_risk=2, alone=2)
    assert anonymity(table, 10, 3).at_risk == 10
    assert anonymity(table, 10, 3).share == 1
    assert anonymity(table[1:], 10, 3) == Anonymity(people=10, cells=2, k=4, at_risk=0, alone=0)


def test_what_one_learns_of_those_whom_one_finds() -> None:
    """Only in 30f do people who answer differ: 20f, 20m, 30m, 40f and 50m give 2+1+1+2+1 away."""
    cells = cells_of([coded(AGE), coded(SEX)], 10)
    assert diversity(cells, coded(ILLNESS), 2) == Diversity(1, 7)
    assert diversity(cells, coded([""] * 10), 2) == Diversity(0, 0)
    everybody = cells_of([], 10)
    assert diversity(everybody, coded(ILLNESS), 2) == Diversity(2, 0)
    assert diversity(everybody, coded(ILLNESS), 3) == Diversity(2, 9)


def test_the_way_that_helps_most_comes_first() -> None:
    table = [coded(AGE), coded(SEX)]
    old = recoded(table[0], ["20", "30", "40", "50"], lambda age: "40" if age > "30" else age)
    found = gains(table, [(0, "coarser", old), (0, "out", None), (1, "out", None)], 10, 2)
    assert [(one.place, one.way, one.after.at_risk) for one in found] == [
        (0, "out", 0),  # 6 women, 4 men
        (1, "out", 1),  # who is 50
        (0, "coarser", 2),  # still the man of 20, and the man of 50 among women
    ]


def test_blanks_stay_apart_when_texts_become_coarser() -> None:
    codes = coded(["a", "", "b", "c", ""])
    assert recoded(codes, ["a", "b", "c"], lambda text: "a" if text == "b" else text).tolist() == [
        *(0, -1, 0, 1, -1)
    ]


@pytest.mark.parametrize("people", [0, 1])
def test_few_people(people: int) -> None:
    column = np.zeros(people, np.int32)
    assert anonymity([column], people, 5) == Anonymity(people, people, people, people, people)


Tables = st.integers(1, 40).flatmap(
    lambda people: st.lists(
        st.lists(st.integers(-1, 4), min_size=people, max_size=people), min_size=1, max_size=4
    )
)


@given(Tables, st.integers(1, 6))
def test_cells_are_those_of_equal_rows(table: list[list[int]], least: int) -> None:
    columns = [np.array(column, np.int32) for column in table]
    rows = list(zip(*table, strict=True))
    sizes = {row: rows.count(row) for row in rows}
    cells = cells_of(columns, len(rows)).tolist()
    assert len(set(zip(cells, rows, strict=True))) == len(sizes) == max(cells) + 1
    found = anonymity(columns, len(rows), least)
    assert found.k == min(sizes.values())
    assert found.at_risk == sum(size for size in sizes.values() if size < least)


@given(Tables, st.integers(1, 6))
def test_with_every_question_people_hide_less(table: list[list[int]], least: int) -> None:
    columns = [np.array(column, np.int32) for column in table]
    steps = [anonymity(columns[:n], len(table[0]), least) for n in range(len(columns) + 1)]
    for before, after in pairwise(steps):
        assert after.k <= before.k
        assert after.at_risk >= before.at_risk


@given(Tables, st.integers(1, 4))
def test_a_cell_has_no_more_answers_than_people(table: list[list[int]], least: int) -> None:
    columns = [np.array(column, np.int32) for column in table]
    cells = cells_of(columns[1:], len(table[0]))
    found = diversity(cells, columns[0], least)
    largest = int(np.bincount(cells).max())
    assert 0 <= found.l <= largest
    assert 0 <= found.at_risk <= int((columns[0] >= 0).sum())
