"""A JSON document read place by place, so that a fault is reported under its own path."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from surveys.errors import SurveyError, gettext_noop

FINEST = 1000


class SchemeError(SurveyError):
    """A scoring scheme that cannot be used, and the place of its first fault."""


@dataclass(frozen=True)
class Node:
    """A value of the document and its path; every reader raises `SchemeError`."""

    value: Any
    path: str = ""

    def fault(self, message: str, **params: object) -> SchemeError:
        """The error to raise about this place; `message` starts with `%(place)s`."""
        return SchemeError(message, place=self.path or "/", **params)

    def __contains__(self, key: str) -> bool:
        return key in self._mapping()

    def __getitem__(self, key: str) -> Self:
        if key not in self._mapping():
            raise self.fault(gettext_noop("%(place)s: add “%(key)s”."), key=key)
        return self._child(key, self.value[key])

    def members(self) -> Iterator[tuple[str, Self]]:
        return ((key, self._child(key, value)) for key, value in self._mapping().items())

    def elements(self) -> Iterator[Self]:
        if not isinstance(self.value, list | tuple) or not self.value:
            raise self.fault(gettext_noop("%(place)s: give a list with at least one entry."))
        return (self._child(str(number), value) for number, value in enumerate(self.value))

    def pair(self) -> tuple[Self, Self]:
        entries = list(self.elements())
        if len(entries) != 2:
            raise self.fault(gettext_noop("%(place)s: give exactly two entries."))
        return entries[0], entries[1]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.fault(gettext_noop("%(place)s: give a text."))
        return self.value

    def texts(self) -> tuple[str, ...]:
        return tuple(element.text() for element in self.elements())

    def integer(self, low: int, high: int) -> int:
        if type(self.value) is not int or not low <= self.value <= high:
            raise self.fault(
                gettext_noop("%(place)s: give a whole number from %(low)s to %(high)s."),
                low=low,
                high=high,
            )
        return self.value

    def fraction(self) -> Fraction:
        """An exact number: 3, 0.6 (meaning 6/10) or "1/3"."""
        if isinstance(self.value, int | float | str) and not isinstance(self.value, bool):
            try:
                return Fraction(str(self.value))
            except (ValueError, ZeroDivisionError):
                pass
        raise self.fault(gettext_noop("%(place)s: give a number or a fraction such as “1/3”."))

    def share(self) -> Fraction:
        """Above 0 and at most 1, with a denominator that comparisons by integers can bear."""
        fraction = self.fraction()
        if not 0 < fraction <= 1:
            raise self.fault(gettext_noop("%(place)s: give a share above 0 and at most 1."))
        if fraction.denominator > FINEST:
            raise self.fault(
                gettext_noop("%(place)s: give a simple share such as “1/3”: n/%(finest)s at most."),
                finest=FINEST,
            )
        return fraction

    def _mapping(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.fault(gettext_noop("%(place)s: give names with values."))
        return self.value

    def _child(self, key: str, value: Any) -> Self:
        return type(self)(value, f"{self.path}/{key}")
