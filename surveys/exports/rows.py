"""Interviews as rows of text, one at a time, however many there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from surveys.exports.columns import Layout
from surveys.exports.repeats import RepeatInstance, counts, instances_in, rows_of_repeat
from surveys.layers import Layer, sent_by_devices
from surveys.models.interview import InterviewQuerySet
from surveys.xforms.instance import tree_from_xml

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
ANSWERS = ("pk", "root_uuid", "answers")
AS_SENT = {  # a name in `SOURCES`, `ANSWERS` or `EVIDENCE`, and that of the same in `Sent`
    "answers": "answers",
    "skipped": "skipped",
    "outcome": "outcome",
    "started_at": "started_at",
    "ended_at": "ended_at",
    "current__claimed_version": "version",
    "current__xml": "xml",
}
EVIDENCE = ("skipped", "current__xml")  # megabytes, and only repeats need both


@dataclass(frozen=True)
class Rows:
    """An interview's rows by the key of the repeat; blank for the interview's own."""

    pk: int
    interview_id: str
    by_repeat: Mapping[str, Sequence[Sequence[str]]]
    skipped: Collection[str] = ()  # places that did not apply, where they were asked for


def rows_of(
    interviews: InterviewQuerySet, layout: Layout, layer: Layer = Layer.CORRECTED
) -> Iterator[Sequence[str]]:
    """Cells in the layout's order, oldest interview first, of a form without repeats."""
    for page in pages_of(interviews, {"": layout}, layer):
        yield from (rows.by_repeat[""][0] for rows in page)


def pages_of(
    interviews: InterviewQuerySet,
    layouts: Mapping[str, Layout],
    layer: Layer = Layer.CORRECTED,
    *,
    with_skipped: bool = False,
) -> Iterator[Sequence[Rows]]:
    """Interviews a page at a time, oldest first. Memory does not grow with the rows.

    Read so because SQLite refuses a write, such as a job's sign of life, while the same connection
    still reads and somebody else has written meanwhile.
    """
    facts = [SOURCES[fact] for fact in layouts[""].facts]
    evidence = EVIDENCE if len(layouts) > 1 else ("skipped",) if with_skipped else ()
    names = list(dict.fromkeys((*ANSWERS, *facts, *evidence)))
    found = interviews.order_by("pk").values(*names)
    last = 0
    while page := list(found.filter(pk__gt=last)[:CHUNK]):
        read = _as_sent(page) if layer == Layer.RAW else page
        yield [_rows(interview, facts, layouts) for interview in read]
        last = page[-1]["pk"]


def _as_sent(page: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The interviews with what devices sent where the office has corrected it."""
    sent = sent_by_devices([interview["pk"] for interview in page])
    return [
        {**interview, **{name: getattr(sent[interview["pk"]], AS_SENT[name]) for name in AS_SENT}}
        if interview["pk"] in sent
        else interview
        for interview in page
    ]


def _rows(
    interview: Mapping[str, Any], facts: Sequence[str], layouts: Mapping[str, Layout]
) -> Rows:
    answers, own = interview["answers"], layouts[""]
    instances: dict[str, list[RepeatInstance]] = {}
    if len(layouts) > 1:
        root = tree_from_xml(bytes(interview["current__xml"]))
        instances = instances_in(root, layouts, frozenset(interview["skipped"]))
    row = [
        *(_text(interview[fact]) for fact in facts),
        *(column.value(answers.get(column.key, "")) for column in own.columns),
        *counts("", own, instances),
    ]
    key = interview["root_uuid"]
    repeated = {
        repeat: list(rows_of_repeat(key, found, layouts[repeat], answers, instances))
        for repeat, found in instances.items()
    }
    skipped = frozenset(interview.get("skipped", ()))
    return Rows(interview["pk"], key, {"": [row], **repeated}, skipped)


def _text(fact: Any) -> str:
    if isinstance(fact, datetime):
        return timezone.localtime(fact).isoformat(timespec="seconds")
    return "" if fact is None else str(fact)
