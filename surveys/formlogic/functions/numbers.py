"""Functions of numbers."""

import math
import operator
from collections.abc import Callable
from functools import reduce

from surveys.formlogic.context import Context
from surveys.formlogic.functions.signature import Function, of_numbers
from surveys.formlogic.operators import divide
from surveys.formlogic.spaces import stripped
from surveys.formlogic.values import Value, text_of, to_number

MAX_DIGITS = 30
MAX_MULTIPLIED = 256


def number(c: Context, value: Value | None = None) -> Value:
    return to_number([c.node] if value is None else value, c.zone)


def round_half_up(value: float, digits: float = 0.0) -> float:
    """Halves go up, so that -0.5 becomes 0 (XPath 1.0, 4.4); in decimal, so that 1.005 is half."""
    if not math.isfinite(value):
        return value
    if not abs(digits) <= MAX_DIGITS:
        return math.nan
    moved = _shifted(value, int(digits))
    if math.isinf(moved):  # there is nothing so far behind the point
        return value
    below = math.floor(moved)
    return _shifted(float(below + (moved - below >= 0.5)), -int(digits))


def _shifted(value: float, places: int) -> float:
    """The number whose decimal is that of `value` with its point moved."""
    if not places:
        return value
    decimal, _, exponent = repr(value).partition("e")
    return float(f"{decimal}e{int(exponent or 0) + places}")


def whole(value: float) -> float:
    return float(math.trunc(value)) if math.isfinite(value) else value


def floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


def ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


def power(base: float, exponent: float) -> float:
    """Small whole powers by multiplying: libraries of mathematics differ in their last digits."""
    if exponent == whole(exponent) and abs(exponent) <= MAX_MULTIPLIED:
        found = _multiplied(base, int(abs(exponent)))
        return found if exponent >= 0 else divide(1.0, found)
    if math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    return _raised(base, exponent)


def _multiplied(base: float, times: int) -> float:
    product = 1.0
    while times:
        if times % 2:
            product *= base
        base *= base
        times //= 2
    return product


def _raised(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:  # a root of a negative number, or a power of zero
        return math.nan if base else math.inf


def logarithm(compute: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else defined(compute)(value)


def defined(compute: Callable[[float], float]) -> Callable[[float], float]:
    """NaN where the function has no value, infinity where it is too large to write."""

    def guarded(value: float) -> float:
        try:
            return compute(value)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return guarded


def answered_numbers(c: Context, values: tuple[Value, ...]) -> list[float]:
    """Numbers of all that is answered; blanks are left out, as ODK Collect does."""
    numbers: list[float] = []
    for value in values:
        for one in map(text_of, value) if isinstance(value, list) else (value,):
            if not isinstance(one, str) or stripped(one):
                numbers.append(to_number(one, c.zone))
    return numbers


def total(c: Context, *values: Value) -> Value:
    return added(answered_numbers(c, values))


def added(numbers: list[float]) -> float:
    """One after the other: `sum` of later Pythons also adds up what was lost to rounding."""
    return reduce(operator.add, numbers, 0.0)


def largest(c: Context, *values: Value) -> Value:
    return _extreme(answered_numbers(c, values), max)


def smallest(c: Context, *values: Value) -> Value:
    return _extreme(answered_numbers(c, values), min)


def _extreme(numbers: list[float], choose: Callable[[list[float]], float]) -> float:
    return math.nan if not numbers or any(map(math.isnan, numbers)) else choose(numbers)


FUNCTIONS = {
    "abs": of_numbers(1, abs),
    "acos": of_numbers(1, defined(math.acos)),
    "asin": of_numbers(1, defined(math.asin)),
    "atan": of_numbers(1, math.atan),
    "atan2": of_numbers(2, math.atan2),
    "ceiling": of_numbers(1, ceiling),
    "cos": of_numbers(1, defined(math.cos)),
    "exp": of_numbers(1, defined(math.exp)),
    "exp10": of_numbers(1, lambda value: power(10.0, value)),
    "floor": of_numbers(1, floor),
    "int": of_numbers(1, whole),
    "log": of_numbers(1, logarithm(math.log)),
    "log10": of_numbers(1, logarithm(math.log10)),
    "max": Function(1, None, largest),
    "min": Function(1, None, smallest),
    "number": Function(0, 1, number),
    "pi": Function(0, 0, lambda _: math.pi),
    "pow": of_numbers(2, power),
    "round": of_numbers(1, round_half_up, most=2),
    "sin": of_numbers(1, defined(math.sin)),
    "sqrt": of_numbers(1, defined(math.sqrt)),
    "sum": Function(1, None, total),
    "tan": of_numbers(1, defined(math.tan)),
}
