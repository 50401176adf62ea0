"""What is left of answers under an audience's terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.disclosure.coarseness import (
    Dates,
    Place,
    coarse_moment,
    coarse_number,
    coarse_points,
)
from surveys.disclosure.terms import LENGTH, PERSON_KEY, Terms

KNOWN = "e522ef8d7626eb42a773"
OURS, THEIRS = Terms(key=b"o" * 32), Terms(key=b"t" * 32)


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        (Dates.EXACT, "2026-11-27T10:15:30.000+08:00"),
        (Dates.DAY, "2026-11-27"),
        (Dates.WEEK, "2026-11-23"),
        (Dates.MONTH, "2026-11-01"),
        (Dates.NONE, ""),
    ],
)
def test_a_moment_becomes_a_day(dates: Dates, day: str) -> None:
    assert coarse_moment("2026-11-27T10:15:30.000+08:00", dates) == day
    assert coarse_moment("call me: 555", Dates.MONTH) == ""
    assert coarse_moment("0001-01-01", Dates.WEEK) == "0001-01-01"


@pytest.mark.parametrize(
    ("text", "width", "lowest"),
    [
        ("37", 5, "35"),
        ("35", 5, "35"),
        ("-1", 5, "-5"),
        ("0.74", 0.1, "0.7"),
        ("1200", 1000, "1000"),
        ("37", 10.0, "30"),
        ("old", 5, ""),
        ("nan", 5, ""),
        ("-inf", 5, ""),
        ("1e999999", 5, ""),
    ],
)
def test_a_number_becomes_the_lowest_of_its_band(text: str, width: float, lowest: str) -> None:
    found = coarse_number(text, width)
    assert (float(found) if found else found) == (float(lowest) if lowest else lowest)


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("31.23456 121.47891 4 5", "31.23 121.48"),
        ("-0.001 121 0 0", "0.00 121.00"),
        ("31.23456 121.47891 4 5; 31.3 121.5 0 0;", "31.23 121.48; 31.30 121.50"),
        ("somewhere", ""),
        ("31.2 here", ""),
        ("", ""),
    ],
)
def test_points_are_rounded_and_lose_their_heights(text: str, rounded: str) -> None:
    assert coarse_points(text, 2) == rounded


@given(st.text())
def test_the_same_audience_knows_somebody_again_and_another_does_not(identity: str) -> None:
    name = OURS.pseudonym(identity)
    assert name == Terms(key=OURS.key, dates=Dates.MONTH).pseudonym(identity)
    if identity:
        assert len(name) == LENGTH
        assert name != THEIRS.pseudonym(identity)


def test_a_pseudonym_is_an_hmac_of_the_id() -> None:
    """By `printf uuid:1 | openssl dgst -sha256 -hmac <32 letters o>`."""
    assert OURS.pseudonym("uuid:1") == KNOWN


def test_sampling_units_stay_apart_without_saying_which_they_are() -> None:
    city = Terms(key=OURS.key, place=Place.CITY)
    assert OURS.fact("psu", "P1") == "P1"
    assert city.fact("psu", "P1") == city.fact("psu", "P1") != city.fact("psu", "P2")
    assert "P1" not in city.fact("psu", "P1")
    assert not city.gives_fact("site")
    assert not city.gives_answers("text", "site")
    assert city.fact("city", "c01") == "c01"


def test_what_would_join_two_files_is_not_given() -> None:
    assert not OURS.gives_answers("image")
    for role in ("first", "case"):
        coarsen, other = OURS.coarsening("q", "text", role), THEIRS.coarsening("q", "text", role)
        assert coarsen
        assert other
        assert coarsen("uuid:1") != other("uuid:1")
        assert coarsen("") == ""
    first = OURS.coarsening("second_visit_of", "text", "first")
    assert first
    assert first("uuid:1") == OURS.fact(PERSON_KEY, "uuid:1")  # the same audience finds the pair


def test_only_numbers_that_have_a_width_are_banded() -> None:
    terms = Terms(key=b"k", widths={"g/age": 10})
    coarsen = terms.coarsening("g/age", "integer")
    assert coarsen
    assert coarsen("37") == "30"
    assert terms.coarsening("hours", "decimal") is None
    assert terms.coarsening("g/age", "text") is None


def test_nothing_of_times_where_they_are_left_out() -> None:
    terms = Terms(key=b"k", dates=Dates.NONE, decimals=None)
    assert not any(map(terms.gives_fact, ("started", "ended", "received")))
    assert not any(map(terms.gives_answers, ("date", "datetime", "geopoint", "geoshape")))
    assert terms.gives_answers("integer")


def test_nobody_reads_the_key_off_a_log() -> None:
    assert "ooo" not in repr(OURS)
