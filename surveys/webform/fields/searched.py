"""One of very many: its label is typed, and completed from a list."""

import unicodedata
from collections import Counter
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import AnswerField, plainly
from surveys.webform.prompts import Prompt

MOST_SHOWN = 200  # a page with more is slower than typing


class Searched(AnswerField):
    """A select whose options are looked for by typing. Labels that occur twice have their name."""

    template = "surveys/questions/search.html"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt, forms.TextInput(), list=f"{prompt.id}-list")

    @cached_property
    def labels(self) -> dict[str, str]:
        """What stands in the list, by name."""
        options = self.prompt.options
        counts = Counter(option.text for option in options)
        return {
            option.name: option.text
            if counts[option.text] == 1
            else f"{option.text} ({option.name})"
            for option in options
        }

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {_folded(name): name for name in self.labels}
        return names | {_folded(label): name for name, label in self.labels.items()}

    def read(self, text: str) -> str:
        return self._names.get(_folded(text), text)

    def prepare_value(self, value: Any) -> Any:
        return self.labels.get(value, value) if isinstance(value, str) else value

    def remarks(self) -> list[str]:
        return [plainly(_("Type a few letters, then choose."))]

    def context(self, bound: BoundField) -> dict[str, object]:
        """Of long lists those that have in them what was typed."""
        typed = _folded(str(bound.value() or ""))
        matching = [label for label in self.labels.values() if typed in _folded(label)]
        return {
            "labels": (matching or list(self.labels.values()))[:MOST_SHOWN],
            "is_dynamic": self.prompt.is_dynamic,
        }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
