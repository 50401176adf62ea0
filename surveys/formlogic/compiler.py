"""From AST to closure, one function a kind of node."""

from collections.abc import Callable

from surveys.formlogic.evaluation import (
    Context,
    Expression,
    compile_binary,
    nodes_of,
    select,
    union,
    walk,
)
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.steps import make_step
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import Value


def compile_expression(node: Node) -> Expression:
    """A closure that evaluates the AST in a context."""
    compile_kind = KINDS.get(node[0])
    if compile_kind is not None:
        return compile_kind(node)
    return compile_binary(node[0], compile_expression(node[1]), compile_expression(node[2]))


def _literal(node: Node) -> Expression:
    value: Value = node[1]
    return lambda c: value


def _negation(node: Node) -> Expression:
    operand = compile_expression(node[1])
    return lambda c: -c.number(operand(c))


def _union(node: Node) -> Expression:
    a, b = compile_expression(node[1]), compile_expression(node[2])
    return lambda c: union(nodes_of(a(c)), nodes_of(b(c)))


def _filter(node: Node) -> Expression:
    base = compile_expression(node[1])
    predicates = [compile_expression(predicate) for predicate in node[2]]
    return lambda c: select(c, nodes_of(base(c)), predicates)


def _call(node: Node) -> Expression:
    function = FUNCTIONS[node[1]]
    arguments = [compile_expression(argument) for argument in node[2]]
    return lambda c: function(c, *arguments)


def _path(node: Node) -> Expression:
    start, steps = node[1], node[2]
    path = [
        (make_step(axis, test), [compile_expression(predicate) for predicate in predicates])
        for axis, test, predicates in steps
    ]
    if start is None:
        return lambda c: walk(c, [c.node], path)
    if start == "/":
        return lambda c: walk(c, [_document(c)], path)
    base = compile_expression(start)
    return lambda c: walk(c, nodes_of(base(c)), path)


def _document(c: Context) -> Element:
    """The invisible parent of the root, from which absolute paths begin."""
    document = Element("")
    document.children = [c.node.root()]  # the root itself keeps no parent
    return document


KINDS: dict[str, Callable[[Node], Expression]] = {
    "num": _literal,
    "str": _literal,
    "neg": _negation,
    "|": _union,
    "filter": _filter,
    "call": _call,
    "path": _path,
}
