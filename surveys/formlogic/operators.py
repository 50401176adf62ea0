"""Operators of XPath 1.0, sections 3.4 and 3.5, with dates."""

import math
import operator
from collections.abc import Callable, Mapping
from datetime import timezone
from typing import TypeAlias

from surveys.formlogic.moments import Moment, time_of_day
from surveys.formlogic.tree import in_document_order
from surveys.formlogic.values import (
    Nodes,
    Value,
    nodes_of,
    text_of,
    to_boolean,
    to_moment,
    to_number,
    to_text,
)

Comparison: TypeAlias = Callable[[float, float], bool]


def divide(a: float, b: float) -> float:
    if b == 0:
        sign = math.copysign(1, a) * math.copysign(1, b)
        return math.nan if a == 0 or a != a else sign * math.inf
    return a / b


def modulo(a: float, b: float) -> float:
    """The remainder with the sign of the dividend."""
    return math.nan if b == 0 or math.isinf(a) else math.fmod(a, b)


ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": modulo,
}
ORDER: Mapping[str, Comparison] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_equal(a: Value, b: Value, zone: timezone) -> bool:
    """`=`: of a set of nodes, whether any of them is equal."""
    return _any_pair(a, b, zone, _same)


def is_unequal(a: Value, b: Value, zone: timezone) -> bool:
    """`!=`: of a set of nodes, whether any of them is unequal."""
    return _any_pair(a, b, zone, lambda x, y, at: not _same(x, y, at))


def is_ordered(compare: Comparison, a: Value, b: Value, zone: timezone) -> bool:
    """`<`, `<=`, `>`, `>=`: of a set of nodes, whether any of them is so."""
    if isinstance(a, list):
        return any(is_ordered(compare, text_of(node), b, zone) for node in a)
    if isinstance(b, list):
        return any(compare(*_comparable(a, text_of(node), zone)) for node in b)
    return compare(*_comparable(a, b, zone))


def _any_pair(
    a: Value, b: Value, zone: timezone, holds: Callable[[Value, Value, timezone], bool]
) -> bool:
    if isinstance(a, list) and not isinstance(b, bool):
        if len(a) == 1 and not isinstance(b, list):
            return holds(text_of(a[0]), b, zone)
        return any(_any_pair(text_of(node), b, zone, holds) for node in a)
    if isinstance(b, list) and not isinstance(a, bool):
        return any(holds(a, text_of(node), zone) for node in b)
    return holds(a, b, zone)


def _same(a: Value, b: Value, zone: timezone) -> bool:
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    if isinstance(a, bool) or isinstance(b, bool):
        return to_boolean(a) == to_boolean(b)
    if isinstance(a, Moment) or isinstance(b, Moment):
        return _same_moment(a, b, zone)
    return to_number(a, zone) == to_number(b, zone)


def _same_moment(a: Value, b: Value, zone: timezone) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return to_number(a, zone) == to_number(b, zone)
    first, second = to_moment(a, zone), to_moment(b, zone)
    if first is None or second is None:
        return to_text(a) == to_text(b)
    return first.instant == second.instant


def _comparable(a: Value, b: Value, zone: timezone) -> tuple[float, float]:
    """Moments compare as instants, times of day as such, anything else as numbers."""
    if isinstance(a, str | Moment) and isinstance(b, str | Moment):
        first, second = to_moment(a, zone), to_moment(b, zone)
        if first is not None and second is not None:
            return first.instant, second.instant
    if isinstance(a, str) and isinstance(b, str) and ":" in a and ":" in b:
        return time_of_day(a, zone), time_of_day(b, zone)
    return to_number(a, zone), to_number(b, zone)


def unite(a: Value, b: Value) -> Nodes:
    return in_document_order(nodes_of(a) + nodes_of(b))
