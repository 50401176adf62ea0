"""Why two groups differ: what each standard adds to it, and how much is people's mix."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from scoring import samples
from scoring.maths import decomposition, estimate
from scoring.maths.cells import EVERYBODY, Cell
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals
from scoring.maths.kinds import INDEX, Kind
from scoring.maths.scheme import SchemeSpec
from scoring.maths.segments import told_apart
from scoring.models import EstimateSet
from scoring.people import judged
from scoring.samples import Sample
from scoring.schemes import spec_of
from scoring.segments import Crossed, Divided, divided

MANY = 15  # groups: of more, each is compared with the best alone
DIGITS = 6  # as many as anybody can tell apart: findings are kept as text


class Part(NamedTuple):
    """A number with its 95 % interval, where there is one."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Estimate) -> "Part":
        return cls(*map(_rounded, (found.estimate, found.low, found.high)))

    @classmethod
    def turned(cls, found: Estimate) -> "Part":
        """Of a gap: what it takes from the index, from the other side."""
        return cls(*(_rounded(end, -1) for end in (found.estimate, found.high, found.low)))


def _rounded(value: float | None, sign: int = 1) -> float | None:
    return None if value is None else round(sign * value, DIGITS)


@dataclass(frozen=True)
class Evidence:
    """What the groups of a wave are compared by, read once for all ways to divide people."""

    spec: SchemeSpec
    sample: Sample
    design: Design | None
    people: Divided


@dataclass(frozen=True)
class Portion:
    """A group's share of all people, and of all that people lack who are not integrated (M0)."""

    group: str
    people: Part
    contribution: Part


@dataclass(frozen=True)
class Split:
    """A difference parted by a second way to divide people; both parts add up to it."""

    composition: Part  # who they are: the shares of the segments
    within: Part  # what is different for people of the same segment
    segments: int
    has_others: bool  # whether small segments were put together


@dataclass(frozen=True)
class Contrast:
    """The index of a group less that of another, and what it is made of.

    What the standards add is not there where a number of it is hidden; nor is a way to divide people
    that leaves too few in any two segments.
    """

    a: str
    b: str
    difference: Part
    standards: dict[str, Part]
    splits: dict[str, Split]


def evidence_of(made: EstimateSet) -> Evidence:
    """The cells of a wave, and its people as they are judged now. Reads every score once."""
    sample = samples.sample_of(made.scheme, made.wave)
    return Evidence(
        spec=spec_of(made.scheme),
        sample=sample,
        design=sample.design if made.is_probability_sample else None,
        people=divided(judged(made.scheme, made.wave), sample),
    )


def portions(evidence: Evidence, *, by: str, levels: Sequence[str]) -> list[Portion]:
    """What levels add to everybody's M0 at the headline threshold; none where they are not everybody."""
    variable = Kind.BREADTH.at(evidence.spec.headline_k)
    totals = evidence.sample.totals([Cell(by, level, variable) for level in levels])
    everybody = evidence.sample.totals([Cell(*EVERYBODY, variable)])
    if totals.n.sum() != everybody.n.sum() or not everybody.T.sum():
        return []
    columns = {level: column(totals, place) for place, level in enumerate(levels)}
    return [
        Portion(level, Part.of(found.population), Part.of(found.contribution))
        for level, found in decomposition.subgroups(columns, evidence.design).items()
    ]


def contrasts(
    evidence: Evidence, *, by: str, groups: Sequence[str], best: str, parted: Collection[str]
) -> list[Contrast]:
    """What the difference of groups is made of: of all pairs, or where groups are many of those with
    the best. `parted` are the groups whose gaps are all published.
    """
    gaps = {standard.name: Kind.GAP.of(standard.name) for standard in evidence.spec.weighted}
    ways = [way.name for way in evidence.spec.disaggregations if way.name != by]
    compared = _Compared(
        columns=_columns(evidence.sample, by, groups, [INDEX, *gaps.values()]),
        gaps=gaps,
        crossed={way: evidence.people.crossed(by, way) for way in ways},
        parted=parted,
        design=evidence.design,
    )
    return [compared.contrast(a, b) for a, b in _pairs(groups, best)]


@dataclass(frozen=True)
class _Compared:
    """The sums that groups are compared by: of their variables, and by segments of other ways."""

    columns: Mapping[str, Mapping[str, Totals]]  # by group and variable
    gaps: Mapping[str, str]  # the variable by standard
    crossed: Mapping[str, Crossed]
    parted: Collection[str]
    design: Design | None

    def contrast(self, a: str, b: str) -> Contrast:
        has_parts = a in self.parted and b in self.parted
        return Contrast(
            a,
            b,
            difference=Part.of(self._difference(a, b, INDEX)),
            standards={
                standard: Part.turned(self._difference(a, b, gap))
                for standard, gap in self.gaps.items()
                if has_parts
            },
            splits={
                way: split
                for way, sums in self.crossed.items()
                if (split := _split(sums.of(a), sums.of(b), self.design))
            },
        )

    def _difference(self, a: str, b: str, variable: str) -> Estimate:
        columns = self.columns
        return estimate.difference(columns[a][variable], columns[b][variable], self.design)


def _columns(
    sample: Sample, by: str, groups: Sequence[str], variables: Sequence[str]
) -> dict[str, dict[str, Totals]]:
    """The sums (PSUs,) of each group's variables."""
    cells = [(level, name) for level in groups for name in variables]
    totals = sample.totals([Cell(by, level, name) for level, name in cells])
    found: dict[str, dict[str, Totals]] = {level: {} for level in groups}
    for place, (level, name) in enumerate(cells):
        found[level][name] = column(totals, place)
    return found


def column(totals: Totals, place: int) -> Totals:
    """The sums of one cell, arrays (PSUs,)."""
    sums = (totals.W, totals.T, totals.W2, totals.Q)
    return Totals(totals.n[:, place], *(array[:, place] for array in sums))


def _pairs(groups: Sequence[str], best: str) -> Iterator[tuple[str, str]]:
    for a, b in combinations(groups, 2):
        if len(groups) <= MANY or best in (a, b):
            yield a, b


def _split(a: Totals, b: Totals, design: Design | None) -> Split | None:
    """The difference by segments, or None where fewer than two can be told of."""
    apart = told_apart(a.n, b.n)
    if len(apart) < 2:
        return None
    parted = decomposition.kitagawa(_put_together(a, apart), _put_together(b, apart), design)
    return Split(
        composition=Part.of(parted.whole.composition),
        within=Part.of(parted.whole.within),
        segments=len(apart),
        has_others=any(len(places) > 1 for places in apart),
    )


def _put_together(totals: Totals, lists: Sequence[Sequence[int]]) -> dict[str, Totals]:
    """The sums of lists of cells, by their number."""
    rest = (totals.W, totals.T, totals.W2, totals.Q)
    return {
        str(number): Totals(
            totals.n[:, places].sum(axis=1), *(part[:, places].sum(axis=1) for part in rest)
        )
        for number, places in enumerate(lists)
    }
