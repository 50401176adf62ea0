"""The rules of a form, compiled once and applied to one interview after another."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from surveys.formlogic.answers import is_of_type, is_same, written
from surveys.formlogic.context import Context, Environment, Expression
from surveys.formlogic.dependencies import Labels, decisive_references, matching, order, with_labels
from surveys.formlogic.reading import Copy, Lack, Place, Reading
from surveys.formlogic.rules import Action, Bind, Rules, Setting, compile_bind, compiled
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_boolean, to_number

__all__ = ["Action", "Bind", "Environment", "Logic", "Outcome", "Problem"]

_NONE: frozenset[str] = frozenset()
MAX_COUNT = 1000  # instances of a repeat by its count: a slip of the thumb must not fill the memory


@dataclass(frozen=True)
class Problem:
    """A rule that an answer breaks: required, constraint, type, irrelevant, calculation, ...

    `path` has the places of repeats.
    """

    path: str
    kind: str


@dataclass(frozen=True)
class Outcome:
    """`skipped` are the absolute paths, with places, of leaves that do not apply."""

    skipped: frozenset[str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Logic:
    """All rules of a form: `rules` as the form has them, `deciding` so that each finds decided what
    it reads. `settings` are the actions by event, of "changed" by the path of the trigger.
    """

    rules: tuple[Rules, ...]
    deciding: tuple[Rules, ...]
    places: tuple[Place, ...]
    repeats: frozenset[str]
    settings: Mapping[str, tuple[Setting, ...]]
    is_volatile: bool

    @classmethod
    def from_binds(
        cls,
        binds: Sequence[Bind],
        repeats: Mapping[str, Node | None] | None = None,
        actions: Sequence[Action] = (),
        labels: Labels | None = None,
    ) -> "Logic":
        """Compile and order the binds. `repeats` are counts by the path of the repeat, None where
        people add and remove instances, `labels` the expressions in the labels of choices by the
        path of the select. Raises CycleError.
        """
        counts, labels = dict(repeats or {}), labels or {}
        by_path = {path: Bind(path) for path in counts} | {bind.path: bind for bind in binds}
        rules = {
            path: compile_bind(bind, counts.get(path), labels) for path, bind in by_path.items()
        }
        ordered = [rules[path] for path in order(_reads(by_path, counts, labels)) if path in rules]
        return cls(
            rules=tuple(rules[path] for path in {bind.path: None for bind in binds}),
            deciding=tuple(one for one in ordered if one.relevant or one.calculate or one.count),
            places=tuple(_places(by_path, counts)),
            repeats=frozenset(counts),
            settings=_settings(actions, by_path),
            is_volatile=any(one.is_volatile for one in ordered),
        )

    def read(
        self, root: Element, environment: Environment, *, is_finished: bool = False
    ) -> Reading:
        """The interview, with what does not apply hidden. The tree is not changed.

        Instances beyond a count do not apply, but in an interview that was finished elsewhere:
        ODK Collect keeps them, and what was kept was meant.
        """
        reading = Reading.of(root, self.places, self.repeats, environment)
        for rules in self.deciding:
            _decide(rules, reading, is_finished=is_finished)
        return reading

    def recalculate(
        self, root: Element, environment: Environment, changed: Iterable[str] = ()
    ) -> Reading:
        """Write every calculation's value into the tree; blank where it does not apply.

        Calculations that say something else each time, such as random(), are asked again only
        where they are blank or, while the interview goes on, depend on the `changed` paths.
        """
        reading = Reading.of(root, self.places, self.repeats, environment)
        touched, is_fixed = set(changed), environment.is_ending or not self.is_volatile
        for rules in self.deciding:
            _decide(rules, reading, is_finished=False)
            is_touched = not is_fixed and _is_touched(rules, touched)
            if rules.calculate is not None:
                is_touched = _calculate(rules, reading, is_touched=is_touched)
            if is_touched:
                touched.add(rules.path)
        return reading

    def relevance(self, root: Element, environment: Environment) -> set[Element]:
        """The elements that do not apply. The tree is not changed."""
        copies = self.read(root, environment).copies()
        return {copy.original for copy in copies if copy.original and not copy.applies}

    def check(
        self, root: Element, environment: Environment, *, is_finished: bool = False
    ) -> Outcome:
        """What does not apply and which rules the answers break. The tree is not changed.

        Constraints are not asked of blank answers; absent and blank are the same.
        """
        return self.judge(self.read(root, environment, is_finished=is_finished))

    def judge(self, reading: Reading) -> Outcome:
        """The same of an interview that is read already."""
        problems = [
            problem
            for rules in self.rules
            for copy in reading.by_path.get(rules.path, ())
            for problem in _problems(rules, copy, reading)
        ]
        skipped = [c.place for c in reading.copies() if not c.applies and not c.children]
        return Outcome(frozenset(skipped), tuple(problems))


def _decide(rules: Rules, reading: Reading, *, is_finished: bool) -> None:
    if rules.count is not None:
        _limit(rules, reading, is_finished=is_finished)
    if rules.relevant is not None:
        is_known = _is_known("relevant", rules, reading)
        for copy in reading.by_path.get(rules.path, ()):
            if copy.applies and not _applies(rules.relevant, copy, reading, is_known=is_known):
                copy.hide()


def _applies(relevant: Expression, copy: Copy, reading: Reading, *, is_known: bool) -> bool:
    """Where a list is not at hand that decides it, what was answered applied."""
    if is_known:
        return to_boolean(relevant(reading.context(copy)))
    return any(element.text for element in copy.iter())


def _is_known(kind: str, rules: Rules, reading: Reading) -> bool:
    """Whether all lists are at hand that a rule looks into."""
    return rules.asks.get(kind, _NONE) <= reading.environment.instances.keys()


def _limit(rules: Rules, reading: Reading, *, is_finished: bool) -> None:
    """Hide the instances beyond the count, and note which are lacking."""
    above, _, name = rules.path.rpartition("/")
    for parent in reading.by_path.get(above, ()):
        if not parent.applies:
            continue
        count = _count(rules, parent, name, reading)
        instances = [copy for copy in reading.by_path.get(rules.path, ()) if copy.parent is parent]
        for instance in instances[count:]:
            if is_finished:
                reading.spare.update(instance.iter())
            else:
                instance.hide()
        if len(instances) < count and parent.original is not None:
            lack = Lack(parent.original, rules.path, count - len(instances))
            reading.lacks.append(lack)


def _count(rules: Rules, parent: Copy, name: str, reading: Reading) -> int:
    """How many instances there should be, asked as the repeat itself would be."""
    asking = Element(name)
    asking.parent = parent
    context = reading.context(asking)
    number = to_number(rules.count(context), context.zone) if rules.count else 0.0
    return min(max(int(number), 0), MAX_COUNT) if isfinite(number) else 0


def _calculate(rules: Rules, reading: Reading, *, is_touched: bool) -> bool:
    """Whether any value changed."""
    is_changed = False
    for copy in reading.by_path.get(rules.path, ()):
        if (
            copy.applies
            and rules.calculate
            and (is_touched or not rules.is_volatile or not copy.text)
        ):
            context = reading.context(copy)
            copy.text = written(rules.calculate(context), rules.type, context.zone)
        if copy.original is not None and copy.original.text != copy.text:
            copy.original.text = copy.text
            is_changed = True
    return is_changed


def _is_touched(rules: Rules, touched: Collection[str]) -> bool:
    """Whether a rule reads what changed, or what is in a group that does."""
    return any(
        f"{read}/".startswith(f"{path}/") or path in matching(read, (path,))
        for read in rules.reads
        for path in touched
    )


def _problems(rules: Rules, copy: Copy, reading: Reading) -> Iterator[Problem]:
    if copy.children:
        return
    if not copy.applies:
        if copy.original is not None and copy.original.text and rules.calculate is None:
            yield Problem(copy.place, "irrelevant")
        return
    kind = _kind_of_problem(rules, copy, reading)
    if kind:
        yield Problem(copy.place, kind)


def _kind_of_problem(rules: Rules, copy: Copy, reading: Reading) -> str:
    """The first rule that an answer breaks, or blank."""
    if not copy.text:
        if rules.required is None or copy in reading.spare:
            return ""
        if not _is_known("required", rules, reading):
            return ""
        return "required" if to_boolean(rules.required(reading.context(copy))) else ""
    if not is_of_type(copy.text, rules.type):
        return "type"
    if (
        rules.constraint is not None
        and _is_known("constraint", rules, reading)
        and not to_boolean(rules.constraint(reading.context(copy)))
    ):
        return "constraint"
    if rules.calculate is not None and rules.is_repeatable:
        return "" if _is_right(rules, copy.text, reading.context(copy)) else "calculation"
    return ""


def _is_right(rules: Rules, text: str, context: Context) -> bool:
    """Whether a stored calculation is what we compute."""
    if rules.calculate is None:
        return True
    return is_same(text, written(rules.calculate(context), rules.type, context.zone), context.zone)


def _settings(
    actions: Iterable[Action], binds: Mapping[str, Bind]
) -> dict[str, tuple[Setting, ...]]:
    found: dict[str, tuple[Setting, ...]] = {}
    for action in actions:
        event = action.trigger if action.event == "changed" else action.event
        type_ = binds[action.path].type if action.path in binds else "string"
        setting = Setting(action.path, type_, compiled(action.value))
        found[event] = (*found.get(event, ()), setting)
    return found


def _places(paths: Collection[str], repeats: Collection[str]) -> Iterator[Place]:
    """All bound paths and those above them, parents first."""
    above = {parent for path in paths for parent in _ancestors(path)}
    for path in sorted({*paths, *above}, key=lambda path: path.count("/")):
        parent, _, name = path.rpartition("/")
        if parent:
            yield Place(path, parent, name, path in repeats)


def _reads(
    binds: Mapping[str, Bind], counts: Mapping[str, Node | None], labels: Labels
) -> dict[str, set[str]]:
    """What must be decided before each path: its parents, and what its own rules read."""
    reads: dict[str, set[str]] = {}
    for path, bind in binds.items():
        wanted = {parent for parent in _ancestors(path) if parent in binds}
        for rule in filter(None, (bind.relevant, bind.calculate, counts.get(path))):
            for expression in with_labels(rule, labels):
                for reference in decisive_references(expression, path):
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
