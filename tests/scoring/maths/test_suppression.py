"""Which counts of a table are hidden, and that others may be shown."""

import numpy as np
import pytest

from scoring.maths.divided import Divided, Way, kin
from scoring.maths.matrix import Integers
from scoring.maths.suppression import hidden


def divided(table: list[list[int]], *, psus: int = 3, told: list[bool] | None = None) -> Divided:
    """People of a table of rows and columns, spread over sampling units."""
    counts = np.array(table)
    rows, columns = np.nonzero(counts >= 0)
    times = counts.ravel()
    row, column = np.repeat(rows, times), np.repeat(columns, times)
    psu = np.concatenate([np.arange(n) % psus for n in times.tolist()])
    ways = (
        Way.plain(np.array(told or [True] * counts.shape[0])),
        Way.plain(np.ones(counts.shape[1], dtype=np.bool_)),
    )
    return Divided.of(ways, (row, column), psu.astype(np.int64))


def found(table: list[list[int]], **how: object) -> list[str]:
    """The table with its margins, a row a text: x is hidden."""
    return [
        "".join("x" if cell else "." for cell in row)
        for row in hidden(divided(table, **how)).tolist()  # type: ignore[arg-type]
    ]


def test_a_table_of_many_people_is_shown() -> None:
    assert found([[20, 30], [40, 50]]) == ["...", "...", "..."]


def test_a_cell_of_few_is_hidden_with_the_corners_of_the_cheapest_box() -> None:
    assert found([[4, 30, 90], [40, 20, 90], [90, 90, 90]]) == ["xx..", "xx..", "....", "...."]


def test_a_corner_must_be_able_to_give_as_many_people_as_would_hide_that_a_cell_is_of_few() -> None:
    """The cell of 4 could be 10 with 6 from each neighbour: one of 6 people has 5 to give."""
    assert found([[4, 6, 90], [90, 40, 50], [90, 90, 90]])[0] == "xxx."


def test_people_of_two_sampling_units_are_few() -> None:
    assert found([[20, 30], [40, 50]], psus=2) == ["xxx", "xxx", "xx."]


def test_what_a_hidden_margin_sums_is_hidden() -> None:
    assert found([[3, 4], [20, 11], [300, 400]]) == ["xxx", "xxx", "...", "..."]


def test_nobody_is_said_openly_among_many() -> None:
    assert found([[0, 90], [90, 90]]) == ["...", "...", "..."]


def test_nobody_among_few_is_as_telling_as_one() -> None:
    """All of 20 people said the same: shown, it would tell what each one said."""
    assert found([[0, 20], [90, 90]]) == ["xx.", "xx.", "..."]


def test_a_level_of_no_answers_is_hidden_but_protects_nothing() -> None:
    assert found([[30, 30], [30, 30], [2, 30]], told=[True, True, False]) == [
        *("...", "...", "x..", "...")
    ]


@pytest.mark.parametrize("turn", [(0, 1), (1, 0)])
def test_a_table_turned_round_hides_the_same_cells_once_its_ways_are_in_order(
    turn: tuple[int, int],
) -> None:
    table = divided([[4, 30, 90], [40, 20, 90], [90, 90, 90]])
    turned = Divided(
        tuple(table.ways[axis] for axis in turn),
        tuple(table.places[axis] for axis in turn),
        table.psu,
        table.people,
    )
    assert (hidden(turned).transpose(turn) == hidden(table)).all()


def test_levels_that_another_way_takes_together_are_kin() -> None:
    city: Integers = np.array([0, 0, 1, 2, 2])
    assert kin(city, 3, [np.array([0, 0, 0, 1, 1])]).tolist() == [0, 0, 1]
    assert kin(city, 3, []).tolist() == [0, 0, 0]


def test_cities_of_a_region_protect_each_other() -> None:
    """A city of another region costs less, but the regions' own table would tell."""
    counts = np.array([[4, 60], [30, 60], [20, 20], [60, 60]])
    times = counts.ravel()
    city, answer = (np.repeat(place.ravel(), times) for place in np.indices(counts.shape))
    psu = np.concatenate([np.arange(n) % 3 for n in times.tolist()])
    ways = (
        Way(np.ones(4, dtype=np.bool_), np.array([0, 0, 1, 1])),
        Way.plain(np.ones(2, dtype=np.bool_)),
    )
    made = hidden(Divided.of(ways, (city, answer), psu.astype(np.int64)))
    assert made[:4, :2].tolist() == [[True, True], [True, True], [False, False], [False, False]]
