"""Answers as numbers: choices by their place, several as bits, what was not said as a state."""

import math

from surveys.asked import asked_in, geopoints_in, places_in
from surveys.quality.fieldwork import Kind, State
from tests.factories import form_from
from tests.surveys.field import FORM

ASKED = {one.place: one for one in asked_in([form_from(FORM)])}


def test_choices_are_their_place_in_the_list() -> None:
    assert ASKED["g_b/v1"].kind is Kind.CHOICE
    assert ASKED["g_b/v1"].read("3") == (2.0, State.ANSWERED)


def test_several_choices_are_a_sum_of_bits() -> None:
    assert ASKED["g_b/had"].read("car tv") == (3.0, State.ANSWERED)
    assert ASKED["g_b/had"].read("tv dk")[1] is State.DONT_KNOW


def test_what_is_not_said_is_no_number() -> None:
    number, state = ASKED["g_b/v1"].read("rf")
    assert math.isnan(number)
    assert state is State.REFUSED
    assert ASKED["g_a/age"].read("many")[1] is State.BLANK


def test_other_is_an_answer_of_its_own_kind() -> None:
    assert ASKED["g_b/why"].read("other") == (1.0, State.OTHER)
    assert ASKED["g_b/why"].read("work") == (0.0, State.ANSWERED)


def test_equal_texts_are_equal_numbers() -> None:
    phone = ASKED["g_a/phone"]
    assert phone.kind is Kind.TEXT
    assert phone.read("123") == phone.read("123") != phone.read("124")


def test_statements_on_one_scale_are_a_battery_and_the_one_that_falls_is_reversed() -> None:
    battery = [(one.battery, one.is_reversed) for one in ASKED.values() if one.battery]
    assert battery == [("g_b/v1", False), ("g_b/v1", False), ("g_b/v1", True)]


def test_what_identifies_and_what_cannot_be_compared_is_left_out() -> None:
    assert "psu_id" not in ASKED
    assert "g_a/spot" not in ASKED
    assert geopoints_in(form_from(FORM)) == ("g_a/spot",)


def test_a_question_that_an_older_version_asked_stays_with_the_choices_of_both() -> None:
    older = FORM.replace("| integer            | age  ", "| integer            | years").replace(
        "| 1       | No             | 0 ", "| 0       | No             | 0 "
    )
    both = {one.place: one for one in asked_in([form_from(FORM), form_from(older)])}
    assert {"g_a/age", "g_a/years"} <= both.keys()
    assert list(both["g_b/v1"].codes or ()) == ["1", "2", "3", "0"]
    assert "g_a/years" not in places_in(form_from(FORM))
