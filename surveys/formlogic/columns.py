"""Predicates that ask whether a column of an item has a value."""

from collections.abc import Iterator

from surveys.formlogic.dependencies import functions_of
from surveys.formlogic.steps import TIDY
from surveys.formlogic.syntax import Node

ALONE = frozenset({"current", "false", "now", "pi", "today", "true"})
VARYING = frozenset({"once", "random", "randomize", "uuid"})


def conjuncts(predicate: Node) -> Iterator[Node]:
    """What must all hold."""
    if predicate[0] == "and":
        for operand in predicate[1:]:
            yield from conjuncts(operand)
    else:
        yield predicate


def column_and_value(node: Node) -> tuple[Node, Node] | None:
    """The operands of an equality between a column of an item and what no item has a part in."""
    if node[0] == "=":
        for column, value in ((node[1], node[2]), (node[2], node[1])):
            if _is_column(column) and _is_independent(value) and not functions_of(value) & VARYING:
                return column, value
    return None


def _is_column(node: Node) -> bool:
    return (
        node[0] == "path"
        and node[1] is None
        and all(axis in TIDY and not predicates for axis, _, predicates in node[2])
    )


def _is_independent(node: Node) -> bool:
    """Whether it has one value wherever it is evaluated within the expression."""
    kind = node[0]
    if kind in ("num", "str"):
        return True
    if kind == "path":
        return node[1] == "/" or (isinstance(node[1], list) and _is_independent(node[1]))
    if kind == "filter":
        return _is_independent(node[1])
    if kind == "call":
        return all(map(_is_independent, node[2])) and (node[2] or node[1] in ALONE)
    return all(map(_is_independent, node[1:]))
