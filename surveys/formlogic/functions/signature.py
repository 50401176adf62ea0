"""What is known of a function: how many values it takes, and how it is evaluated."""

from collections.abc import Callable
from typing import NamedTuple

from surveys.formlogic.context import Context
from surveys.formlogic.values import Value, text_of, to_number, to_text


class Function(NamedTuple):
    """`most` is None where any number of values may follow; `evaluate` is given the context first."""

    least: int
    most: int | None
    evaluate: Callable[..., Value]

    def takes(self, count: int) -> bool:
        return count >= self.least and (self.most is None or count <= self.most)


def of_texts(least: int, compute: Callable[..., Value], most: int | None = None) -> Function:
    """A function of texts; where it may do without any, it is given the context's own."""

    def evaluate(c: Context, *values: Value) -> Value:
        return compute(*map(to_text, values)) if values else compute(text_of(c.node))

    return Function(least, most or least, evaluate)


def of_numbers(least: int, compute: Callable[..., Value], most: int | None = None) -> Function:
    def evaluate(c: Context, *values: Value) -> Value:
        return compute(*[to_number(value, c.zone) for value in values])

    return Function(least, most or least, evaluate)
