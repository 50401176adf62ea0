"""Where an expression is evaluated, and what it may know of the world."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from random import Random
from typing import TypeAlias

from surveys.formlogic.tree import Element
from surveys.formlogic.values import Value, to_text

Spoken: TypeAlias = "str | Sequence[str | Expression]"  # plain, or words and expressions in turn


@dataclass(frozen=True)
class Environment:
    """What an expression may know of the world.

    `now` is aware; its offset is the interview's clock, in summer and winter. `instances` are `<instance>` elements by id,
    each with its root as child. `texts` are translations by itext id and `choice_labels` labels by
    path and then by choice name, both in the language of the interview. `is_ending`: the interview is
    over, and calculations that say something else each time keep what they said.
    """

    now: datetime
    instances: Mapping[str, Element] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311
    texts: Mapping[str, Spoken] = field(default_factory=dict)
    choice_labels: Mapping[str, Mapping[str, Spoken]] = field(default_factory=dict)
    is_ending: bool = False

    @cached_property
    def zone(self) -> timezone:
        return timezone(self.now.utcoffset() or timedelta())


@dataclass(slots=True)
class Context:
    """A node, its place among `size` candidates, and `current`: where the expression began."""

    node: Element
    current: Element
    document: Element
    environment: Environment
    zone: timezone
    position: int = 1
    size: int = 1

    def inside(self, size: int) -> "Context":
        """A context for the predicates of a step; its caller moves `node` and `position`."""
        return Context(self.node, self.current, self.document, self.environment, self.zone, 1, size)


def context_at(node: Element, document: Element, environment: Environment) -> Context:
    return Context(node, node, document, environment, environment.zone)


def said(spoken: Spoken, c: Context) -> str:
    """A text, with what its expressions come to where the one began that asks for it."""
    if isinstance(spoken, str):
        return spoken
    inside = context_at(c.current, c.document, c.environment)
    return "".join(part if isinstance(part, str) else to_text(part(inside)) for part in spoken)


Expression: TypeAlias = Callable[[Context], Value]
