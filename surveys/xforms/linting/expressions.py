"""Expressions as their author typed them: parsed, with the place of a fault in the cell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from pyxform.aliases import BINDING_CONVERSIONS
from pyxform.parsing.sheet_headers import RE_SMART_QUOTES, SMART_QUOTES
from pyxform.utils import default_is_dynamic

from surveys.errors import gettext_noop
from surveys.formlogic.dependencies import references as paths_read
from surveys.formlogic.syntax import ExpressionError, Node, parse
from surveys.formlogic.tokens import tokenize
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.mistakes import explain
from surveys.xforms.linting.references import Reference, references
from surveys.xforms.linting.source import Item, Source

COLUMNS = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count")
YES_OR_NO = ("required", "read_only")
INSTANCE_NAME = "instanceName"
LONGEST = 5_000  # characters; the conversion takes long over more
MOST = 200_000  # characters of all expressions together; large forms have a tenth
UNKNOWN = "unknown"  # stands for a question that is not there


@dataclass(frozen=True)
class Expression:
    """An expression at the path `context`. `node` is None where it could not be parsed."""

    item: Item | None
    context: str
    key: str
    cell: Cell
    node: Node | None = None
    finding: Finding | None = None

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The absolute paths that are read; in a choice filter, but for those of the choices."""
        if self.node is None:
            return ()
        node = _of_items(self.node) if self.key == "choice_filter" else self.node
        return tuple(sorted(paths_read(node, self.context)))


def _of_items(filter_: Node) -> Node:
    """The filter where it will stand: as a predicate of the items of a list."""
    steps = [["child", "root", []], ["child", "item", [filter_]]]
    return ["path", ["call", "instance", [["str", ""]]], steps]


@dataclass(frozen=True)
class Expanded:
    """An expression with paths for names, and where each part of it stood before."""

    text: str
    starts: tuple[tuple[int, int, bool], ...]  # here, in the cell, whether it is a reference

    def original(self, position: int) -> int:
        """The place in the cell of a place in `text`."""
        here, there, is_reference = max(s for s in self.starts if s[0] <= max(position, 0))
        return there if is_reference else there + position - here


def read_expressions(source: Source) -> tuple[Expression, ...]:
    """Every expression of the form, in order."""
    budget = MOST
    found: list[Expression] = []
    for item, key, cell in _cells(source):
        budget -= len(cell.text)
        context = item.path if item else f"/{source.root}/meta/{key}"
        if len(cell.text) <= LONGEST and budget >= 0:
            found.append(read_expression(source, Expression(item, context, key, cell)))
        else:
            found.append(Expression(item, context, key, cell, finding=_too_long(cell)))
    return tuple(found)


def _too_long(cell: Cell) -> Finding:
    return cell.error(
        "long-expression",
        gettext_noop("The expression is too long. Divide it into calculations."),
    )


def _cells(source: Source) -> Iterator[tuple[Item | None, str, Cell]]:
    """The cells that hold expressions, with the item and the usual name of the column."""
    for item in source.items:
        for key in COLUMNS:
            if item.row[key]:
                yield item, key, item.row[key]
        for key in YES_OR_NO:
            if item.row[key] and item.row[key].text.strip() not in BINDING_CONVERSIONS:
                yield item, key, item.row[key]
        default = item.row["default"]
        if default and default_is_dynamic(default.text.strip(), item.type.base):
            yield item, "default", default
    if source.setting_row and source.setting_row["instance_name"]:
        yield None, INSTANCE_NAME, source.setting_row["instance_name"]


def read_expression(source: Source, unread: Expression) -> Expression:
    """The expression with its AST, or with the finding of what is wrong with it."""
    cell = unread.cell
    expanded = expand(straight(cell.text), source)
    try:
        node = parse(expanded.text)
    except ExpressionError as error:
        return replace(unread, finding=explain(cell, error, expanded.original(error.position)))
    if gap := _gap(cell, expanded):
        return replace(unread, finding=gap)
    curly = RE_SMART_QUOTES.search(cell.text)
    return replace(unread, node=node, finding=_curly(cell, curly.start()) if curly else None)


def straight(text: str) -> str:
    """The text with the quotes that the language has."""
    straightened: str = RE_SMART_QUOTES.sub(lambda match: SMART_QUOTES[match[0]], text)
    return straightened


def expand(text: str, source: Source) -> Expanded:
    """The text with a path in place of each reference, as the conversion will have it."""
    parts: list[str] = []
    starts: list[tuple[int, int, bool]] = []
    here = there = 0
    for reference in references(text):
        before = text[there : reference.start]
        path = f" {_path(source, reference)} "
        starts += [(here, there, False), (here + len(before), reference.start, True)]
        parts += [before, path]
        here += len(before) + len(path)
        there = reference.end
    return Expanded("".join([*parts, text[there:]]), (*starts, (here, there, False)))


def _path(source: Source, reference: Reference) -> str:
    item = source.by_name.get(reference.target)
    name = reference.target if reference.is_well_formed else UNKNOWN
    path = item.path if item else f"/{source.root}/meta/{name}"
    return f"instance('__last-saved'){path}" if reference.is_last_saved else path


def _gap(cell: Cell, expanded: Expanded) -> Finding | None:
    """A reference right behind another value: with paths for names, both would read as one path."""
    tokens = tokenize(expanded.text)
    places = {here + 1: there for here, there, is_reference in expanded.starts if is_reference}
    for before, token in pairwise(tokens):
        is_value = before.kind in ("name", "number", "string") or before.text in (")", "]", ".")
        if is_value and token.position in places:
            position = places[token.position]
            return cell.error(
                "missing-operator",
                gettext_noop("Something is missing before character %(place)s, such as `and`."),
                at=position,
                place=position + 1,
            )
    return None


def _curly(cell: Cell, position: int) -> Finding:
    return cell.warning(
        "curly-quotes",
        gettext_noop(
            "The quotes at character %(place)s are curly; they are read as straight ones."
        ),
        at=position,
        place=position + 1,
    )
