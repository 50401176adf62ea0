"""Expected errors, faults, findings and changes in the language of whoever reads them."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.translation import gettext

from surveys.errors import SurveyError


class Sentence(Protocol):
    """A template of words, marked for translation, and what fills its `%(name)s` places."""

    @property
    def message(self) -> str: ...

    @property
    def params(self) -> Mapping[str, object]: ...


def in_words(said: Sentence) -> str:
    """The sentence, and the sentences of errors that it quotes, in the active language."""
    params = {name: _worded(value) for name, value in said.params.items()}
    return gettext(said.message) % params if params else gettext(said.message)


def _worded(value: object) -> object:
    return in_words(value) if isinstance(value, SurveyError) else value
