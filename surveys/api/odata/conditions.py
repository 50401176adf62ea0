"""`$filter` as text read into a tree: the part of the language of OData 4.0 that this feed has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias

from surveys.errors import SurveyError, gettext_noop

LONGEST = 2_000  # characters
DEEPEST = 50  # conditions within one another
TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    |(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[-+]\d\d:\d\d)\b)
    |(?P<day>\d{4}-\d\d-\d\d\b)
    |(?P<number>[-+]?\d{1,300}(?:\.\d{1,300})?(?:[eE][-+]?\d{1,3})?\b)
    |(?P<name>[^\W\d]\w*(?:[./]\w+)*)
    |(?P<mark>[(),])
    )""",
    re.VERBOSE,
)
FUNCTIONS = ("contains", "startswith", "endswith")
KNOWN = "eq, ne, gt, ge, lt, le, in, and, or, not, null, " + ", ".join(FUNCTIONS)


class NotUnderstood(SurveyError):
    """A `$filter` that is none."""


class NotImplementedHere(SurveyError):
    """Something that OData has and this feed has not."""

    status = 501


class Operator(StrEnum):
    """How two values can stand to one another."""

    EQUAL = "eq"
    OTHER = "ne"
    MORE = "gt"
    AT_LEAST = "ge"
    LESS = "lt"
    AT_MOST = "le"


Given: TypeAlias = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Named:
    """A column by its name."""

    name: str


@dataclass(frozen=True)
class Literal:
    value: Given


Operand: TypeAlias = Named | Literal


@dataclass(frozen=True)
class Compared:
    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True)
class Called:
    """A function that says yes or no of two texts."""

    name: str
    left: Operand
    right: Operand


@dataclass(frozen=True)
class Not:
    inner: "Condition"


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


Condition: TypeAlias = Compared | Called | Not | AllOf | AnyOf


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


END = _Token("end", "")


def condition_in(text: str) -> Condition:
    """Raises NotUnderstood, and NotImplementedHere where another feed might understand."""
    if len(text) > LONGEST:
        raise NotUnderstood(
            gettext_noop("`$filter` has more than %(most)s characters."), most=LONGEST
        )
    return _Reader(text).whole()


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            raise _misread(text[at:])
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind])
        at = match.end()


def _misread(text: str) -> NotUnderstood:
    return NotUnderstood(
        gettext_noop("`$filter` is not understood at “%(text)s”. Write it such as: %(example)s"),
        text=text or "…",
        example="age ge 16 and works eq 'yes'",
    )


class _Reader:
    """From left to right: `or` holds together less than `and`, `not` most."""

    def __init__(self, text: str) -> None:
        self.tokens = [*_tokens(text), END]
        self.at = 0
        self.depth = 0

    def whole(self) -> Condition:
        found = self._any()
        if self._next() is not END:
            raise _misread(self._next().text)
        return found

    def _next(self) -> _Token:
        return self.tokens[self.at]

    def _take(self) -> _Token:
        token = self._next()
        self.at += token is not END
        return token

    def _took(self, text: str) -> bool:
        """Whether that came next, which is then behind us."""
        is_next = self._next().kind in ("name", "mark") and self._next().text == text
        self.at += is_next
        return is_next

    def _require(self, mark: str) -> None:
        if not self._took(mark):
            raise _misread(self._next().text)

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._took("or"):
            parts.append(self._all())
        return AnyOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._took("and"):
            parts.append(self._one())
        return AllOf(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _misread(self._next().text)
        found = self._simple()
        self.depth -= 1
        return found

    def _simple(self) -> Condition:
        if self._took("not"):
            return Not(self._one())
        if self._took("("):
            inside = self._any()
            self._require(")")
            return inside
        left = self._operand()
        if isinstance(left, Named) and self._took("("):
            return self._called(left.name)
        return self._compared(left)

    def _called(self, name: str) -> Condition:
        if name not in FUNCTIONS:
            raise _unknown(name)
        left = self._operand()
        self._require(",")
        right = self._operand()
        self._require(")")
        return Called(name, left, right)

    def _compared(self, left: Operand) -> Condition:
        sign = self._take()
        if sign.text == "in":
            return self._one_of(left)
        if sign.text not in list(Operator):
            raise _unknown(sign.text) if sign.kind == "name" else _misread(sign.text)
        right = self._operand()
        if self._next().text == "(":
            raise _unknown(self.tokens[self.at - 1].text)
        return Compared(left, Operator(sign.text), right)

    def _one_of(self, left: Operand) -> Condition:
        self._require("(")
        values = [self._operand()]
        while self._took(","):
            values.append(self._operand())
        self._require(")")
        return AnyOf(tuple(Compared(left, Operator.EQUAL, value) for value in values))

    def _operand(self) -> Operand:
        token = self._take()
        if token.kind == "name" and token.text != "null":
            return Named(token.text)
        if token.kind in ("end", "mark"):
            raise _misread(token.text)
        return Literal(_literal(token))


def _literal(token: _Token) -> Given:
    """Moments in UTC. Raises NotUnderstood, such as for the 31st of February."""
    try:
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if token.kind == "moment":
            return datetime.fromisoformat(_to_microseconds(token.text)).astimezone(UTC)
        if token.kind == "day":
            return date.fromisoformat(token.text)
        if token.kind == "number":
            return _number(token.text)
    except (ValueError, OverflowError) as error:
        raise _misread(token.text) from error
    return None


def _to_microseconds(moment: str) -> str:
    return re.sub(r"(\.\d{6})\d+", r"\1", moment)


def _number(text: str) -> int | float:
    return float(text) if any(mark in text for mark in ".eE") else int(text)


def _unknown(what: str) -> NotImplementedHere:
    return NotImplementedHere(
        gettext_noop("This feed has no “%(what)s” in `$filter`. It has: %(known)s."),
        what=what,
        known=KNOWN,
    )
