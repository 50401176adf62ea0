"""Interviews as tables of typed variables, for formats that know numbers, dates and reasons for gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveys.exports.archives import table_names
from surveys.exports.catalogue import Order
from surveys.exports.coarse import coarse
from surveys.exports.columns import FACTS, REPEAT_FACTS, Layout, layouts_of
from surveys.exports.interviews import layouts_for
from surveys.exports.naming import count_names
from surveys.exports.rows import Page
from surveys.variables.listing import variables_of
from surveys.variables.variable import Cell, Kind, Variable
from surveys.xforms.definition import FormDef

FACT_KINDS = {
    "started": Kind.DATETIME,
    "ended": Kind.DATETIME,
    "received": Kind.DATETIME,
    "place": Kind.INTEGER,
}


@dataclass(frozen=True)
class Table:
    """What is asked once an interview, or once an instance of a repeat.

    `positions` tell each variable's cell in a row of the layout.
    """

    repeat: str
    name: str  # of its file, without an extension
    variables: tuple[Variable, ...]
    positions: tuple[int, ...]

    def cells_of(self, page: Page) -> list[list[Cell]]:
        """The table's rows by column, in the order of the variables."""
        block = page.by_repeat[self.repeat]
        return [
            variable.column(block.columns[at], block.skipped.get(variable.key, ()))
            for variable, at in zip(self.variables, self.positions, strict=True)
        ]


def tables_for(order: Order, stored: Mapping[str, Layout] | None = None) -> list[Table]:
    """The tables that the person may see: the interviews' own first, then those of repeats. `stored`
    are the columns, by whoever has them at hand.

    What a variable is called depends neither on who asks nor in which language.
    """
    forms = order.forms
    whole = layouts_of(forms, with_people=True)
    seen = stored or stored_layouts_for(order)
    names = table_names(seen)
    return [
        _table(order, forms, repeat, names[repeat], whole[repeat], layout)
        for repeat, layout in seen.items()
    ]


def stored_layouts_for(order: Order) -> dict[str, Layout]:
    """The columns of answers as stored, in whatever language their labels are wanted."""
    return layouts_for(replace(order, language=""))


def _table(
    order: Order,
    forms: Sequence[FormDef],
    repeat: str,
    name: str,
    whole: Layout,
    seen: Layout,
) -> Table:
    facts = REPEAT_FACTS if repeat else FACTS
    counts = count_names(whole)
    answered = variables_of(
        forms,
        [column.key for column in whole.columns],
        taken=(*facts, *counts),
        several=order.several,
    )
    first, last = len(seen.facts), len(seen.facts) + len(seen.columns)
    at = {column.key: number for number, column in enumerate(seen.columns, start=first)}
    answers = [coarse(one, seen.terms, order) for one in answered if one.key in at]
    before = [
        coarse(Variable("", fact, FACT_KINDS.get(fact, Kind.TEXT)), seen.terms, order)
        for fact in seen.facts
    ]
    beside = [variable for derived in seen.beside for variable in derived.variables]
    after = [*(Variable("", count, Kind.INTEGER) for count in counts), *beside]
    return Table(
        repeat,
        name,
        variables=(*before, *answers, *after),
        positions=(
            *range(first),
            *(at[variable.key] for variable in answers),
            *range(last, last + len(after)),
        ),
    )
