"""The functions of the XForms specification, as far as `arity.ARITY` promises them.

Every function takes the context and its arguments as closures, so that `if` and `coalesce` evaluate
only what they need.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

from surveys.formlogic.evaluation import Context, Expression, nodes_of
from surveys.formlogic.values import (
    EPOCH,
    Moment,
    Value,
    moment_from_date,
    moment_from_datetime,
    moment_from_days,
    moment_from_text,
)

Function: TypeAlias = Callable[..., Value]
MAX_PATTERN = 1_000
MAX_MATCHED = 10_000


def of_texts(compute: Callable[..., Value]) -> Function:
    """A function whose arguments are texts; without any it is given the context's own."""
    return lambda c, *args: compute(*[c.text(arg(c)) for arg in args] or [c.text_of(c.node)])


def of_numbers(compute: Callable[..., Value]) -> Function:
    return lambda c, *args: compute(*(c.number(arg(c)) for arg in args))


def of_texts_and_numbers(compute: Callable[..., Value]) -> Function:
    """The first argument is a text, the others are numbers."""
    return lambda c, text, *args: compute(c.text(text(c)), *(c.number(arg(c)) for arg in args))


def constant(value: Value) -> Function:
    return lambda c: value


def texts_of(c: Context, args: Iterable[Expression]) -> list[str]:
    """The texts of all arguments, each element of a set by itself."""
    values = [arg(c) for arg in args]
    return [
        text
        for value in values
        for text in (
            [c.text_of(node) for node in value] if isinstance(value, list) else [c.text(value)]
        )
    ]


def answered_numbers(c: Context, args: Iterable[Expression]) -> list[float]:
    """Numbers of all answered elements; blanks are left out, as ODK Collect does."""
    numbers: list[float] = []
    for arg in args:
        value = arg(c)
        if isinstance(value, list):
            numbers += [c.number(text) for node in value if (text := c.text_of(node))]
        else:
            numbers.append(c.number(value))
    return numbers


def if_(c: Context, test: Expression, then: Expression, otherwise: Expression) -> Value:
    return then(c) if c.boolean(test(c)) else otherwise(c)


def coalesce(c: Context, first: Expression, second: Expression) -> Value:
    value = first(c)
    return value if c.text(value) else second(c)


def once(c: Context, arg: Expression) -> Value:
    """The value that is there already, else the computed one."""
    return c.text_of(c.node) or arg(c)


def number(c: Context, arg: Expression | None = None) -> Value:
    return c.number(arg(c) if arg else [c.node])


def string(c: Context, arg: Expression | None = None) -> Value:
    return c.text(arg(c) if arg else [c.node])


def position(c: Context, arg: Expression | None = None) -> Value:
    if arg is None:
        return float(c.position)
    nodes = nodes_of(arg(c))
    if not nodes or nodes[0].parent is None:
        return math.nan
    twins = [child for child in nodes[0].parent.children if child.name == nodes[0].name]
    return float(twins.index(nodes[0]) + 1)


def count(c: Context, arg: Expression) -> Value:
    return float(len(nodes_of(arg(c))))


def count_non_empty(c: Context, arg: Expression) -> Value:
    return float(sum(bool(c.text_of(node)) for node in nodes_of(arg(c))))


def total(c: Context, *args: Expression) -> Value:
    return math.fsum(answered_numbers(c, args))


def largest(c: Context, *args: Expression) -> Value:
    return _extreme(answered_numbers(c, args), max)


def smallest(c: Context, *args: Expression) -> Value:
    return _extreme(answered_numbers(c, args), min)


def _extreme(numbers: list[float], choose: Callable[[list[float]], float]) -> float:
    if not numbers or any(map(math.isnan, numbers)):
        return math.nan
    return choose(numbers)


def join(c: Context, separator: Expression, *args: Expression) -> Value:
    return c.text(separator(c)).join(texts_of(c, args))


