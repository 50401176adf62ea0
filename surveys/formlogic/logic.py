"""The rules of a form, compiled once and applied to one interview after another."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.answers import is_of_type, is_same, written
from surveys.formlogic.context import Environment, Expression, context_at
from surveys.formlogic.dependencies import functions_of, matching, order, references
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.reading import Place, Reading
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_boolean

__all__ = ["Bind", "Environment", "Logic", "Outcome", "Problem"]

UNREPEATABLE = frozenset(
    {
        *("area", "distance", "instance", "jr:choice-name", "jr:itext", "now", "once"),
        *("pulldata", "random", "randomize", "today", "uuid"),
    }
)
"""Functions whose value may rightly be another one on the server than it was on the device."""
NEEDING_DATA = frozenset({"instance", "jr:choice-name", "jr:itext", "pulldata"})
"""Functions that answer from what only the environment can bring."""


class Unsupplied(SurveyError):
    """A form calls a function whose data nobody here brings: it would quietly come out blank."""

    status = 422


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
    """A rule that an answer breaks: required, constraint, type, irrelevant, calculation, ...

    `path` has the places of repeats.
    """

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
    is_repeatable: bool  # the calculation gives the same on every machine


@dataclass(frozen=True)
class Logic:
    """All rules of a form: `rules` as the form has them, `deciding` so that each finds decided what
    it reads.
    """

    rules: tuple[Rules, ...]
    deciding: tuple[Rules, ...]
    places: tuple[Place, ...]

    @classmethod
    def from_binds(
        cls, binds: Sequence[Bind], repeats: Collection[str] = (), supplied: Collection[str] = ()
    ) -> "Logic":
        """Compile and order the binds. `repeats` are paths of repeats, `supplied` those functions of
        NEEDING_DATA for which every environment will bring the data. Raises CycleError, Unsupplied.
        """
        for bind in binds:
            _require_supplied(bind, supplied)
        by_path = {bind.path: bind for bind in binds}
        compiled = {path: _compile(bind) for path, bind in by_path.items()}
        ordered = [compiled[path] for path in order(_reads(by_path)) if path in compiled]
        return cls(
            rules=tuple(compiled.values()),
            deciding=tuple(rules for rules in ordered if rules.relevant or rules.calculate),
            places=tuple(_places(by_path, repeats)),
        )

    def recalculate(self, root: Element, environment: Environment) -> None:
        """Write every calculation's value into the tree; blank where it does not apply."""
        reading = Reading.of(root, self.places, environment)
        for rules in self.deciding:
            _decide(rules, reading)
            if rules.calculate is None:
                continue
            for context in reading.contexts(rules.path):
                value = rules.calculate(context)
                context.node.text = written(value, rules.type, context.zone)
            for element in reading.by_path.get(rules.path, ()):
                if element in reading.originals:
                    reading.originals[element].text = element.text

    def relevance(self, root: Element, environment: Environment) -> set[Element]:
        """The elements that do not apply. The tree is not changed."""
        reading = self._decided(root, environment)
        originals = reading.originals
        return {originals[element] for element in reading.hidden if element in originals}

    def check(self, root: Element, environment: Environment) -> Outcome:
        """What does not apply and which rules the answers break. The tree is not changed.

        Constraints are not asked of blank answers; absent and blank are the same.
        """
        reading = self._decided(root, environment)
        problems = [
            problem
            for rules in self.rules
            for element in reading.by_path.get(rules.path, ())
            for problem in _problems(rules, element, reading)
        ]
        skipped = frozenset(e.path() for e in reading.hidden if not e.children)
        return Outcome(skipped, tuple(problems))

    def _decided(self, root: Element, environment: Environment) -> Reading:
        reading = Reading.of(root, self.places, environment)
        for rules in self.deciding:
            _decide(rules, reading)
        return reading


def _require_supplied(bind: Bind, supplied: Collection[str]) -> None:
    for node in (bind.required, bind.relevant, bind.constraint, bind.calculate, bind.readonly):
        missing = (functions_of(node) & NEEDING_DATA) - set(supplied) if node else None
        if missing:
            raise Unsupplied(
                gettext_noop("%(feature)s is not supported yet."), feature=f"{min(missing)}()"
            )


def _decide(rules: Rules, reading: Reading) -> None:
    if rules.relevant is not None:
        for context in reading.contexts(rules.path):
            if not to_boolean(rules.relevant(context)):
                reading.hide(context.node)


def _problems(rules: Rules, element: Element, reading: Reading) -> Iterator[Problem]:
    if element.children:
        return
    if element in reading.hidden:
        original = reading.originals.get(element)
        if original is not None and original.text and rules.calculate is None:
            yield Problem(element.path(), "irrelevant")
        return
    kind = _kind_of_problem(rules, element, reading)
    if kind:
        yield Problem(element.path(), kind)


def _kind_of_problem(rules: Rules, element: Element, reading: Reading) -> str:
    """The first rule that an answer breaks, or blank."""
    context = context_at(element, reading.document, reading.environment)
    if not element.text:
        is_missing = rules.required is not None and to_boolean(rules.required(context))
        return "required" if is_missing else ""
    if not is_of_type(element.text, rules.type):
        return "type"
    if rules.constraint is not None and not to_boolean(rules.constraint(context)):
        return "constraint"
    if rules.calculate is not None and rules.is_repeatable:
        computed = written(rules.calculate(context), rules.type, context.zone)
        return "" if is_same(element.text, computed, context.zone) else "calculation"
    return ""


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
        is_repeatable=bind.calculate is not None
        and UNREPEATABLE.isdisjoint(functions_of(bind.calculate)),
    )


def _places(paths: Collection[str], repeats: Collection[str]) -> Iterator[Place]:
    """All bound paths and those above them, parents first."""
    above = {parent for path in paths for parent in _ancestors(path)}
    for path in sorted({*paths, *above}, key=lambda path: path.count("/")):
        parent, _, name = path.rpartition("/")
        if parent:
            yield Place(path, parent, name, path in repeats)


def _reads(binds: Mapping[str, Bind]) -> dict[str, set[str]]:
    """What must be decided before each path: its parents, and what its own rules read."""
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
