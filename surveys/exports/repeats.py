"""The instances of repeats in an interview, found in its XML: blank ones have no answers to tell."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.exports.columns import Layout
from surveys.formlogic.tree import Element
from surveys.xforms.instance import elements_at, relative


@dataclass(frozen=True)
class RepeatInstance:
    """`place` such as `home/member[2]`, in `around`, blank where that is the interview itself."""

    place: str
    around: str
    number: int


def instances_in(
    root: Element, layouts: Mapping[str, Layout], skipped: Collection[str]
) -> dict[str, list[RepeatInstance]]:
    """The instances that apply, by the key of their repeat, in order."""
    repeats = frozenset(f"/{root.name}/{key}" for key in layouts if key)
    return {
        key: [
            found
            for element in elements_at(root, key.split("/"))
            if _applies(found := _instance(element, key, repeats), layouts[key], skipped)
        ]
        for key in layouts
        if key
    }


def _instance(element: Element, key: str, repeats: Collection[str]) -> RepeatInstance:
    place = relative(element.path(repeats))
    number = int(place.rpartition("[")[2].rstrip("]"))
    depth = key.count("/")
    steps = place.split("/")
    last = max((at for at in range(depth) if steps[at].endswith("]")), default=-1)
    return RepeatInstance(place, "/".join(steps[: last + 1]), number)


def _applies(instance: RepeatInstance, layout: Layout, skipped: Collection[str]) -> bool:
    """Whether any question of an instance applies, or it has none of its own."""
    keys = (*(column.key for column in layout.columns), *layout.hidden)
    places = [place_of(key, instance.place) for key in keys]
    return not places or any(place not in skipped for place in places)


def place_of(key: str, instance: str) -> str:
    """The place of a question of a repeat in the instance at a place: `home/member[2]/age`."""
    steps = key.split("/")[instance.count("/") + 1 :]
    return "/".join((instance, *steps))


def rows_of_repeat(
    interview_id: str,
    instances: Sequence[RepeatInstance],
    layout: Layout,
    answers: Mapping[str, str],
    within: Mapping[str, Sequence[RepeatInstance]],
) -> Iterator[list[str]]:
    """A row an instance, in the layout's order. `within` are the instances of all repeats."""
    for instance in instances:
        around = f"{interview_id}/{instance.around}" if instance.around else interview_id
        yield [
            interview_id,
            around,
            f"{interview_id}/{instance.place}",
            str(instance.number),
            *(
                column.value(answers.get(place_of(column.key, instance.place), ""))
                for column in layout.columns
            ),
            *counts(instance.place, layout, within),
        ]


def counts(place: str, layout: Layout, within: Mapping[str, Sequence[RepeatInstance]]) -> list[str]:
    """How many instances each repeat of a layout has in one place."""
    return [
        str(sum(instance.around == place for instance in within[repeat]))
        for repeat in layout.repeats
    ]
