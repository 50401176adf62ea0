"""Conditions on answers: `answers.age=30`, `answers.age[gte]=16`, `answers.works[in]=yes,no`, and on those
in repeats by their whole path: `answers.home/member/age[lt]=6`.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

from django.db.models import Case, Expression, F, FloatField, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict

from surveys.api.asked import parts_of, require_one_of
from surveys.disclosure.terms import NUMBERS
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.columns import Column, Layout
from surveys.models.interview import InterviewQuerySet
from surveys.xforms.definition import SEVERAL

BEGINNING = "answers."
PARAMETER = re.compile(r"answers\.(?P<name>[^\[\]]+)(?:\[(?P<operator>[^\[\]]*)\])?")
MOMENTS = frozenset({"date", "time", "datetime", "dateTime"})  # compare as they are written
# None that PostgreSQL refuses, such as 1e999: a float goes to 1e308.
IS_NUMBER = r"^-?[0-9]{1,200}(\.[0-9]{1,200})?([eE][-+]?[0-9]{1,2})?$"


class NotComparable(SurveyError):
    """A comparison that a question's answers do not have."""


class Operator(StrEnum):
    EQUAL = "eq"
    IN = "in"
    LESS = "lt"
    AT_MOST = "lte"
    MORE = "gt"
    AT_LEAST = "gte"


ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


@dataclass(frozen=True)
class Condition:
    """What answers to one question must be; a blank value stands for no answer. `repeat` is the key
    of the repeat that the question is in, blank for none.
    """

    column: Column
    operator: Operator
    values: tuple[str, ...]
    repeat: str = ""

    @property
    def is_number(self) -> bool:
        return self.column.kind in NUMBERS and all(self.values)

    @property
    def is_order(self) -> bool:
        return self.operator in ORDERS

    @property
    def is_of_chosen(self) -> bool:
        """Whether values are looked for among several that were chosen."""
        return self.column.kind in SEVERAL and all(self.values)

    def found_in(self, rows: InterviewQuerySet, alias: str) -> InterviewQuerySet:
        """Of the rows those of which the condition is true; `alias` is no other condition's."""
        text = Coalesce(
            KeyTextTransform(self.column.key, "answers"), Value(""), output_field=TextField()
        )
        rows = rows.alias(**{f"{alias}_text": text})
        rows = rows.alias(**{alias: self._answer(f"{alias}_text")})
        if self.is_order:
            rows = rows.exclude(**{f"{alias}_text": ""})  # which comes before every date
            return rows.filter(**{f"{alias}__{self.operator}": self._read(self.values[0])})
        if self.is_of_chosen:
            chosen = (Q(**{f"{alias}__contains": f" {value} "}) for value in self.values)
            return rows.filter(reduce(operator.or_, chosen))
        return rows.filter(**{f"{alias}__in": [self._read(value) for value in self.values]})

    def holds(self, text: str) -> bool:
        """Whether it is true of an answer, by the same rules as in the database."""
        if self.is_order:
            return bool(text) and self._compares(text)
        if self.is_number:
            return _is_number(text) and float(text) in map(self._read, self.values)
        if self.is_of_chosen:
            return any(f" {value} " in f" {text} " for value in self.values)
        return text in self.values

    def _compares(self, text: str) -> bool:
        if self.is_number and not _is_number(text):
            return False
        return ORDERS[self.operator](self._read(text), self._read(self.values[0]))

    def _read(self, value: str) -> float | str:
        return float(value) if self.is_number else value

    def _answer(self, text: str) -> Expression | F:
        """PostgreSQL refuses to read as a number what is none."""
        if self.is_number:
            as_number = Cast(text, FloatField())
            is_number = When(**{f"{text}__regex": IS_NUMBER}, then=as_number)
            return Case(is_number, output_field=FloatField())
        if self.is_of_chosen:
            return Concat(Value(" "), text, Value(" "), output_field=TextField())
        return F(text)


def conditions_in(asked: QueryDict, layouts: Mapping[str, Layout]) -> Iterator[Condition]:
    """The conditions in an address, on columns that are told as they are. Raises UnknownValue,
    NotComparable.
    """
    known = {
        column.key if repeat else column.name: (repeat, column)
        for repeat, layout in layouts.items()
        for column in layout.columns
        if column.coarsen is None
    }
    for parameter, values in asked.lists():
        if parameter.startswith(BEGINNING):
            yield from (_condition(parameter, value, known) for value in values)


def _condition(parameter: str, value: str, known: Mapping[str, tuple[str, Column]]) -> Condition:
    match = PARAMETER.fullmatch(parameter)
    name = match["name"] if match else parameter.removeprefix(BEGINNING)
    sign = (match["operator"] if match else None) or Operator.EQUAL
    require_one_of("answers", name, known)
    require_one_of(parameter, sign, list(Operator))
    values = tuple(parts_of(value)) or ("",) if sign == Operator.IN else (value.strip(),)
    repeat, column = known[name]
    condition = Condition(column, Operator(sign), values, repeat)
    _require_comparable(parameter, condition)
    return condition


def _require_comparable(parameter: str, condition: Condition) -> None:
    kind = condition.column.kind
    if kind in NUMBERS:
        wrong = [value for value in condition.values if value and not _is_number(value)]
    else:
        wrong = list(condition.values) if condition.is_order and kind not in MOMENTS else []
    if wrong or (condition.is_order and not all(condition.values)):
        raise NotComparable(
            gettext_noop("`%(parameter)s` cannot be compared with “%(value)s”."),
            parameter=parameter,
            value=", ".join(wrong),
        )


def _is_number(text: str) -> bool:
    return re.fullmatch(IS_NUMBER, text) is not None
