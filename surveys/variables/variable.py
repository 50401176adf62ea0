"""One column of a data set: what it is called, what it holds, and an answer read as its value."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from surveys.formlogic.spaces import words_of
from surveys.variables.memo import Memo
from surveys.variables.missing import UNSAID, Missing

Plain: TypeAlias = int | float | str | date | datetime | None
Cell: TypeAlias = float | str | date | datetime | Missing | None

EXACT = 2**53 - 1  # up to here a float tells every whole number from the next
CHOSEN, NOT_CHOSEN = 1.0, 0.0


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"  # as the clock on the wall showed it
    CHOICE = "choice"  # the code of one of `values`
    FLAG = "flag"  # 1 where `choice` is among several that were chosen, else 0


WHOLE = frozenset({Kind.INTEGER, Kind.FLAG})


class Measure(StrEnum):
    NOMINAL = "nominal"
    SCALE = "scale"


@dataclass(frozen=True)
class Value:
    """A choice by its name in the form, its number in data sets, its wording by language."""

    name: str
    code: int
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Variable:
    """`key` finds the answer in an interview. `unsaid` are the form's own words for don't know and
    refused, by reason and language.
    """

    key: str
    name: str
    kind: Kind = Kind.TEXT
    labels: Mapping[str, str] = field(default_factory=dict)  # by language
    values: tuple[Value, ...] = ()
    unsaid: Mapping[Missing, Mapping[str, str]] = field(default_factory=dict)
    choice: str = ""  # of a flag
    part: int | None = None  # of a place: 0 latitude, 1 longitude, 2 altitude, 3 accuracy (m)

    @cached_property
    def codes(self) -> Mapping[str, float]:
        """The number of each choice, by its name."""
        return {value.name: float(value.code) for value in self.values}

    @property
    def measure(self) -> Measure:
        if self.kind in (Kind.TEXT, Kind.CHOICE, Kind.FLAG):
            return Measure.NOMINAL
        return Measure.SCALE

    @property
    def is_text(self) -> bool:
        return self.kind is Kind.TEXT

    @property
    def is_moment(self) -> bool:
        return self.kind in (Kind.DATE, Kind.DATETIME)

    def read(self, text: str, *, is_skipped: bool = False) -> Cell:
        """The value of an answer as stored. Texts stay as they are; a blank is no value."""
        if is_skipped and not text and not self.is_text:
            return Missing.NOT_APPLICABLE
        return text if self.is_text else self._values[text]

    def column(self, texts: Sequence[str], skipped: Iterable[int] = ()) -> list[Cell]:
        """The values of many answers; `skipped` are the places of those that did not apply."""
        if self.is_text:
            return list(texts)
        cells = self._values.column(texts)
        for at in skipped:
            if not texts[at]:
                cells[at] = Missing.NOT_APPLICABLE
        return cells

    @cached_property
    def _values(self) -> Memo[str, Cell]:
        return Memo(self._parse)

    def _parse(self, text: str) -> Cell:
        if not text:
            return None
        if self.kind is Kind.FLAG:
            return self._flag(words_of(text))
        if text in UNSAID:
            return UNSAID[text]
        try:
            return self._value(text)
        except (ValueError, KeyError, OverflowError):
            return Missing.UNREADABLE

    def _value(self, text: str) -> Cell:
        if self.kind is Kind.CHOICE:
            return self.codes[text]
        if self.kind is Kind.DATE:
            return date.fromisoformat(text[:10])
        if self.kind is Kind.DATETIME:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        return self._number(text)

    def _number(self, text: str) -> float | None:
        if self.part is not None:
            parts = text.split()
            if self.part >= len(parts):
                return None
            text = parts[self.part]
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        if self.kind is Kind.INTEGER and not _is_exact(number):
            raise ValueError(text)
        return number

    def plain(self, cell: Cell) -> Plain:
        """A value for tools that know no value labels: choices by name, no reasons for gaps."""
        if cell is None or isinstance(cell, Missing):
            return None
        if self.kind is Kind.CHOICE:
            return self._names[cell]
        if self.kind in WHOLE and isinstance(cell, float):
            return int(cell)
        return cell

    @cached_property
    def plains(self) -> Memo[Cell, Plain]:
        """The same of many values."""
        return Memo(self.plain)

    @cached_property
    def _names(self) -> Mapping[Cell, str]:
        return {float(value.code): value.name for value in self.values}

    def _flag(self, names: list[str]) -> Cell:
        unsaid = [UNSAID[name] for name in names if name in UNSAID]
        if unsaid:
            return unsaid[0]
        return CHOSEN if self.choice in names else NOT_CHOSEN


def _is_exact(number: float) -> bool:
    return number.is_integer() and abs(number) <= EXACT
