"""A form's expressions, read as their author meant them within repeats."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from surveys.formlogic.logic import Action, Bind
from surveys.formlogic.repeats import own_instance
from surveys.formlogic.syntax import Node
from surveys.xforms.declarations import Declaration
from surveys.xforms.definition import FormDef, Group, Question, Text, Texts

Relate: TypeAlias = Callable[[Node, str], Node]  # an expression, of the question at a path


def in_own_instances(form: FormDef) -> FormDef:
    """The form with every path into a repeat around it led to the own instance (`own_instance`)."""
    if not form.repeats:
        return form

    def relate(node: Node, path: str) -> Node:
        return own_instance(node, path, form.repeats)

    return replace(
        form,
        binds=tuple(_bind(bind, relate) for bind in form.binds),
        actions=tuple(_action(action, relate) for action in form.actions),
        entities=tuple(_declaration(one, relate) for one in form.entities),
        children=tuple(_child(child, relate) for child in form.children),
    )


def _bind(bind: Bind, relate: Relate) -> Bind:
    def related(node: Node | None) -> Node | None:
        return relate(node, bind.path) if node is not None else None

    return replace(
        bind,
        required=related(bind.required),
        relevant=related(bind.relevant),
        constraint=related(bind.constraint),
        calculate=related(bind.calculate),
        readonly=related(bind.readonly),
    )


def _action(action: Action, relate: Relate) -> Action:
    if action.value is None:
        return action
    return replace(action, value=relate(action.value, action.path))


def _declaration(declaration: Declaration, relate: Relate) -> Declaration:
    computed = {
        name: relate(node, f"{declaration.path}/@{name}")
        for name, node in declaration.computed.items()
    }
    return replace(declaration, computed=computed)


def _child(child: Question | Group, relate: Relate) -> Question | Group:
    if isinstance(child, Group):
        return replace(
            child,
            labels=_texts(child.labels, child.path, relate),
            hints=_texts(child.hints, child.path, relate),
            children=tuple(_child(one, relate) for one in child.children),
            count=None if child.count is None else relate(child.count, child.path),
        )
    itemset = child.itemset
    return replace(
        child,
        labels=_texts(child.labels, child.path, relate),
        hints=_texts(child.hints, child.path, relate),
        guidance=_texts(child.guidance, child.path, relate),
        required_messages=_texts(child.required_messages, child.path, relate),
        constraint_messages=_texts(child.constraint_messages, child.path, relate),
        itemset=itemset and replace(itemset, nodes=relate(itemset.nodes, child.path)),
    )


def _texts(texts: Texts, path: str, relate: Relate) -> Texts:
    return {language: _text(text, path, relate) for language, text in texts.items()}


def _text(text: Text, path: str, relate: Relate) -> Text:
    if isinstance(text, str):
        return text
    return [part if isinstance(part, str) else relate(part, path) for part in text]
