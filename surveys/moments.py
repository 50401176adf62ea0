"""Days and moments as addresses and programs write them."""

from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_date


def day_in(text: str) -> date | None:
    """The day that a text names, or None where it names none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """The moment with which the day begins, by the time zone in use."""
    return timezone.make_aware(datetime.combine(day, time()))


def in_utc(moment: datetime) -> str:
    """Written without a plus, which an address would lose."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
