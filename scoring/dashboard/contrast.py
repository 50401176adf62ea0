"""What groups add to everybody's lack of integration, and why two of them differ, as shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.dashboard.figures import PERCENT, SCORE, Scale
from scoring.dashboard.names import Dimension, title_of
from scoring.maths.scheme import SchemeSpec


@dataclass(frozen=True)
class Number:
    """A number of a comparison with its interval; blank where it has none."""

    value: float
    text: str
    interval: str = ""


@dataclass(frozen=True)
class PortionRow:
    """A group, its share of people, and its part of M0; `times` is how many times its share."""

    title: str
    people: Number
    contribution: Number
    times: str


@dataclass(frozen=True)
class Added:
    """Points that a standard adds to a difference; `width` in percent of the longest bar."""

    name: str
    title: str
    points: Number
    width: float


@dataclass(frozen=True)
class SplitRow:
    """A difference parted by one way to divide people."""

    title: str
    composition: Number
    within: Number
    segments: int
    has_others: bool


@dataclass(frozen=True)
class Choice:
    level: str
    title: str
    is_first: bool
    is_second: bool


@dataclass(frozen=True)
class ContrastPage:
    """One group less another. Without a pair `difference` is None: nothing is kept of these two."""

    choices: Sequence[Choice]
    first: str
    second: str
    difference: Number | None
    standards: Sequence[Added] = ()
    splits: Sequence[SplitRow] = ()
    left_out: Sequence[str] = ()  # ways to divide people by which nothing can be told


def number(part: Sequence[float | None], scale: Scale, *, is_signed: bool = False) -> Number:
    """A stored number and its interval; of a difference, with its sign."""
    written = scale.signed if is_signed else lambda stored: scale.text(scale.rounded(stored))
    texts = ["" if end is None else written(end) for end in part]
    value, low, high = texts
    link = " … " if is_signed else "–"
    unit = "" if is_signed else scale.unit
    return Number(part[0] or 0.0, value + unit, f"{low}{link}{high}" if low and high else "")


def portion_rows(found: Mapping[str, Any], dimension: Dimension) -> list[PortionRow]:
    """The groups by what they add, the most first; none where they are not everybody."""
    rows = [
        PortionRow(
            title=dimension.title_of(portion["group"]),
            people=number(portion["people"], PERCENT),
            contribution=number(portion["contribution"], PERCENT),
            times=f"{portion['contribution'][0] / portion['people'][0]:.1f}",
        )
        for portion in found.get("portions", [])
    ]
    return sorted(rows, key=lambda row: -row.contribution.value)


def contrast_page(
    found: Mapping[str, Any],
    spec: SchemeSpec,
    dimension: Dimension,
    ways: Sequence[Dimension],
    pair: tuple[str, str],
) -> ContrastPage | None:
    """Why the two groups of a pair differ: those chosen, or the first and the last of the order.

    None where a comparison of an older release kept nothing of it.
    """
    if not found.get("contrasts"):
        return None
    ranked = [level for _, level in sorted(zip(found["rank"], found["groups"], strict=True))]
    first = pair[0] if pair[0] in ranked else ranked[0]
    second = pair[1] if pair[1] in ranked else ranked[-1]
    kept, sign = _kept(found, first, second)
    return ContrastPage(
        choices=[
            Choice(level, dimension.title_of(level), level == first, level == second)
            for level in dimension.ordered(ranked)
        ],
        first=dimension.title_of(first),
        second=dimension.title_of(second),
        difference=_signed(kept["difference"], sign) if kept else None,
        standards=_added(kept, sign, spec) if kept else (),
        splits=list(_splits(kept, sign, ways)) if kept else (),
        left_out=_left_out(kept, dimension, ways) if kept else (),
    )


def _kept(found: Mapping[str, Any], a: str, b: str) -> tuple[Mapping[str, Any], int]:
    """What is kept of two groups, and -1 where it is of the second less the first."""
    for contrast in found["contrasts"]:
        if (contrast["a"], contrast["b"]) == (a, b):
            return contrast, 1
        if (contrast["a"], contrast["b"]) == (b, a):
            return contrast, -1
    return {}, 1


def _signed(part: Sequence[float | None], sign: int) -> Number:
    value, *ends = (None if end is None else sign * end for end in part)
    return number([value, *ends[::sign]], SCORE, is_signed=True)


def _added(kept: Mapping[str, Any], sign: int, spec: SchemeSpec) -> list[Added]:
    """The standards, in the scheme's order."""
    titles = {each.name: title_of(each) for each in spec.standards}
    points = {name: _signed(part, sign) for name, part in kept["standards"].items()}
    longest = max((abs(each.value) for each in points.values()), default=0.0) or 1.0
    return [
        Added(name, titles[name], each, round(100 * abs(each.value) / longest, 1))
        for name, each in points.items()
    ]


def _splits(kept: Mapping[str, Any], sign: int, ways: Sequence[Dimension]) -> Iterator[SplitRow]:
    for way in ways:
        if split := kept["splits"].get(way.name):
            yield SplitRow(
                title=way.title,
                composition=_signed(split["composition"], sign),
                within=_signed(split["within"], sign),
                segments=split["segments"],
                has_others=split["has_others"],
            )


def _left_out(
    kept: Mapping[str, Any], dimension: Dimension, ways: Sequence[Dimension]
) -> list[str]:
    return [way.title for way in ways if way != dimension and way.name not in kept["splits"]]
