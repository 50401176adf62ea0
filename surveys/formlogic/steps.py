"""The steps of a path: from one element to others along an axis."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from surveys.formlogic.tree import Element

Step: TypeAlias = Callable[[Element], list[Element]]


def ancestors(node: Element) -> Iterable[Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def siblings(node: Element) -> list[Element]:
    return node.parent.children if node.parent else [node]


def following_siblings(node: Element) -> Iterable[Element]:
    twins = siblings(node)
    return twins[twins.index(node) + 1 :]


def preceding_siblings(node: Element) -> Iterable[Element]:
    twins = siblings(node)
    return reversed(twins[: twins.index(node)])


def descendants(node: Element) -> Iterable[Element]:
    for child in node.children:
        yield from child.iter()


def attributes(node: Element) -> Iterable[Element]:
    for name, text in node.attributes.items():
        attribute = Element(name, text)
        attribute.parent = node
        yield attribute


AXES: dict[str, Callable[[Element], Iterable[Element]]] = {
    "ancestor": ancestors,
    "ancestor-or-self": lambda node: [node, *ancestors(node)],
    "attribute": attributes,
    "child": lambda node: node.children,
    "descendant": descendants,
    "descendant-or-self": lambda node: node.iter(),
    "following-sibling": following_siblings,
    "parent": lambda node: [node.parent] if node.parent else [],
    "preceding-sibling": preceding_siblings,
    "self": lambda node: [node],
}


def make_step(axis: str, test: str) -> Step:
    """A function from an element to those on the axis that pass the node test."""
    along = AXES[axis]
    if test in ("*", "node()"):
        return lambda node: list(along(node))
    if test == "text()":
        return lambda node: [found for found in along(node) if found.text]
    return lambda node: [found for found in along(node) if found.name == test]
