"""A number between two ends: typed, slid, or picked."""

from decimal import Decimal, InvalidOperation
from functools import cached_property

from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys.webform.fields.answer import TYPED, AnswerField
from surveys.webform.fields.choices import Native, OneOf
from surveys.webform.fields.texts import Number
from surveys.webform.prompts import Option, Prompt
from surveys.xforms.definition import Question

MOST_STARS = 12
MOST_PICKED = 500


class Scale:
    """The values from `start` to `end` by `step`."""

    def __init__(self, question: Question) -> None:
        parameters = question.parameters
        self.start = _decimal(parameters.get("start"), "0")
        self.end = _decimal(parameters.get("end"), "10")
        self.step = abs(_decimal(parameters.get("step"), "1")) or Decimal(1)

    @property
    def count(self) -> int:
        return int(abs(self.end - self.start) / self.step) + 1

    def values(self) -> list[str]:
        step = self.step if self.end >= self.start else -self.step
        return [_written(self.start + step * place) for place in range(self.count)]

    def in_words(self) -> str:
        whole, steps = (
            _("From %(start)s to %(end)s."),
            _("From %(start)s to %(end)s, in steps of %(step)s."),
        )
        limits = {"start": self.start, "end": self.end, "step": self.step}
        words = {name: _written(value) for name, value in limits.items()}
        return (whole if self.step == 1 else steps) % words


class Slid(Number):
    """A number that is typed; where scripts run, a slider beside it."""

    template = TYPED

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(prompt)
        self.scale = Scale(prompt.question)
        self.widget.attrs["inputmode"] = "decimal"

    def remarks(self) -> list[str]:
        return [self.scale.in_words()]


class Rated(OneOf):
    """A few stars."""

    @cached_property
    def scale(self) -> Scale:
        return Scale(self.prompt.question)

    def options(self) -> list[Option]:
        return [Option(value, SafeString(value), value) for value in self.scale.values()]

    def context(self, bound: BoundField) -> dict[str, object]:
        return {**super().context(bound), "arrangement": "rating", "is_dynamic": False}

    def chosen(self, bound: BoundField) -> list[str]:
        return [str(bound.value() or "")]


class Picked(Native):
    """A number from a drop-down list."""

    def options(self) -> list[Option]:
        return [
            Option(value, SafeString(value), value)
            for value in Scale(self.prompt.question).values()
        ]

    def context(self, bound: BoundField) -> dict[str, object]:
        return {**super().context(bound), "is_dynamic": False}


def range_field(prompt: Prompt) -> AnswerField:
    count = Scale(prompt.question).count
    if "rating" in prompt.appearances and count <= MOST_STARS:
        return Rated(prompt)
    if "picker" in prompt.appearances and count <= MOST_PICKED:
        return Picked(prompt)
    return Slid(prompt)


def _decimal(text: str | None, default: str) -> Decimal:
    try:
        number = Decimal(text or default)
    except InvalidOperation:
        return Decimal(default)
    return number if number.is_finite() else Decimal(default)


def _written(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
