"""Questions and answers of second visits in the words of the form."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from surveys.models import BackCheck
from surveys.quality.backchecks import Type, Value
from surveys.quantities import plain
from surveys.questionnaires import form_of
from surveys.webform import markup
from surveys.xforms.definition import FormDef, Question, Texts
from surveys.xforms.instance import relative

UNKNOWN = "…"  # what an answer in a label comes to here
BLANK = "–"
TYPES: Mapping[Type, Promise] = MappingProxyType(
    {
        Type.FIXED: gettext_lazy("Cannot change (type 1)"),
        Type.SKILL: gettext_lazy("Needs skill to ask (type 2)"),
        Type.UNSTABLE: gettext_lazy("May waver (type 3)"),
    }
)
SHORT: Mapping[Type, Promise] = MappingProxyType(
    {
        Type.FIXED: gettext_lazy("Type 1"),
        Type.SKILL: gettext_lazy("Type 2"),
        Type.UNSTABLE: gettext_lazy("Type 3"),
    }
)
MEANINGS: Mapping[Type, Promise] = MappingProxyType(
    {
        Type.FIXED: gettext_lazy(
            "Age, sex, whether somebody came at all: a difference is a question to the enumerator."
        ),
        Type.SKILL: gettext_lazy("Many differences say that the question must be trained again."),
        Type.UNSTABLE: gettext_lazy("Many differences say that the question is hard to answer."),
    }
)


class Wording:
    """A form in the reader's language."""

    def __init__(self, form: FormDef) -> None:
        self.form = form
        self.language = form.language_for(get_language() or "")

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        return {relative(question.path): question for question in self.form.questions}

    def question(self, place: str) -> str:
        found = self.questions.get(place)
        return (found and self.text(found.labels)) or place.rpartition("/")[2]

    def text(self, texts: Texts) -> str:
        return markup.plain(self.form.parts(texts, self.language), lambda _node: UNKNOWN)

    def answer(self, place: str, value: Value) -> str:
        """The labels of choices, else what was answered."""
        if value is None:
            return BLANK
        if isinstance(value, int | float):
            return plain(float(value))
        found = self.questions.get(place)
        if found is None or not found.is_select:
            return value
        labels = {choice.name: self.text(choice.labels) for choice in found.choices}
        return ", ".join(labels.get(name) or name for name in found.chosen(value))


def wording_of(backcheck: BackCheck) -> Wording | None:
    version = backcheck.short.current
    return Wording(form_of(version)) if version else None
