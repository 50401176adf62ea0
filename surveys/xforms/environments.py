"""What a form's expressions may know of the world: its lists, its files, its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from random import SystemRandom
from typing import Generic, TypeVar

from surveys.formlogic.context import Environment, Spoken
from surveys.formlogic.dependencies import instances_in
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.tree import Element
from surveys.xforms.definition import Choice, FormDef, Question, Texts

T = TypeVar("T")


class Item(Element):
    """An item of a choice list, which knows whose choice it is."""

    __slots__ = ("choice",)

    def __init__(self, choice: Choice) -> None:
        super().__init__("item")
        self.choice = choice


@dataclass(frozen=True)
class World:
    """What is the same for every interview in one language."""

    instances: Mapping[str, Element] = field(default_factory=dict)
    texts: Mapping[str, Spoken] = field(default_factory=dict)
    choice_labels: Mapping[str, Mapping[str, Spoken]] = field(default_factory=dict)


def environment_for(
    form: FormDef,
    now: datetime,
    language: str = "",
    files: Mapping[str, Element] | None = None,
) -> Environment:
    """The world at a moment, which has the interview's own offset, in a language of the form.

    `files` are the roots of the instances that come from files, by instance id.
    """
    stored = tuple((name, _Same(root)) for name, root in sorted((files or {}).items()))
    world = _world(_Same(form), language or form.default_language, stored)
    return Environment(
        now=now,
        instances=world.instances,
        random=SystemRandom(),
        texts=world.texts,
        choice_labels=world.choice_labels,
    )


class _Same(Generic[T]):
    """A value as a key: the same only as itself."""

    def __init__(self, value: T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value


@lru_cache(maxsize=64)
def _world(
    form: _Same[FormDef], language: str, files: tuple[tuple[str, _Same[Element]], ...]
) -> World:
    roots = {
        name: _root_of(form.value, choices, language) for name, choices in form.value.lists.items()
    }
    roots |= {name: root.value for name, root in files}
    return World(
        instances={name: _instance(root) for name, root in roots.items()},
        texts=dict(_texts(form.value, language)),
        choice_labels={
            question.path: dict(_labels(form.value, question, roots, language))
            for question in form.value.questions
            if question.is_select
        },
    )


def _instance(root: Element) -> Element:
    """The `<instance>` around a root; the root stays without a parent, as others use it too."""
    instance = Element("instance")
    instance.children = [root]
    return instance


def _root_of(form: FormDef, choices: tuple[Choice, ...], language: str) -> Element:
    root = Element("root")
    for choice in choices:
        item = root.append(Item(choice))
        item.append(Element("name", choice.name))
        if choice.text_id:
            item.append(Element("itextId", choice.text_id))
        else:
            item.append(Element("label", form.text(choice.labels, language)))
        for name, text in choice.columns.items():
            item.append(Element(name, text))
    return root


def _texts(form: FormDef, language: str) -> Iterator[tuple[str, Spoken]]:
    for choices in form.lists.values():
        for choice in choices:
            if choice.text_id:
                yield choice.text_id, _spoken(form, choice.labels, language)


def _labels(
    form: FormDef, question: Question, roots: Mapping[str, Element], language: str
) -> Iterator[tuple[str, Spoken]]:
    """The labels by name, of the list or file that a select takes its choices from."""
    if question.choices or question.itemset is None:
        for choice in question.choices:
            yield choice.name, _spoken(form, choice.labels, language)
        return
    source = roots.get(question.itemset.instance)
    columns = question.itemset.columns
    for item in source.children if source is not None and len(columns) == 2 else ():
        name, words = map(item.child, columns)
        if name is not None and words is not None:
            yield name.text, words.text


def _spoken(form: FormDef, texts: Texts, language: str) -> Spoken:
    parts = form.parts(texts, language)
    if all(isinstance(part, str) for part in parts):
        return form.text(texts, language)
    return tuple(part if isinstance(part, str) else compile_expression(part) for part in parts)


def unknown_instances(form: FormDef) -> set[str]:
    """The instances that expressions ask and that neither the form nor a file has."""
    entities = (node for one in form.entities for node in one.computed.values())
    nodes = (*form.expressions(), *entities)
    asked = {name for node in nodes for name in instances_in(node)}
    return asked - set(form.lists) - set(form.files)
