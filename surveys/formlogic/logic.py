"""The rules of a form, compiled once and applied to one interview after another."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from surveys.formlogic.compiler import compile_expression
from surveys.formlogic.dependencies import matching, order, references
from surveys.formlogic.evaluation import Context, Environment, Expression
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import number_from_text

__all__ = ["Bind", "Environment", "Logic", "Outcome", "Problem"]

_INTEGER = re.compile(r"[-+]?\d+")


@dataclass(frozen=True)
class Bind:
    """The rules of one path; expressions are ASTs, None where there is no rule."""

    path: str
    type: str = "string"
    required: Node | None = None
    relevant: Node | None = None
    constraint: Node | None = None
    calculate: Node | None = None
    readonly: Node | None = None


@dataclass(frozen=True)
class Problem:
    """A rule that an answer breaks: required, constraint, type, choice, irrelevant, ..."""

    path: str
    kind: str


@dataclass(frozen=True)
class Outcome:
    """`skipped` are the absolute paths of leaves that do not apply."""

    skipped: frozenset[str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Rules:
    """One bind with its expressions compiled."""

    path: str
    type: str
    required: Expression | None
    relevant: Expression | None
    constraint: Expression | None
    calculate: Expression | None


@dataclass(frozen=True)
class Logic:
    """All rules of a form, in an order in which each finds what it reads already decided."""

    rules: tuple[Rules, ...]

    @classmethod
    def from_binds(cls, binds: Sequence[Bind]) -> "Logic":
        """Compile and order the binds. Raises CycleError."""
        by_path = {bind.path: bind for bind in binds}
        ordered = order(_reads(by_path))
        return cls(tuple(_compile(by_path[path]) for path in ordered if path in by_path))

    def recalculate(self, root: Element, environment: Environment) -> None:
        """Write every calculation's value into the tree; blank where it does not apply."""
        context = Context(root, environment)
        elements = _by_path(root)
        for rules in self.rules:
            for element in elements.get(rules.path, ()):
                self._decide(rules, element, context)
                if rules.calculate is not None:
                    at = context.at(element, 1, 1)
                    hidden = element in context.hidden
                    element.text = "" if hidden else at.text(rules.calculate(at))

    def check(self, root: Element, environment: Environment) -> Outcome:
        """What does not apply and which rules the answers break. The tree is not changed.

        Constraints are not asked of blank answers; absent and blank are the same.
        """
        context = Context(root, environment)
        elements = _by_path(root)
        for rules in self.rules:
            for element in elements.get(rules.path, ()):
                self._decide(rules, element, context)
        problems = [
            problem
            for rules in self.rules
            for element in elements.get(rules.path, ())
            for problem in _problems(rules, element, context)
        ]
        skipped = frozenset(e.path() for e in context.hidden if not e.children)
        return Outcome(skipped, tuple(problems))

    @staticmethod
    def _decide(rules: Rules, element: Element, context: Context) -> None:
        """Hide an element, and all below it, if it does not apply."""
        if rules.relevant is None or element in context.hidden:
            return
        at = context.at(element, 1, 1)
        if not at.boolean(rules.relevant(at)):
            context.hidden.update(element.iter())


def _reads(binds: Mapping[str, Bind]) -> dict[str, set[str]]:
    """What must be decided before each path: its parent, and what its own rules read."""
    reads: dict[str, set[str]] = {}
    for path, bind in binds.items():
        wanted = {parent for parent in _ancestors(path) if parent in binds}
        for expression in (bind.relevant, bind.calculate):
            if expression is not None:
                for reference in references(expression, path):
                    wanted.update(_decided_by(reference, path, binds))
        reads[path] = wanted
    return reads


def _decided_by(reference: str, path: str, binds: Mapping[str, Bind]) -> Iterator[str]:
    for found in matching(reference, binds):
        own = found == path and binds[path].calculate is not None  # once(...) reads itself
        if not own and found not in _ancestors(path):
            yield found
            yield from (parent for parent in _ancestors(found) if parent in binds)


def _ancestors(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:end]) for end in range(2, len(names))]


def _compile(bind: Bind) -> Rules:
    def compiled(node: Node | None) -> Expression | None:
        return compile_expression(node) if node is not None else None

    return Rules(
        path=bind.path,
        type=bind.type,
        required=compiled(bind.required),
        relevant=compiled(bind.relevant),
        constraint=compiled(bind.constraint),
        calculate=compiled(bind.calculate),
    )


def _by_path(root: Element) -> dict[str, list[Element]]:
    """Elements by their path without repeat places."""
    found: dict[str, list[Element]] = {}
    waiting = [(root, f"/{root.name}")]
    while waiting:
        element, path = waiting.pop()
        found.setdefault(path, []).append(element)
        waiting += [(child, f"{path}/{child.name}") for child in reversed(element.children)]
    return found


def _problems(rules: Rules, element: Element, context: Context) -> Iterator[Problem]:
    if element.children:
        return
    if element in context.hidden:
        if element.text and rules.calculate is None:
            yield Problem(element.path(), "irrelevant")
        return
    at = context.at(element, 1, 1)
    if not element.text:
        if rules.required is not None and at.boolean(rules.required(at)):
            yield Problem(element.path(), "required")
    elif not is_of_type(element.text, rules.type):
        yield Problem(element.path(), "type")
    elif rules.constraint is not None and not at.boolean(rules.constraint(at)):
        yield Problem(element.path(), "constraint")


def is_of_type(text: str, type_: str) -> bool:
    """Whether an answer is written as its type is."""
    if type_ == "int":
        return bool(_INTEGER.fullmatch(text))
    if type_ == "decimal":
        number = number_from_text(text)
        return number == number and "-" not in text[1:5]  # NaN is not itself; a date is no decimal
    parsers = {"date": date.fromisoformat, "time": _time, "dateTime": datetime.fromisoformat}
    if type_ not in parsers:
        return True
    try:
        parsers[type_](text)
    except ValueError:
        return False
    return True


def _time(text: str) -> time:
    return time.fromisoformat(text)
