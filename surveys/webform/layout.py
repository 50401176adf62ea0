"""A section's crispy layout: which template shows which question, in the form's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django.forms import Form
from django.template import Context
from django.template.loader import render_to_string

from surveys.webform.prompts import Prompt, prompt_for
from surveys.xforms.definition import FormDef, Group, Question
from surveys.xforms.evaluation import MISSING_CODES

OPTIONS = "surveys/questions/options.html"
INPUT = "surveys/questions/input.html"
SET_APART = MISSING_CODES | {""}  # no answer to be had, or none given


@dataclass(frozen=True)
class Asked:
    """A question with its field."""

    prompt: Prompt

    @property
    def template(self) -> str:
        question = self.prompt.question
        is_list = question.is_select and "minimal" not in question.appearance.split()
        return OPTIONS if is_list or question.kind == "acknowledge" else INPUT

    @property
    def has_apart(self) -> bool:
        is_single = self.prompt.question.kind == "select_one"
        return (is_single and self.prompt.is_optional) or any(
            option.name in SET_APART for option in self.prompt.options
        )

    def render(
        self, form: Form, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        html: str = render_field(
            self.prompt.path,
            form,
            context,
            template=self.template,
            template_pack=template_pack,
            extra_context={
                "prompt": self.prompt,
                "set_apart": SET_APART,
                "has_apart": self.has_apart,
            },
        )
        return html


@dataclass(frozen=True)
class Known:
    """A question that the server answers itself; it is shown and cannot be changed."""

    prompt: Prompt
    answer: str
    problem: str

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        return render_to_string(
            "surveys/questions/known.html",
            {"prompt": self.prompt, "answer": self.answer, "problem": self.problem},
        )


@dataclass(frozen=True)
class Told:
    """A note: text to read, nothing to answer."""

    prompt: Prompt

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        return render_to_string("surveys/questions/note.html", {"prompt": self.prompt})


@dataclass(frozen=True)
class Heading:
    """The title of a group inside a section."""

    text: str
    language: str

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        return render_to_string(
            "surveys/questions/heading.html", {"text": self.text, "language": self.language}
        )


@dataclass(frozen=True)
class SectionLayout:
    """What decides how a section is laid out; paths that are not `shown` are left out.

    `known` are the server's own answers, `problems` sentences, both by path.
    """

    form: FormDef
    language: str
    shown: frozenset[str]
    known: Mapping[str, str]
    problems: Mapping[str, str]

    def helper(self, section: Group) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # the page's own form carries the token
        helper.form_show_errors = False  # the page's own summary links to each
        helper.layout = Layout(*self._parts(section))
        return helper

    def _parts(self, group: Group) -> list[Any]:
        parts: list[Any] = []
        for child in group.children:
            if isinstance(child, Question):
                parts += [self._part(child)] if child.path in self.shown else []
                continue
            inside = self._parts(child)
            label = self.form.text(child.labels, self.language)
            parts += [Heading(label, self.language)] if inside and label else []
            parts += inside
        return parts

    def _part(self, question: Question) -> Any:
        prompt = prompt_for(self.form, question, self.language)
        if question.path in self.known:
            answer = prompt.answer(self.known[question.path])
            return Known(prompt, answer, self.problems.get(question.path, ""))
        return Asked(prompt) if question.takes_answer else Told(prompt)
