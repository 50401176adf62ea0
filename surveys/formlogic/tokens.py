"""Expression text becomes tokens, each with its place in the text."""

import re
from dataclasses import dataclass

from surveys.errors import SurveyError, gettext_noop

SMART_QUOTES = frozenset("‘’“”")
_OPERATOR = re.compile(r"\*|(?:and|or|div|mod)(?![^\W\d]|[.:-])")  # `1or1` is three tokens
_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<string>"[^"]*"|'[^']*')
    | (?P<name>[^\W\d][\w.-]*(?::(?!:)(?:[^\W\d][\w.-]*|\*))?)
    | (?P<symbol>::|//|\.\.|!=|<=|>=|[/.@()\[\],|+\-=<>*$])
    """,
    re.VERBOSE,
)


class ExpressionError(SurveyError):
    """An expression that cannot be understood; `position` is the offset of the fault, from 0."""

    status = 422

    def __init__(self, message: str, position: int, **params: object) -> None:
        super().__init__(message, **params)
        self.position = position


@dataclass(frozen=True)
class Token:
    """`kind` is number, string, name, operator, symbol or end."""

    kind: str
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, ended by one of kind `end`. Raises ExpressionError."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        operator = _OPERATOR.match(text, position) if _follows_operand(tokens) else None
        match = operator or _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind = "operator" if operator else str(match.lastgroup)
        if kind != "space":
            tokens.append(Token(kind, match[0], position))
        position = match.end()
    return [*tokens, Token("end", "", len(text))]


def _follows_operand(before: list[Token]) -> bool:
    """XPath 1.0, 3.7: after an operand, `*` multiplies and `and`, `or`, `div`, `mod` operate."""
    if not before:
        return False
    last = before[-1]
    if last.kind in ("number", "string", "name"):
        return True
    return last.kind == "symbol" and last.text in (")", "]", ".", "..", "*")


def _unreadable(text: str, position: int) -> ExpressionError:
    character = text[position]
    if character in SMART_QUOTES:
        return ExpressionError(
            gettext_noop("Curly quotes at character %(place)s: type straight quotes instead."),
            position,
            place=position + 1,
        )
    if character in "\"'":
        return ExpressionError(
            gettext_noop("A text that begins at character %(place)s has no closing quote."),
            position,
            place=position + 1,
        )
    return ExpressionError(
        gettext_noop("“%(character)s” at character %(place)s has no meaning here."),
        position,
        character=character,
        place=position + 1,
    )
