"""The questionnaire to be read and printed: all that it can ask, in each of its languages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from surveys.codebooks.codebook import Asked
from surveys.codebooks.questions import Questions
from surveys.exports.catalogue import Order
from surveys.exports.wording import nearest
from surveys.questionnaires import form_of
from surveys.xforms.definition import SEVERAL, FormDef, Group, Question, Texts
from surveys.xforms.instance import relative

MOST_CHOICES = 200  # of a list that is shown whole


def written_questionnaire(order: Order) -> dict[str, bytes]:
    """Pages by name; of the current version."""
    current = order.questionnaire.current
    if current is None:
        return {}
    form = form_of(current)
    codes = [language.code for language in form.languages] or [""]
    return {
        f"questionnaire{f'-{code}' if code else ''}.html": _page(order, form, code).encode()
        for code in codes
    }


def _page(order: Order, form: FormDef, code: str) -> str:
    with translation.override(nearest(code)):
        context = {
            "survey": order.survey,
            "form": form,
            "language": code or "en",
            "parts": list(_Printed(form, code).parts(form.children)),
        }
        return render_to_string("surveys/codebook/questionnaire.html", context)


@dataclass(frozen=True)
class _Printed:
    form: FormDef
    code: str

    @cached_property
    def questions(self) -> Questions:
        return Questions([self.form])

    def parts(self, children: Sequence[Question | Group]) -> Iterator[dict[str, Any]]:
        for child in children:
            is_bound = child.path.count("/") > 1  # a group may be on paper alone
            asked = self.questions.asked(relative(child.path)) if is_bound else Asked()
            said = {
                "label": self._words(child.labels),
                "hint": self._words(child.hints),
                "condition": asked.condition,
                "constraint": asked.constraint,
            }
            if isinstance(child, Group):
                within = list(self.parts(child.children))
                yield {**said, "is_group": True, "is_repeat": child.is_repeat, "parts": within}
            else:
                yield {**said, **self._question(child)}

    def _question(self, question: Question) -> dict[str, Any]:
        return {
            "name": question.name,
            "is_note": not question.takes_answer,
            "is_several": question.kind in SEVERAL,
            "choices": [
                (choice.name, self._words(choice.labels) or choice.name)
                for choice in question.choices[:MOST_CHOICES]
            ],
            "left_out": max(0, len(question.choices) - MOST_CHOICES),
        }

    def _words(self, texts: Texts) -> str:
        return self.form.text(texts, self.code)
