"""Where the questions of a form are in one interview: repeats unrolled into their instances."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef, Group, Question

BLANK_PLACE = 0  # what pages write as the number of an instance that is yet to be added


@dataclass(frozen=True)
class PlacedQuestion:
    """A question at one place, such as `/data/member[2]/age`; without element where it is absent."""

    question: Question
    place: str
    element: Element | None

    @property
    def text(self) -> str:
        return self.element.text if self.element else ""


@dataclass(frozen=True)
class PlacedGroup:
    """A group, or one instance of a repeat and its `number`, with all that is in it."""

    group: Group
    place: str
    element: Element | None
    children: "tuple[Placed, ...]"
    number: int = 0

    def questions(self) -> Iterator[PlacedQuestion]:
        for child in self.children:
            if isinstance(child, PlacedQuestion):
                yield child
            else:
                yield from child.questions()

    def repeats(self) -> Iterator["PlacedRepeat"]:
        for child in self.children:
            if not isinstance(child, PlacedQuestion):
                yield from child.repeats()

    def instances(self) -> Iterator["PlacedGroup"]:
        """The instances of repeats in it, outer ones first."""
        for repeat in self.repeats():
            yield from repeat.instances


@dataclass(frozen=True)
class PlacedRepeat:
    """A repeat with the instances it has now. `place` has no number of its own: `/data/member`.

    `blank` is what pages that grow by themselves copy, None elsewhere.
    """

    group: Group
    place: str
    parent: Element | None
    instances: tuple[PlacedGroup, ...]
    blank: PlacedGroup | None = None

    def questions(self) -> Iterator[PlacedQuestion]:
        for instance in self.instances:
            yield from instance.questions()

    def repeats(self) -> Iterator["PlacedRepeat"]:
        yield self
        for instance in self.instances:
            yield from instance.repeats()


Placed: TypeAlias = PlacedQuestion | PlacedGroup | PlacedRepeat


@dataclass(frozen=True)
class _Spot:
    """A path of the form, the place it stands for, and what is there in the interview."""

    path: str
    place: str
    element: Element | None

    def below(self, path: str) -> "_Spot":
        """The spot of a path at or below this one; paths without repeats between the two."""
        rest = path.removeprefix(self.path)
        element = self.element
        for name in filter(None, rest.split("/")):
            element = element.child(name) if element else None
        return _Spot(path, self.place + rest, element)

    def twins(self, path: str) -> list[Element]:
        """The instances of a repeat right below this spot."""
        parent, _, name = path.rpartition("/")
        element = self.below(parent).element
        return [child for child in element.children if child.name == name] if element else []


def place_section(section: Group, root: Element) -> PlacedGroup:
    """A section in an interview, with the instances that its repeats have now."""
    spot = _Spot(f"/{root.name}", f"/{root.name}", root)
    if section.is_repeat:  # a repeat that stands by itself is a section of its own
        children: tuple[Placed, ...] = (_repeat(section, spot, root),)
        return PlacedGroup(section, section.path, root, children)
    return _group(section, spot.below(section.path or spot.path), root)


def place_blank(form: FormDef, section: Group) -> PlacedGroup:
    """A section before there is an interview: repeats are blank and ready to be added to."""
    name = form.blank.name
    spot = _Spot(f"/{name}", f"/{name}", None)
    if section.is_repeat:
        return PlacedGroup(section, section.path, None, (_repeat(section, spot, None),))
    return _group(section, spot.below(section.path or spot.path), None)


def _group(group: Group, spot: _Spot, root: Element | None, number: int = 0) -> PlacedGroup:
    children = tuple(_child(child, spot, root) for child in group.children)
    return PlacedGroup(group, spot.place if group.path else "", spot.element, children, number)


def _child(child: Question | Group, spot: _Spot, root: Element | None) -> Placed:
    if isinstance(child, Question):
        found = spot.below(child.path)
        return PlacedQuestion(child, found.place, found.element)
    if child.is_repeat:
        return _repeat(child, spot, root)
    return _group(child, spot.below(child.path or spot.path), root)


def _repeat(group: Group, spot: _Spot, root: Element | None) -> PlacedRepeat:
    found = spot.below(group.path)
    parent = spot.below(group.path.rpartition("/")[0]).element
    if root is None:
        blank = _Spot(group.path, f"{found.place}[{BLANK_PLACE}]", None)
        return PlacedRepeat(group, found.place, None, (), _group(group, blank, None))
    twins = spot.twins(group.path)
    instances = (
        _group(group, _Spot(group.path, f"{found.place}[{number}]", twin), root, number)
        for number, twin in enumerate(twins, start=1)
    )
    return PlacedRepeat(group, found.place, parent, tuple(instances))
