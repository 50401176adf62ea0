"""Questions in the words of one language, ready to be shown at their place in an interview."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.safestring import SafeString

from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.webform import markup
from surveys.webform.places import PlacedQuestion
from surveys.webform.remarks import Remark
from surveys.xforms.definition import Choice, FormDef, Media, Question, Texts

_CODE = re.compile(r"\s*([A-Z]{1,2}\d{1,3}[a-z]?)[.．、:：]\s*")
_TO_THE_MINUTE = len("2026-11-30T14:30")
LONG = {"zh": 80, "": 160}  # characters; Chinese says it in half as many


def code_of(words: str) -> str:
    """A code such as `B1` where a label begins with one, or blank."""
    match = _CODE.match(words)
    return match[1] if match else ""


@dataclass(frozen=True)
class Medium:
    """A picture, sound or film that a label shows. `large` is where a bigger picture is."""

    kind: str
    url: str
    large: str = ""


def mediums_of(
    media: Media, form: FormDef, language: str, file_url: Callable[[str], str]
) -> tuple[Medium, ...]:
    """What there is to see and hear in a language, pictures first."""
    urls = {kind: file_url(_in(language, names, form)) for kind, names in media.items()}
    large = urls.pop("big-image", "")
    if large and "image" not in urls:
        urls["image"] = large
    kinds = [kind for kind in ("image", "video", "audio") if kind in urls]
    return tuple(Medium(kind, urls[kind], large if kind == "image" else "") for kind in kinds)


def _in(language: str, names: Mapping[str, str], form: FormDef) -> str:
    default = names.get(form.default_language) or next(iter(names.values()), "")
    return names.get(language) or default


@dataclass(frozen=True)
class Option:
    """A choice in one language."""

    name: str
    label: SafeString
    text: str
    media: tuple[Medium, ...] = ()


@dataclass(frozen=True)
class Speech:
    """Says what a form has to say in one language.

    `out` gives the HTML and `say` the plain text of an expression within a text, at an element;
    `offered` the choices that a select has there, or None where the page itself will find out.
    `file_url` says where a file of the form is served from; `remarks` are those of reviewers by
    place.
    """

    form: FormDef
    language: str
    out: Callable[[Node, Element | None], SafeString]
    say: Callable[[Node, Element | None], str]
    offered: Callable[[Question, Element | None], Sequence[Choice] | None]
    file_url: Callable[[str], str]
    remarks: Mapping[str, Sequence[Remark]] = field(default_factory=dict)

    def parts(self, texts: Texts) -> Sequence[str | Node]:
        return self.form.parts(texts, self.language)

    def html(self, texts: Texts, element: Element | None) -> SafeString:
        return self.html_of(self.parts(texts), element)

    def html_of(self, parts: Sequence[str | Node], element: Element | None) -> SafeString:
        return markup.html(parts, lambda node: self.out(node, element))

    def text(self, texts: Texts, element: Element | None) -> str:
        return self.text_of(self.parts(texts), element)

    def text_of(self, parts: Sequence[str | Node], element: Element | None) -> str:
        return markup.plain(parts, lambda node: self.say(node, element))

    def prompt(self, placed: PlacedQuestion) -> "Prompt":
        return Prompt(self, placed)

    def media(self, media: Media) -> tuple[Medium, ...]:
        return mediums_of(media, self.form, self.language, self.file_url)

    def options(self, choices: Iterable[Choice], element: Element | None) -> tuple[Option, ...]:
        return tuple(
            Option(
                name=choice.name,
                label=self.html(choice.labels, element),
                text=self.text(choice.labels, element) or choice.name,
                media=self.media(choice.media),
            )
            for choice in choices
        )

    @cached_property
    def ever_required(self) -> frozenset[str]:
        return frozenset(bind.path for bind in self.form.binds if bind.required is not None)


@dataclass(frozen=True)
class Prompt:
    """A question in one language at one place; what it says is found out when it is asked for."""

    speech: Speech
    placed: PlacedQuestion
    appearances: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "appearances", self.question.appearances)

    @property
    def question(self) -> Question:
        return self.placed.question

    @property
    def place(self) -> str:
        return self.placed.place

    @property
    def language(self) -> str:
        return self.speech.language

    @property
    def comments(self) -> Sequence[Remark]:
        """What reviewers remarked on it."""
        return self.speech.remarks.get(self.place, ())

    @property
    def anchor(self) -> str:
        return f"q{self.place}"

    @property
    def id(self) -> str:
        """What the ids of the question's parts begin with."""
        return f"id_{self.place}"

    @property
    def described_by(self) -> str:
        return f"{self.id}-hint {self.id}-error"

    @cached_property
    def _coded(self) -> tuple[str, Sequence[str | Node]]:
        """A code such as `B1` where the label begins with one, and the rest of the label."""
        first, *rest = self.speech.parts(self.question.labels) or ("",)
        words = first if isinstance(first, str) else ""
        match = _CODE.match(words)
        if match is None or not (rest or words[match.end() :].strip()):
            return "", [first, *rest]
        return match[1], [words[match.end() :], *rest]

    @property
    def code(self) -> str:
        return self._coded[0]

    @cached_property
    def label(self) -> SafeString:
        return self.speech.html_of(self._coded[1], self.placed.element)

    @cached_property
    def text(self) -> str:
        """The label without code and markup."""
        words = self.speech.text_of(self._coded[1], self.placed.element)
        return words or self.question.name

    @cached_property
    def hint(self) -> SafeString:
        return self.speech.html(self.question.hints, self.placed.element)

    @cached_property
    def guidance(self) -> SafeString:
        return self.speech.html(self.question.guidance, self.placed.element)

    @cached_property
    def media(self) -> tuple[Medium, ...]:
        return self.speech.media(self.question.media)

    @cached_property
    def choices(self) -> Sequence[Choice] | None:
        return self.speech.offered(self.question, self.placed.element)

    @property
    def is_dynamic(self) -> bool:
        """Whether the page finds out by itself what is offered."""
        return self.choices is None

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return self.speech.options(self.choices or (), self.placed.element)

    @property
    def is_optional(self) -> bool:
        return self.question.path not in self.speech.ever_required

    @property
    def is_long(self) -> bool:
        """Whether it is more of a text to read out than a question."""
        return len(self.text) > LONG.get(self.language, LONG[""])

    def answer(self, text: str) -> str:
        """An answer in words: the labels of what was chosen."""
        if self.question.kind == "datetime":
            return text[:_TO_THE_MINUTE].replace("T", " ")
        if not self.question.is_select:
            return text
        labels = {option.name: option.text for option in self.options}
        return " · ".join(labels.get(name, name) for name in self.question.chosen(text))
