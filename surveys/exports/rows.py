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
    """Cells in the layout's order, oldest interview first. Memory does not grow with the rows.

    Read a page at a time: SQLite refuses a write, such as a job's sign of life, while the same
    connection still reads and somebody else has written meanwhile.
    """
    sources = [SOURCES[fact] for fact in layout.facts]
    found = interviews.order_by("pk").values_list("pk", "answers", *sources)
    last = 0
    while page := list(found.filter(pk__gt=last)[:CHUNK]):
        for _, answers, *facts in page:
            yield [
                *(_text(fact) for fact in facts),
                *(column.value(answers.get(column.key, "")) for column in layout.columns),
            ]
        last = page[-1][0]


def _text(fact: Any) -> str:
    if isinstance(fact, datetime):
        return timezone.localtime(fact).isoformat(timespec="seconds")
    return "" if fact is None else str(fact)
