"""Answers read as values."""

from datetime import date, datetime

import pytest

from surveys.variables.missing import Missing
from surveys.variables.variable import Cell, Kind, Value, Variable

CODED = (Value("yes", 1, {"en": "Yes"}), Value("no", 2, {"en": "No"}))


def variable(kind: Kind, **more: object) -> Variable:
    values = CODED if kind is Kind.CHOICE else ()
    return Variable("q", "q", kind, values=values, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.TEXT, "=1+1 \n", "=1+1 \n"),
        (Kind.TEXT, "rf", "rf"),  # typed by somebody, not chosen
        (Kind.TEXT, "", ""),
        (Kind.INTEGER, "-17", -17.0),
        (Kind.INTEGER, "1.5", Missing.UNREADABLE),
        (Kind.INTEGER, "9007199254740993", Missing.UNREADABLE),  # a float would change it
        (Kind.DECIMAL, "0.1", 0.1),
        (Kind.DECIMAL, "", None),
        (Kind.DECIMAL, "NaN", Missing.UNREADABLE),
        (Kind.DECIMAL, "1e999", Missing.UNREADABLE),
        (Kind.DECIMAL, "dk", Missing.DONT_KNOW),
        (Kind.DATE, "2026-02-28", date(2026, 2, 28)),
        (Kind.DATE, "2026-02-30", Missing.UNREADABLE),
        (Kind.DATETIME, "2026-02-28T23:30:00.250+08:00", datetime(2026, 2, 28, 23, 30, 0, 250000)),  # noqa: DTZ001
        (Kind.CHOICE, "no", 2.0),
        (Kind.CHOICE, "rf", Missing.REFUSED),
        (Kind.CHOICE, "elsewhere", Missing.UNREADABLE),
    ],
)
def test_an_answer_is_a_value_or_a_reason(kind: Kind, text: str, value: Cell) -> None:
    assert variable(kind).read(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("saw axe", 1.0),
        ("axe", 0.0),
        ("rf", Missing.REFUSED),
        ("saw dk", Missing.DONT_KNOW),
        ("", None),
    ],
)
def test_a_flag_is_one_where_its_choice_is_among_them(text: str, value: Cell) -> None:
    assert variable(Kind.FLAG, choice="saw").read(text) == value


def test_what_did_not_apply_is_told_from_what_was_left_blank() -> None:
    number = variable(Kind.INTEGER)
    assert number.read("", is_skipped=True) is Missing.NOT_APPLICABLE
    assert number.read("", is_skipped=False) is None
    assert number.read("7", is_skipped=True) == 7.0  # an answer is never dropped
    assert number.column(["", "7", ""], [0, 1]) == [Missing.NOT_APPLICABLE, 7.0, None]
    assert variable(Kind.TEXT).column(["", "a"], [0]) == ["", "a"]


def test_a_place_has_four_numbers_or_fewer() -> None:
    parts = [variable(Kind.DECIMAL, part=part) for part in range(4)]
    assert [part.read("31.2 121.4 4 5") for part in parts] == [31.2, 121.4, 4.0, 5.0]
    assert [part.read("31.2 121.4") for part in parts] == [31.2, 121.4, None, None]
    assert parts[0].read("somewhere") is Missing.UNREADABLE


@pytest.mark.parametrize(
    ("kind", "cell", "plain"),
    [
        (Kind.CHOICE, 2.0, "no"),
        (Kind.INTEGER, 7.0, 7),
        (Kind.FLAG, 1.0, 1),
        (Kind.DECIMAL, 7.0, 7.0),
        (Kind.CHOICE, Missing.REFUSED, None),
        (Kind.TEXT, "", ""),
    ],
)
def test_tools_without_value_labels_get_names(kind: Kind, cell: Cell, plain: object) -> None:
    found = variable(kind).plain(cell)
    assert (found, type(found)) == (plain, type(plain))
