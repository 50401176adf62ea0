"""Interviews as programs are told of them: facts and answers by name, with the instances of repeats."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from django.utils import timezone

from surveys.disclosure.coarseness import Dates, coarse_moment
from surveys.disclosure.terms import NUMBERS, Terms
from surveys.exports.catalogue import Order
from surveys.exports.columns import Column, Layout
from surveys.exports.rows import Rows, pages_of
from surveys.models import Interview
from surveys.moments import in_utc
from surveys.xforms.definition import SEVERAL


def told(
    keys: Sequence[int], layouts: Mapping[str, Layout], order: Order
) -> Iterator[dict[str, Any]]:
    """The interviews of a page: in its order, or for an audience in that of their pseudonyms."""
    here = Interview.objects.filter(pk__in=keys)
    changed = dict(here.values_list("pk", "changed_at"))
    read = {rows.pk: rows for page in pages_of(here, layouts, order.layer) for rows in page}
    for pk in keys if layouts[""].terms is None else read:
        if pk in read and pk in changed:
            yield _interview(read[pk], layouts, changed[pk])


def _interview(rows: Rows, layouts: Mapping[str, Layout], changed: datetime) -> dict[str, Any]:
    own, row = layouts[""], rows.by_repeat[""][0]
    repeats = {
        key: [_instance(one, layout) for one in rows.by_repeat[key]]
        for key, layout in layouts.items()
        if key
    }
    return {
        "interview_id": rows.interview_id,
        "changed": as_told(changed, own.terms),
        "facts": dict(zip(own.facts, row[: len(own.facts)], strict=True)),
        "answers": _answers(own, row),
        "repeats": repeats if len(layouts) > 1 else None,
    }


def as_told(moment: datetime, terms: Terms | None) -> str:
    if terms is None or terms.dates is Dates.EXACT:
        return in_utc(moment)
    return coarse_moment(timezone.localtime(moment).isoformat(), terms.dates)


def _instance(row: Sequence[str], layout: Layout) -> dict[str, Any]:
    facts = dict(zip(layout.facts, row[: len(layout.facts)], strict=True))
    names = ("parent_key", "key", "place")
    return {**{name: facts[name] for name in names}, "answers": _answers(layout, row)}


def _answers(layout: Layout, row: Sequence[str]) -> dict[str, Any]:
    cells = row[len(layout.facts) : len(layout.facts) + len(layout.columns)]
    return {
        column.name: _cell(column, cell) for column, cell in zip(layout.columns, cells, strict=True)
    }


def _cell(column: Column, cell: str) -> str | float | int | list[str] | None:
    """A number as one, several choices as a list, no answer as null."""
    if not cell:
        return None
    if column.kind in NUMBERS:
        return _number(cell)
    if column.kind in SEVERAL and not column.labels:
        return cell.split()
    return cell


def _number(cell: str) -> str | float | int:
    """Words stay words, such as those of an answer that is coarsened; so does what JSON has no number
    for.
    """
    try:
        number = float(cell)
    except ValueError:
        return cell
    if not isfinite(number):
        return cell
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
