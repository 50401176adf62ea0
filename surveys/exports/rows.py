"""Interviews as columns and rows of text, a page at a time, however many there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.utils import timezone

from surveys.disclosure.terms import PERSON_KEY, Terms
from surveys.exports.columns import Layout
from surveys.exports.derived import Derived, Met
from surveys.exports.repeats import (
    RepeatInstance,
    counts,
    instances_in,
    place_of,
    rows_of_repeat,
)
from surveys.exports.sequence import pages_in_order
from surveys.keys.sealed import fetch_for, is_readable, readable, sealed_places
from surveys.layers import Layer, sent_by_devices
from surveys.models.interview import InterviewQuerySet
from surveys.xforms.instance import tree_from_xml

Found: TypeAlias = Sequence[Mapping[str, Any]]  # interviews of a page, by field
Columns: TypeAlias = Sequence[Sequence[str]]  # columns of one length
Instances: TypeAlias = Sequence[Mapping[str, Sequence[RepeatInstance]]]  # by interview and repeat

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
MOMENTS = frozenset({"started", "ended", "received"})
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
class Block:
    """Rows of one table by column, in the order of its layout.

    `owners` are the places in the page of the interviews that rows belong to, rising. `skipped`
    are, by key, the rows whose question did not apply, where they were asked for.
    """

    columns: Columns
    owners: Sequence[int]
    skipped: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        if not self.columns:
            return [()] * len(self.owners)
        return list(zip(*self.columns, strict=True))


@dataclass(frozen=True)
class Page:
    """Some interviews: their keys, what they are called, and their rows by the key of the repeat;
    blank for the interviews' own.
    """

    keys: Sequence[int]
    interview_ids: Sequence[str]  # for an audience pseudonyms
    by_repeat: Mapping[str, Block]

    @property
    def interviews(self) -> list["Rows"]:
        """The same, interview by interview."""
        apart: list[dict[str, list[Sequence[str]]]] = [
            {repeat: [] for repeat in self.by_repeat} for _ in self.keys
        ]
        for repeat, block in self.by_repeat.items():
            for owner, row in zip(block.owners, block.rows, strict=True):
                apart[owner][repeat].append(row)
        return list(map(Rows, self.keys, self.interview_ids, apart))


@dataclass(frozen=True)
class Rows:
    """An interview's rows by the key of the repeat; blank for the interview's own. For an audience
    `interview_id` is its pseudonym.
    """

    pk: int
    interview_id: str
    by_repeat: Mapping[str, Sequence[Sequence[str]]]


def rows_of(
    interviews: InterviewQuerySet, layout: Layout, layer: Layer = Layer.CORRECTED
) -> Iterator[Sequence[str]]:
    """Cells in the layout's order, a row an interview, of a form without repeats."""
    for page in columns_of(interviews, {"": layout}, layer):
        yield from page.by_repeat[""].rows


def pages_of(
    interviews: InterviewQuerySet, layouts: Mapping[str, Layout], layer: Layer = Layer.CORRECTED
) -> Iterator[Sequence[Rows]]:
    """Pages as `columns_of` reads them, interview by interview."""
    for page in columns_of(interviews, layouts, layer):
        yield page.interviews


def columns_of(
    interviews: InterviewQuerySet,
    layouts: Mapping[str, Layout],
    layer: Layer = Layer.CORRECTED,
    *,
    with_skipped: bool = False,
) -> Iterator[Page]:
    """Interviews a page at a time, in the order of `pages_in_order`. Memory does not grow with them.

    Read so because SQLite refuses a write, such as a job's sign of life, while the same connection
    still reads and somebody else has written meanwhile.
    """
    facts = [SOURCES[fact] for fact in layouts[""].facts]
    evidence = EVIDENCE if len(layouts) > 1 else ("skipped",) if with_skipped else ()
    beside = layouts[""].beside
    names = list(dict.fromkeys((*ANSWERS, *facts, *evidence, *(MET if beside else ()))))
    for found in pages_in_order(interviews, names, layouts[""].terms, CHUNK):
        if found:
            read = _as_sent(found) if layer == Layer.RAW else found
            yield _page(read, _beside(found, beside), layouts, with_skipped=with_skipped)


def _beside(found: Found, beside: Sequence[Derived]) -> Columns:
    """What stands beside each interview's answers: the same in every layer."""
    met = [Met(*(interview[name] for name in MET)) for interview in found] if beside else []
    return [column for derived in beside for column in derived.read(met)]


