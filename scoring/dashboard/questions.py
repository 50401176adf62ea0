"""Questions and answers in the words of the survey's forms, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import get_language

from scoring.schemes import forms_of
from surveys.models import Survey


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
    found: dict[str, Wording] = {}
    for form in forms_of(survey):
        language = form.language_for(get_language() or "")
        for question in form.questions:
            choices = {each.name: form.text(each.labels, language) for each in question.choices}
            label = form.text(question.labels, language) or question.name
            is_city = form.roles.get("city") == question.path
            found[question.name] = Wording(label, choices, is_city)
    return Questions(found)
