"""Values written and read again."""

import math
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formlogic.context import Environment
from surveys.formlogic.moments import moment_from_text, moment_of_date, moment_of_datetime
from surveys.formlogic.values import number_from_text, text_from_number, to_boolean

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-7))])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_and_read_is_the_same(number: float) -> None:
    text = text_from_number(number)
    assert "e" not in text
    assert math.isclose(number_from_text(text, UTC), number, rel_tol=0)


@given(st.dates(min_value=datetime(1000, 1, 1, tzinfo=UTC).date()), ZONES)
def test_a_date_written_and_read_is_the_same(day: object, zone: object) -> None:
    moment = moment_of_date(day, zone)  # type: ignore[arg-type]
    assert moment_from_text(moment.text, zone) == moment  # type: ignore[arg-type]
    assert moment.days == int(moment.days)


@given(st.floats(-2e9, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)), ZONES)
def test_a_moment_written_and_read_is_the_same(at: datetime, zone: timezone) -> None:
    moment = moment_of_datetime(at, zone)
    assert moment_from_text(moment.text, zone) == moment


def test_an_interview_has_one_clock_in_summer_and_winter() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    zone = Environment(summer).zone
    winter = moment_from_text("2026-01-01T00:00:00.000Z", zone)
    assert winter is not None
    assert winter.text == "2026-01-01T02:00:00.000+02:00"


@pytest.mark.parametrize("text", ["", " ", "1_000", "inf", "nan", "١", "0x1", "1e", "--1", "- 1"])
def test_what_python_reads_as_a_number_need_not_be_one(text: str) -> None:
    assert math.isnan(number_from_text(text, UTC))


@pytest.mark.parametrize(
    ("value", "is_true"), [("", False), ("0", True), (0.0, False), ([], False)]
)
def test_blank_is_false(value: str | float, is_true: bool) -> None:
    assert to_boolean(value) is is_true
