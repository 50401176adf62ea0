"""Ways through the AST of an expression: its parts, and where its paths lead."""

from collections.abc import Iterator, Mapping

from surveys.formlogic.syntax import Node

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
FLIPPED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
ITEM = "item()"  # where paths begin that are relative to a choice


def parts(node: Node, at: str, current: str) -> Iterator[tuple[Node, str]]:
    """The node and all within, each with the path at which relative paths begin there.

    In the predicate of a path that is unknown, and blank.
    """
    yield node, at
    kind = node[0]
    if kind == "path":
        if isinstance(node[1], list):
            yield from parts(node[1], at, current)
        for _, _, predicates in node[2]:
            for predicate in predicates:
                yield from parts(predicate, "", current)
    elif kind == "filter":
        yield from parts(node[1], at, current)
        for predicate in node[2]:
            yield from parts(predicate, "", current)
    elif kind == "call":
        for argument in node[2]:
            yield from parts(argument, at, current)
    elif kind not in ("num", "str"):
        for operand in node[1:]:
            yield from parts(operand, at, current)


def target(node: Node, at: str, current: str) -> str:
    """The one absolute path that a plain path means; blank for anything else."""
    if node == ["call", "current", []]:
        return current
    if node[0] != "path":
        return ""
    start, steps = node[1], node[2]
    if start is not None and start != "/" and start != ["call", "current", []]:
        return ""
    path = "" if start == "/" else current if start else at
    if start is None and not at:
        return ""
    for axis, test, predicates in steps:
        if predicates or axis not in ("child", "parent", "self"):
            return ""
        path = _step(path, axis, test)
    return path


def _step(path: str, axis: str, test: str) -> str:
    if axis == "child":
        return f"{path}/{test}"
    return path.rpartition("/")[0] if axis == "parent" else path


def literal(node: Node) -> str | None:
    """The text or number of a literal, as it would be answered."""
    if node[0] == "str":
        return str(node[1])
    if node[0] == "num":
        return str(int(node[1])) if node[1] == int(node[1]) else str(node[1])
    if node[0] == "neg" and node[1][0] == "num":
        return f"-{literal(node[1])}"
    return None


def conjuncts(node: Node) -> Iterator[Node]:
    """The conditions that must all hold."""
    if node[0] == "and":
        yield from conjuncts(node[1])
        yield from conjuncts(node[2])
    else:
        yield node


def comparison(node: Node, at: str, current: str) -> tuple[str, str, Node] | None:
    """Operator, path and other side of a comparison with a plain path on one side."""
    if node[0] not in COMPARISONS:
        return None
    operator, left, right = str(node[0]), node[1], node[2]
    if path := target(left, at, current):
        return operator, path, right
    if path := target(right, at, current):
        return FLIPPED.get(operator, operator), path, left
    return None
