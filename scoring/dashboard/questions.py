"""Questions and answers in the words of the survey's forms, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import get_language

from scoring.schemes import versions_of
from surveys.models import Survey
from surveys.questionnaires import compiled


@dataclass(frozen=True)
class Wording:
    """What a question asks, and what its choices say; names stand for what no form has."""

    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    is_city: bool = False  # whether it asks for the city

    def choice(self, name: str) -> str:
        return self.choices.get(name, name)


@dataclass(frozen=True)
class Questions:
    by_name: Mapping[str, Wording]

    def __getitem__(self, name: str) -> Wording:
        return self.by_name.get(name, Wording(name))


def questions_of(survey: Survey) -> Questions:
    """All questions of the survey's current forms."""
    return _questions(versions_of(survey), get_language() or "")


@lru_cache(maxsize=64)
def _questions(versions: tuple[tuple[int, str], ...], language: str) -> Questions:
    """Made once a process: versions never change."""
    found: dict[str, Wording] = {}
    for version in versions:
        form = compiled(*version)
        written = form.language_for(language)
        for question in form.questions:
            choices = {each.name: form.text(each.labels, written) for each in question.choices}
            label = form.text(question.labels, written) or question.name
            is_city = form.roles.get("city") == question.path
            found[question.name] = Wording(label, choices, is_city)
    return Questions(found)
