"""What of published numbers the public may read."""

import pytest

from scoring.maths.cells import ALL, Cell
from scoring.maths.publicity import UNRELIABLE, Said, people, withheld


def cell(variable: str, level: str = ALL) -> Cell:
    return Cell(ALL, level, variable)


SHOWN = Said("", [])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (SHOWN, None),
        (Said("", ["few_df"]), None),
        (Said("", ["few_people"]), UNRELIABLE),
        (Said("", ["few_df", "wide"]), UNRELIABLE),
        (Said("n<10", []), "n<10"),
        (Said("beside", ["wide"]), "beside"),
    ],
)
def test_a_number_is_hidden_for_people_or_because_it_is_unreliable(
    said: Said, reason: str | None
) -> None:
    assert withheld({cell("index"): said}).get(cell("index")) == reason


@pytest.mark.parametrize("hidden", ["H_1_3", "M0_1_3", "A_1_3"])
def test_h_m0_and_a_are_hidden_together(hidden: str) -> None:
    rows = {cell(name): SHOWN for name in ("H_1_3", "M0_1_3", "A_1_3", "H_1_2", "index")}
    other = cell("H_1_3", "another group")
    rows |= {other: SHOWN, cell(hidden): Said("", ["wide"])}
    expected = {cell(name): UNRELIABLE for name in ("H_1_3", "M0_1_3", "A_1_3")}
    assert withheld(rows) == expected


def test_each_keeps_its_own_reason() -> None:
    rows = {cell("H_1_3"): Said("poor<10", []), cell("M0_1_3"): Said("", ["wide"])}
    assert withheld(rows) == {cell("H_1_3"): "poor<10", cell("M0_1_3"): UNRELIABLE}


@pytest.mark.parametrize(("number", "shown"), [(10, 10), (12, 10), (13, 15), (1184, 1185), (0, 0)])
def test_people_are_told_in_fives(number: int, shown: int) -> None:
    assert people(number) == shown
