"""A sentence for every problem an answer can have: the form's own, else ours."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from surveys.formlogic.tree import Element
from surveys.webform.fields.ranges import Scale
from surveys.webform.prompts import Speech
from surveys.xforms.definition import Question


def sentence_for(speech: Speech, place: str, kind: str, element: Element | None) -> str:
    """What to tell about a problem of the question at a place."""
    question = speech.form.question_at(place)
    if question is None:
        return _("A rule of the form fails here. Show this page to your coordinator.")
    own = {"required": question.required_messages, "constraint": question.constraint_messages}
    said = speech.text(own.get(kind, {}), element)
    return said or _SENTENCES.get(kind, _unreadable)(question)


def _unreadable(question: Question) -> str:
    return _("This answer cannot be read. Please type it again.")


def _type(question: Question) -> str:
    sentences = {
        "integer": _("Type a whole number in digits, such as 12."),
        "decimal": _("Type a number in digits, such as 12 or 12.5."),
        "range": _("Type a number in digits, such as 12 or 12.5."),
        "date": _("Type a date, such as 2026-11-30."),
        "time": _("Type a time, such as 14:30."),
        "datetime": _("Type a date and a time, such as 2026-11-30 14:30."),
        "geopoint": _("Type latitude and longitude, such as 31.2304 121.4737."),
        "geotrace": _("Type at least two points, each on a line of its own."),
        "geoshape": _("Type at least three points, each on a line of its own."),
    }
    return sentences.get(question.kind) or _unreadable(question)


def _constraint(question: Question) -> str:
    said = _("This answer is outside what the form allows. Please check it.")
    return f"{said} {Scale(question).in_words()}" if question.kind == "range" else said


_SENTENCES: Mapping[str, Callable[[Question], str]] = {
    "required": lambda question: _("Please answer this question."),
    "constraint": _constraint,
    "type": _type,
    "choice": lambda question: _("Choose from the answers listed."),
    "calculation": lambda question: _(
        "The form calculates another value here. Open this section and press Next once more."
    ),
    "irrelevant": lambda question: _("This question does not apply. Remove its answer."),
    "file": lambda question: _("The file is not here. Choose it again, or remove it."),
}
