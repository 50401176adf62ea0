"""What a page needs to know of a form, as JSON: the other half of `static/js/formlogic/form.js`."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from surveys.formlogic.dependencies import functions_of, instances_in
from surveys.formlogic.logic import Action, Bind
from surveys.formlogic.syntax import Node
from surveys.webform import markup
from surveys.webform.prompts import Medium, mediums_of
from surveys.xforms.auditfile import columns_of
from surveys.xforms.declarations import Declaration
from surveys.xforms.definition import Choice, FormDef, Group, Question, Texts
from surveys.xforms.evaluation import REFUSING
from surveys.xforms.parsing import tree_to_json

Json: TypeAlias = dict[str, Any]
FORMAT = 3
RULES = ("required", "relevant", "constraint", "calculate", "readonly")
SEARCHED = frozenset({"autocomplete", "search"})
MANY = 100  # options, of which nobody reads all


def page_definition(
    form: FormDef,
    language: str,
    file_urls: Mapping[str, str],
    media_url: Callable[[str], str] = str,
) -> Json:
    """The form's logic and words in one language.

    `file_urls` say where the instances from files are served from, by instance id, `media_url`
    where a picture, sound or film is, by its name.
    """
    words = Words(form, language)
    nodes = _nodes(form, words)
    lists = {
        name: [_choice(choice, words, media_url) for choice in form.lists[name]]
        for name in _needed_lists(form, nodes)
    }
    return {
        "format": FORMAT,
        "id": form.form_id,
        "version": form.version,
        "title": form.title,
        "language": language,
        "root": form.blank.name,
        "blank": tree_to_json(form.blank),
        "attributes": form.attributes,
        "binds": {bind.path: _bind(bind) for bind in _in_order(form)},
        "repeats": dict(form.repeats),
        "templates": {path: tree_to_json(tree) for path, tree in form.templates.items()},
        "actions": [_action(action) for action in form.actions],
        "preloads": dict(form.preloads),
        "entities": [_declaration(one) for one in form.entities],
        "questions": {one.path: _question(one, words) for one in form.questions},
        "lists": lists,
        "files": dict(file_urls),
        "sections": [_section(section, words) for section in form.sections],
        "consent": form.roles.get("consent", ""),
        "refusing": sorted(REFUSING),
        "outputs": words.outputs,
        "functions": sorted(_functions(nodes)),
        **_audit(form),
    }


def functions_called(form: FormDef, language: str) -> frozenset[str]:
    """By its rules, and by its words in a language."""
    return _functions(_nodes(form, Words(form, language)))


def _nodes(form: FormDef, words: "Words") -> list[Node]:
    declared = (node for one in form.entities for node in one.computed.values())
    return [*form.expressions(), *words.outputs, *declared]


def _functions(nodes: list[Node]) -> frozenset[str]:
    return frozenset[str]().union(*map(functions_of, nodes))


class Words:
    """The texts of a form in one language, and the expressions within them, numbered."""

    def __init__(self, form: FormDef, language: str) -> None:
        self.form = form
        self.language = language
        self.outputs = list(_outputs(form, language))
        self._numbers = {_key(node): number for number, node in enumerate(self.outputs)}

    def number(self, node: Node) -> int:
        """By which pages refer to an expression within a text: `data-out`."""
        return self._numbers[_key(node)]

    def plain(self, texts: Texts) -> str | list[str | int]:
        """A text; or words and the numbers of expressions in turn."""
        return markup.plain_parts(self.form.parts(texts, self.language), self.number)

    def spoken(self, texts: Texts) -> str | list[str | int]:
        """The same as expressions read it, with its markup."""
        parts = [
            part if isinstance(part, str) else self.number(part)
            for part in self.form.parts(texts, self.language)
        ]
        return parts if any(isinstance(part, int) for part in parts) else "".join(map(str, parts))


def _key(node: Node) -> str:
    return json.dumps(node)


def _outputs(form: FormDef, language: str) -> Iterator[Node]:
    """Every expression that a text in the language has in it, once."""
    seen = set()
    for texts in _all_texts(form):
        for part in form.parts(texts, language):
            if not isinstance(part, str) and _key(part) not in seen:
                seen.add(_key(part))
                yield part


def _all_texts(form: FormDef) -> Iterator[Texts]:
    for section in form.sections:
        for group in section.groups():
            yield from (group.labels, group.hints)
    for question in form.questions:
        yield from (question.labels, question.hints, question.guidance)
        yield from (question.required_messages, question.constraint_messages)
        if not question.list_name:
            yield from (choice.labels for choice in question.choices)
    for choices in form.lists.values():
        yield from (choice.labels for choice in choices)


def _question(question: Question, words: Words) -> Json:
    found = {
        "kind": question.kind,
        "appearance": question.appearance,
        "parameters": dict(question.parameters),
        "required": words.plain(question.required_messages),
        "constraint": words.plain(question.constraint_messages),
        "list": question.list_name,
        "itemset": question.itemset
        and {
            "nodes": question.itemset.nodes,
            "value": question.itemset.value,
            "label": question.itemset.label,
        },
    }
    lean = {name: value for name, value in found.items() if value}
    return {**lean, "label": words.plain(question.labels)}


def _audit(form: FormDef) -> Json:
    """How the log of an interview is to be kept, if the form wants one."""
    if form.audit is None:
        return {}
    return {"audit": {"columns": columns_of(form.audit), "parameters": dict(form.audit)}}


def _section(section: Group, words: Words) -> Json:
    return {
        "path": section.path,
        "title": words.plain(section.labels),
        "questions": [question.path for question in section.questions()],
    }


def _choice(choice: Choice, words: Words, media_url: Callable[[str], str]) -> Json:
    label, spoken = words.plain(choice.labels) or choice.name, words.spoken(choice.labels)
    mediums = mediums_of(choice.media, words.form, words.language, media_url)
    lean = {
        "columns": dict(choice.columns),
        "media": dict(pair for medium in mediums for pair in _addresses(medium)),
        "textId": choice.text_id,
    }
    found: Json = {"name": choice.name, "label": label}
    found |= {"spoken": spoken} if spoken != label else {}
    return found | {name: value for name, value in lean.items() if value}


def _addresses(medium: Medium) -> Iterator[tuple[str, str]]:
    """By the part of `questions/template.html` that shows it."""
    if medium.large:
        yield from (("large", medium.large), ("linked", medium.url))
    else:
        yield medium.kind, medium.url


def _bind(bind: Bind) -> Json:
    rules = {name: node for name in RULES if (node := getattr(bind, name)) is not None}
    return {"type": bind.type, **rules}


def _in_order(form: FormDef) -> list[Bind]:
    """Binds in the order of the instance, by which scripts know where an element belongs."""
    places = {path: at for at, path in enumerate(_paths(form, f"/{form.blank.name}"))}
    return sorted(form.binds, key=lambda bind: places.get(bind.path, len(places)))


def _paths(form: FormDef, path: str) -> Iterator[str]:
    yield path
    for name in form.order.get(path, ()):
        yield from _paths(form, f"{path}/{name}")


def _declaration(declaration: Declaration) -> Json:
    return {
        "path": declaration.path,
        "constants": declaration.constants,
        "computed": declaration.computed,
        "creates": declaration.creates,
    }


def _action(action: Action) -> Json:
    found: Json = {"event": action.event, "path": action.path}
    found |= {"value": action.value} if action.value is not None else {}
    return found | ({"trigger": action.trigger} if action.trigger else {})


def _needed_lists(form: FormDef, nodes: Sequence[Node]) -> list[str]:
    """Lists that expressions read, as instances or by the names of choices, and those of which
    pages hold no options.
    """
    needed = {name for node in nodes for name in instances_in(node)}
    needed |= {q.list_name for q in form.questions if q.itemset or is_looked_up(q)}
    if any("jr:choice-name" in functions_of(node) for node in nodes):
        needed |= {question.list_name for question in form.questions}
    return sorted(needed & set(form.lists))


def is_looked_up(question: Question) -> bool:
    """Whether scripts show the options of a static list themselves: long ones and rankings."""
    if question.itemset is not None or not question.list_name:
        return False
    is_searched = not question.appearances.isdisjoint(SEARCHED)
    return is_searched or question.kind == "rank" or len(question.choices) > MANY
