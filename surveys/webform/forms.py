"""A section as a Django form: questions become fields named by their path in the instance."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from surveys.webform.prompts import Prompt

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TO_THE_MINUTE = len("2026-11-30T14:30")
ACKNOWLEDGED = "OK"


class TextAnswer(forms.CharField):
    """Text as an instance can hold it. Whether it is right is for the form's logic to say."""

    def to_python(self, value: Any) -> str:
        text = _NOT_IN_XML.sub("", value or "").replace("\r\n", "\n").replace("\r", "\n")
        return text.strip()


class NumberAnswer(TextAnswer):
    """A number kept as typed, with the wide digits of Chinese keyboards made plain."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().to_python(value))


class TimeAnswer(TextAnswer):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return f"{text}:00.000" if re.fullmatch(r"\d\d:\d\d", text) else text

    def prepare_value(self, value: Any) -> Any:
        return value[:5] if value else value


class MomentAnswer(TextAnswer):
    """A date with a time: typed in local time, kept with its offset."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            moment = parse_datetime(text)
        except ValueError:
            return text
        if moment is None:
            return text
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return moment.isoformat(timespec="milliseconds")

    def prepare_value(self, value: Any) -> Any:
        return value[:_TO_THE_MINUTE] if value else value


class OneOf(forms.ChoiceField):
    def clean(self, value: Any) -> str:
        return _NOT_IN_XML.sub("", value or "").strip()


class ManyOf(forms.MultipleChoiceField):
    """Chosen names with spaces between them, as instances hold them."""

    def clean(self, value: Any) -> str:
        return " ".join(_NOT_IN_XML.sub("", name) for name in value or ()).strip()

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value


class SectionForm(forms.Form):
    """The questions of a section. It takes every answer: what is wrong is saved and then told."""

    def __init__(
        self,
        prompts: Sequence[Prompt],
        answers: Mapping[str, str],
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data, initial=dict(answers))
        self.fields = {prompt.path: field_for(prompt) for prompt in prompts}

    def answers(self, shown: frozenset[str]) -> dict[str, str]:
        """What was typed, by path. What was neither shown nor sent keeps its answer."""
        self.full_clean()
        return {
            path: text
            for path, text in self.cleaned_data.items()
            if path in shown or path in self.data
        }

    def tell(self, problems: Mapping[str, str]) -> None:
        """Put sentences, by path, beside their questions."""
        for path in problems.keys() & self.fields.keys():
            self.errors[path] = self.error_class([problems[path]])


def field_for(prompt: Prompt) -> forms.Field:
    field = _FIELDS[prompt.question.kind](prompt)
    field.help_text = format_html_join(" ", "{}", ((hint,) for hint in _hints(prompt)))
    return field


def _hints(prompt: Prompt) -> Iterator[str]:
    if prompt.hint:
        yield prompt.hint
    if prompt.question.kind == "integer":
        yield _("Whole number.")
    if prompt.question.kind == "select_multiple":
        yield format_html('<span class="vh">{}</span>', _("Choose all that apply."))
    if prompt.is_optional:
        yield _("May be left blank.")


def _text(prompt: Prompt) -> forms.Field:
    long = "multiline" in prompt.question.appearance.split()
    widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput()
    return _typed(TextAnswer, widget)


def _number(inputmode: str) -> Callable[[Prompt], forms.Field]:
    return lambda prompt: _typed(NumberAnswer, forms.TextInput(attrs={"inputmode": inputmode}))


def _picked(kind: type[TextAnswer], input_type: str) -> Callable[[Prompt], forms.Field]:
    return lambda prompt: _typed(kind, forms.TextInput(attrs={"type": input_type}))


def _typed(kind: type[TextAnswer], widget: forms.Widget) -> forms.Field:
    widget.attrs["autocomplete"] = "off"
    return kind(required=False, widget=widget)


def _select_one(prompt: Prompt) -> forms.Field:
    choices = [(option.name, option.label) for option in prompt.options]
    if "minimal" in prompt.question.appearance.split():
        return OneOf(required=False, choices=[("", _("Choose one")), *choices])
    if prompt.is_optional:
        choices.append(("", _("Leave blank")))
    return OneOf(required=False, choices=choices, widget=forms.RadioSelect)


def _select_multiple(prompt: Prompt) -> forms.Field:
    choices = [(option.name, option.label) for option in prompt.options]
    return ManyOf(required=False, choices=choices, widget=forms.CheckboxSelectMultiple)


def _acknowledge(prompt: Prompt) -> forms.Field:
    choices = [(ACKNOWLEDGED, _("Done"))]
    return ManyOf(required=False, choices=choices, widget=forms.CheckboxSelectMultiple)


_FIELDS: Mapping[str, Callable[[Prompt], forms.Field]] = {
    "text": _text,
    "integer": _number("numeric"),
    "decimal": _number("decimal"),
    "date": _picked(TextAnswer, "date"),
    "time": _picked(TimeAnswer, "time"),
    "datetime": _picked(MomentAnswer, "datetime-local"),
    "select_one": _select_one,
    "select_multiple": _select_multiple,
    "acknowledge": _acknowledge,
}
