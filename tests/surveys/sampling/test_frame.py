"""A frame is read with all its faults, each with its row and column."""

import pytest

from surveys.sampling.frame import (
    ONE_STRATUM,
    WHOLE_FILE,
    Bounds,
    Fault,
    FrameUnit,
    Known,
    Wrong,
    by_stratum,
    read_frame,
)

HEADINGS = ["Code", "Name", "Stratum", "City", "Size", "Lat", "Lon", "District"]
GOOD: list[object] = ["s1", "North gate", "east", "c01", 120, "39.9", 116.4, "Haidian"]
ANYTHING = Known()
CHINA = Bounds(south=18, west=73, north=54, east=135)


def faults_of(*cells: object, known: Known = ANYTHING) -> list[tuple[Wrong, str, str]]:
    """Code, column and value of the faults of a single row with these cells."""
    faults = read_frame(HEADINGS, [list(cells)], known).faults
    assert {fault.row for fault in faults} <= {2}
    return [(fault.code, fault.column, fault.value) for fault in faults]


def test_a_row_becomes_a_unit() -> None:
    reading = read_frame(HEADINGS, [GOOD])
    assert reading.faults == ()
    assert reading.units == (
        FrameUnit(
            code="s1",
            stratum="east",
            name="North gate",
            psu="s1",
            city="c01",
            size=120.0,
            latitude=39.9,
            longitude=116.4,
            extras={"District": "Haidian"},
        ),
    )


def test_headings_may_be_chinese_and_numbers_full_width() -> None:
    (unit,) = read_frame(["编码", "层", "规模"], [["一号", "东部", "１２０"]]).units
    assert (unit.code, unit.stratum, unit.size) == ("一号", "东部", 120)


def test_codes_that_a_spreadsheet_took_for_numbers_are_as_they_were_typed() -> None:
    assert [unit.code for unit in read_frame(["code"], [[1001.0], [1002]]).units] == [
        "1001",
        "1002",
    ]


def test_without_a_column_of_strata_there_is_one() -> None:
    assert read_frame(["code"], [["s1"]]).units == (FrameUnit("s1", ONE_STRATUM, psu="s1"),)


def test_all_faults_of_a_file_are_told_with_row_and_column() -> None:
    rows: list[list[object]] = [
        GOOD,
        ["", "", "east"],
        [None] * 8,
        GOOD,
        ["s2", "", "", "", "many"],
        ["", "", "east"],
    ]
    assert read_frame(HEADINGS, rows).faults == (
        Fault(Wrong.BLANK, 3, "code"),
        Fault(Wrong.REPEATED, 5, "code", "2"),
        Fault(Wrong.BLANK, 6, "stratum"),
        Fault(Wrong.NOT_A_NUMBER, 6, "size", "many"),
        Fault(Wrong.BLANK, 7, "code"),
    )


@pytest.mark.parametrize("size", ["0", -3, "-0.5"])
def test_a_size_is_above_0(size: object) -> None:
    assert faults_of("s1", "", "east", "", size) == [(Wrong.NOT_POSITIVE, "size", str(size))]


@pytest.mark.parametrize("size", ["nan", "inf", "1_000", "1,000", "12人"])
def test_a_size_is_a_number(size: str) -> None:
    assert faults_of("s1", "", "east", "", size) == [(Wrong.NOT_A_NUMBER, "size", size)]


@pytest.mark.parametrize(
    ("place", "faults"),
    [
        (["39.9", ""], [(Wrong.HALF_A_PLACE, "longitude", "")]),
        ([None, 116], [(Wrong.HALF_A_PLACE, "latitude", "")]),
        (["116.4", "39.9"], [(Wrong.SWAPPED, "latitude", "116.4")]),
        (["60", "116"], [(Wrong.OUTSIDE, "latitude", "60")]),
        (["30", "150"], [(Wrong.OUTSIDE, "longitude", "150")]),
        (["60", "10"], [(Wrong.OUTSIDE, "latitude", "60"), (Wrong.OUTSIDE, "longitude", "10")]),
        (["north", "116"], [(Wrong.NOT_A_NUMBER, "latitude", "north")]),
    ],
)
def test_places_lie_where_the_survey_is(
    place: list[object], faults: list[tuple[Wrong, str, str]]
) -> None:
    assert faults_of("s1", "", "east", "", "", *place, known=Known(bounds=CHINA)) == faults


def test_strata_and_cities_are_those_that_the_survey_knows() -> None:
    known = Known(strata={"west"}, cities={"c02"})
    assert faults_of(*GOOD, known=known) == [
        (Wrong.UNKNOWN, "stratum", "east"),
        (Wrong.UNKNOWN, "city", "c01"),
    ]


def test_what_the_database_cannot_hold_is_refused() -> None:
    assert faults_of("s" * 51, "n" * 201, "east") == [
        (Wrong.TOO_LONG, "code", "50"),
        (Wrong.TOO_LONG, "name", "200"),
    ]


def test_a_cell_without_a_heading_is_a_fault() -> None:
    assert faults_of(*GOOD, "") == []
    assert faults_of(*GOOD, "stray") == [(Wrong.CELL_WITHOUT_HEADING, "", "stray")]


def test_two_headings_that_mean_the_same_are_refused() -> None:
    reading = read_frame(["name", "size", "规模"], [["s1", 1, 2]])
    assert reading.faults == (
        Fault(Wrong.COLUMN_REPEATED, 1, "size", "规模"),
        Fault(Wrong.COLUMN_MISSING, 1, "code"),
    )


def test_a_file_without_rows_is_a_fault() -> None:
    assert read_frame(["code"], [[""]]).faults == (Fault(Wrong.NO_ROWS, WHOLE_FILE, ""),)


def test_strata_and_their_units_are_in_order() -> None:
    units = [FrameUnit("b", "west"), FrameUnit("c", "east"), FrameUnit("a", "west")]
    found = by_stratum(units)
    assert [(name, [unit.code for unit in some]) for name, some in found.items()] == [
        ("east", ["c"]),
        ("west", ["a", "b"]),
    ]
