"""An interview laid out for evaluation, apart from the interview itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from surveys.formlogic.context import Context, Environment, context_at
from surveys.formlogic.tree import Element, document_of


@dataclass(frozen=True)
class Place:
    """Where a bound path hangs in the tree; what is in a repeat is not made up when absent."""

    path: str
    parent: str
    name: str
    is_repeat: bool


@dataclass(eq=False)
class Reading:
    """A copy in which absent questions are there, blank, and what does not apply reads as blank.

    So the rules see no difference between absent, blank and skipped. `originals` leads from the
    copies back to the elements they are of; absent ones have none.
    """

    document: Element
    environment: Environment
    by_path: dict[str, list[Element]] = field(default_factory=dict)
    originals: dict[Element, Element] = field(default_factory=dict)
    hidden: set[Element] = field(default_factory=set)

    @classmethod
    def of(cls, root: Element, places: Iterable[Place], environment: Environment) -> "Reading":
        copy = Element(root.name, root.text)
        reading = cls(document_of(copy), environment)
        reading._copy(root, copy, f"/{root.name}")
        for place in places:
            if not place.is_repeat:
                reading._add_absent(place)
        return reading

    def _copy(self, original: Element, copy: Element, path: str) -> None:
        copy.attributes = original.attributes
        self.originals[copy] = original
        self.by_path.setdefault(path, []).append(copy)
        for child in original.children:
            below = Element(child.name, child.text)
            below.parent = copy
            copy.children.append(below)
            self._copy(child, below, f"{path}/{child.name}")

    def _add_absent(self, place: Place) -> None:
        parents = self.by_path.get(place.parent, [])
        there = self.by_path.get(place.path, [])
        if len(there) >= len(parents) > 0:
            return
        having = {element.parent for element in there}
        for parent in parents:
            if parent not in having:
                there.append(parent.append(Element(place.name)))
        if there:
            self.by_path[place.path] = there

    def hide(self, element: Element) -> None:
        """Blank an element, and all below it, as it does not apply."""
        for one in element.iter():
            self.hidden.add(one)
            one.text = ""

    def contexts(self, path: str) -> Iterator[Context]:
        """A context for each element at a path that applies."""
        for element in self.by_path.get(path, ()):
            if element not in self.hidden:
                yield context_at(element, self.document, self.environment)
