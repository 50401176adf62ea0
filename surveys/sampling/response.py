"""Who responded among those who were selected: classes of people taken to respond alike, and factors.

Two steps, as in Valliant, Dever and Kreuter, Practical Tools for Designing and Weighting Survey
Samples (2018), chapter 13: within a class, who is known to be eligible or not takes over the weight
of those of whom it is unknown; then who responded takes over that of the eligible who did not.
The second step is `scoring.maths.nonresponse.adjust`: `Responses` has what it takes.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from surveys.sampling.outcomes import Group, Outcome

Levels: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Selected:
    """A person who was selected, and what became of it."""

    case: int
    weight: float  # 1 / the probability of selection, at least 0
    outcome: Outcome
    levels: Levels = ()  # coarsest first, as many for everybody: stratum, site


@dataclass(frozen=True)
class Enough:
    """What a class must have so as not to be merged with others."""

    respondents: int = 20
    factor: float = 3.0  # at most


@dataclass(frozen=True)
class ResponseClass:
    """People taken to respond alike; sums are of weights."""

    names: tuple[str, ...]  # of the finest classes that were merged, "stratum/site"
    people: int  # selected
    respondents: int  # with a weight above 0
    selected: float
    known: float  # of whom is known whether they are eligible
    eligible: float
    responded: float

    @property
    def name(self) -> str:
        """Short and unlike that of any other class, such as "east/s01 +2"."""
        others = len(self.names) - 1
        return f"{self.names[0]} +{others}" if others else self.names[0]

    @property
    def propensity(self) -> float | None:
        """The weighted share of the eligible who responded; None where nobody is eligible."""
        return _ratio(self.responded, self.eligible)

    @property
    def eligibility_factor(self) -> float | None:
        """What the weights of those known to be eligible or not are multiplied by."""
        return _ratio(self.selected, self.known)

    @property
    def response_factor(self) -> float | None:
        """What weights of respondents are then multiplied by; None where nobody responded."""
        return _ratio(self.eligible, self.responded)

    @property
    def factor(self) -> float | None:
        """Both steps in one."""
        if self.eligibility_factor is None or self.response_factor is None:
            return None
        return self.eligibility_factor * self.response_factor

    def is_enough(self, enough: Enough) -> bool:
        return (
            self.respondents >= max(enough.respondents, 1)
            and self.factor is not None
            and self.factor <= enough.factor
        )


@dataclass(frozen=True)
class Responses:
    """The columns of the eligible, one entry each, and the classes they are in."""

    cases: tuple[int, ...]
    weights: tuple[float, ...]  # after the first step
    classes: tuple[str, ...]  # `ResponseClass.name`
    responded: tuple[bool, ...]
    table: tuple[ResponseClass, ...]  # in the order of their names


def responses(people: Iterable[Selected], enough: Enough = Enough()) -> Responses:
    """What became of everybody who was selected, in the classes that can be told apart.

    A class begins as the people of the same levels. Classes that have not `enough` are merged within
    their level, with the smallest of the others where even together they have not, and then across
    levels. A single class is left where the whole sample has not enough.
    """
    by_levels: dict[Levels, list[Selected]] = defaultdict(list)
    for one in people:
        by_levels[one.levels].append(one)
    finest = {levels: _finest(levels, some) for levels, some in sorted(by_levels.items())}
    table = sorted(_classes(finest, 0, enough), key=lambda one: one.name)
    class_of = {name: found for found in table for name in found.names}
    eligible = [
        (one, class_of[finest[levels].name])
        for levels, some in by_levels.items()
        for one in some
        if _is_eligible(one.outcome.group)
    ]
    return Responses(
        cases=tuple(one.case for one, _ in eligible),
        weights=tuple(one.weight * (found.eligibility_factor or 1) for one, found in eligible),
        classes=tuple(found.name for _, found in eligible),
        responded=tuple(one.outcome.group.is_interview for one, _ in eligible),
        table=tuple(table),
    )


def _is_eligible(group: Group) -> bool:
    return not group.is_unknown and group is not Group.NOT_ELIGIBLE


def _finest(levels: Levels, people: Sequence[Selected]) -> ResponseClass:
    groups = [(one.outcome.group, one.weight) for one in people]
    responded = [weight for group, weight in groups if group.is_interview]
    return ResponseClass(
        names=("/".join(map(_escaped, levels)),),
        people=len(people),
        respondents=sum(1 for weight in responded if weight > 0),
        selected=math.fsum(weight for _, weight in groups),
        known=math.fsum(weight for group, weight in groups if not group.is_unknown),
        eligible=math.fsum(weight for group, weight in groups if _is_eligible(group)),
        responded=math.fsum(responded),
    )


def _classes(
    finest: Mapping[Levels, ResponseClass], depth: int, enough: Enough
) -> list[ResponseClass]:
    groups: dict[str, dict[Levels, ResponseClass]] = defaultdict(dict)
    for levels, found in finest.items():
        if depth == len(levels):
            return [found]
        groups[levels[depth]][levels] = found
    finer = [_classes(groups[name], depth + 1, enough) for name in sorted(groups)]
    return _merged([found for some in finer for found in some], enough)


def _merged(classes: Sequence[ResponseClass], enough: Enough) -> list[ResponseClass]:
    poor = [one for one in classes if not one.is_enough(enough)]
    good = [one for one in classes if one.is_enough(enough)]
    if not poor:
        return good
    good.sort(key=lambda one: (-one.respondents, one.name))
    pool = _together(poor)
    while good and not pool.is_enough(enough):
        pool = _together([pool, good.pop()])
    return [pool, *good]


def _together(classes: Sequence[ResponseClass]) -> ResponseClass:
    return ResponseClass(
        names=tuple(sorted(name for one in classes for name in one.names)),
        people=sum(one.people for one in classes),
        respondents=sum(one.respondents for one in classes),
        selected=math.fsum(one.selected for one in classes),
        known=math.fsum(one.known for one in classes),
        eligible=math.fsum(one.eligible for one in classes),
        responded=math.fsum(one.responded for one in classes),
    )


def _escaped(level: str) -> str:
    """So that ("a/b", "c") and ("a", "b/c") are two classes."""
    return level.replace("\\", "\\\\").replace("/", "\\/")


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
