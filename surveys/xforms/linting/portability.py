"""Expressions that other programs, or every one, would take for something else."""

import re
from collections.abc import Iterator

from surveys.errors import gettext_noop
from surveys.formlogic.answers import is_date
from surveys.formlogic.functions.patterns import matcher_of
from surveys.formlogic.syntax import Node
from surveys.xforms.linting.expressions import Expression
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.places import place_of_literal
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.trees import parts

ORDER = frozenset({"<", "<=", ">", ">="})
FORMATS = ("format-date", "format-date-time")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(T.*)?")
_NAMED = re.compile(r"%[ab]")


def check_portability(source: Source, expressions: tuple[Expression, ...]) -> Iterator[Finding]:
    for expression in expressions:
        if expression.node is None:
            continue
        for node, _ in parts(expression.node, "", expression.context):
            yield from _check_date(expression, node)
            yield from _check_pattern(expression, node)
            yield from _check_format(expression, node)


def _check_date(expression: Expression, node: Node) -> Iterator[Finding]:
    """Dates are understood everywhere only as `date('…')`."""
    texts: list[str] = []
    if node[0] in ORDER:
        texts = [side[1] for side in node[1:] if side[0] == "str" and _DATE.fullmatch(side[1])]
        for text in texts:
            yield expression.cell.warning(
                "date-as-text",
                gettext_noop("Write `date('%(text)s')`: ODK Collect takes the quotes for a text."),
                at=place_of_literal(expression.cell, text),
                text=text,
            )
    if node[:2] == ["call", "date"] and node[2] and node[2][0][0] == "str":
        texts = [str(node[2][0][1])]
    for text in texts:
        day = text.partition("T")[0]
        if _DATE.fullmatch(text) and not is_date(_padded(day)):
            yield expression.cell.error(
                "no-date",
                gettext_noop("There is no day `%(text)s`."),
                at=place_of_literal(expression.cell, text),
                text=day,
            )


def _padded(day: str) -> str:
    year, month, date = day.split("-")
    return f"{year}-{month:0>2}-{date:0>2}"


def _check_pattern(expression: Expression, node: Node) -> Iterator[Finding]:
    if node[:2] != ["call", "regex"] or node[2][1][0] != "str":
        return
    pattern = str(node[2][1][1])
    if matcher_of(pattern) is None:
        yield expression.cell.error(
            "bad-pattern",
            gettext_noop(
                "The pattern `%(pattern)s` is broken or not supported; nothing matches it."
            ),
            at=place_of_literal(expression.cell, pattern),
            pattern=pattern,
        )


def _check_format(expression: Expression, node: Node) -> Iterator[Finding]:
    if node[0] != "call" or node[1] not in FORMATS or node[2][1][0] != "str":
        return
    pattern = str(node[2][1][1])
    if _NAMED.search(pattern):
        yield expression.cell.note(
            "named-month",
            gettext_noop(
                "ODK Collect writes the names of days and months in the language of the phone, "
                "we in English."
            ),
            at=place_of_literal(expression.cell, pattern),
        )
