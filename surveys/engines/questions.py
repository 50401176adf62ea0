"""What engines are asked, as JSON: an expression at a place in a tree, in a world; and its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from surveys.formlogic.context import Environment
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element, attribute_of

Place: TypeAlias = tuple[int | str, ...]  # from the top down: which child, or `@name` at the end


@dataclass(frozen=True)
class World:
    """A tree, from its root or `#document` down, and all else that expressions may know.

    `instances` are the places of secondary instances in further trees, or in the same (0).
    """

    trees: tuple[Element, ...]
    now: datetime
    instances: Mapping[str, tuple[int, Place]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    choice_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def environment(self) -> Environment:
        return Environment(
            now=self.now,
            instances={
                name: node_at(self.trees[tree], place)
                for name, (tree, place) in self.instances.items()
            },
            texts=self.texts,
            choice_labels=self.choice_labels,
        )


@dataclass(frozen=True)
class Question:
    """An AST at the node `place` of the first tree; absolute paths begin at the node `top`, of a
    root above it.
    """

    node: Node
    world: World
    place: Place = ()
    top: Place = ()


@dataclass(frozen=True)
class Answer:
    """A value in all its forms.

    `written` is how each of TYPES stores the value, `fits` tells which of FORMS its text has, `same`
    whether it says the same as a date and with each of ENDS behind it, `reads` what the expression
    depends on, and `means` which of PATHS that may be.
    """

    kind: str
    text: str
    number: float
    boolean: bool
    nodes: tuple[str, ...]
    written: tuple[str, ...]
    fits: tuple[bool, ...]
    same: tuple[bool, ...]
    reads: tuple[str, ...]
    means: tuple[str, ...]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Answer":
        return cls(
            kind=document["kind"],
            text=document["text"],
            number=float(document["number"]),
            boolean=document["boolean"],
            nodes=tuple(document["nodes"]),
            written=tuple(document["written"]),
            fits=tuple(document["fits"]),
            same=tuple(document["same"]),
            reads=tuple(document["reads"]),
            means=tuple(document["means"]),
        )


TYPES = ("string", "int", "decimal", "date")  # that calculated values are written as
ENDS = (" ", "0", "0000000001", "T00:00")
PATHS = ("/data/a", "/data/g/n", "/data/r/a", "/data/r/r/v", "/data/group/here", "/data/group/a")
HERE = "/data/group/here"  # where references begin
FORMS = ("int", "decimal", "boolean", "date", "time", "dateTime", "geopoint", "geotrace")


def as_json(questions: Sequence[Question]) -> dict[str, Any]:
    """All questions for another process, each world once."""
    worlds: dict[int, World] = {id(question.world): question.world for question in questions}
    numbers = {key: number for number, key in enumerate(worlds)}
    return {
        "types": TYPES,
        "forms": FORMS,
        "ends": ENDS,
        "paths": PATHS,
        "here": HERE,
        "worlds": [_world_as_json(world) for world in worlds.values()],
        "questions": [
            [question.node, numbers[id(question.world)], question.place, question.top]
            for question in questions
        ],
    }


def _world_as_json(world: World) -> dict[str, Any]:
    return {
        "trees": [tree_as_json(tree) for tree in world.trees],
        "now": world.now.isoformat(timespec="milliseconds"),
        "instances": world.instances,
        "texts": world.texts,
        "choiceLabels": world.choice_labels,
    }


def tree_as_json(element: Element) -> list[Any]:
    children = [tree_as_json(child) for child in element.children]
    return [element.name, element.text, element.attributes, children, element.absent]


def node_at(tree: Element, place: Place) -> Element:
    node = tree
    for step in place:
        node = node.children[step] if isinstance(step, int) else attribute_of(node, step[1:])
    return node


def path_of(node: Element) -> str:
    """A path of positions, such as `/*[1]/text()[2]` or `/*[1]/@id`."""
    if node.parent is None:
        return "/"
    above = path_of(node.parent).rstrip("/")
    if node.name.startswith("@"):
        return f"{above}/{node.name}"
    twins = [child for child in node.parent.children if kind_of(child) == kind_of(node)]
    place = twins.index(node) + 1 if node in twins else 1  # the text of a leaf is no child
    return f"{above}/{kind_of(node)}[{place}]"


def kind_of(node: Element) -> str:
    return f"{node.name[1:]}()" if node.name.startswith("#") else "*"
