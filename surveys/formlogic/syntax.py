"""Expression text becomes a JSON AST: the one definition of the logic (see docs/formlogic.md)."""

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeAlias

from surveys.errors import gettext_noop
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.steps import AXES
from surveys.formlogic.tokens import ExpressionError, Token, tokenize

__all__ = ["ExpressionError", "Node", "parse"]

Node: TypeAlias = list[Any]
NODE_TESTS = frozenset({"comment", "node", "processing-instruction", "text"})
LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
MAX_NESTING = 40  # of brackets; each takes a dozen calls here
OF_CONTEXT = frozenset(
    {"local-name", "name", "normalize-space", "number", "string", "string-length"}
)
"""Functions that without an argument are of the context node, as if it were `.`."""
MAX_DEPTH = 200  # of the AST, as in a long sum; each level takes two calls when evaluated


def parse(text: str) -> Node:
    """The AST of an expression. Raises ExpressionError for what we could not evaluate."""
    node = _Parser(text).expression()
    if depth(node) > MAX_DEPTH:
        raise too_deep(position=0)
    return node


def too_deep(position: int) -> ExpressionError:
    message = gettext_noop("The expression is nested too deeply. Divide it into calculations.")
    return ExpressionError(message, position)


def depth(node: Node) -> int:
    """How many lists are within each other."""
    levels, inside = 0, node
    while inside:
        levels += 1
        inside = [part for one in inside if isinstance(one, list) for part in one]
    return levels


class _Parser:
    """Recursive descent over XPath 1.0's grammar, one method a production."""

    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.place = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def expression(self) -> Node:
        node = self.binary(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def next(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def has(self, *texts: str) -> bool:
        return self.token.kind in ("symbol", "operator") and self.token.text in texts

    def take(self, text: str) -> Token:
        if not self.has(text):
            raise self.unexpected()
        return self.next()

    def unexpected(self) -> ExpressionError:
        token = self.token
        if token.kind == "end":
            return ExpressionError(
                gettext_noop("The expression ends too early: something is missing."),
                token.position,
            )
        return ExpressionError(
            gettext_noop("“%(text)s” at character %(place)s is not expected here."),
            token.position,
            text=token.text,
            place=token.position + 1,
        )

    def nested(self, production: Callable[[], Node]) -> Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise too_deep(self.token.position)
        node = production()
        self.nesting -= 1
        return node

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.unary()
        node = self.binary(level + 1)
        while self.has(*LEVELS[level]):
            operator = self.next().text
            node = [operator, node, self.binary(level + 1)]
        return node

    def unary(self) -> Node:
        if self.has("-"):
            self.next()
            return ["neg", self.nested(self.unary)]
        node = self.path()
        while self.has("|"):
            self.next()
            node = ["|", node, self.path()]
        return node

    def path(self) -> Node:
        if self.has("/", "//"):
            return ["path", "/", self.absolute_steps()]
        if not self.begins_filter():
            return ["path", None, self.steps()]
        node = self.filter()
        if self.has("/", "//"):
            return ["path", node, self.more_steps()]
        return node

    def absolute_steps(self) -> list[Node]:
        if self.has("/") and not self.begins_step(self.tokens[self.place + 1]):
            self.next()
            return []
        return self.more_steps()

    def more_steps(self) -> list[Node]:
        steps: list[Node] = []
        while self.has("/", "//"):
            if self.next().text == "//":
                steps.append(["descendant-or-self", "node()", []])
            steps.append(self.step())
        return steps

    def steps(self) -> list[Node]:
        return [self.step(), *self.more_steps()]

    @staticmethod
    def begins_step(token: Token) -> bool:
        return token.kind == "name" or (
            token.kind == "symbol" and token.text in ["..", ".", "@", "*"]
        )

    def begins_filter(self) -> bool:
        token, after = self.token, self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if token.kind in ("number", "string") or self.has("(", "$"):
            return True
        return token.kind == "name" and after.text == "(" and token.text not in NODE_TESTS

    def filter(self) -> Node:
        node = self.primary()
        predicates = self.predicates()
        return ["filter", node, predicates] if predicates else node

    def primary(self) -> Node:
        token = self.next()
        if token.kind == "number":
            return ["num", self.number(token)]
        if token.kind == "string":
            return ["str", token.text[1:-1]]
        if token.kind == "name":
            return self.call(token)
        if token.text == "$":
            raise ExpressionError(
                gettext_noop("Write ${name} in the workbook; variables are not supported."),
                token.position,
            )
        node = self.nested(lambda: self.binary(0))
        self.take(")")
        return node

    @staticmethod
    def number(token: Token) -> float:
        number = float(token.text)
        if not isfinite(number):
            raise ExpressionError(gettext_noop("The number is too large."), token.position)
        return number

    def call(self, name: Token) -> Node:
        self.take("(")
        arguments: list[Node] = []
        while not self.has(")"):
            if arguments:
                self.take(",")
            arguments.append(self.nested(lambda: self.binary(0)))
        self.take(")")
        _check_call(name, len(arguments))
        if not arguments and name.text in OF_CONTEXT:
            arguments = [["path", None, [["self", "node()", []]]]]
        return ["call", name.text, arguments]

    def predicates(self) -> list[Node]:
        predicates = []
        while self.has("["):
            self.next()
            predicates.append(self.nested(lambda: self.binary(0)))
            self.take("]")
        return predicates

    def step(self) -> Node:
        if self.has("."):
            self.next()
            return ["self", "node()", self.predicates()]
        if self.has(".."):
            self.next()
            return ["parent", "node()", self.predicates()]
        axis = self.axis()
        return [axis, self.node_test(), self.predicates()]

    def axis(self) -> str:
        if self.has("@"):
            self.next()
            return "attribute"
        after = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if self.token.kind != "name" or after.text != "::":
            return "child"
        name = self.next()
        if name.text not in AXES:
            raise ExpressionError(
                gettext_noop("The axis %(name)s is not supported."), name.position, name=name.text
            )
        self.take("::")
        return name.text

    def node_test(self) -> str:
        if self.has("*"):
            self.next()
            return "*"
        if self.token.kind != "name":
            raise self.unexpected()
        name = self.next().text
        if name in NODE_TESTS and self.has("("):
            self.next()
            self.take(")")
            return f"{name}()"
        return name


def _check_call(name: Token, count: int) -> None:
    if name.text not in FUNCTIONS:
        raise ExpressionError(
            gettext_noop("The function %(name)s() is not known or not supported."),
            name.position,
            name=name.text,
        )
    if not FUNCTIONS[name.text].takes(count):
        raise ExpressionError(
            gettext_noop("The function %(name)s() is given %(count)s values; that is not right."),
            name.position,
            name=name.text,
            count=count,
        )
