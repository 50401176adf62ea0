"""The steps of a path: from one node to others along an axis."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from surveys.formlogic.tree import Element, attribute_of

Step: TypeAlias = Callable[[Element], list[Element]]
KINDS = {  # node tests by the mark of the nodes they are for
    "text()": "#text",
    "comment()": "#comment",
    "processing-instruction()": "#processing-instruction",
}
REVERSED = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})
TIDY = frozenset({"attribute", "child", "self"})  # from ordered apart nodes to such nodes


def children(node: Element) -> list[Element]:
    return [child for child in node.children if not child.absent]


def children_and_text(node: Element) -> list[Element]:
    """The children; of a leaf, a node for its text."""
    if node.children or not node.text or node.name[0] in "#@":
        return children(node)
    text = Element("#text", node.text)
    text.parent = node
    return [text]


def ancestors(node: Element) -> Iterator[Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def ancestors_or_self(node: Element) -> Iterator[Element]:
    yield node
    yield from ancestors(node)


def parent(node: Element) -> list[Element]:
    return [node.parent] if node.parent is not None else []


def _siblings(node: Element) -> list[Element]:
    if node.parent is None or node.name[0] == "@":
        return [node]
    return children(node.parent) or [node]


def following_siblings(node: Element) -> list[Element]:
    siblings = _siblings(node)
    return siblings[siblings.index(node) + 1 :]


def preceding_siblings(node: Element) -> list[Element]:
    siblings = _siblings(node)
    return siblings[: siblings.index(node)][::-1]


def following(node: Element) -> Iterator[Element]:
    if node.name[0] == "@" and node.parent is not None:
        yield from descendants(node.parent)
        node = node.parent
    for element in ancestors_or_self(node):
        for sibling in following_siblings(element):
            yield from descendants_or_self(sibling)


def preceding(node: Element) -> Iterator[Element]:
    for element in ancestors_or_self(node):
        for sibling in preceding_siblings(element):
            yield from reversed(list(descendants_or_self(sibling)))


def descendants(node: Element) -> Iterator[Element]:
    for child in node.children:
        if not child.absent:
            yield child
            yield from descendants(child)


def descendants_or_self(node: Element) -> Iterator[Element]:
    yield node
    yield from descendants(node)


def attributes(node: Element) -> list[Element]:
    return [attribute_of(node, name) for name in node.attributes]


AXES: Mapping[str, Callable[[Element], Iterable[Element]]] = {
    "ancestor": ancestors,
    "ancestor-or-self": ancestors_or_self,
    "attribute": attributes,
    "child": children,
    "descendant": descendants,
    "descendant-or-self": descendants_or_self,
    "following": following,
    "following-sibling": following_siblings,
    "parent": parent,
    "preceding": preceding,
    "preceding-sibling": preceding_siblings,
    "self": lambda node: [node],
}


def make_step(axis: str, test: str) -> Step:
    """A function from a node to those on the axis that pass the node test, nearest first."""
    along = children_and_text if axis == "child" and test in ("node()", "text()") else AXES[axis]
    if test == "node()":
        return lambda node: list(along(node))
    if axis == "child" and ":" not in test and test not in ("*", *KINDS):
        return lambda node: [
            found for found in node.children if found.name == test and not found.absent
        ]
    is_wanted = name_test(axis, test)
    return lambda node: [found for found in along(node) if is_wanted(found.name)]


def name_test(axis: str, test: str) -> Callable[[str], bool]:
    """Trees may leave prefixes out: `orx:meta` also finds an element that is just `meta`."""
    if test in KINDS:
        return KINDS[test].__eq__
    if axis == "attribute":
        wanted = (f"@{test}", f"@{test.rpartition(':')[2]}")
        return lambda name: test == "*" or name in wanted
    if test == "*":
        return lambda name: name[0] not in "#@"
    if test.endswith(":*"):
        return lambda name: name.startswith(test[:-1])
    return (test, test.rpartition(":")[2]).__contains__
