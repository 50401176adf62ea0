"""Functions of texts and of yes and no."""

import math

from surveys.formlogic.context import Context
from surveys.formlogic.functions.numbers import added, round_half_up, whole
from surveys.formlogic.functions.signature import Function, of_texts
from surveys.formlogic.spaces import stripped, words_of
from surveys.formlogic.values import Value, text_of, texts_of, to_boolean, to_number, to_text


def string(c: Context, value: Value | None = None) -> Value:
    return to_text([c.node] if value is None else value)


def concat(_: Context, *values: Value) -> Value:
    return "".join(texts_of(values))


def join(_: Context, separator: Value, *values: Value) -> Value:
    return to_text(separator).join(texts_of(values))


def substring_before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


def substring_after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark and mark in text else text if not mark else ""


def substr(c: Context, text: Value, start: Value, end: Value = math.inf) -> Value:
    """Characters from `start` up to before `end`, counted from 0; negative ones from the end."""
    characters = to_text(text)
    first, last = (_place(to_number(place, c.zone), len(characters)) for place in (start, end))
    return characters[first:last]


def _place(place: float, length: int) -> int:
    if math.isnan(place):
        return 0
    if place < 0:
        place += length
    return int(min(max(place, 0), length))


def substring(c: Context, text: Value, start: Value, length: Value | None = None) -> Value:
    """XPath's substring: characters are counted from 1 and numbers are rounded."""
    first = round_half_up(to_number(start, c.zone))
    last = math.inf if length is None else first + round_half_up(to_number(length, c.zone))
    characters = enumerate(to_text(text), start=1)
    return "".join([character for place, character in characters if first <= place < last])


def normalize_space(text: str) -> str:
    return " ".join(words_of(text))


def translate(text: str, old: str, new: str) -> str:
    table = {ord(ch): new[at : at + 1] or None for at, ch in reversed(list(enumerate(old)))}
    return text.translate(table)


def selected(text: str, choice: str) -> bool:
    """Whether a multiple choice has this one; of a blank answer, whether none is asked for."""
    wanted = stripped(choice)
    return wanted in words_of(text) if wanted else not words_of(text)


def selected_at(c: Context, text: Value, place: Value) -> Value:
    chosen = words_of(to_text(text))
    at = whole(to_number(place, c.zone))
    return chosen[int(at)] if 0 <= at < len(chosen) else ""


def coalesce(_: Context, *values: Value) -> Value:
    """The first that is not blank; no number counts as blank."""
    return next((value for value in values if not is_blank(value)), "")


def is_blank(value: Value) -> bool:
    return value != value if isinstance(value, float) else to_text(value) == ""


def once(c: Context, value: Value) -> Value:
    """The answer that is there already, else the computed one."""
    return text_of(c.node) or ("" if is_blank(value) else to_text(value))


def checklist(c: Context, least: Value, most: Value, *values: Value) -> Value:
    """Whether between `least` and `most` of the answers are yes; negative limits are none."""
    return _is_between(c, least, most, sum(map(to_boolean, _each(values))))


def weighted_checklist(c: Context, least: Value, most: Value, *values: Value) -> Value:
    """As `checklist`, with a weight after each answer, or all answers and then all weights."""
    answers, weights = _each(values[::2]), _each(values[1::2])
    pairs = zip(answers, weights, strict=False)
    weights_of_yes = [to_number(weight, c.zone) for answer, weight in pairs if to_boolean(answer)]
    return _is_between(c, least, most, added(weights_of_yes))


def _each(values: tuple[Value, ...]) -> list[Value]:
    each: list[Value] = []
    for value in values:
        each += [[node] for node in value] if isinstance(value, list) else [value]
    return each


def _is_between(c: Context, least: Value, most: Value, count: float) -> bool:
    low, high = to_number(least, c.zone), to_number(most, c.zone)
    return (low < 0 or count >= low) and (high < 0 or count <= high)


FUNCTIONS = {
    "boolean": Function(1, 1, lambda _, value: to_boolean(value)),
    "boolean-from-string": of_texts(1, lambda text: text in ("1", "true")),
    "checklist": Function(2, None, checklist),
    "coalesce": Function(2, None, coalesce),
    "concat": Function(0, None, concat),
    "contains": of_texts(2, lambda text, part: part in text),
    "count-selected": of_texts(1, lambda text: float(len(words_of(text)))),
    "ends-with": of_texts(2, lambda text, end: text.endswith(end)),
    "false": Function(0, 0, lambda _: False),
    "if": Function(3, 3, lambda _, test, then, other: then if to_boolean(test) else other),
    "join": Function(1, None, join),
    "normalize-space": of_texts(0, normalize_space, most=1),
    "not": Function(1, 1, lambda _, value: not to_boolean(value)),
    "once": Function(1, 1, once),
    "selected": of_texts(2, selected),
    "selected-at": Function(2, 2, selected_at),
    "starts-with": of_texts(2, lambda text, start: text.startswith(start)),
    "string": Function(0, 1, string),
    "string-length": of_texts(0, lambda text: float(len(text)), most=1),
    "substr": Function(2, 3, substr),
    "substring": Function(2, 3, substring),
    "substring-after": of_texts(2, substring_after),
    "substring-before": of_texts(2, substring_before),
    "translate": of_texts(3, translate),
    "true": Function(0, 0, lambda _: True),
    "weighted-checklist": Function(2, None, weighted_checklist),
}
