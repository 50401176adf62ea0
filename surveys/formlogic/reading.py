"""An interview laid out for evaluation, apart from the interview itself."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from surveys.formlogic.context import Context, Environment, context_at
from surveys.formlogic.tree import Element, document_of, steps_below


@dataclass(frozen=True)
class Place:
    """Where a bound path hangs in the tree; what is in a repeat is not made up when absent."""

    path: str
    parent: str
    name: str
    is_repeat: bool


class Copy(Element):
    """An element of a reading: what it is a copy of, if anything, and whether it applies.

    `place` is its path with the places of all repeats around it; `is_instance`, whether it is an
    instance of a repeat itself.
    """

    __slots__ = ("applies", "is_instance", "original", "place")

    def __init__(self, name: str, text: str, original: Element | None, place: str) -> None:
        self.name = name
        self.text = text
        self.children = []
        self.parent = None
        self.attributes = {}
        self.absent = False
        self.original = original
        self.place = place
        self.is_instance = False
        self.applies = True

    def hide(self) -> None:
        """Blank this element and all below it, as they do not apply; instances are absent."""
        self.applies = False
        self.absent = self.is_instance
        self.text = ""
        for child in self.children:
            if isinstance(child, Copy):
                child.hide()


@dataclass(frozen=True)
class Lack:
    """Instances that a repeat should have by its count and has not: `number` of them."""

    parent: Element
    path: str
    number: int


@dataclass(eq=False)
class Reading:
    """A copy in which absent questions are there, blank, and what does not apply reads as blank.

    So the rules see no difference between absent, blank and skipped. `spare` are the elements of
    instances beyond a repeat's count, where these are kept as they came.
    """

    root: Copy
    document: Element
    environment: Environment
    by_path: dict[str, list[Copy]]
    lacks: list[Lack] = field(default_factory=list)
    spare: set[Element] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        root: Element,
        places: Iterable[Place],
        repeats: AbstractSet[str],
        environment: Environment,
    ) -> "Reading":
        by_path: dict[str, list[Copy]] = {}
        copy = _copy(root, f"/{root.name}", f"/{root.name}", repeats, by_path)
        for place in places:
            if not place.is_repeat:
                _add_absent(place, by_path)
        return cls(copy, document_of(copy), environment, by_path)

    def context(self, element: Element) -> Context:
        return context_at(element, self.document, self.environment)

    def answers(self) -> dict[str, str]:
        """The answers that apply, by place below the root, without the meta block."""
        top = len(self.root.place) + 1
        found = [
            (copy.place[top:], copy.text)
            for copies in self.by_path.values()
            for copy in copies
            if copy.text and not copy.children
        ]
        return {place: text for place, text in found if place and not place.startswith("meta/")}

    def copies(self) -> Iterator[Copy]:
        for copies in self.by_path.values():
            yield from copies


def _copy(
    original: Element,
    path: str,
    place: str,
    repeats: AbstractSet[str],
    by_path: dict[str, list[Copy]],
) -> Copy:
    copy = Copy(original.name, original.text, original, place)
    copy.attributes = original.attributes
    copy.is_instance = path in repeats
    by_path.setdefault(path, []).append(copy)
    if original.children:
        for child, below, step in steps_below(original, path, repeats):
            copy.append(_copy(child, below, f"{place}/{step}", repeats, by_path))
    return copy


def _add_absent(place: Place, by_path: dict[str, list[Copy]]) -> None:
    parents = by_path.get(place.parent, ())
    there = by_path.setdefault(place.path, [])
    if len(there) >= len(parents):
        return
    having = {copy.parent for copy in there}
    for parent in parents:
        if parent not in having:
            copy = Copy(place.name, "", None, f"{parent.place}/{place.name}")
            parent.append(copy)
            there.append(copy)
