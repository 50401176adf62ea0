"""A form as typed values: what is asked, in which words, under which rules."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from surveys.formlogic.logic import Bind, Logic

Texts: TypeAlias = Mapping[str, str]  # language code -> text


@dataclass(frozen=True)
class Language:
    """A language of the form, such as code `zh` with name `中文 (zh)`."""

    code: str
    name: str


@dataclass(frozen=True)
class Choice:
    name: str
    labels: Texts


@dataclass(frozen=True)
class Question:
    """One thing to ask or show. `kind` is one of `surveys.xforms.xform.KINDS`."""

    name: str
    path: str
    kind: str
    labels: Texts
    hints: Texts = field(default_factory=dict)
    required_messages: Texts = field(default_factory=dict)
    constraint_messages: Texts = field(default_factory=dict)
    appearance: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def takes_answer(self) -> bool:
        return self.kind != "note"

    @property
    def is_select(self) -> bool:
        return self.kind in ("select_one", "select_multiple")

    def offers(self, text: str) -> bool:
        """Whether every choice in an answer is on the question's list; blank chooses none."""
        if not self.is_select:
            return True
        chosen = text.split() if self.kind == "select_multiple" else [text] if text else []
        return {choice.name for choice in self.choices}.issuperset(chosen)


@dataclass(frozen=True)
class Group:
    """Questions that belong together; a top-level group is a section of the interview."""

    name: str
    path: str
    labels: Texts
    appearance: str = ""
    children: "tuple[Question | Group, ...]" = ()

    def questions(self) -> Iterator[Question]:
        for child in self.children:
            if isinstance(child, Group):
                yield from child.questions()
            else:
                yield child


@dataclass(frozen=True)
class FormDef:
    """Everything the server knows of a published form. `template` is its blank instance."""

    form_id: str
    version: str
    title: str
    languages: tuple[Language, ...]
    default_language: str
    template: str
    children: tuple[Question | Group, ...]
    binds: tuple[Bind, ...]
    preloads: Mapping[str, str]  # path -> "timestamp start", "property deviceid", ...
    roles: Mapping[str, str]  # "site", "enumerator", "city", "consent" -> path

    @cached_property
    def logic(self) -> Logic:
        return Logic.from_binds(self.binds)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(Group("", "", {}, children=self.children).questions())

    @cached_property
    def by_path(self) -> Mapping[str, Question]:
        return {question.path: question for question in self.questions}

    @cached_property
    def sections(self) -> tuple[Group, ...]:
        """Top-level groups in order; questions outside of any group make sections of their own."""
        sections: list[Group] = []
        loose: list[Question] = []
        for child in (*self.children, None):
            if isinstance(child, Question):
                loose.append(child)
                continue
            if loose:
                sections.append(Group("", "", {}, children=tuple(loose)))
                loose = []
            if child is not None:
                sections.append(child)
        return tuple(sections)

    def language_for(self, code: str) -> str:
        """The form's language nearest to a browser's, such as `zh` for `zh-hans`."""
        short = code.split("-")[0].lower()
        codes = [language.code for language in self.languages]
        return next((c for c in codes if c.split("-")[0].lower() == short), self.default_language)

    def text(self, texts: Texts, language: str) -> str:
        """The text in a language, else in the default one, else in any."""
        found = texts.get(language) or texts.get(self.default_language)
        return found or next(iter(texts.values()), "")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "FormDef":
        return cls(
            **{
                **document,
                "languages": tuple(Language(**language) for language in document["languages"]),
                "children": tuple(_node_from_json(child) for child in document["children"]),
                "binds": tuple(Bind(**bind) for bind in document["binds"]),
            }
        )


def _node_from_json(document: Mapping[str, Any]) -> Question | Group:
    if "children" in document:
        children = tuple(_node_from_json(child) for child in document["children"])
        return Group(**{**document, "children": children})
    choices = tuple(Choice(**choice) for choice in document["choices"])
    return Question(**{**document, "choices": choices})
