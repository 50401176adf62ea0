"""Why an expression cannot be read, in terms of what people often type."""

import re
from collections.abc import Mapping
from unicodedata import normalize

from surveys.errors import gettext_noop
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.syntax import ExpressionError
from surveys.xforms.linting.features import feature
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.spelling import nearest

OPERATORS: Mapping[str, str] = {  # of other languages -> ours
    "==": "=",
    "&&": "and",
    "||": "or",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "!": "not(…)",
    ";": ",",
    "%": "mod",
    "^": "pow(…)",
}


def explain(cell: Cell, error: ExpressionError, position: int) -> Finding:
    """The finding of a broken expression; `position` is the place of the error in the cell."""
    position = min(position, len(cell.text))
    name = str(error.params.get("name", ""))
    if name and "count" in error.params:
        return _wrong_count(cell, position, name, str(error.params["count"]))
    if name and cell.text[position + len(name) :].lstrip().startswith("("):
        return _unknown_function(cell, error, position, name)
    return _slip(cell, position) or _wrong(cell, error, position)


def _unknown_function(cell: Cell, error: ExpressionError, position: int, name: str) -> Finding:
    if refused := feature("function", name):
        return cell.error("unsupported", refused.note, at=position)
    if meant := nearest(name, FUNCTIONS):
        return cell.error(
            "unknown-function",
            gettext_noop("The function %(name)s() is not known. Did you mean %(meant)s()?"),
            at=position,
            name=name,
            meant=meant,
        )
    return cell.error("unknown-function", error.message, at=position, name=name)


def _wrong(cell: Cell, error: ExpressionError, position: int) -> Finding:
    params = {**error.params, "place": position + 1} if "place" in error.params else error.params
    return cell.error("expression", error.message, at=position, **params)


def _wrong_count(cell: Cell, position: int, name: str, count: str) -> Finding:
    least, most, _ = FUNCTIONS[name]
    if most is None:
        message = gettext_noop("%(name)s() takes %(least)s values or more; here are %(count)s.")
    elif least == most:
        message = gettext_noop("%(name)s() takes %(least)s values; here are %(count)s.")
    else:
        message = gettext_noop("%(name)s() takes %(least)s to %(most)s values; here are %(count)s.")
    return cell.error(
        "wrong-count", message, at=position, name=name, least=least, most=most, count=count
    )


def _slip(cell: Cell, position: int) -> Finding | None:
    """What is often typed instead of the right thing, just there or just before."""
    text = cell.text
    character = text[position : position + 1]
    narrow = normalize("NFKC", character)
    if narrow != character and narrow.isascii():
        return cell.error(
            "full-width",
            gettext_noop("“%(character)s” at character %(place)s is full-width: type “%(plain)s”."),
            at=position,
            character=character,
            plain=narrow,
            place=position + 1,
        )
    if _is_division(text, position):
        return cell.error(
            "operator", gettext_noop("To divide, write `div` instead of `/`."), at=position
        )
    for start in (position - 1, position):
        for wrong in (text[max(start, 0) : start + 2], text[max(start, 0) : start + 1]):
            if wrong in OPERATORS:
                return cell.error(
                    "operator",
                    gettext_noop("“%(wrong)s” at character %(place)s: write “%(right)s” instead."),
                    at=max(start, 0),
                    wrong=wrong,
                    right=OPERATORS[wrong],
                    place=max(start, 0) + 1,
                )
    word = re.compile(r"\w+").match(text, position)
    if word and word[0].lower() in ("and", "or", "div", "mod") and word[0] != word[0].lower():
        return cell.error(
            "operator",
            gettext_noop("Write “%(right)s” in small letters."),
            at=position,
            right=word[0].lower(),
        )
    return None


def _is_division(text: str, position: int) -> bool:
    before = text[:position].rstrip()
    return before.endswith("/") and re.search(r"[\w)}]\s*/$", before) is not None
