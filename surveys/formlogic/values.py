"""Values of expressions and how one kind becomes another (XPath 1.0, section 4, with dates)."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

from surveys.formlogic.tree import Element


@dataclass(frozen=True)
class Moment:
    """A date or a date with a time: days since 1970-01-01, whole for dates, and its text."""

    days: float
    text: str


Nodes: TypeAlias = list[Element]
Value: TypeAlias = str | float | bool | Moment | Nodes

EPOCH = date(1970, 1, 1)
_NUMBER = re.compile(r"\s*-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(.+))?")


def number_from_text(text: str) -> float:
    """The number a text says: a decimal, a decimal with an exponent, or a date as days."""
    if _NUMBER.fullmatch(text):
        return float(text)
    moment = moment_from_text(text.strip())
    return moment.days if moment else math.nan


def text_from_number(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number):
        return str(int(number))
    text = repr(number)
    return text if "e" not in text else f"{number:.20f}".rstrip("0")


def moment_from_text(text: str, zone: tzinfo | None = None) -> Moment | None:
    """The date, or date with time, of an ISO text; None where it is neither."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        if match[4] is None:
            return moment_from_date(date.fromisoformat(text))
        return moment_from_datetime(datetime.fromisoformat(text), text, zone)
    except ValueError:
        return None


def moment_from_date(day: date) -> Moment:
    return Moment(float((day - EPOCH).days), day.isoformat())


def moment_from_days(days: float) -> Moment | None:
    """The date so many whole days after 1970-01-01; None beyond what a calendar holds."""
    try:
        return moment_from_date(EPOCH + timedelta(days=math.trunc(days)))
    except (OverflowError, ValueError):
        return None


def moment_from_datetime(moment: datetime, text: str = "", zone: tzinfo | None = None) -> Moment:
    """Days by the moment's own clock, so that a day begins at local midnight."""
    local = moment.astimezone(zone) if zone and moment.tzinfo else moment
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    fraction = (local - midnight) / timedelta(days=1)
    return Moment(
        (local.date() - EPOCH).days + fraction, text or local.isoformat(timespec="milliseconds")
    )
