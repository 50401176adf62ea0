"""What an expression reads, and the order in which a form's expressions can be evaluated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError as GraphCycle
from graphlib import TopologicalSorter
from typing import TypeAlias

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.syntax import Node

Labels: TypeAlias = Mapping[str, Sequence[Node]]  # path of a select -> expressions in its labels
ANY = "*"  # one element of any name
BELOW = "**"  # any depth


class CycleError(SurveyError):
    """Questions that decide about each other in a circle."""

    status = 422


def references(node: Node, context_path: str) -> frozenset[str]:
    """The absolute paths that an expression reads, without predicates; `*` and `**` stand open."""
    return frozenset(_references(node, context_path, context_path))


def decisive_references(node: Node, context_path: str) -> frozenset[str]:
    """The same but for what is only asked for its place, as in `position(..)`."""
    return references(_without_places(node), context_path)


def _without_places(node: Node) -> Node:
    if node[:2] == ["call", "position"]:
        return ["num", 1.0]
    return [_without_places(part) if isinstance(part, list) else part for part in node]


def functions_of(node: Node) -> frozenset[str]:
    """The names of all functions that an expression calls."""
    inner = [functions_of(part) for part in node if isinstance(part, list)]
    return frozenset({node[1]} if node[:1] == ["call"] else ()).union(*inner)


def instances_in(node: Node) -> Iterator[str]:
    """The ids in `instance('id')` and `pulldata('id', ...)`."""
    if node[:1] == ["call"] and node[1] in ("instance", "pulldata") and node[2][0][0] == "str":
        yield node[2][0][1]
    for part in node:
        if isinstance(part, list):
            yield from instances_in(part)


def with_labels(node: Node, labels: Labels) -> tuple[Node, ...]:
    """An expression and those in the labels of choices that it asks for."""
    asked = _labels_in(node) if labels else frozenset()
    paths = labels if ANY in asked else asked
    return (node, *(output for path in paths for output in labels.get(path, ())))


def _labels_in(node: Node) -> frozenset[str]:
    """The paths of the selects whose labels are asked for; `*` where it may be any."""
    inner = [_labels_in(part) for part in node if isinstance(part, list)]
    return frozenset(_labels_of(node)).union(*inner)


def _labels_of(node: Node) -> Iterator[str]:
    if node[:2] == ["call", "jr:itext"]:
        yield ANY
    elif node[:2] == ["call", "jr:choice-name"]:
        kind, path = node[2][1][:2]
        yield path.strip() if kind == "str" else ANY


def _references(node: Node, at: str | None, current: str) -> Iterator[str]:
    """`at` is where relative paths begin: None within another instance, of which nothing is said."""
    kind = node[0]
    if kind == "path":
        yield from _path_references(node, at, current)
    elif node == ["call", "current", []]:
        yield current
    elif kind in ("call", "filter"):
        inner = node[2] if kind == "call" else [node[1]]
        for part in inner:
            yield from _references(part, at, current)
        for predicate in node[2] if kind == "filter" else ():
            yield from _references(predicate, _end_of(node[1], at, current), current)
    elif kind not in ("num", "str"):
        for operand in node[1:]:
            yield from _references(operand, at, current)


def _path_references(node: Node, at: str | None, current: str) -> Iterator[str]:
    start, steps = node[1], node[2]
    path = _start_of(start, at, current)
    if isinstance(start, list) and start[0] != "call":
        yield from _references(start, at, current)
    for axis, test, predicates in steps:
        path = None if path is None else _follow(path, axis, test)
        for predicate in predicates:
            yield from _references(predicate, path, current)
    if path is not None:
        yield path


def _start_of(start: Node | str | None, at: str | None, current: str) -> str | None:
    if start is None:
        return at
    return "" if isinstance(start, str) else _end_of(start, at, current)


def _end_of(node: Node, at: str | None, current: str) -> str | None:
    """Where a path goes on from what another expression found; None where that is not known."""
    if node[0] == "call":
        return current if node[1] == "current" else None
    if node[0] == "filter":
        return _end_of(node[1], at, current)
    if node[0] != "path":
        return None
    path = _start_of(node[1], at, current)
    for axis, test, _ in node[2]:
        path = None if path is None else _follow(path, axis, test)
    return path


def _follow(path: str, axis: str, test: str) -> str:
    name = ANY if test == "*" or test.endswith((":*", "()")) else test.rpartition(":")[2]
    if axis in ("self", "attribute") or test == "text()":
        return path
    # `//` also finds where it began, hence what is above may be anywhere.
    parent = f"/{BELOW}" if path.endswith(BELOW) else path.rpartition("/")[0]
    if axis == "parent":
        return parent
    if axis == "child":
        return f"{path}/{name}"
    if axis.startswith("descendant"):
        return f"{path}/{BELOW}" if name == ANY else f"{path}/{BELOW}/{name}"
    if axis.endswith("sibling"):
        return f"{parent}/{name}"
    return f"/{BELOW}/{name}"


def matching(reference: str, paths: Iterable[str]) -> Iterator[str]:
    """The paths that an open reference may mean."""
    if ANY not in reference:
        yield reference
        return
    wanted = reference.split("/")
    for path in paths:
        if _is_match(wanted, path.split("/")):
            yield path


def _is_match(wanted: list[str], names: list[str]) -> bool:
    if not wanted:
        return not names
    if wanted[0] == BELOW:
        return any(_is_match(wanted[1:], names[at:]) for at in range(len(names) + 1))
    return bool(names) and wanted[0] in (ANY, names[0]) and _is_match(wanted[1:], names[1:])


def order(reads: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Paths so that each comes after what it reads. Raises CycleError naming the circle."""
    try:
        return tuple(TopologicalSorter(reads).static_order())
    except GraphCycle as error:
        raise CycleError(
            gettext_noop("These questions depend on each other in a circle: %(names)s"),
            names=" → ".join(path.rsplit("/", 1)[-1] for path in reversed(error.args[1])),
        ) from error
