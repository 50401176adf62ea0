"""Conditions of `$filter` asked of rows as they are told: so they find nothing out that the table does
not say, and mean the same for everybody who is told the same.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import Q

from surveys.api.odata import conditions
from surveys.api.odata.conditions import (
    Condition,
    Literal,
    Named,
    NotUnderstood,
    Operand,
    Operator,
)
from surveys.api.odata.tables import Edm, Row, Table, Value
from surveys.errors import gettext_noop
from surveys.exports.rows import SOURCES

Predicate: TypeAlias = Callable[[Row], bool]
Read: TypeAlias = Callable[[Row], Value]

EQUALS = frozenset({Operator.EQUAL, Operator.OTHER})
TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    **{one: getattr(operator, one) for one in Operator},
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
CLASSES: Mapping[Edm, str] = {  # what can be compared with what
    Edm.TEXT: "text",
    Edm.WHOLE: "number",
    Edm.NUMBER: "number",
    Edm.DAY: "day",
    Edm.MOMENT: "moment",
}
WRITTEN: Mapping[type, str] = {
    str: "text",
    int: "number",
    float: "number",
    date: "day",
    datetime: "moment",
    type(None): "null",
}
ID = "interview_id"
LOOKED_UP = frozenset({ID, "state", "site"})  # told as the database has them
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Filter:
    """`holds` says whether a row is wanted; `narrowed` is true of every interview that has such a row.
    `is_of_one` where an id is asked for, so that the database finds it at once.
    """

    holds: Predicate
    narrowed: Q
    is_of_one: bool = False


def filter_in(text: str, table: Table) -> Filter:
    """Raises NotUnderstood, NotImplementedHere."""
    condition = conditions.condition_in(text)
    holds = _predicate(condition, table)
    facts = list(_looked_up(condition, table))
    narrowed = Q(*((SOURCES[name], value) for name, value in facts))
    is_of_one = any(name == ID for name, _value in facts)
    return Filter(holds, narrowed & _received(condition, table), is_of_one)


def _predicate(condition: Condition, table: Table) -> Predicate:
    match condition:
        case conditions.AllOf(parts):
            needed = [_predicate(part, table) for part in parts]
            return lambda row: all(holds(row) for holds in needed)
        case conditions.AnyOf(parts):
            enough = [_predicate(part, table) for part in parts]
            return lambda row: any(holds(row) for holds in enough)
        case conditions.Not(inner):
            denied = _predicate(inner, table)
            return lambda row: not denied(row)
        case conditions.Called(name, left, right):
            return _tested(name, left, right, table)
        case conditions.Compared(left, name, right):
            return _tested(name, left, right, table)


def _tested(name: str, left: Operand, right: Operand, table: Table) -> Predicate:
    """Nothing equals nothing, and stands in no other relation to anything."""
    one, other, test = _read(left, table), _read(right, table), TESTS[name]
    kinds = {_class(left, table), _class(right, table)}
    if name in EQUALS:
        if len(kinds - {"null"}) > 1:
            raise _incomparable(kinds)
        return lambda row: test(one(row), other(row))
    if kinds != {"text"} and (name in conditions.FUNCTIONS or len(kinds) > 1):
        raise _incomparable(kinds)

    def holds(row: Row) -> bool:
        first, second = one(row), other(row)
        return first is not None and second is not None and test(first, second)

    return holds


def _incomparable(kinds: set[str]) -> NotUnderstood:
    return NotUnderstood(
        gettext_noop(
            "`$filter` compares what cannot be compared: %(kinds)s. Texts stand in single "
            "quotes, days are written 2026-11-28, moments 2026-11-28T06:30:00Z."
        ),
        kinds=", ".join(sorted(kinds)),
    )


def _read(operand: Operand, table: Table) -> Read:
    if isinstance(operand, Literal):
        value = operand.value
        return lambda _row: value
    require_column(operand.name, table)
    column = table.by_name[operand.name]
    return lambda row: column.value(row[column.at])


def require_column(name: str, table: Table) -> None:
    """Raises NotUnderstood."""
    if name not in table.by_name:
        raise NotUnderstood(
            gettext_noop("The table %(table)s has no column “%(name)s”; `$metadata` has them all."),
            table=table.name,
            name=name,
        )


def _class(operand: Operand, table: Table) -> str:
    if isinstance(operand, Named):
        return CLASSES[table.by_name[operand.name].type]
    return WRITTEN[type(operand.value)]


def _looked_up(condition: Condition, table: Table) -> Iterator[tuple[str, str]]:
    """Facts that must have a value, for which the database can look itself."""
    for one in _required(condition):
        match one:
            case conditions.Compared(Named(name), Operator.EQUAL, Literal(str() as value)):
                if name in LOOKED_UP and _is_fact(name, table):
                    yield name, value


def _received(condition: Condition, table: Table) -> Q:
    """When interviews must have arrived, for the database too."""
    found = Q()
    for one in _required(condition):
        match one:
            case conditions.Compared(Named("received" as name), sign, Literal(datetime() as at)):
                if _is_fact(name, table):
                    found &= _arrived(sign, at)
    return found


def _required(condition: Condition) -> Iterator[Condition]:
    """Conditions all of which must hold."""
    if isinstance(condition, conditions.AllOf):
        for part in condition.parts:
            yield from _required(part)
    else:
        yield condition


def _is_fact(name: str, table: Table) -> bool:
    """Whether a column is one of the interview's own, and no question that is called so."""
    return not table.by_name[name].variable.key


def _arrived(sign: Operator, value: datetime) -> Q:
    """Moments are told to the second: 10:00:00.7 as 10:00:00."""
    if sign in (Operator.MORE, Operator.AT_LEAST):
        return Q(received_at__gte=value)
    if sign in (Operator.LESS, Operator.AT_MOST) and value.year < MAXYEAR:
        return Q(received_at__lt=value + SECOND)
    return Q()
