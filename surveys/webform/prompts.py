"""Questions and sections in the words of one language, ready to be shown."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.formlogic.logic import Problem
from surveys.xforms.definition import FormDef, Group, Question

_QUESTION_CODE = re.compile(r"([A-Z]{1,2}\d{1,3}[a-z]?)[.．、:：]\s*(\S.*)", re.DOTALL)
_SECTION_CODE = re.compile(r"([A-Z]|\d{1,2})[.．、:：]\s*(\S.*)", re.DOTALL)
LONG = {"zh": 80, "": 160}  # characters; Chinese says it in half as many


@dataclass(frozen=True)
class Option:
    """A choice in one language."""

    name: str
    label: str


@dataclass(frozen=True)
class Prompt:
    """A question in one language. `code` is such as `B1`, or blank."""

    question: Question
    language: str
    code: str
    text: str
    hint: str
    options: tuple[Option, ...]
    is_optional: bool

    @property
    def path(self) -> str:
        return self.question.path

    @property
    def anchor(self) -> str:
        return f"q{self.path}"

    @property
    def is_long(self) -> bool:
        """Whether it is more of a text to read out than a question."""
        return len(self.text) > LONG.get(self.language, LONG[""])

    def answer(self, text: str) -> str:
        """An answer in words: the labels of what was chosen."""
        if not self.question.is_select:
            return text
        labels = {option.name: option.label for option in self.options}
        return " · ".join(labels.get(name, name) for name in text.split())


@dataclass(frozen=True)
class Title:
    """A section's name in one language; `mark` is the letter or number it goes by."""

    mark: str
    text: str


def prompt_for(form: FormDef, question: Question, language: str) -> Prompt:
    code, text = _split(_QUESTION_CODE, form.text(question.labels, language))
    return Prompt(
        question=question,
        language=language,
        code=code,
        text=text or question.name,
        hint=form.text(question.hints, language),
        options=tuple(
            Option(choice.name, form.text(choice.labels, language) or choice.name)
            for choice in question.choices
        ),
        is_optional=not _is_ever_required(form, question),
    )


def _is_ever_required(form: FormDef, question: Question) -> bool:
    return any(bind.path == question.path and bind.required is not None for bind in form.binds)


def title_for(form: FormDef, section: Group, number: int, language: str) -> Title:
    label = form.text(section.labels, language)
    if not label:
        first = number == 1
        return Title(str(number), _("Before we start") if first else _("Part %d") % number)
    mark, text = _split(_SECTION_CODE, label)
    return Title(mark or str(number), text)


def _split(pattern: re.Pattern[str], label: str) -> tuple[str, str]:
    match = pattern.fullmatch(label.strip())
    return (match[1], match[2]) if match else ("", label.strip())


def sentence_for(form: FormDef, problem: Problem, language: str) -> str:
    """What to tell about a problem: the form's own message, else one that fits its kind."""
    question = form.by_path.get(problem.path)
    if question is None:
        return _("A rule of the form fails here. Show this page to your coordinator.")
    if problem.kind == "required":
        own = form.text(question.required_messages, language)
        return own or _("Please answer this question.")
    if problem.kind == "constraint":
        own = form.text(question.constraint_messages, language)
        return own or _("This answer is outside what the form allows. Please check it.")
    if problem.kind == "choice":
        return _("Choose from the answers listed.")
    return _type_sentence(question)


def _type_sentence(question: Question) -> str:
    sentences = {
        "integer": _("Type a whole number in digits, such as 12."),
        "decimal": _("Type a number in digits, such as 12 or 12.5."),
        "date": _("Type a date, such as 2026-11-30."),
        "time": _("Type a time, such as 14:30."),
        "datetime": _("Type a date and a time, such as 2026-11-30 14:30."),
    }
    return sentences.get(question.kind, _("This answer cannot be read. Please type it again."))
