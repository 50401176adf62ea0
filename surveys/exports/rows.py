"""Interviews as rows of text, one at a time, however many there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.utils import timezone

from surveys.disclosure.terms import PERSON_KEY, Terms
from surveys.exports.columns import Layout
from surveys.exports.derived import Derived, Met
from surveys.exports.repeats import RepeatInstance, counts, instances_in, rows_of_repeat
from surveys.exports.sequence import pages_in_order
from surveys.layers import Layer, sent_by_devices
from surveys.models.interview import InterviewQuerySet
from surveys.xforms.instance import tree_from_xml

CHUNK = 500
SOURCES = {
    "interview_id": "root_uuid",
    PERSON_KEY: "root_uuid",
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
MET = ("pk", "wave", "wave__number", "site", "case", "site__design_weight")  # fields of `Met`


@dataclass(frozen=True)
class Rows:
    """An interview's rows by the key of the repeat; blank for the interview's own. For an audience
    `interview_id` is its pseudonym.
    """

    pk: int
    interview_id: str
    by_repeat: Mapping[str, Sequence[Sequence[str]]]
    skipped: Collection[str] = ()  # places that did not apply, where they were asked for


def rows_of(
    interviews: InterviewQuerySet, layout: Layout, layer: Layer = Layer.CORRECTED
) -> Iterator[Sequence[str]]:
    """Cells in the layout's order, a row an interview, of a form without repeats."""
    for page in pages_of(interviews, {"": layout}, layer):
        yield from (rows.by_repeat[""][0] for rows in page)


def pages_of(
    interviews: InterviewQuerySet,
    layouts: Mapping[str, Layout],
    layer: Layer = Layer.CORRECTED,
    *,
    with_skipped: bool = False,
) -> Iterator[Sequence[Rows]]:
    """Interviews a page at a time, in the order of `pages_in_order`. Memory does not grow with them.

    Read so because SQLite refuses a write, such as a job's sign of life, while the same connection
    still reads and somebody else has written meanwhile.
    """
    facts = [SOURCES[fact] for fact in layouts[""].facts]
    evidence = EVIDENCE if len(layouts) > 1 else ("skipped",) if with_skipped else ()
    beside = layouts[""].beside
    names = list(dict.fromkeys((*ANSWERS, *facts, *evidence, *(MET if beside else ()))))
    for page in pages_in_order(interviews, names, layouts[""].terms, CHUNK):
        read = _as_sent(page) if layer == Layer.RAW else page
        cells = _beside(page, beside)
        yield [_rows(*row, layouts) for row in zip(read, cells, strict=True)]


def _beside(
    page: Sequence[Mapping[str, Any]], beside: Sequence[Derived]
) -> Sequence[Sequence[str]]:
    """What stands beside each interview's answers: the same in every layer."""
    if not beside:
        return [()] * len(page)
    met = [Met(*(interview[name] for name in MET)) for interview in page]
    parts = zip(*(derived.read(met) for derived in beside), strict=True)
    return [list(chain.from_iterable(row)) for row in parts]


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
    interview: Mapping[str, Any],
    beside: Sequence[str],
    layouts: Mapping[str, Layout],
) -> Rows:
    answers, own = interview["answers"], layouts[""]
    terms, skipped = own.terms, frozenset(interview.get("skipped", ()))
    instances: dict[str, list[RepeatInstance]] = {}
    if len(layouts) > 1:
        root = tree_from_xml(bytes(interview["current__xml"]))
        instances = instances_in(root, layouts, skipped)
    row = [
        *(_fact(fact, interview[SOURCES[fact]], terms) for fact in own.facts),
        *(column.value(answers.get(column.key, "")) for column in own.columns),
        *counts("", own, instances),
        *beside,
    ]
    root_uuid = interview["root_uuid"]
    key = terms.pseudonym(root_uuid) if terms else root_uuid
    repeated = {
        repeat: list(rows_of_repeat(key, found, layouts[repeat], answers, instances))
        for repeat, found in instances.items()
    }
    return Rows(interview["pk"], key, {"": [row], **repeated}, skipped)


def _fact(name: str, fact: Any, terms: Terms | None) -> str:
    return terms.fact(name, _text(fact)) if terms else _text(fact)


def _text(fact: Any) -> str:
    if isinstance(fact, datetime):
        return timezone.localtime(fact).isoformat(timespec="seconds")
    return "" if fact is None else str(fact)
