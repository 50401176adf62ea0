"""Dates and times of day: ISO texts to moments, counted in days of the interview's own clock."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

EPOCH = date(1970, 1, 1)
EPOCH_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[-+]\d{2}(?::?\d{2})?)?"
_MOMENT = re.compile(rf"{_DAY}(?:T{_TIME})?", re.ASCII)
_CLOCK = re.compile(_TIME, re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a date with a time.

    `text` is ISO in the interview's zone, `days` counts its local days since 1970-01-01 (whole for
    a date), `instant` the days since midnight of that day in UTC.
    """

    text: str
    days: float
    instant: float

    @property
    def has_time(self) -> bool:
        return "T" in self.text


def moment_of_date(day: date, zone: tzinfo) -> Moment:
    midnight = datetime.combine(day, time(), zone)
    return Moment(day.isoformat(), float((day - EPOCH).days), _instant(midnight))


def moment_of_datetime(moment: datetime, zone: tzinfo) -> Moment:
    """To the millisecond, as forms store it."""
    local = moment.astimezone(zone)
    local = local.replace(microsecond=local.microsecond // 1000 * 1000)
    days = (local.replace(tzinfo=None) - datetime.combine(EPOCH, time())) / DAY
    return Moment(local.isoformat(timespec="milliseconds"), days, _instant(local))


def _instant(moment: datetime) -> float:
    return (moment - EPOCH_INSTANT) / DAY


def moment_from_text(text: str, zone: tzinfo) -> Moment | None:
    """The date, or date with time, of an ISO text; None where it is neither."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return moment_of_date(day, zone)
        clock = _clock(*match.groups()[3:])
        if clock.tzinfo is None:
            clock = clock.replace(tzinfo=zone)
        return moment_of_datetime(datetime.combine(day, clock), zone)
    except (ValueError, OverflowError):
        return None


def moment_from_days(days: float, zone: tzinfo) -> Moment | None:
    """The local date that many days after 1970-01-01; None where no calendar has it."""
    try:
        return moment_of_date(EPOCH + timedelta(days=math.trunc(days)), zone)
    except (ValueError, OverflowError):
        return None


def moment_from_instant(days: float, zone: tzinfo) -> Moment | None:
    """The date and time that many days after 1970-01-01T00:00Z."""
    try:
        return moment_of_datetime(EPOCH_INSTANT + timedelta(days=days), zone)
    except (ValueError, OverflowError):
        return None


def time_of_day(text: str, zone: tzinfo) -> float | None:
    """A time of day as a fraction of the local day; None where the text is none."""
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    try:
        clock = _clock(*match.groups())
    except ValueError:
        return None
    since = timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )
    if clock.tzinfo is not None:
        local = datetime.combine(EPOCH, time(), zone).utcoffset() or timedelta()
        since += local - (clock.utcoffset() or timedelta())
    return (since / DAY) % 1


def _clock(
    hour: str, minute: str, second: str | None, fraction: str | None, offset: str | None
) -> time:
    microsecond = int(f"{fraction or '0':0<6.6}")
    return time(int(hour), int(minute), int(second or 0), microsecond, _zone(offset))


def _zone(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    if offset == "Z":
        return UTC
    minutes = int(offset[-2:]) if len(offset) > 3 else 0
    if minutes > 59:
        raise ValueError(offset)
    ahead = timedelta(hours=int(offset[1:3]), minutes=minutes)
    return timezone(-ahead if offset[0] == "-" else ahead)
