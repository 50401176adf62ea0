"""What all fields have in common: they take whatever is typed, as an instance can hold it."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html

from surveys.webform.prompts import Prompt
from surveys.xforms.instance import without_controls

INPUT = "surveys/questions/input.html"
STEPPER = "surveys/questions/stepper.html"
TYPED = "surveys/questions/typed.html"  # what a widget takes the place of, where scripts run


def plainly(sentence: str) -> str:
    """A remark on a control as it is without scripts, which a widget may take the place of."""
    return format_html('<span class="plain">{}</span>', sentence)


class AnswerField(forms.Field):
    """A question as a Django field. Whether its answer is right is for the form's logic to say.

    `template` shows it; `clean` reads what was typed, and its inverse `prepare_value` writes it.
    """

    template = INPUT

    def __init__(
        self, prompt: Prompt, widget: forms.Widget | None = None, **attrs: str | int
    ) -> None:
        widget = widget or forms.TextInput({"type": attrs.pop("type", "text")})
        widget.attrs |= {
            "autocomplete": "off",
            "class": "form-control",
            "aria-describedby": prompt.described_by,
            **attrs,
        }
        super().__init__(required=False, widget=widget)
        self.prompt = prompt

    def clean(self, value: Any) -> Any:
        return self.read(without_controls(value or "").strip())

    def read(self, text: str) -> str:
        """What was typed as the instance holds it. May raise ValidationError."""
        return text

    @property
    def has_nothing_to_offer(self) -> bool:
        """Whether the choices depend on answers that are not given yet."""
        prompt = self.prompt
        return prompt.question.itemset is not None and not prompt.is_dynamic and not prompt.options

    def remarks(self) -> list[str]:
        """What we have to say on how to answer, beside the form's own hint."""
        return []

    def context(self, bound: BoundField) -> dict[str, object]:
        """What the template needs beside the field and its prompt."""
        return {}
