"""Expressions that can be read but hardly mean what their author thinks."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from surveys.errors import gettext_noop
from surveys.formlogic.dependencies import ANY
from surveys.formlogic.syntax import Node
from surveys.formlogic.values import number_from_text
from surveys.xforms.linting.expressions import YES_OR_NO, Expression
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.places import place_of, place_of_literal
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.linting.trees import ITEM, comparison, literal, parts, target

GATHERING = frozenset(  # functions of all instances of a repeat
    {
        *("area", "count", "count-non-empty", "distance", "indexed-repeat", "join", "max", "min"),
        *("once", "position", "randomize", "sum"),
    }
)
CHANGING = frozenset({"random", "uuid"})  # another value each time they are asked


def check_meaning(source: Source, expressions: tuple[Expression, ...]) -> Iterator[Finding]:
    for expression in expressions:
        if expression.finding:
            yield expression.finding
        if expression.node is None:
            continue
        yield from _check_paths(source, expression)
        for node, at in parts(expression.node, _start(expression), expression.context):
            yield from _check_choice(source, expression, node, at)
        yield from _check_repeats(source, expression)
        yield from _check_stability(expression)


def _start(expression: Expression) -> str:
    return ITEM if expression.key == "choice_filter" else expression.context


def _check_paths(source: Source, expression: Expression) -> Iterator[Finding]:
    """Whether everything that is read is there. What `${}` means has been checked before."""
    if expression.key == "choice_filter":
        yield from _check_columns(source, expression)
    for path in expression.reads:
        is_unknown_name = path.rpartition("/")[0] == f"/{source.root}/meta"  # told already
        if ANY in path or path in source.paths or is_unknown_name:
            continue
        name = path.rpartition("/")[2]
        is_bare = path == f"{expression.context}/{name}"
        yield _nowhere(source, expression, path, name if is_bare else "")


def _nowhere(source: Source, expression: Expression, path: str, bare: str) -> Finding:
    cell, text = expression.cell, expression.cell.text.strip()
    if expression.key in YES_OR_NO and bare == text:
        return cell.error(
            "yes-or-no",
            gettext_noop("`%(text)s` is neither `yes` nor `no` nor an expression."),
            text=text,
        )
    if bare:
        return _bare(source, cell, bare)
    return cell.error(
        "unknown-path",
        gettext_noop("There is nothing at %(path)s. Write `${name}` for a question."),
        at=place_of(cell, path.rpartition("/")[2]),
        path=path,
    )


def _bare(source: Source, cell: Cell, name: str) -> Finding:
    meant = nearest(name, source.name_counts)
    if meant:
        return cell.error(
            "bare-name",
            gettext_noop("To mean the answer of a question, write `${%(meant)s}`."),
            at=place_of(cell, name),
            meant=meant,
        )
    return cell.error(
        "bare-name",
        gettext_noop("`%(name)s` means nothing here. Write texts in quotes: `'%(name)s'`."),
        at=place_of(cell, name),
        name=name,
    )


def _check_columns(source: Source, expression: Expression) -> Iterator[Finding]:
    """Whether a choice filter asks for columns that the sheet `choices` has."""
    item = expression.item
    if not source.choices or not item or not item.type.is_from_form or expression.node is None:
        return
    columns = {"name", "label", "itextId"} | {c.heading for c in source.choices.columns}
    for node, at in parts(expression.node, ITEM, expression.context):
        path = target(node, at, expression.context)
        if path.startswith(f"{ITEM}/") and path.count("/") == 1:
            name = path.partition("/")[2]
            if name not in columns:
                yield _no_column(expression.cell, name, nearest(name, columns))


def _no_column(cell: Cell, name: str, meant: str) -> Finding:
    if meant:
        return cell.error(
            "unknown-column",
            gettext_noop("The sheet `choices` has no column `%(name)s`. Did you mean `%(meant)s`?"),
            at=place_of(cell, name),
            name=name,
            meant=meant,
        )
    return cell.error(
        "unknown-column",
        gettext_noop("The sheet `choices` has no column `%(name)s`."),
        at=place_of(cell, name),
        name=name,
    )


def _check_choice(source: Source, expression: Expression, node: Node, at: str) -> Iterator[Finding]:
    """Whether answers are compared with choices that are on their list."""
    found = _compared(node, at, expression.context)
    if found is None:
        return
    path, other, is_selected = found
    item, offered, value = source.by_path.get(path), source.offered(path), literal(other)
    if item is None or offered is None or not value:
        return
    if not is_selected and item.type.base == "select_multiple":
        yield expression.cell.warning(
            "several-choices",
            gettext_noop(
                "`%(name)s` may have several choices: write `selected(${%(name)s}, '%(value)s')`."
            ),
            at=place_of_literal(expression.cell, value),
            name=item.name,
            value=value,
        )
    if value not in offered and not _is_number_of(other, offered):
        yield _no_choice(expression.cell, item, value, nearest(value, offered))


def _is_number_of(node: Node, names: Iterable[str]) -> bool:
    """Whether one of the names is the same number: 1 is `01` too."""
    return node[0] == "num" and any(number_from_text(name, UTC) == node[1] for name in names)


def _compared(node: Node, at: str, current: str) -> tuple[str, Node, bool] | None:
    """Path, other side and whether by `selected()`, of a comparison that is for one choice."""
    if node[:2] == ["call", "selected"] and len(node[2]) == 2:
        path = target(node[2][0], at, current)
        return (path, node[2][1], True) if path else None
    found = comparison(node, at, current)
    if found is None or found[0] not in ("=", "!="):
        return None
    return found[1], found[2], False


def _no_choice(cell: Cell, item: Item, value: str, meant: str) -> Finding:
    if meant:
        return cell.error(
            "no-choice",
            gettext_noop(
                "`%(value)s` is no choice of `%(name)s` (list %(list)s). Did you mean `%(meant)s`?"
            ),
            at=place_of_literal(cell, value),
            value=value,
            name=item.name,
            list=item.type.list_name,
            meant=meant,
        )
    return cell.error(
        "no-choice",
        gettext_noop("`%(value)s` is no choice of `%(name)s` (list %(list)s)."),
        at=place_of_literal(cell, value),
        value=value,
        name=item.name,
        list=item.type.list_name,
    )


def _check_repeats(source: Source, expression: Expression) -> Iterator[Finding]:
    """Whether a question of a repeat is read from outside, where it has many answers."""
    if expression.node is None:
        return
    item = expression.item
    if item and expression.key == "choice_filter" and "${" in item.type.list_name:
        return  # the instances are the choices, and each is asked by itself
    own = item.repeat if item else None
    seen: set[str] = set()
    for path in _loose(expression.node, expression.context):
        item = source.by_path.get(path)
        repeat = item.repeat if item else None
        if item is None or repeat is None or repeat is item or item.name in seen:
            continue
        if own is None or not f"{own.path}/".startswith(f"{repeat.path}/"):
            seen.add(item.name)
            yield expression.cell.warning(
                "outside-repeat",
                gettext_noop(
                    "`%(name)s` is asked once in every `%(repeat)s`. From outside, say what of all "
                    "answers you want, such as `sum(${%(name)s})` or `count(${%(repeat)s})`."
                ),
                at=place_of(expression.cell, item.name),
                name=item.name,
                repeat=repeat.name,
            )


def _loose(node: Node, current: str) -> Iterator[str]:
    """The plain paths that are not within a function of whole repeats."""
    if node[0] == "call" and node[1] in GATHERING:
        return
    if path := target(node, current, current):
        yield path
    elif node[0] == "call":
        for argument in node[2]:
            yield from _loose(argument, current)
    elif node[0] not in ("num", "str", "path", "filter"):
        for operand in node[1:]:
            yield from _loose(operand, current)


def _check_stability(expression: Expression) -> Iterator[Finding]:
    """A calculation that is another one each time anything is answered."""
    if expression.key != "calculation" or expression.node is None:
        return
    if expression.item and expression.item.row["trigger"]:
        return
    for name in sorted(_unsteady(expression.node)):
        yield expression.cell.warning(
            "unsteady",
            gettext_noop(
                "%(name)s() comes out anew with every answer. To keep the first value, write "
                "`once(%(name)s())`."
            ),
            at=place_of(expression.cell, name),
            name=name,
        )


def _unsteady(node: Node) -> set[str]:
    if node[:2] == ["call", "once"]:
        return set()
    own = {node[1]} & CHANGING if node[:1] == ["call"] else set()
    return own.union(*(_unsteady(part) for part in node if isinstance(part, list) and part))
