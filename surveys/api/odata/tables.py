"""The tables of a feed: what each property is called and holds, read from a row of an export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from django.utils import timezone

from surveys.exports.catalogue import Order
from surveys.exports.columns import Column, Layout
from surveys.exports.interviews import layouts_for
from surveys.exports.tables import Table as ExportTable
from surveys.exports.tables import stored_layouts_for, tables_for
from surveys.exports.wording import Wording, wording_for
from surveys.layers import Layer
from surveys.variables.missing import UNSAID
from surveys.variables.names import Names
from surveys.variables.variable import Kind, Variable

Value: TypeAlias = str | int | float | date | datetime | None
Row: TypeAlias = Sequence[str]
INTERVIEWS = "interviews"
KEY_OF_INSTANCE = "key"


class Edm(StrEnum):
    """Types of the entity data model that answers have."""

    TEXT = "Edm.String"
    WHOLE = "Edm.Int64"
    NUMBER = "Edm.Double"
    DAY = "Edm.Date"
    MOMENT = "Edm.DateTimeOffset"


TYPES: Mapping[Kind, Edm] = {
    Kind.TEXT: Edm.TEXT,
    Kind.CHOICE: Edm.TEXT,
    Kind.INTEGER: Edm.WHOLE,
    Kind.FLAG: Edm.WHOLE,
    Kind.DECIMAL: Edm.NUMBER,
    Kind.DATE: Edm.DAY,
    Kind.DATETIME: Edm.MOMENT,
}


@dataclass(frozen=True)
class Property:
    """A column: `at` is its cell in a row. With `worded` it holds labels in the place of names."""

    variable: Variable
    at: int
    label: str
    worded: Column | None = None

    @property
    def name(self) -> str:
        return self.variable.name

    @property
    def type(self) -> Edm:
        return Edm.TEXT if self.worded else TYPES[self.variable.kind]

    def value(self, text: str) -> Value:
        """What is told of a cell; None where nothing is there, or nothing of the column's type."""
        if not text:
            return None
        if self.worded is not None:
            return self.worded.worded(text)
        if self.variable.kind is Kind.DATETIME:
            return _moment(text)
        if self.variable.kind is Kind.CHOICE:
            return text if text in self.variable.codes or text in UNSAID else None
        return self.variable.plain(self.variable.read(text))


def _moment(text: str) -> datetime | None:
    """With its offset; where a device gave none, that of the place of this server."""
    try:
        found = datetime.fromisoformat(text)
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Table:
    """Interviews, or the instances of a repeat. `layouts` are what its rows are read with. Rows are
    countable where the database counts them without reading them.
    """

    name: str
    repeat: str
    properties: tuple[Property, ...]
    layouts: Mapping[str, Layout]
    is_countable: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Property]:
        return {one.name: one for one in self.properties}

    @property
    def key(self) -> Property:
        """What tells rows apart: the interview's id or pseudonym, or the key of the instance."""
        return self.by_name[KEY_OF_INSTANCE] if self.repeat else self.properties[0]

    @property
    def is_sortable(self) -> bool:
        """Whether rows can come in the order of their key: of pseudonyms no database knows it."""
        return not self.repeat and self.layouts[""].terms is None


def feed_of(order: Order) -> dict[str, Table]:
    """The tables of an order by name, the interviews' own first."""
    layouts = stored_layouts_for(order)
    worded = layouts_for(replace(order, derived=False)) if order.language else {}
    names, wording = Names(), wording_for(order)
    found = [
        Table(
            _name(names, table.repeat),
            table.repeat,
            tuple(_properties(table, layouts[table.repeat], worded.get(table.repeat), wording)),
            _read_with(layouts, table.repeat),
            is_countable=not table.repeat and order.layer != Layer.PUBLISHED,
        )
        for table in tables_for(order, layouts)
    ]
    return {table.name: table for table in found}


def _name(names: Names, repeat: str) -> str:
    """Repeats come in the order in which versions asked for them, so none is ever called otherwise."""
    last = repeat.rpartition("/")[2]
    wishes = (f"{INTERVIEWS}_{last}", f"{INTERVIEWS}_{repeat}") if repeat else (INTERVIEWS,)
    return names.give(repeat, *wishes)


def _properties(
    table: ExportTable, layout: Layout, worded: Layout | None, wording: Wording
) -> Iterator[Property]:
    """Without the numbers of instances, for which every interview's XML would have to be read."""
    last, counts = len(layout.facts) + len(layout.columns), len(layout.repeats)
    labelled = {column.key: column for column in worded.columns if column.labels} if worded else {}
    for variable, at in zip(table.variables, table.positions, strict=True):
        if not last <= at < last + counts:
            is_worded = variable.kind in (Kind.CHOICE, Kind.TEXT)
            column = labelled.get(variable.key) if is_worded else None
            place = at if at < last else at - counts
            yield Property(variable, place, wording.label(variable), column)


def _read_with(layouts: Mapping[str, Layout], repeat: str) -> dict[str, Layout]:
    """Of the layouts those of a repeat and of what is around it: nothing else has to be looked for."""
    around = [key for key in layouts if not key or f"{repeat}/".startswith(f"{key}/")]
    found = {key: replace(layouts[key], repeats=()) for key in around}
    return {**found, "": replace(found[""], columns=(), beside=())} if repeat else found
