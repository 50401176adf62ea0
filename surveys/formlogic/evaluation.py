"""ASTs become closures, compiled once and called for every interview."""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeAlias

from surveys.formlogic import steps
from surveys.formlogic.tree import Element
from surveys.formlogic.values import Moment, Nodes, Value, number_from_text, text_from_number


@dataclass(frozen=True)
class Environment:
    """What an expression may know of the world: the moment, with the interview's own offset."""

    now: datetime
    instances: Mapping[str, Element] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311


@dataclass(slots=True)
class Context:
    """Where an expression is evaluated. Elements in `hidden` do not apply and read as blank."""

    node: Element
    environment: Environment
    hidden: set[Element] = field(default_factory=set)
    position: int = 1
    size: int = 1
    origin: Element | None = None  # what current() means

    def at(self, node: Element, position: int, size: int) -> "Context":
        origin = self.origin or self.node
        return Context(node, self.environment, self.hidden, position, size, origin)

    def text_of(self, node: Element) -> str:
        """XPath's string value of an element, blank where it does not apply."""
        if node in self.hidden:
            return ""
        return "".join(map(self.text_of, node.children)) if node.children else node.text

    def text(self, value: Value) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return text_from_number(value)
        if isinstance(value, Moment):
            return value.text
        return self.text_of(value[0]) if value else ""

    def number(self, value: Value) -> float:
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, float):
            return value
        if isinstance(value, Moment):
            return value.days
        return number_from_text(self.text(value))

    def boolean(self, value: Value) -> bool:
        """As XPath, but a blank answer is false, as in ODK Collect."""
        if isinstance(value, bool):
            return value
        if isinstance(value, float):
            return value != 0 and not math.isnan(value)
        if isinstance(value, list):
            return any(self.text_of(node) for node in value)
        return bool(self.text(value))


Expression: TypeAlias = Callable[[Context], Value]
Comparison: TypeAlias = Callable[[float, float], bool]

ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
ORDER: Mapping[str, Comparison] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def divide(a: float, b: float) -> float:
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return a / b


def modulo(a: float, b: float) -> float:
    return math.nan if b == 0 or math.isinf(a) else math.fmod(a, b)


def compile_binary(name: str, a: Expression, b: Expression) -> Expression:
    if name == "or":
        return lambda c: c.boolean(a(c)) or c.boolean(b(c))
    if name == "and":
        return lambda c: c.boolean(a(c)) and c.boolean(b(c))
    if name in ("=", "!="):
        wanted = name == "="
        return lambda c: compare_equal(c, a(c), b(c), is_equal=wanted)
    if name in ORDER:
        return lambda c: compare_order(c, ORDER[name], a(c), b(c))
    compute = {**ARITHMETIC, "div": divide, "mod": modulo}[name]
    return lambda c: compute(c.number(a(c)), c.number(b(c)))


def compare_equal(c: Context, a: Value, b: Value, *, is_equal: bool) -> bool:
    """= and != of XPath 1.0, 3.4; a set of several elements is equal if any of them is."""
    if isinstance(b, list) and not isinstance(a, list):
        a, b = b, a
    if isinstance(a, list) and not isinstance(b, bool) and len(a) != 1:
        return any(compare_equal(c, c.text_of(node), b, is_equal=is_equal) for node in a)
    if isinstance(b, list) and len(b) != 1 and not isinstance(a, bool):
        return any(compare_equal(c, a, c.text_of(node), is_equal=is_equal) for node in b)
    if isinstance(a, bool) or isinstance(b, bool):
        return (c.boolean(a) == c.boolean(b)) == is_equal
    if isinstance(a, float | Moment) or isinstance(b, float | Moment):
        return (c.number(a) == c.number(b)) == is_equal
    return (c.text(a) == c.text(b)) == is_equal


def compare_order(c: Context, compare: Comparison, a: Value, b: Value) -> bool:
    if isinstance(a, list) and len(a) > 1:
        return any(compare_order(c, compare, c.text_of(node), b) for node in a)
    if isinstance(b, list) and len(b) > 1:
        return any(compare_order(c, compare, a, c.text_of(node)) for node in b)
    return compare(c.number(a), c.number(b))


def nodes_of(value: Value) -> Nodes:
    """The elements of a value that must be a set of them; none of any other."""
    return value if isinstance(value, list) else []


def union(a: Nodes, b: Nodes) -> Nodes:
    both = set(a) | set(b)
    root = next(iter(both)).root() if both else None
    return [element for element in root.iter() if element in both] if root else []


def predicate_holds(c: Context, value: Value) -> bool:
    return value == c.position if type(value) is float else c.boolean(value)


def select(c: Context, nodes: Nodes, predicates: list[Expression]) -> Nodes:
    """The elements for which all predicates hold; positions count anew for each."""
    for predicate in predicates:
        size = len(nodes)
        contexts = [c.at(node, place, size) for place, node in enumerate(nodes, start=1)]
        nodes = [at.node for at in contexts if predicate_holds(at, predicate(at))]
    return nodes


def walk(c: Context, start: Nodes, path: list[tuple[steps.Step, list[Expression]]]) -> Nodes:
    nodes = start
    for step, predicates in path:
        found: dict[Element, None] = {}
        for node in nodes:
            found.update(dict.fromkeys(select(c, step(node), predicates)))
        nodes = list(found)
    return nodes
