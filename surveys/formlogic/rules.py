"""The rules of one question, compiled: what `Bind` and `Action` say, ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.formlogic.context import Expression
from surveys.formlogic.dependencies import (
    Labels,
    functions_of,
    instances_in,
    references,
    with_labels,
)
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.syntax import Node

UNREPEATABLE = frozenset(
    {
        *("area", "distance", "instance", "jr:choice-name", "jr:itext", "now", "once"),
        *("pulldata", "random", "randomize", "today", "uuid"),
    }
)
"""Functions whose value may rightly be another one on the server than it was on the device."""
VOLATILE = frozenset({"now", "random", "randomize", "today", "uuid"})
"""Functions that say something else each time: not asked again unless what they depend on changed."""


@dataclass(frozen=True)
class Bind:
    """The rules of one path; expressions are ASTs, None where there is no rule."""

    path: str
    type: str = "string"
    required: Node | None = None
    relevant: Node | None = None
    constraint: Node | None = None
    calculate: Node | None = None
    readonly: Node | None = None


@dataclass(frozen=True)
class Action:
    """A value that is set when something happens, and may be overwritten by people afterwards.

    `event` is "first-load" (the interview begins), "new-repeat" (an instance of the repeat around
    `path` is added) or "changed" (the question at `trigger` got another answer). Without a `value`
    the target is blanked.
    """

    event: str
    path: str
    value: Node | None = None
    trigger: str = ""


@dataclass(frozen=True)
class Rules:
    """One bind with its expressions compiled, and, of a repeat, its count."""

    path: str
    type: str
    required: Expression | None
    relevant: Expression | None
    constraint: Expression | None
    calculate: Expression | None
    readonly: Expression | None
    count: Expression | None
    is_repeatable: bool  # the calculation gives the same on every machine
    is_volatile: bool
    reads: frozenset[str]  # what relevance, calculation and count depend on
    asks: Mapping[str, frozenset[str]]  # the lists that rules look into, by the kind of the rule


@dataclass(frozen=True)
class Setting:
    """One action, compiled. `type` is the target's."""

    path: str
    type: str
    value: Expression | None


def compile_bind(bind: Bind, count: Node | None, labels: Labels) -> Rules:
    functions = functions_of(bind.calculate) if bind.calculate is not None else frozenset()
    rules = [node for node in (bind.relevant, bind.calculate, count) if node is not None]
    deciding = [node for rule in rules for node in with_labels(rule, labels)]
    return Rules(
        path=bind.path,
        type=bind.type,
        required=compiled(bind.required),
        relevant=compiled(bind.relevant),
        constraint=compiled(bind.constraint),
        calculate=compiled(bind.calculate),
        readonly=compiled(bind.readonly),
        count=compiled(count),
        is_repeatable=bind.calculate is not None and UNREPEATABLE.isdisjoint(functions),
        is_volatile=bind.calculate is not None
        and not VOLATILE.isdisjoint(_unguarded(bind.calculate)),
        reads=frozenset().union(*(references(node, bind.path) for node in deciding)),
        asks=_asks(bind),
    )


def _asks(bind: Bind) -> dict[str, frozenset[str]]:
    rules = {
        "required": bind.required,
        "relevant": bind.relevant,
        "constraint": bind.constraint,
    }
    asked = {kind: frozenset(instances_in(node)) for kind, node in rules.items() if node}
    return {kind: names for kind, names in asked.items() if names}


def compiled(node: Node | None) -> Expression | None:
    return compile_expression(node) if node is not None else None


def _unguarded(node: Node) -> frozenset[str]:
    """The functions called outside of `once()`, which keeps what it found first."""
    if node[:2] == ["call", "once"]:
        return frozenset()
    inner = [_unguarded(part) for part in node if isinstance(part, list)]
    return frozenset({node[1]} if node[:1] == ["call"] else ()).union(*inner)
