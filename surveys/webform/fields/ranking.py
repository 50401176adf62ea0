"""Putting options in an order: without scripts, by giving each its number."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import AnswerField, plainly
from surveys.webform.prompts import Prompt
from surveys.xforms.instance import without_controls

_GIVEN = re.compile(r"(\d{1,4}) (\S+)")


class Rank(AnswerField):
    """The names in their order, with spaces between; each is posted as `2 name`."""

    template = "surveys/questions/rank.html"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, forms.SelectMultiple())

    def clean(self, value: Any) -> str:
        given = [
            match for text in value or () if (match := _GIVEN.fullmatch(without_controls(text)))
        ]
        order = sorted((int(match[1]), match[2]) for match in given)
        expected = len(self.prompt.options) or len(order)
        if order and [number for number, _name in order] != list(range(1, expected + 1)):
            raise ValidationError(
                _("Give each answer a number of its own, from 1 to %(count)s.")
                % {"count": expected}
            )
        return " ".join(name for _number, name in order)

    def remarks(self) -> list[str]:
        return [plainly(_("1 comes first."))]

    def context(self, bound: BoundField) -> dict[str, object]:
        numbers = self._numbers(bound.value() or "")
        options = self.prompt.options
        return {
            "rows": [(option, numbers.get(option.name)) for option in options],
            "numbers": range(1, len(options) + 1),
            "is_dynamic": self.prompt.is_dynamic,
        }

    def _numbers(self, value: str | list[str]) -> dict[str, int]:
        if isinstance(value, str):
            return {name: number for number, name in enumerate(value.split(), start=1)}
        given = filter(None, map(_GIVEN.fullmatch, value))
        return {match[2]: int(match[1]) for match in given}
