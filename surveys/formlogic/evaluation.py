"""ASTs become closures, compiled once and called for every interview."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from surveys.formlogic.columns import column_and_value, conjuncts
from surveys.formlogic.context import Context, Environment, Expression, context_at
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.lookup import Equality, common, table_of
from surveys.formlogic.operators import (
    ARITHMETIC,
    ORDER,
    is_equal,
    is_ordered,
    is_unequal,
    unite,
)
from surveys.formlogic.steps import REVERSED, TIDY, make_step
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element, in_document_order
from surveys.formlogic.values import Nodes, Value, nodes_of, to_boolean, to_number

__all__ = ["Context", "Environment", "Expression", "compile_expression", "context_at"]

Walk: TypeAlias = Callable[[Context, Nodes], Nodes]
Find: TypeAlias = Callable[[Context, Element], Nodes]


def compile_expression(node: Node) -> Expression:
    """A closure that evaluates the AST in a context."""
    return COMPILERS[node[0]](node)


def _literal(node: Node) -> Expression:
    value = node[1]
    value = value if isinstance(value, str) else float(value)
    return lambda c: value


def _negation(node: Node) -> Expression:
    operand = compile_expression(node[1])
    return lambda c: -to_number(operand(c), c.zone)


def _or(node: Node) -> Expression:
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: to_boolean(a(c)) or to_boolean(b(c))


def _and(node: Node) -> Expression:
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: to_boolean(a(c)) and to_boolean(b(c))


def _equal(node: Node) -> Expression:
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: is_equal(a(c), b(c), c.zone)


def _unequal(node: Node) -> Expression:
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: is_unequal(a(c), b(c), c.zone)


def _order(node: Node) -> Expression:
    compare = ORDER[node[0]]
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: is_ordered(compare, a(c), b(c), c.zone)


def _arithmetic(node: Node) -> Expression:
    compute = ARITHMETIC[node[0]]
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: compute(to_number(a(c), c.zone), to_number(b(c), c.zone))


def _union(node: Node) -> Expression:
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: unite(a(c), b(c))


def _call(node: Node) -> Expression:
    """`if` evaluates the branch it takes and no other; all other functions their arguments."""
    arguments = [compile_expression(argument) for argument in node[2]]
    if node[1] == "if":
        test, then, otherwise = arguments
        return lambda c: then(c) if to_boolean(test(c)) else otherwise(c)
    evaluate = FUNCTIONS[node[1]].evaluate
    if len(arguments) == 1:
        argument = arguments[0]
        return lambda c: evaluate(c, argument(c))
    return lambda c: evaluate(c, *[argument(c) for argument in arguments])


def _filter(node: Node) -> Expression:
    base = compile_expression(node[1])
    select = _compile_predicates(node[2])
    return lambda c: select(c, nodes_of(base(c)))


def _path(node: Node) -> Expression:
    start, steps = node[1], node[2]
    function = start[1] if isinstance(start, list) and start[0] == "call" else None
    walk = _compile_walk(
        steps,
        is_tidy=start in (None, "/") or function in ("current", "instance"),
        is_fixed=function == "instance",
    )
    if start is None:
        return lambda c: walk(c, [c.node])
    if start == "/":
        return lambda c: walk(c, [c.document])
    base = compile_expression(start)
    return lambda c: walk(c, nodes_of(base(c)))


def _compile_walk(steps: list[Node], *, is_tidy: bool, is_fixed: bool) -> Walk:
    """`is_tidy`: the nodes so far are in order and none is below another; `is_fixed`: they are of a
    secondary instance, which never changes.
    """
    walks = []
    for axis, test, predicates in steps:
        step = _compile_step(axis, test, predicates, is_tidy=is_tidy)
        find = _compile_lookup(axis, test, predicates) if is_fixed and predicates else None
        walks.append(_looking_up(find, step) if find else step)
        is_tidy = is_tidy and axis in (*TIDY, "parent")
    if len(walks) == 1:
        return walks[0]

    def walk(c: Context, nodes: Nodes) -> Nodes:
        for step in walks:
            nodes = step(c, nodes)
        return nodes

    return walk


def _compile_step(axis: str, test: str, predicates: list[Node], *, is_tidy: bool) -> Walk:
    step = make_step(axis, test)
    select = _compile_predicates(predicates) if predicates else None
    is_reversed = axis in REVERSED
    keeps_order = is_tidy and axis in TIDY

    def walk(c: Context, nodes: Nodes) -> Nodes:
        if len(nodes) == 1:
            found = step(nodes[0])
            found = select(c, found) if select else found
            return found[::-1] if is_reversed else found
        found = []
        for node in nodes:
            found += select(c, step(node)) if select else step(node)
        return found if keeps_order else in_document_order(found)

    return walk


def _looking_up(find: Find, walk: Walk) -> Walk:
    return lambda c, nodes: find(c, nodes[0]) if len(nodes) == 1 else walk(c, nodes)


def _compile_lookup(axis: str, test: str, predicates: list[Node]) -> Find | None:
    """A step whose first predicate says which value a column has; None where it does not."""
    parts = list(conjuncts(predicates[0]))
    equalities = [
        Equality(repr(found[0]), compile_expression(found[0]), compile_expression(found[1]))
        for found in map(column_and_value, parts)
        if found is not None
    ]
    if axis != "child" or not equalities:
        return None
    is_whole = len(equalities) == len(parts)
    step, holds = make_step(axis, test), compile_expression(predicates[0])
    select = _compile_predicates(predicates[1:])

    def find(c: Context, node: Element) -> Nodes:
        table = table_of(node, test, step)
        found = [table.places(equality, c) for equality in equalities]
        known = [places for places in found if places is not None]
        if not known:
            return select(c, _nodes_where(holds, c, table.items))
        places = common(known)
        if is_whole and len(known) == len(found):
            return select(c, [table.items[place] for place in places])
        return select(c, _nodes_where(holds, c, table.items, places))

    return find


def _compile_predicates(predicates: list[Node]) -> Walk:
    """Keeps the nodes for which all predicates hold; positions count anew for each."""
    compiled = [compile_expression(predicate) for predicate in predicates]

    def select(c: Context, nodes: Nodes) -> Nodes:
        for predicate in compiled:
            nodes = _nodes_where(predicate, c, nodes)
        return nodes

    return select


def _nodes_where(
    predicate: Expression, c: Context, nodes: Nodes, places: Iterable[int] | None = None
) -> Nodes:
    """The nodes, or those at some places among them, for which the predicate holds."""
    inside = c.inside(len(nodes))
    kept = []
    for place in range(len(nodes)) if places is None else places:
        node, position = nodes[place], place + 1
        inside.node, inside.position = node, position
        if _selects(predicate(inside), position):
            kept.append(node)
    return kept


def _selects(value: Value, position: int) -> bool:
    """A number selects by position, nodes by being there at all, even if they are blank."""
    if isinstance(value, list):
        return value != []
    return value == position if type(value) is float else to_boolean(value)


COMPILERS: dict[str, Callable[[Node], Expression]] = {
    "num": _literal,
    "str": _literal,
    "neg": _negation,
    "or": _or,
    "and": _and,
    "=": _equal,
    "!=": _unequal,
    **dict.fromkeys(ORDER, _order),
    **dict.fromkeys(ARITHMETIC, _arithmetic),
    "|": _union,
    "call": _call,
    "filter": _filter,
    "path": _path,
}
