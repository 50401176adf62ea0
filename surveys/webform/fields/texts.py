"""Words and numbers: typed, kept as typed."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import INPUT, STEPPER, TYPED, AnswerField, plainly
from surveys.webform.prompts import Prompt

ROWS = 4
_WHOLE = re.compile(r"([-+]?)(\d+)((?:\.\d*)?)")
_SEPARATORS = re.compile(r"[\s,，'’_]")


class Line(AnswerField):
    """One line of text; appearances make it an address, digits, or hidden from bystanders."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, None, **_attrs(prompt.appearances))


def _attrs(appearances: frozenset[str]) -> dict[str, str]:
    if "masked" in appearances:
        return {"type": "password"} | ({"inputmode": "numeric"} if "numbers" in appearances else {})
    if "url" in appearances:
        return {"type": "url", "inputmode": "url"}
    return {"inputmode": "decimal"} if "numbers" in appearances else {}


class Lines(AnswerField):
    """Text of several lines."""

    def __init__(self, prompt: Prompt) -> None:
        rows = prompt.question.parameters.get("rows", "")
        height = int(rows) if rows.isdecimal() and len(rows) < 3 else ROWS
        super().__init__(prompt, forms.Textarea(), rows=max(height, 1))

    def read(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")


class Number(AnswerField):
    """A number kept as typed, with the wide digits of Chinese keyboards made plain."""

    def __init__(self, prompt: Prompt) -> None:
        self.is_whole = prompt.question.kind == "integer"
        self.is_grouped = "thousands-sep" in prompt.appearances
        self.template = STEPPER if self.is_whole and not self.is_grouped else INPUT
        super().__init__(prompt, inputmode="numeric" if self.is_whole else "decimal")

    def read(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text)
        return _SEPARATORS.sub("", plain) if self.is_grouped else plain

    def prepare_value(self, value: Any) -> Any:
        return _grouped(value) if self.is_grouped and isinstance(value, str) else value

    def remarks(self) -> list[str]:
        return [_("Whole number.")] if self.is_whole else []


def _grouped(text: str) -> str:
    match = _WHOLE.fullmatch(text)
    return f"{match[1]}{int(match[2]):,}{match[3]}" if match else text


class Code(AnswerField):
    """A barcode: read by the camera where the browser can, typed elsewhere."""

    template = TYPED

    def remarks(self) -> list[str]:
        return [plainly(_("Type the characters below the bars."))]
