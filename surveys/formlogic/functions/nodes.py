"""Functions of nodes: counting them, finding them, and what is known of choices."""

import math

from surveys.formlogic.context import Context, said
from surveys.formlogic.functions.numbers import whole
from surveys.formlogic.functions.signature import Function
from surveys.formlogic.spaces import stripped, words_of
from surveys.formlogic.steps import ancestors_or_self
from surveys.formlogic.tree import Element
from surveys.formlogic.values import Value, nodes_of, text_of, texts_of, to_number, to_text


def position(c: Context, value: Value | None = None) -> Value:
    """The place in the current selection, or of a repeat among its siblings."""
    if value is None:
        return float(c.position)
    nodes = nodes_of(value)
    return float(_place(nodes[0])) if nodes else math.nan


def _place(node: Element) -> int:
    """Among the siblings of the same name, from 1; what is no child is the only one."""
    siblings = node.parent.children if node.parent is not None else []
    twins = [child for child in siblings if child.name == node.name]
    return twins.index(node) + 1 if node in twins else 1


def count(_: Context, value: Value) -> Value:
    return float(len(nodes_of(value)))


def count_non_empty(_: Context, value: Value) -> Value:
    return float(sum(text_of(node) != "" for node in nodes_of(value)))


def current(c: Context) -> Value:
    return [c.current]


def indexed_repeat(c: Context, target: Value, *places: Value) -> Value:
    """The target nodes inside the repeat with the number, pair by pair."""
    nodes = nodes_of(target)
    for repeats, number in zip(places[::2], places[1::2], strict=False):
        wanted = whole(to_number(number, c.zone))
        inside = {repeat for repeat in nodes_of(repeats) if _place(repeat) == wanted}
        nodes = [node for node in nodes if not inside.isdisjoint(ancestors_or_self(node))]
    return nodes


def identified(c: Context, value: Value) -> Value:
    """XPath's id(): elements whose attribute `id` is one of the words."""
    wanted = {word for text in texts_of((value,)) for word in words_of(text)}
    return [node for node in c.document.iter() if node.attributes.get("id") in wanted]


def name(c: Context, value: Value | None = None) -> Value:
    nodes = [c.node] if value is None else nodes_of(value)
    return nodes[0].name.lstrip("@") if nodes and nodes[0].name[0] != "#" else ""


def local_name(c: Context, value: Value | None = None) -> Value:
    return to_text(name(c, value)).rpartition(":")[2]


def itext(c: Context, key: Value) -> Value:
    return said(c.environment.texts.get(stripped(to_text(key)), ""), c)


def choice_name(c: Context, value: Value, path: Value) -> Value:
    """The label of a choice; the name of the choice where no label is known."""
    labels = c.environment.choice_labels.get(stripped(to_text(path)), {})
    chosen = to_text(value)
    return said(labels.get(chosen, ""), c) or chosen


FUNCTIONS = {
    "count": Function(1, 1, count),
    "count-non-empty": Function(1, 1, count_non_empty),
    "current": Function(0, 0, current),
    "id": Function(1, 1, identified),
    "indexed-repeat": Function(3, None, indexed_repeat),
    "jr:choice-name": Function(2, 2, choice_name),
    "jr:itext": Function(1, 1, itext),
    "last": Function(0, 0, lambda c: float(c.size)),
    "local-name": Function(0, 1, local_name),
    "name": Function(0, 1, name),
    "position": Function(0, 1, position),
}
