"""Items of a secondary instance found by the values of a column, without walking through them all.

A list is indexed by a column when an expression first asks for it. Secondary instances are never
changed, so what was found out of one stays true as long as it exists.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timezone
from typing import NamedTuple
from weakref import WeakKeyDictionary

from surveys.formlogic.context import Context, Expression
from surveys.formlogic.tree import Element
from surveys.formlogic.values import Nodes, nodes_of, number_from_text, text_of

Places = list[int]


class Equality(NamedTuple):
    """`column = value` of a predicate; `name` is the same for the same column."""

    name: str
    column: Expression
    value: Expression


@dataclass
class Column:
    """Where among the items each text of a column is, and each number on one clock."""

    by_text: dict[str, Places] = field(default_factory=dict)
    by_number: dict[timezone, dict[float, Places]] = field(default_factory=dict)

    def numbers(self, zone: timezone) -> dict[float, Places]:
        if zone not in self.by_number:
            numbers: dict[float, Places] = {}
            for text, places in self.by_text.items():
                number = number_from_text(text, zone)
                if not math.isnan(number):
                    numbers.setdefault(number, []).extend(places)
            self.by_number[zone] = {number: sorted({*at}) for number, at in numbers.items()}
        return self.by_number[zone]


@dataclass
class Table:
    """The items of one list and its columns as far as they were asked for."""

    items: Nodes
    columns: dict[str, Column] = field(default_factory=dict)

    def places(self, equality: Equality, c: Context) -> Places | None:
        """Which items are equal, in order; None where only comparing them one by one can say."""
        value = equality.value(c)
        if isinstance(value, str):
            return self.column(equality, c).by_text.get(value, [])
        if isinstance(value, float):
            return self.column(equality, c).numbers(c.zone).get(value, [])
        return self.places_of_any(equality, value, c) if isinstance(value, list) else None

    def places_of_any(self, equality: Equality, nodes: Nodes, c: Context) -> Places:
        by_text = self.column(equality, c).by_text
        found = [by_text.get(text, []) for text in {text_of(node) for node in nodes}]
        return found[0] if len(found) == 1 else sorted({place for at in found for place in at})

    def column(self, equality: Equality, c: Context) -> Column:
        if equality.name not in self.columns:
            column, inside = Column(), c.inside(1)
            for place, item in enumerate(self.items):
                inside.node = item
                for text in {text_of(node) for node in nodes_of(equality.column(inside))}:
                    column.by_text.setdefault(text, []).append(place)
            self.columns[equality.name] = column
        return self.columns[equality.name]


_TABLES: WeakKeyDictionary[Element, dict[str, Table]] = WeakKeyDictionary()
_FIRSTS: WeakKeyDictionary[Element, dict[str, dict[str, Element]]] = WeakKeyDictionary()


def table_of(node: Element, name: str, step: Callable[[Element], Nodes]) -> Table:
    """The items that the step of that name finds from a node."""
    tables = _TABLES.setdefault(node, {})
    if name not in tables:
        tables[name] = Table(step(node))
    return tables[name]


def first_with(container: Element, column: str, text: str) -> Element | None:
    """The first element anywhere below whose child of that name has the text."""
    columns = _FIRSTS.setdefault(container, {})
    if column not in columns:
        firsts: dict[str, Element] = {}
        for item in container.iter():
            found = item.child(column)
            if found is not None:
                firsts.setdefault(found.text, item)
        columns[column] = firsts
    return columns[column].get(text)


def common(places: list[Places]) -> Places:
    """The places that are in all of the lists."""
    first, *others = sorted(places, key=len)
    others_as_sets = [set(other) for other in others]
    return [place for place in first if all(place in other for other in others_as_sets)]
