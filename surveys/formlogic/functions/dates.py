"""Functions of dates and times."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from surveys.formlogic.context import Context
from surveys.formlogic.functions.signature import Function
from surveys.formlogic.moments import (
    Moment,
    moment_from_days,
    moment_from_instant,
    moment_from_time,
    moment_of_date,
    moment_of_datetime,
    time_of_day,
)
from surveys.formlogic.values import Value, to_moment, to_text

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LETTERS: Mapping[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04}",
    "y": lambda at: f"{at.year % 100:02}",
    "m": lambda at: f"{at.month:02}",
    "n": lambda at: str(at.month),
    "b": lambda at: MONTHS[at.month - 1],
    "d": lambda at: f"{at.day:02}",
    "e": lambda at: str(at.day),
    "H": lambda at: f"{at.hour:02}",
    "h": lambda at: str(at.hour),
    "M": lambda at: f"{at.minute:02}",
    "S": lambda at: f"{at.second:02}",
    "3": lambda at: f"{at.microsecond // 1000:03}",
    "a": lambda at: DAYS[at.weekday()],
    "%": lambda at: "%",
}


def today(c: Context) -> Value:
    return moment_of_date(c.environment.now.date(), c.zone)


def now(c: Context) -> Value:
    return moment_of_datetime(c.environment.now, c.zone)


def to_date(c: Context, value: Value) -> Value:
    """The day of an answer or a number of days; a written time is kept, as ODK Collect does."""
    if isinstance(value, float):
        return moment_from_days(value, c.zone) or ""
    moment = to_moment(value, c.zone)
    if moment is None or isinstance(value, str):
        return moment or ""
    return moment_from_days(math.floor(moment.days), c.zone) or ""


def to_datetime(c: Context, value: Value) -> Value:
    if isinstance(value, float):
        return moment_from_instant(value, c.zone) or ""
    return to_moment(value, c.zone) or ""


def decimal_date_time(c: Context, value: Value) -> Value:
    """Days since 1970-01-01T00:00Z, with the time as a fraction."""
    if isinstance(value, float):
        return value
    moment = to_moment(value, c.zone)
    return moment.instant if moment else math.nan


def decimal_time(c: Context, value: Value) -> Value:
    """The fraction of the local day that has passed."""
    moment = to_moment(value, c.zone)
    if moment is not None and not moment.has_time:
        return 0.0
    return time_of_day(moment.text[11:23] if moment else to_text(value), c.zone)


def format_date(c: Context, value: Value, pattern: Value) -> Value:
    """A date or a time in the specification's letters, English; letters it does not have stay."""
    moment = to_datetime(c, value) or moment_from_time(to_text(value), c.zone)
    if not isinstance(moment, Moment):
        return ""
    at = datetime.fromisoformat(moment.text)
    return re.sub(
        "%(.)",
        lambda match: LETTERS[match[1]](at) if match[1] in LETTERS else match[0],
        to_text(pattern),
    )


FUNCTIONS = {
    "date": Function(1, 1, to_date),
    "date-time": Function(1, 1, to_datetime),
    "decimal-date-time": Function(1, 1, decimal_date_time),
    "decimal-time": Function(1, 1, decimal_time),
    "format-date": Function(2, 2, format_date),
    "format-date-time": Function(2, 2, format_date),
    "now": Function(0, 0, now),
    "today": Function(0, 0, today),
}
