"""Everything that is computed for each person, as columns with NaN for what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.maths import counting, decomposition, index
from scoring.maths.cells import Weighed
from scoring.maths.counting import Deprivation
from scoring.maths.kinds import INDEX, Kind
from scoring.maths.matrix import Booleans, Bytes, Floats, ItemMatrix, Ratios, side_by_side
from scoring.maths.scheme import SchemeSpec


@dataclass(frozen=True)
class PersonScores:
    """Scores of many people, each computed when it is first asked for.

    Floats are rounded once from exact integers, NaN is missing.
    """

    scheme: SchemeSpec
    items: ItemMatrix

    @cached_property
    def standards(self) -> Floats:
        """Array (people, standards), 0..1."""
        return self._standards.floats()

    @cached_property
    def index(self) -> Floats:
        """Array (people,), 0..1."""
        return index.index(self.scheme, self._standards).floats()

    @cached_property
    def met(self) -> Floats:
        """The number of standards met, array (people,)."""
        met, is_known = index.standards_met(self.scheme, self._standards)
        return np.where(is_known, met, np.nan)

    @cached_property
    def core_contents(self) -> Floats:
        """Array (people, core contents), 0..1."""
        return index.core_contents(self.scheme, self.items).floats()

    @cached_property
    def c(self) -> Floats:
        """The deprivation share, array (people,)."""
        return self._deprivation.c().floats()

    @cached_property
    def c_low(self) -> Floats:
        return self._deprivation.c_low().floats()

    @cached_property
    def c_high(self) -> Floats:
        return self._deprivation.c_high().floats()

    @cached_property
    def poor(self) -> Booleans:
        """Array (people, thresholds); False where c is missing."""
        return side_by_side(self._deprivation.poor(k) for k in self.scheme.k_list)

    @cached_property
    def indeterminate(self) -> Booleans:
        """Array (people, thresholds)."""
        return side_by_side(self._deprivation.indeterminate(k) for k in self.scheme.k_list)

    @cached_property
    def _standards(self) -> Ratios:
        return index.standards(self.scheme, self.items)

    @cached_property
    def _deprivation(self) -> Deprivation:
        return counting.deprivation(self.scheme, self.items)

    def weighed(self, weights: Floats) -> list[Weighed]:
        """Every column whose mean is published, with what it is weighted by; weights (people,)."""
        poverty = np.where(self._is_poor, weights * self.c, 0.0)
        return [
            Weighed(self.variables() | dict(self._details()), weights),
            Weighed(dict(self._shares()), poverty),
        ]

    @property
    def _is_poor(self) -> Booleans:
        """At the headline threshold, array (people,)."""
        is_poor: Booleans = self.poor[:, self.scheme.k_list.index(self.scheme.headline_k)]
        return is_poor

    def _details(self) -> Iterator[tuple[str, Floats]]:
        """What indicators are made of: gaps by standard, headcounts by item."""
        deprivation = self._deprivation
        for name, column in decomposition.gaps(self.scheme, self.items).items():
            yield Kind.GAP.of(name), column
        for name, column in decomposition.uncensored(self.scheme, self.items, deprivation).items():
            yield Kind.UNCENSORED.of(name), column
        for name, column in decomposition.censored(
            self.scheme, self.items, deprivation, self.scheme.headline_k
        ).items():
            yield Kind.CENSORED.of(name), column

    def _shares(self) -> Iterator[tuple[str, Floats]]:
        """The shares of M0 by item, standard and core content."""
        scheme = self.scheme
        for kind, division in _divisions(scheme).items():
            found = decomposition.shares(
                scheme, self.items, self._deprivation, scheme.headline_k, division
            )
            for name, column in found.items():
                yield kind.of(name), column

    def variables(self) -> dict[str, Floats]:
        """The columns whose weighted means are published, by name; NaN is not a valid case.

        `S1`.., `index`, `c`; for each threshold k: `H_k` poor, `M0_k` = c x poor, `A_k` = c of the
        poor, `indet_k` undecided for missing answers; `met_0`.. the distribution of standards met;
        `core_..` the core contents. All lie in [0, 1].
        """
        return dict(self._variables())

    def _variables(self) -> Iterator[tuple[str, Floats]]:
        for standard, column in zip(self.scheme.standards, self.standards.T, strict=True):
            yield standard.name, column
        yield INDEX, self.index
        yield Kind.SHARE.value, self.c
        for k, poor, undecided in zip(
            self.scheme.k_list, self.poor.T, self.indeterminate.T, strict=True
        ):
            yield Kind.HEADCOUNT.at(k), np.where(np.isnan(self.c), np.nan, poor)
            yield Kind.BREADTH.at(k), np.where(poor, self.c, self.c * 0.0)
            yield Kind.INTENSITY.at(k), np.where(poor, self.c, np.nan)
            yield Kind.UNDECIDED.at(k), undecided.astype(np.float64)
        for number in range(len(self.scheme.weighted) + 1):
            yield Kind.MET.of(str(number)), np.where(np.isnan(self.met), np.nan, self.met == number)
        for core, column in zip(self.scheme.core_contents, self.core_contents.T, strict=True):
            yield Kind.CORE.of(core.name), column


def _divisions(scheme: SchemeSpec) -> dict[Kind, dict[str, list[int]]]:
    """The ways to divide M0: the places of each part's items, by the kind of the part's share."""
    return {
        Kind.PART_OF_ITEM: decomposition.by_item(scheme),
        Kind.PART_OF_STANDARD: decomposition.by_standard(scheme),
        Kind.PART_OF_CORE: decomposition.by_core_content(scheme),
    }


def sums(scheme: SchemeSpec) -> list[list[str]]:
    """The variables of which all but one give the last: what they add up to is known."""
    divisions = _divisions(scheme)
    items = list(divisions[Kind.PART_OF_ITEM])
    known = [[kind.of(name) for name in names] for kind, names in divisions.items()]
    for kind in (Kind.PART_OF_STANDARD, Kind.PART_OF_CORE):
        for name, places in divisions[kind].items():
            parts = [Kind.PART_OF_ITEM.of(scheme.items[place].name) for place in places]
            known.append([kind.of(name), *parts])
    counted = [Kind.CENSORED.of(name) for name in items]  # times their usual weights, nearly M0
    known.append([Kind.BREADTH.at(scheme.headline_k), *counted])
    known.append([Kind.SHARE.value, *map(Kind.UNCENSORED.of, items)])  # as nearly
    gaps = {standard.name: Kind.GAP.of(standard.name) for standard in scheme.weighted}
    known += [[name, gap] for name, gap in gaps.items()]
    known.append([INDEX, *gaps.values()])
    known.append([Kind.MET.of(str(number)) for number in range(len(gaps) + 1)])
    return known


def variable_names(scheme: SchemeSpec) -> tuple[str, ...]:
    """What `weighed` gives, in its order."""
    nobody = score_people(scheme, np.zeros((0, len(scheme.items)), dtype=np.uint8))
    return tuple(name for part in nobody.weighed(np.zeros(0)) for name in part.columns)


def score_people(scheme: SchemeSpec, items: Bytes) -> PersonScores:
    """The scores of people from their item scores, uint8 (people, items).

    Many people are best judged in blocks of some 30,000, kept by column: none is copied then.
    """
    return PersonScores(scheme, ItemMatrix.of(items))
