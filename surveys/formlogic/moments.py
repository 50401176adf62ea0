"""Dates and times of day: ISO texts to moments, counted in days of the interview's own clock."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from surveys.formlogic.spaces import stripped

EPOCH = date(1970, 1, 1)
_EPOCH_MIDNIGHT = datetime(1970, 1, 1)  # noqa: DTZ001 - of any zone: only differences are taken
_MILLISECOND = timedelta(milliseconds=1)
DAY_MS = 86_400_000
MINUTE_MS = 60_000
_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_TIME = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:(Z)|([-+])(\d{2})(?::?(\d{2}))?)?"
_MOMENT = re.compile(rf"{_DAY}(?:T{_TIME})?", re.ASCII)
_CLOCK = re.compile(_TIME, re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a date with a time.

    `text` is ISO in the interview's zone, `days` counts its local days since 1970-01-01 (whole for
    a date), `instant` the days since midnight of that day in UTC. Zones are fixed offsets.
    """

    text: str
    days: float
    instant: float

    @property
    def has_time(self) -> bool:
        return "T" in self.text


def moment_of_date(day: date, zone: timezone) -> Moment:
    days = (day - EPOCH).days
    return Moment(day.isoformat(), float(days), (days * DAY_MS - _ahead_ms(zone)) / DAY_MS)


def moment_of_datetime(moment: datetime, zone: timezone) -> Moment:
    """Of an aware moment; to the millisecond, as forms store it."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    return _moment_of_local(local, (local - _EPOCH_MIDNIGHT) // _MILLISECOND, zone)


def _moment_of_local(local: datetime, local_ms: int, zone: timezone) -> Moment:
    ahead_ms = _ahead_ms(zone)
    text = local.isoformat(timespec="milliseconds") + _offset_text(ahead_ms // MINUTE_MS)
    return Moment(text, local_ms / DAY_MS, (local_ms - ahead_ms) / DAY_MS)


def _moment_at(local_ms: int, zone: timezone) -> Moment | None:
    """The moment at milliseconds of the local clock; None where no calendar has it."""
    try:
        local = _EPOCH_MIDNIGHT + timedelta(milliseconds=local_ms)
    except OverflowError:
        return None
    return _moment_of_local(local, local_ms, zone)


def _ahead_ms(zone: timezone) -> int:
    return zone.utcoffset(None) // _MILLISECOND


def _offset_text(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def moment_from_text(text: str, zone: timezone) -> Moment | None:
    """The date, or date with time, of an ISO text; None where it is neither."""
    match = _MOMENT.fullmatch(text)
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    if match[4] is None:
        return moment_of_date(day, zone)
    since_ms = _since_midnight_ms(match.groups()[3:], zone)
    return None if since_ms is None else _moment_at((day - EPOCH).days * DAY_MS + since_ms, zone)


def moment_from_days(days: float, zone: timezone) -> Moment | None:
    """The local date that many days after 1970-01-01; None where no calendar has it."""
    try:
        return moment_of_date(EPOCH + timedelta(days=math.trunc(days)), zone)
    except (ValueError, OverflowError):
        return None


def moment_from_instant(days: float, zone: timezone) -> Moment | None:
    """The date and time that many days after 1970-01-01T00:00Z, to the millisecond."""
    try:
        return _moment_at(math.floor(days * DAY_MS + 0.5) + _ahead_ms(zone), zone)
    except (ValueError, OverflowError):
        return None


def moment_from_time(text: str, zone: timezone) -> Moment | None:
    """A time of day on 1970-01-01; None where the text is none."""
    match = _CLOCK.fullmatch(stripped(text))
    since_ms = _since_midnight_ms(match.groups(), zone) if match else None
    return None if since_ms is None else _moment_at(since_ms % DAY_MS, zone)


def time_of_day(text: str, zone: timezone) -> float:
    """A time of day as a fraction of the local day; NaN where the text is none."""
    moment = moment_from_time(text, zone)
    return moment.days if moment else math.nan


def _since_midnight_ms(written: tuple[str | None, ...], zone: timezone) -> int | None:
    """Milliseconds since the local midnight, of the groups of a written time; None for no time."""
    hour, minute, second, fraction, utc, sign, *offset = written
    hours, minutes = (int(part or 0) for part in offset)
    clock = [int(part or 0) for part in (hour, minute, second)]
    if not (clock[0] < 24 and clock[1] < 60 and clock[2] < 60 and hours < 24 and minutes < 60):
        return None
    since_ms = ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * 1000 + int(f"{fraction or '0':0<3.3}")
    if not utc and not sign:
        return since_ms
    ahead_ms = (hours * 60 + minutes) * MINUTE_MS
    return since_ms + _ahead_ms(zone) - (-ahead_ms if sign == "-" else ahead_ms)
