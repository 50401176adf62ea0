"""Conditions that hold for no answer at all, or for every one."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from surveys.errors import gettext_noop
from surveys.formlogic.context import Environment, context_at
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element, document_of
from surveys.formlogic.values import to_boolean
from surveys.xforms.linting.expressions import Expression
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.trees import comparison, conjuncts, literal

JUDGED = frozenset({"relevant", "constraint"})
STEADY = frozenset({"true", "false", "not", "boolean", "number", "string"})
SEVERAL = frozenset({"select_multiple", "rank"})


@dataclass
class Range:
    """The values that comparisons with one path leave over."""

    least: float = -math.inf
    most: float = math.inf
    has_strict: bool = False  # so that at least one end is left out
    only: str | None = None
    is_empty: bool = False

    def narrow(self, operator: str, value: str) -> None:
        number = _number(value)
        if operator == "=":
            self.is_empty = self.is_empty or self.only not in (None, value)
            self.only = value
        elif operator.startswith(">") and number is not None:
            self.least = max(self.least, number)
            self.has_strict = self.has_strict or operator == ">"
        elif operator.startswith("<") and number is not None:
            self.most = min(self.most, number)
            self.has_strict = self.has_strict or operator == "<"

    @property
    def is_impossible(self) -> bool:
        is_point = self.least == self.most and self.has_strict
        return self.is_empty or self.least > self.most or is_point


def check_contradictions(source: Source, expressions: tuple[Expression, ...]) -> Iterator[Finding]:
    for expression in expressions:
        if expression.key in JUDGED and expression.node is not None:
            constant = _constant(expression.node)
            if constant is False or (constant is None and _contradicts(source, expression)):
                yield _never(expression)
            elif constant is True:
                yield expression.cell.warning(
                    "always-true", gettext_noop("This condition always holds. Leave it out.")
                )


def _never(expression: Expression) -> Finding:
    if expression.key == "constraint":
        return expression.cell.warning(
            "never-true", gettext_noop("No answer can meet this constraint.")
        )
    return expression.cell.warning(
        "never-true", gettext_noop("This condition can never hold, so nobody ever sees this.")
    )


def _constant(node: Node) -> bool | None:
    """What a condition without questions comes to; None where it has some."""
    if not _is_constant(node):
        return None
    root = Element("data")
    environment = Environment(now=datetime(2000, 1, 1, tzinfo=UTC))
    context = context_at(root, document_of(root), environment)
    return to_boolean(compile_expression(node)(context))


def _is_constant(node: Node) -> bool:
    if node[0] in ("path", "filter"):
        return False
    if node[0] == "call":
        return node[1] in STEADY and all(map(_is_constant, node[2]))
    return node[0] in ("num", "str") or all(map(_is_constant, node[1:]))


def _contradicts(source: Source, expression: Expression) -> bool:
    """Whether conditions that must all hold leave no value for one question."""
    ranges: dict[str, Range] = {}
    for node in conjuncts(expression.node or []):
        found = comparison(node, expression.context, expression.context)
        value = literal(found[2]) if found else None
        item = source.by_path.get(found[1]) if found else None
        if found and value is not None and item and _has_one_answer(item, expression.context):
            ranges.setdefault(found[1], Range()).narrow(found[0], value)
    return any(found.is_impossible for found in ranges.values())


def _has_one_answer(item: Item, context: str) -> bool:
    """Whether there is one value to compare: of several, each may meet another condition."""
    is_here = item.repeat is None or context.startswith(f"{item.repeat.path}/")
    return is_here and item.type.base not in SEVERAL


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