def concat(c: Context, *args: Expression) -> Value:
    return "".join(texts_of(c, args))


def selected(text: str, choice: str) -> bool:
    return choice.strip() in text.split()


def selected_at(text: str, place: float) -> str:
    chosen = text.split()
    return chosen[int(place)] if 0 <= place < len(chosen) else ""


def substr(text: str, start: float, end: float = math.inf) -> str:
    """Characters from `start` up to before `end`, counted from 0; negative ones from the end."""
    first, last = (
        len(text) if math.isinf(place) else 0 if math.isnan(place) else int(place)
        for place in (start, end)
    )
    return text[first:last]


def substring(text: str, start: float, length: float = math.inf) -> str:
    """XPath's substring: characters are counted from 1 and numbers are rounded."""
    first = round_half_up(start)
    last = first + round_half_up(length)
    return "".join(ch for place, ch in enumerate(text, start=1) if first <= place < last)


def substring_before(text: str, mark: str) -> str:
    place = text.find(mark)
    return text[:place] if place > 0 else ""


def substring_after(text: str, mark: str) -> str:
    place = text.find(mark)
    return text[place + len(mark) :] if place >= 0 else ""


def translate(text: str, old: str, new: str) -> str:
    table = {ord(ch): new[at : at + 1] or None for at, ch in reversed(list(enumerate(old)))}
    return text.translate(table)


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern) if len(pattern) <= MAX_PATTERN else None
    except re.error:
        return None


def regex(text: str, pattern: str) -> bool:
    """Whether the whole text matches; a pattern that is none matches nothing."""
    compiled = _pattern(pattern)
    return bool(compiled and len(text) <= MAX_MATCHED and compiled.fullmatch(text))


def round_half_up(value: float, digits: float = 0) -> float:
    """XPath's round: halves go up, so that -0.5 becomes 0."""
    if math.isnan(value) or math.isinf(value):
        return value
    scale = 10.0 ** int(digits)
    return math.floor(value * scale + 0.5) / scale


