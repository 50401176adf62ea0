"""Rows of a feed a page at a time: as many as can be read in a moment."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveys.api.odata.asked import Asked
from surveys.api.odata.places import Start
from surveys.api.odata.tables import Property, Value
from surveys.exports.catalogue import Order
from surveys.exports.interviews import interviews_of
from surveys.exports.rows import Block, columns_of
from surveys.models import Interview
from surveys.models.interview import InterviewQuerySet

PATIENCE_S = 0.15
READ, READ_WITH_REPEATS = 200, 50  # interviews between two looks at the clock


@dataclass(frozen=True)
class Page:
    """`behind` is where the next page begins, None after the last."""

    rows: Sequence[dict[str, Any]]
    behind: Start | None


def page_of(order: Order, asked: Asked) -> Page:
    """An interview's rows are on one page together; before the last one a page may be empty."""
    end = time.monotonic() + PATIENCE_S
    interviews = interviews_of(order).filter(asked.filter.narrowed)
    wanted = asked.most if asked.top is None else min(asked.top, asked.most)
    rows: list[dict[str, Any]] = []
    for found, behind in _parts(interviews, asked, order):
        rows += found
        if len(rows) >= wanted or time.monotonic() > end:
            return Page(rows[: asked.top], behind)
    return Page(rows[: asked.top], None)


def _parts(
    interviews: InterviewQuerySet, asked: Asked, order: Order
) -> Iterator[tuple[list[dict[str, Any]], Start | None]]:
    """Rows of some interviews at a time, with the place behind them; lazily."""
    start: Start | None = asked.start
    size = _at_once(asked)
    while start is not None:
        look = start.look(interviews)
        for first in range(0, len(look.steps), size):
            some = look.steps[first : first + size]
            is_last = first + size >= len(look.steps)
            yield (
                _rows([pk for pk, _ in some], asked, order),
                look.behind if is_last else some[-1][1],
            )
        if not look.steps:
            yield [], look.behind
        start = look.behind


def _at_once(asked: Asked) -> int:
    """How many interviews to read between two looks at the clock: not many more than are wanted."""
    most = READ_WITH_REPEATS if asked.table.repeat else READ
    return most if asked.is_filtered or not asked.top else min(most, asked.top)


def _rows(keys: Sequence[int], asked: Asked, order: Order) -> list[dict[str, Any]]:
    """In the order of the keys; for an audience in that of the pseudonyms."""
    table = asked.table
    here = Interview.objects.filter(pk__in=keys)
    found: dict[int, list[dict[str, Any]]] = {}
    for page in columns_of(here, table.layouts, order.layer):
        block = page.by_repeat[table.repeat]
        told = _told(block, asked.properties)
        for owner, row, values in zip(block.owners, block.rows, told, strict=True):
            if asked.filter.holds(row):
                found.setdefault(page.keys[owner], []).append(values)
    ordered = keys if table.layouts[""].terms is None else found
    return [row for pk in ordered for row in found.get(pk, ())]


def _told(block: Block, properties: Sequence[Property]) -> Iterator[dict[str, Any]]:
    names = [one.name for one in properties]
    columns = [_values(one, block.columns[one.at]) for one in properties]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _values(one: Property, column: Sequence[str]) -> list[Any]:
    """Each text is read once: most answers are among few."""
    known = {text: _in_json(one.value(text)) for text in set(column)}
    return [known[text] for text in column]


def _in_json(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value
