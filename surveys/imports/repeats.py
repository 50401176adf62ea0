"""Repeats in a table of one row an interview: columns such as `home/member[2]/age`."""

import re
from collections.abc import Iterable

from surveys.exports.columns import layouts_of
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.filling import append
from surveys.xforms.instance import elements_at

_STEP = re.compile(r"([^\[\]]+)(?:\[([1-9][0-9]{0,2})\])?")


def is_place(form: FormDef, name: str) -> bool:
    """Whether a column is headed with the place of a question in a repeat, and its numbers are
    where repeats are.
    """
    steps = name.split("/")
    matches = [_STEP.fullmatch(step) for step in steps]
    if not all(matches) or without_places(name) not in _keys(form):
        return False
    paths = ["/".join((f"/{form.blank.name}", *steps[:end])) for end in range(1, len(steps) + 1)]
    return all(
        bool(match and match[2]) == (without_places(path) in form.repeats)
        for path, match in zip(paths, matches, strict=True)
    )


def _keys(form: FormDef) -> set[str]:
    layouts = layouts_of([form], with_people=True)
    return {column.key for key, layout in layouts.items() if key for column in layout.columns}


def make_room(form: FormDef, root: Element, places: Iterable[str]) -> None:
    """Give every repeat as many instances as the places of answers ask for, and no more."""
    numbers = _numbers(places)
    for path in form.repeats:
        above, _, name = path.rpartition("/")
        for parent in elements_at(root, above.split("/")[2:]):
            there = [child for child in parent.children if child.name == name]
            wanted = numbers.get(f"{parent.path(form.repeats)}/{name}", 0)
            for spare in there[wanted:]:
                parent.children.remove(spare)
            for _ in range(wanted - len(there)):
                append(form, parent, path)


def _numbers(places: Iterable[str]) -> dict[str, int]:
    """How many instances there are of `/data/member`, of `/data/member[1]/job` and so on."""
    numbers: dict[str, int] = {}
    for place in places:
        for match in re.finditer(r"\[(\d+)\]", place):
            repeat = place[: match.start()]
            numbers[repeat] = max(numbers.get(repeat, 0), int(match[1]))
    return numbers