def whole(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else float(math.trunc(value))


def floor(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else float(math.floor(value))


def ceiling(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else float(math.ceil(value))


def power(base: float, exponent: float) -> float:
    try:
        result = base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return math.nan if isinstance(result, complex) else result


def defined(compute: Callable[[float], float]) -> Callable[[float], float]:
    """NaN where the function has no value."""

    def guarded(value: float) -> float:
        try:
            return compute(value)
        except (ValueError, OverflowError):
            return math.nan

    return guarded


def today(c: Context) -> Value:
    return moment_from_date(c.environment.now.date())


def now(c: Context) -> Value:
    return moment_from_datetime(c.environment.now)


def to_date(c: Context, arg: Expression) -> Value:
    moment = _moment(c, arg(c))
    return moment_from_date(_day(moment)) if moment else ""


def to_datetime(c: Context, arg: Expression) -> Value:
    return _moment(c, arg(c)) or ""


def decimal_date_time(c: Context, arg: Expression) -> Value:
    moment = _moment(c, arg(c))
    return moment.days if moment else math.nan


def _moment(c: Context, value: Value) -> Moment | None:
    if isinstance(value, Moment):
        return value
    if isinstance(value, float):
        return moment_from_days(value)
    return moment_from_text(c.text(value), c.environment.now.tzinfo)


def _day(moment: Moment) -> date:
    return EPOCH + timedelta(days=math.floor(moment.days))


DAY_LETTERS = frozenset("Yymbda")


def format_date(c: Context, value: Expression, pattern: Expression) -> Value:
    """A date in the specification's format letters; letters that it does not have stay."""
    moment = _moment(c, value(c))
    if moment is None:
        return ""
    day, seconds = _day(moment), round((moment.days % 1) * 86400)
    letters = {
        "n": str(day.month),
        "e": str(day.day),
        "H": f"{seconds // 3600:02}",
        "h": str(seconds // 3600),
        "M": f"{seconds // 60 % 60:02}",
        "S": f"{seconds % 60:02}",
        "3": "000",
    }
    return re.sub(
        r"%([A-Za-z3])",
        lambda match: (
            day.strftime(match[0]) if match[1] in DAY_LETTERS else letters.get(match[1], match[0])
        ),
        c.text(pattern(c)),
    )


def uuid4(c: Context, _length: Expression | None = None) -> Value:
    return str(UUID(int=c.environment.random.getrandbits(128), version=4))


def instance(c: Context, name: Expression) -> Value:
    root = c.environment.instances.get(c.text(name(c)))
    return [root] if root else []


def current(c: Context) -> Value:
    return [c.origin or c.node]


def checklist(c: Context, least: Expression, most: Expression, *args: Expression) -> Value:
    """Whether between `least` and `most` (-1: no limit) of the answers are yes."""
    return _between(c, least, most, sum(c.boolean(arg(c)) for arg in args))


def weighted_checklist(c: Context, least: Expression, most: Expression, *args: Expression) -> Value:
    pairs = zip(args[::2], args[1::2], strict=False)
    weight = math.fsum(c.number(w(c)) for answer, w in pairs if c.boolean(answer(c)))
    return _between(c, least, most, weight)


def _between(c: Context, least: Expression, most: Expression, value: float) -> bool:
    low, high = c.number(least(c)), c.number(most(c))
    return (low == -1 or value >= low) and (high == -1 or value <= high)


FUNCTIONS: Mapping[str, Function] = {
    "abs": of_numbers(abs),
    "boolean": lambda c, arg: c.boolean(arg(c)),
    "boolean-from-string": of_texts(lambda text: text in ("1", "true")),
    "ceiling": of_numbers(ceiling),
    "checklist": checklist,
    "coalesce": coalesce,
    "concat": concat,
    "contains": of_texts(lambda text, part: part in text),
    "count": count,
    "count-non-empty": count_non_empty,
    "count-selected": of_texts(lambda text: float(len(text.split()))),
    "current": current,
    "date": to_date,
    "date-time": to_datetime,
    "decimal-date-time": decimal_date_time,
    "ends-with": of_texts(lambda text, end: text.endswith(end)),
    "exp": of_numbers(defined(math.exp)),
    "false": constant(False),  # noqa: FBT003 - the value itself
    "floor": of_numbers(floor),
    "format-date": format_date,
    "format-date-time": format_date,
    "if": if_,
    "instance": instance,
    "int": of_numbers(whole),
    "join": join,
    "last": lambda c: float(c.size),
    "log": of_numbers(defined(math.log)),
    "log10": of_numbers(defined(math.log10)),
    "max": largest,
    "min": smallest,
    "normalize-space": of_texts(lambda text: " ".join(text.split())),
    "not": lambda c, arg: not c.boolean(arg(c)),
    "now": now,
    "number": number,
    "once": once,
    "pi": constant(math.pi),
    "position": position,
    "pow": of_numbers(power),
    "random": lambda c: c.environment.random.random(),
    "regex": of_texts(regex),
    "round": of_numbers(round_half_up),
    "selected": of_texts(selected),
    "selected-at": of_texts_and_numbers(selected_at),
    "sqrt": of_numbers(defined(math.sqrt)),
    "starts-with": of_texts(lambda text, start: text.startswith(start)),
    "string": string,
    "string-length": of_texts(lambda text: float(len(text))),
    "substr": of_texts_and_numbers(substr),
    "substring": of_texts_and_numbers(substring),
    "substring-after": of_texts(substring_after),
    "substring-before": of_texts(substring_before),
    "sum": total,
    "today": today,
    "translate": of_texts(translate),
    "true": constant(True),  # noqa: FBT003
    "uuid": uuid4,
    "weighted-checklist": weighted_checklist,
}
