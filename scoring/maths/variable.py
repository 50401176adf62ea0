"""What the name of a published number means: of what it tells, and from which items it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.maths.kinds import INDEX, INTERVIEWS, Kind
from scoring.maths.scheme import CoreContent, ItemSpec, SchemeSpec, StandardSpec

Subject: TypeAlias = StandardSpec | CoreContent | ItemSpec


@dataclass(frozen=True)
class Meaning:
    """A published variable. `items` are the places of the items whose answers enter it."""

    name: str
    kind: Kind
    items: tuple[int, ...] = ()
    subject: Subject | None = None  # the standard, core content or item that it is about
    k: Fraction | None = None  # the threshold
    met: int = 0  # how many standards are met


def meanings(scheme: SchemeSpec) -> dict[str, Meaning]:
    """All variables that a scheme may publish, by name, in the order in which to show them."""
    found = (*_of_scores(scheme), *_of_thresholds(scheme), *_of_parts(scheme), *_of_items(scheme))
    return {meaning.name: meaning for meaning in found}


def counted_items(scheme: SchemeSpec) -> tuple[int, ...]:
    """The places of the items that enter the index and are counted."""
    return tuple(sorted(place for each in scheme.weighted for place in scheme.items_of[each.name]))


def _of_scores(scheme: SchemeSpec) -> Iterator[Meaning]:
    counted = counted_items(scheme)
    yield Meaning(INTERVIEWS, Kind.COUNT)
    yield Meaning(INDEX, Kind.INDEX, counted)
    for standard in scheme.standards:
        places = tuple(scheme.items_of[standard.name])
        yield Meaning(standard.name, Kind.STANDARD, places, standard)
    for core in scheme.core_contents:
        yield Meaning(Kind.CORE.of(core.name), Kind.CORE, _of_core(scheme, core), core)
    for number in range(len(scheme.weighted) + 1):
        yield Meaning(Kind.MET.of(str(number)), Kind.MET, counted, met=number)
    yield Meaning(Kind.SHARE.value, Kind.SHARE, counted)


def _of_thresholds(scheme: SchemeSpec) -> Iterator[Meaning]:
    kinds = (Kind.HEADCOUNT, Kind.BREADTH, Kind.INTENSITY, Kind.UNDECIDED)
    for k in scheme.k_list:
        for kind in kinds:
            yield Meaning(kind.at(k), kind, counted_items(scheme), k=k)


def _of_parts(scheme: SchemeSpec) -> Iterator[Meaning]:
    counted, k = set(counted_items(scheme)), scheme.headline_k
    for standard in scheme.weighted:
        places = tuple(scheme.items_of[standard.name])
        yield Meaning(Kind.GAP.of(standard.name), Kind.GAP, places, standard)
        yield Meaning(
            Kind.PART_OF_STANDARD.of(standard.name), Kind.PART_OF_STANDARD, places, standard, k
        )
    for core in scheme.core_contents:
        places = tuple(place for place in _of_core(scheme, core) if place in counted)
        if places:
            yield Meaning(Kind.PART_OF_CORE.of(core.name), Kind.PART_OF_CORE, places, core, k)


def _of_items(scheme: SchemeSpec) -> Iterator[Meaning]:
    k = scheme.headline_k
    for place in counted_items(scheme):
        item = scheme.items[place]
        yield Meaning(Kind.UNCENSORED.of(item.name), Kind.UNCENSORED, (place,), item)
        yield Meaning(Kind.CENSORED.of(item.name), Kind.CENSORED, (place,), item, k)
        yield Meaning(Kind.PART_OF_ITEM.of(item.name), Kind.PART_OF_ITEM, (place,), item, k)


def _of_core(scheme: SchemeSpec, core: CoreContent) -> tuple[int, ...]:
    return tuple(i for i, item in enumerate(scheme.items) if item.core_content == core.name)
