"""The parts of a page: questions, groups, repeats and tables, each shown by its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crispy_forms.utils import render_field
from django.forms import Form
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from surveys.webform.fields import AnswerField
from surveys.webform.places import PlacedGroup, PlacedRepeat
from surveys.webform.prompts import Prompt, Speech

QUESTIONS = "surveys/questions"


class Part(Protocol):
    """What crispy asks of everything in a layout."""

    def render(self, form: Form, context: Context, **kwargs: Any) -> str: ...


def rendered(parts: Sequence[Part], form: Form, context: Context) -> SafeString:
    return mark_safe("".join(part.render(form, context) for part in parts))  # noqa: S308


@dataclass(frozen=True)
class Asked:
    """A question with its field."""

    prompt: Prompt

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        place = self.prompt.place
        answer_field = form.fields[place]
        assert isinstance(answer_field, AnswerField)  # noqa: S101  # SectionForm has no others
        words = {
            "prompt": self.prompt,
            "remarks": self.remarks(answer_field),
            **answer_field.context(form[place]),
        }
        template = self.template or answer_field.template
        html: str = render_field(place, form, context, template=template, extra_context=words)
        return html

    @property
    def template(self) -> str:
        """Another one than the field's own."""
        return ""

    def remarks(self, answer_field: AnswerField) -> list[str]:
        if answer_field.has_nothing_to_offer:
            return [_("No choice fits what was answered before.")]
        optional = [_("May be left blank.")] if self.prompt.is_optional else []
        return answer_field.remarks() + optional


@dataclass(frozen=True)
class AskedInRow(Asked):
    """A select as a row of a table, under the heads of its columns."""

    @property
    def template(self) -> str:
        return f"{QUESTIONS}/row.html"

    def remarks(self, answer_field: AnswerField) -> list[str]:
        return []


@dataclass(frozen=True)
class Known:
    """A question that the server answers itself; it is shown and cannot be changed."""

    prompt: Prompt
    answer: str
    problem: str

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        words = {"prompt": self.prompt, "answer": self.answer, "problem": self.problem}
        return render_to_string(f"{QUESTIONS}/known.html", words)


@dataclass(frozen=True)
class Shown:
    """A question whose answer the form gives, or does not let anybody change."""

    prompt: Prompt
    answer: str

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        words = {"prompt": self.prompt, "answer": self.answer}
        return render_to_string(f"{QUESTIONS}/shown.html", words)


@dataclass(frozen=True)
class Told:
    """A note: text to read, nothing to answer."""

    prompt: Prompt

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        return render_to_string(f"{QUESTIONS}/note.html", {"prompt": self.prompt})


@dataclass(frozen=True)
class GroupPart:
    """A group inside a section, under its title."""

    speech: Speech
    placed: PlacedGroup
    inside: Sequence[Part]

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        group, element = self.placed.group, self.placed.element
        words = {
            "place": self.placed.place,
            "language": self.speech.language,
            "label": self.speech.html(group.labels, element),
            "hint": self.speech.html(group.hints, element),
            "media": self.speech.media(group.media),
            "content": rendered(self.inside, form, context),
        }
        return render_to_string(f"{QUESTIONS}/group.html", words)


@dataclass(frozen=True)
class InstancePart:
    """One instance of a repeat; where it `is_open` it can be removed."""

    speech: Speech
    placed: PlacedGroup
    inside: Sequence[Part]
    is_open: bool

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        labels = self.placed.group.labels
        words = {
            "place": self.placed.place,
            "language": self.speech.language,
            "label": self.speech.html(labels, self.placed.element) or _("Entry"),
            "name": self.speech.text(labels, self.placed.element) or _("Entry"),
            "number": self.placed.number,
            "is_open": self.is_open,
            "content": rendered(self.inside, form, context),
        }
        return render_to_string(f"{QUESTIONS}/instance.html", words)


@dataclass(frozen=True)
class RepeatPart:
    """A repeat: its instances, what new ones are copied from, and the way to add one."""

    speech: Speech
    placed: PlacedRepeat
    instances: Sequence[InstancePart]
    blank: InstancePart | None
    is_section: bool  # its title stands above the page already

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        group = self.placed.group
        words = {
            "place": self.placed.place,
            "language": self.speech.language,
            "label": "" if self.is_section else self.speech.html(group.labels, self.placed.parent),
            "hint": self.speech.html(group.hints, self.placed.parent),
            "name": self.speech.text(group.labels, self.placed.parent) or _("Entry"),
            "is_open": group.count is None,
            "content": rendered(self.instances, form, context),
            "blank": self.blank.render(form, context) if self.blank else "",
        }
        return render_to_string(f"{QUESTIONS}/repeat.html", words)


@dataclass(frozen=True)
class GridPart:
    """Selects with the same choices, as a table: choices are columns, questions are rows."""

    head: Prompt | None
    rows: Sequence[Part]
    columns: Sequence[str]
    title: Told | None

    def render(self, form: Form, context: Context, **kwargs: Any) -> str:
        words = {
            "head": self.head,
            "title": self.title.prompt if self.title else None,
            "columns": self.columns,
            "content": rendered(self.rows, form, context),
        }
        return render_to_string(f"{QUESTIONS}/grid.html", words)
