"""How answers are written: whether a text is of its type, and how a calculated value is stored."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, timezone

from surveys.formlogic.functions.numbers import whole
from surveys.formlogic.moments import moment_from_days, moment_from_text, time_of_day
from surveys.formlogic.spaces import stripped, words_of
from surveys.formlogic.values import (
    DECIMAL,
    Value,
    number_from_text,
    to_moment,
    to_number,
    to_text,
)

_INTEGER = re.compile(r"[-+]?[0-9]+")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TOLERANCE = 1e-9


def is_date(text: str) -> bool:
    return bool(_ISO_DAY.fullmatch(text)) and moment_from_text(text, UTC) is not None


def is_datetime(text: str) -> bool:
    return "T" in text and moment_from_text(text, UTC) is not None


def is_time(text: str) -> bool:
    return not math.isnan(time_of_day(text, UTC))


def is_point(text: str) -> bool:
    """Latitude, longitude and perhaps altitude and accuracy."""
    numbers = words_of(text)
    if not 2 <= len(numbers) <= 4 or not all(map(DECIMAL.fullmatch, numbers)):
        return False
    return abs(float(numbers[0])) <= 90 and abs(float(numbers[1])) <= 180


def is_trace(text: str) -> bool:
    points = [point for point in text.split(";") if stripped(point)]
    return len(points) >= 2 and all(map(is_point, points))


TYPES: Mapping[str, Callable[[str], object]] = {
    "int": _INTEGER.fullmatch,
    "decimal": DECIMAL.fullmatch,
    "boolean": {"true", "false", "1", "0"}.__contains__,
    "date": is_date,
    "time": is_time,
    "dateTime": is_datetime,
    "geopoint": is_point,
    "geotrace": is_trace,
    "geoshape": is_trace,
}


def is_of_type(text: str, type_: str) -> bool:
    """Whether an answer is written as its type is; types that are not listed take any text."""
    has_form = TYPES.get(type_)
    return has_form is None or bool(has_form(text))


def written(value: Value, type_: str, zone: timezone) -> str:
    """A calculated value as an answer. What is not a number is no answer."""
    if isinstance(value, float):
        if value != value:
            return ""
        if type_ == "date":
            day = moment_from_days(value, zone)
            return day.text if day else ""
        return to_text(whole(value) if type_ == "int" else value)
    if isinstance(value, bool) and type_ in ("int", "decimal"):
        return "1" if value else "0"
    return to_text(value)


def is_same(stored: str, computed: str, zone: timezone) -> bool:
    """Whether two texts say the same number, the same day or the same words."""
    if stripped(stored) == stripped(computed):
        return True
    first, second = to_moment(stored, zone), to_moment(computed, zone)
    if first is not None and second is not None:
        return first.text[:10] == second.text[:10]
    a, b = number_from_text(stored, zone), to_number(computed, zone)
    return abs(a - b) <= TOLERANCE * max(1.0, abs(b))
