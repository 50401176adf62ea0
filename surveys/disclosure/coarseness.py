"""Answers made coarser: moments, numbers and coordinates as texts in, texts out.

What cannot be read as such a value comes out blank: it might hold anything. Blanks stay blank.
"""

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

ANGLES = 2  # of a point: latitude and longitude, in degrees; altitude and accuracy come after


class Dates(StrEnum):
    """How much is told of a moment. A week is called by its Monday, a month by its first day."""

    EXACT = "exact"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NONE = "none"


class Place(StrEnum):
    """How much is told of where an interview was made."""

    SITE = "site"
    CITY = "city"


def coarse_moment(text: str, dates: Dates) -> str:
    """An ISO date or date with time as the day that stands for it: `2026-11-27` as `2026-11-01`."""
    if dates is Dates.EXACT:
        return text
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return ""
    if dates is Dates.NONE:
        return ""
    if dates is Dates.WEEK:
        day -= timedelta(days=min(day.weekday(), day.toordinal() - 1))
    return (day.replace(day=1) if dates is Dates.MONTH else day).isoformat()


def coarse_number(text: str, width: float) -> str:
    """The lowest number of its band of a width: 37 in bands of 5 is 35."""
    step = Decimal(repr(width))
    try:
        lowest = (Decimal(text) / step).to_integral_value(ROUND_FLOOR) * step
        return f"{lowest:f}" if lowest.is_finite() and abs(lowest.adjusted()) < 40 else ""
    except ArithmeticError:
        return ""


def coarse_points(text: str, decimals: int) -> str:
    """The points of a place or line, rounded; 2 decimals are about a kilometre. No altitudes."""
    try:
        points = [_point(point, decimals) for point in text.split(";") if point.strip()]
    except ValueError:
        return ""
    return "; ".join(points)


def _point(text: str, decimals: int) -> str:
    latitude, longitude = (float(angle) for angle in text.split()[:ANGLES])
    rounded = (round(angle, decimals) + 0.0 for angle in (latitude, longitude))  # no -0.0
    return " ".join(f"{angle:.{decimals}f}" for angle in rounded)
