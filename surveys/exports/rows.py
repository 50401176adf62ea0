"""Interviews as rows of text, one at a time, however many there are."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from surveys.exports.columns import Layout
from surveys.models.interview import InterviewQuerySet

CHUNK = 500
SOURCES = {
    "interview_id": "root_uuid",
    "state": "state",
    "outcome": "outcome",
    "site": "site__code",
    "city": "site__city__code",
    "stratum": "site__stratum",
    "psu": "site__psu",
    "enumerator": "enumerator__username",
    "started": "started_at",
    "ended": "ended_at",
    "received": "received_at",
    "form_version": "current__claimed_version",
}


def rows_of(interviews: InterviewQuerySet, layout: Layout) -> Iterator[list[str]]:
    """Cells in the layout's order, oldest interview first. Memory does not grow with the rows."""
    sources = [SOURCES[fact] for fact in layout.facts]
    found = interviews.order_by("pk").values_list("answers", *sources)
    for answers, *facts in found.iterator(chunk_size=CHUNK):
        yield [
            *(_text(fact) for fact in facts),
            *(column.value(answers.get(column.key, "")) for column in layout.columns),
        ]


def _text(fact: Any) -> str:
    if isinstance(fact, datetime):
        return timezone.localtime(fact).isoformat(timespec="seconds")
    return "" if fact is None else str(fact)
