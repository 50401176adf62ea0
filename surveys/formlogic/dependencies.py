"""What an expression reads, and the order in which a form's expressions can be evaluated."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError as GraphCycle
from graphlib import TopologicalSorter

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.syntax import Node

ANY = "*"  # one element of any name
BELOW = "**"  # any depth


class CycleError(SurveyError):
    """Questions that decide about each other in a circle."""

    status = 422


def references(node: Node, context_path: str) -> frozenset[str]:
    """The absolute paths that an expression reads, without predicates; `*` and `**` stand open."""
    return frozenset(_references(node, context_path))


def _references(node: Node, at: str) -> Iterator[str]:
    kind = node[0]
    if kind == "path":
        yield from _path_references(node, at)
    elif kind == "call":
        for argument in node[2]:
            yield from _references(argument, at)
    elif kind == "filter":
        yield from _references(node[1], at)
        for predicate in node[2]:
            yield from _references(predicate, at)
    elif kind not in ("num", "str"):
        for operand in node[1:]:
            yield from _references(operand, at)


def _path_references(node: Node, at: str) -> Iterator[str]:
    start, steps = node[1], node[2]
    if start is None:
        path = at
    elif start == "/":
        path = ""
    elif start == ["call", "current", []]:
        path = at
    else:  # another instance, or a computed set: only what it reads itself counts
        yield from _references(start, at)
        return
    for axis, test, predicates in steps:
        path = _follow(path, axis, test)
        for predicate in predicates:
            yield from _references(predicate, path)
    yield path


def _follow(path: str, axis: str, test: str) -> str:
    name = ANY if test in ("*", "node()", "text()") else test
    if axis == "self":
        return path
    if axis == "parent":
        return path.rpartition("/")[0]
    if axis == "child":
        return f"{path}/{name}" if test != "text()" else path
    if axis.startswith("descendant"):
        return f"{path}/{BELOW}"
    if axis.endswith("sibling"):
        return f"{path.rpartition('/')[0]}/{name}"
    return path


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
