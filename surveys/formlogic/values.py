"""Values of expressions and how one kind becomes another (XPath 1.0, section 4, with dates)."""

import math
import re
from datetime import timezone
from decimal import Decimal
from typing import TypeAlias

from surveys.formlogic.moments import Moment, moment_from_text
from surveys.formlogic.spaces import stripped
from surveys.formlogic.tree import Element

Nodes: TypeAlias = list[Element]
Value: TypeAlias = str | float | bool | Moment | Nodes

SILENT = ("#comment", "#processing-instruction")  # no part of the text of what is around them
DECIMAL = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)[ \t\r\n]*", re.ASCII)


def text_of(node: Element) -> str:
    """XPath's string value."""
    if not node.children:
        return node.text
    return node.text + "".join(
        [text_of(child) for child in node.children if child.name not in SILENT]
    )


def to_text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return text_of(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return value.text
    return text_from_number(value)


def to_number(value: Value, zone: timezone) -> float:
    """A number; of a date the days since 1970-01-01 on the interview's calendar."""
    if isinstance(value, list):
        return number_from_text(text_of(value[0]), zone) if value else math.nan
    if isinstance(value, str):
        return number_from_text(value, zone)
    if isinstance(value, Moment):
        return value.days
    return float(value)


def to_boolean(value: Value) -> bool:
    """As XPath, but a blank answer is false, as in ODK Collect."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return bool(value) and (bool(value[0].children) or value[0].text != "")
    if isinstance(value, float):
        return value != 0 and value == value
    return not isinstance(value, str) or value != ""


def to_moment(value: Value, zone: timezone) -> Moment | None:
    """The date that a text or a date says; numbers are none."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, str | list):
        return moment_from_text(stripped(to_text(value)), zone)
    return None


def nodes_of(value: Value) -> Nodes:
    """The nodes of a value that must be a set of them; none of any other."""
    return value if isinstance(value, list) else []


def texts_of(values: tuple[Value, ...]) -> list[str]:
    """The texts of all values, each node of a set by itself."""
    texts: list[str] = []
    for value in values:
        texts += map(text_of, value) if isinstance(value, list) else [to_text(value)]
    return texts


def number_from_text(text: str, zone: timezone) -> float:
    """A decimal, a decimal with an exponent, or a date as days; NaN for anything else."""
    match = _NUMBER.fullmatch(text)
    if match:
        return float(match[1])
    moment = moment_from_text(stripped(text), zone) if "-" in text else None
    return moment.days if moment else math.nan


def text_from_number(number: float) -> str:
    """The shortest decimal that reads back as the same number, never with an exponent."""
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f").removesuffix(".0") if "e" in text else text.removesuffix(".0")
