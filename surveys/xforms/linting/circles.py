"""Questions that decide about each other in a circle, and those that wait for later ones."""

from collections.abc import Iterator, Mapping

from surveys.errors import gettext_noop
from surveys.formlogic.dependencies import matching
from surveys.xforms.linting.expressions import Expression
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.source import Source

DECIDING = ("relevant", "calculation")


def check_circles(source: Source, expressions: tuple[Expression, ...]) -> Iterator[Finding]:
    """Every circle once, at its first question."""
    reads = _reads(source, expressions)
    for circle in _circles(reads):
        paths = _in_form_order(source, circle)
        first = source.by_path[paths[0]]
        cell = next((first.row[key] for key in DECIDING if first.row[key]), first.cell)
        names = [source.by_path[path].name for path in paths]
        if len(names) == 1:
            yield cell.error(
                "circle",
                gettext_noop("`%(name)s` depends on itself. Leave it out of its own condition."),
                name=names[0],
            )
        else:
            yield cell.error(
                "circle",
                gettext_noop("These questions depend on each other in a circle: %(names)s"),
                names=" → ".join([*names, names[0]]),
            )


def _reads(source: Source, expressions: tuple[Expression, ...]) -> dict[str, list[str]]:
    """What must be decided before each path: what is around it, and what its rules read."""
    reads: dict[str, list[str]] = {
        item.path: [item.parent.path] if item.parent else [] for item in source.items
    }
    for expression in expressions:
        if expression.key in DECIDING and expression.node is not None and expression.item:
            own = expression.context
            for reference in expression.reads:
                for path in matching(reference, reads):
                    is_running = path == own and expression.key == "calculation"
                    if path in reads and not is_running and not own.startswith(f"{path}/"):
                        reads[own].append(path)
    return reads


def _circles(reads: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """A shortest circle for each set of paths that all reach each other."""
    tangled = _tangled(reads)
    done: set[str] = set()
    for path in tangled:
        if path in done:
            continue
        circle = _shortest_circle(path, tangled)
        if circle and done.isdisjoint(circle):
            yield circle
        done.update(circle or [path])


def _tangled(reads: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Only what is in a circle, or between two."""
    forward = _rest(reads)
    backward: dict[str, list[str]] = {path: [] for path in forward}
    for path in forward:
        for read in forward[path]:
            backward[read].append(path)
    kept = _rest(backward)
    return {path: [read for read in forward[path] if read in kept] for path in kept}


def _rest(reads: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What is left when all that reads nothing is taken away, again and again."""
    readers: dict[str, list[str]] = {path: [] for path in reads}
    for path, wanted in reads.items():
        for read in wanted:
            readers[read].append(path)
    waiting = {path: len(wanted) for path, wanted in reads.items()}
    ready = [path for path, count in waiting.items() if not count]
    for path in ready:
        for reader in readers[path]:
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    gone = set(ready)
    return {p: [read for read in reads[p] if read not in gone] for p in reads if p not in gone}


def _shortest_circle(start: str, reads: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from a path back to itself; empty where there is none."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for path in waiting:
        for read in reads[path]:
            if read == start:
                return _way(path, start, came_from)
            if read not in came_from:
                came_from[read] = path
                waiting.append(read)
    return []


def _way(path: str, start: str, came_from: Mapping[str, str]) -> list[str]:
    way = [path]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _in_form_order(source: Source, circle: list[str]) -> list[str]:
    """The circle from its first question on."""
    first = min(range(len(circle)), key=lambda at: source.places[circle[at]])
    return circle[first:] + circle[:first]


def check_order(source: Source, expressions: tuple[Expression, ...]) -> Iterator[Finding]:
    """Whether what is shown depends on what is asked only later."""
    for expression in expressions:
        item = expression.item
        if item is None or expression.key != "relevant" or expression.node is None:
            continue
        for path in expression.reads:
            other = source.by_path.get(path)
            if other is None or other.row.number <= item.row.number or not other.takes_answer:
                continue
            if not path.startswith(f"{item.path}/"):
                yield expression.cell.note(
                    "asked-later",
                    gettext_noop("`%(name)s` is asked later, in row %(row)s."),
                    name=other.name,
                    row=other.row.number,
                )