def _as_sent(found: Found) -> Found:
    """The interviews with what devices sent where the office has corrected it."""
    sent = sent_by_devices([interview["pk"] for interview in found])
    return [
        {**interview, **{name: getattr(sent[interview["pk"]], AS_SENT[name]) for name in AS_SENT}}
        if interview["pk"] in sent
        else interview
        for interview in found
    ]


def _page(
    found: Found, beside: Columns, layouts: Mapping[str, Layout], *, with_skipped: bool
) -> Page:
    terms = layouts[""].terms
    roots: list[str] = [interview["root_uuid"] for interview in found]
    ids = [terms.pseudonym(root) for root in roots] if terms else roots
    answers = _answers(found, layouts)
    instances = [_instances(interview, layouts) for interview in found]
    skipped = [frozenset(one["skipped"] if with_skipped else ()) for one in found]
    blocks = {"": _own(found, answers, instances, skipped, layouts[""], beside)}
    for repeat, layout in layouts.items():
        if repeat:
            blocks[repeat] = _repeated(repeat, layout, ids, answers, instances, skipped)
    return Page([interview["pk"] for interview in found], ids, blocks)


def _answers(found: Found, layouts: Mapping[str, Layout]) -> Sequence[Mapping[str, str]]:
    """The answers that can be read, with the keys of all that is about to be; where nothing sealed is
    asked for, no key is.
    """
    answers: list[Mapping[str, str]] = [interview["answers"] for interview in found]
    if len(layouts) > 1:
        fetch_for(one["current__xml"] for one in found)
    asked = {column.key for layout in layouts.values() for column in layout.columns}
    return readable(answers) if any(asked & sealed_places(one) for one in answers) else answers


def _instances(
    interview: Mapping[str, Any], layouts: Mapping[str, Layout]
) -> dict[str, list[RepeatInstance]]:
    if len(layouts) == 1:
        return {}
    if not is_readable(interview["current__xml"]):
        return {repeat: [] for repeat in layouts if repeat}
    root = tree_from_xml(bytes(interview["current__xml"]))
    return instances_in(root, layouts, frozenset(interview["skipped"]))


def _own(
    found: Found,
    answers: Sequence[Mapping[str, str]],
    instances: Instances,
    skipped: Sequence[Collection[str]],
    layout: Layout,
    beside: Columns,
) -> Block:
    """A row an interview."""
    columns = [
        *(_facts(fact, found, layout.terms) for fact in layout.facts),
        *(column.values(answers) for column in layout.columns),
        *zip(*(counts("", layout, each) for each in instances), strict=True),
        *beside,
    ]
    rows: dict[str, list[int]] = {}
    for row, places in enumerate(skipped):
        for place in places:
            rows.setdefault(place, []).append(row)
    return Block(columns, range(len(found)), rows)


def _repeated(
    repeat: str,
    layout: Layout,
    ids: Sequence[str],
    answers: Sequence[Mapping[str, str]],
    instances: Instances,
    skipped: Sequence[Collection[str]],
) -> Block:
    """A row an instance."""
    rows: list[list[str]] = []
    owners: list[int] = []
    unasked: dict[str, list[int]] = {}
    for owner, within in enumerate(instances):
        for instance in within[repeat]:
            for column in layout.columns if skipped[owner] else ():
                if place_of(column.key, instance.place) in skipped[owner]:
                    unasked.setdefault(column.key, []).append(len(owners))
            owners.append(owner)
        rows += rows_of_repeat(ids[owner], within[repeat], layout, answers[owner], within)
    width = len(layout.facts) + len(layout.columns) + len(layout.repeats)
    columns = list(zip(*rows, strict=True)) or [()] * width
    return Block(columns, owners, unasked)


def _facts(name: str, found: Found, terms: Terms | None) -> list[str]:
    facts = [interview[SOURCES[name]] for interview in found]
    texts = _moments(facts) if name in MOMENTS else _texts(facts)
    return [terms.fact(name, text) for text in texts] if terms else texts


def _moments(moments: Sequence[datetime | None]) -> list[str]:
    zone = timezone.get_current_timezone()
    return [
        moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
        for moment in moments
    ]


def _texts(facts: Sequence[object]) -> list[str]:
    return ["" if fact is None else str(fact) for fact in facts]
