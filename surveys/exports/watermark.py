"""Which data it was: how many interviews, from when the last one is, and a digest of what they say."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils import timezone

from surveys.disclosure.terms import Terms
from surveys.exports.rows import Page
from surveys.exports.sinks import TableCells, Written
from surveys.models import Interview


@dataclass(frozen=True)
class Mark:
    """The same of the same interviews, whenever asked; another one where one was corrected. Lines
    come oldest first; for an audience, whose rows come in another order, a page at a time.
    """

    interviews: int
    first_received: datetime | None
    last_received: datetime | None
    digest: str  # SHA-256 over a line for each interview: its id and its answers' hash
    last_key: int


def day_given(moment: datetime | None, terms: Terms | None) -> date | None:
    """The day of a moment at which an interview was received, as coarse as an audience is told it;
    None where it is told no moments.
    """
    if moment is None:
        return None
    day = timezone.localdate(moment)
    told = terms.fact("received", day.isoformat()) if terms else day.isoformat()
    return date.fromisoformat(told) if told else None


class Watermark:
    """Made of interviews as they are read; says what is current a moment after they were."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._received: list[datetime] = []
        self._interviews = self._last_key = 0

    def take(self, page: Page, _: TableCells) -> None:
        found = Interview.objects.filter(pk__in=page.keys).order_by("pk")
        for name, sha256, received in found.values_list(
            "root_uuid", "current__xml_sha256", "received_at"
        ):
            self._digest.update(f"{name} {sha256}\n".encode())
            self._received.append(received.astimezone(UTC))
        self._received = [min(self._received), max(self._received)] if self._received else []
        self._interviews += len(page.keys)
        self._last_key = max(self._last_key, *page.keys)

    def finish(self) -> list[Written]:
        return []

    @property
    def mark(self) -> Mark:
        """Of all that was taken, once it is finished."""
        first, last = self._received or (None, None)
        return Mark(self._interviews, first, last, self._digest.hexdigest(), self._last_key)
