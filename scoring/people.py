"""The people of a wave as a scheme judges them, in columns: what numbers are made of, read on demand."""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring import scores, weights
from scoring.maths.cells import ALL, Weighed
from scoring.maths.kinds import Kind
from scoring.maths.matrix import Booleans, Bytes, Floats, Integers
from scoring.maths.person import PersonScores, score_people
from scoring.maths.scheme import SchemeSpec
from scoring.models import Scheme, SiteCells
from scoring.schemes import spec_of
from scoring.weights import ByCase
from surveys.models import Interview, Wave

Names: TypeAlias = NDArray[np.object_]

NO_LEVEL = ""  # of who has none
NO_CASE = 0
DESIGN = ("scheme", "site", "stratum", "psu", "design_weight", "weights")
PEOPLE = ("interviews", "items", "levels")


class Person(NamedTuple):
    """One judged interview; only what numbers are made of."""

    interview: int
    items: bytes  # as `score_items` returns them
    levels: Mapping[str, str | None]
    case: int | None
    site: int


class Met(NamedTuple):
    """A site with the design and the weights that its people were summed under."""

    site: int
    stratum: str
    psu: str
    design_weight: float
    weights: int | None  # the version


class Column(NamedTuple):
    """A variable of many people, arrays (people,); NaN is not a valid case."""

    values: Floats
    weights: Floats


@dataclass(frozen=True)
class Rows:
    """Judged people, arrays (people,)."""

    place: Integers  # of the site where they were met, among others
    interviews: Integers  # keys
    cases: Integers  # keys, or NO_CASE
    items: Bytes  # (people, items)
    levels: Mapping[str, Names]  # by the disaggregations that are asked for

    def at(self, chosen: Integers) -> "Rows":
        """Some of them, in this order."""
        levels = {by: names[chosen] for by, names in self.levels.items()}
        place, interviews, cases = self.place, self.interviews, self.cases
        return Rows(place[chosen], interviews[chosen], cases[chosen], self.items[chosen], levels)

    @classmethod
    def together(cls, parts: Sequence["Rows"]) -> "Rows":
        """All of several, in the order of their interviews' keys; there must be one at least."""
        levels = {by: np.concatenate([one.levels[by] for one in parts]) for by in parts[0].levels}
        both = cls(
            np.concatenate([part.place for part in parts]),
            np.concatenate([part.interviews for part in parts]),
            np.concatenate([part.cases for part in parts]),
            np.concatenate([part.items for part in parts]),
            levels,
        )
        return both.at(np.argsort(both.interviews))


@dataclass(frozen=True)
class People:
    """Everybody whom a scheme has judged, in the order of their interviews' keys, and where they were met."""

    spec: SchemeSpec
    sites: Sequence[Met]
    rows: Rows

    @property
    def interviews(self) -> Integers:
        """The interviews' keys, array (people,), rising."""
        return self.rows.interviews

    @property
    def items(self) -> Bytes:
        """Item scores, array (people, items)."""
        return self.rows.items

    @property
    def place(self) -> Integers:
        """Everybody's site among `sites`, array (people,)."""
        return self.rows.place

    @cached_property
    def scores(self) -> PersonScores:
        return score_people(self.spec, self.items)

    @cached_property
    def psus(self) -> Integers:
        """The number of everybody's primary sampling unit, array (people,)."""
        return numbers([(met.stratum, met.psu) for met in self.sites])[self.place]

    @cached_property
    def strata(self) -> Integers:
        """The number of everybody's stratum, array (people,)."""
        return numbers([met.stratum for met in self.sites])[self.place]

    @cached_property
    def weights(self) -> Floats:
        """What everybody counts for in the published numbers."""
        versions = {met.weights for met in self.sites}
        known = {version: weights.by_case(version) for version in versions}
        return self._weighed([known[met.weights] for met in self.sites])

    def weights_under(self, known: ByCase) -> Floats:
        """What everybody would count for if these were the weights of the wave."""
        return self._weighed([known] * len(self.sites))

    def columns(self, weights: Floats) -> Mapping[str, Column]:
        """Every published variable of everybody under these weights (people,)."""
        if not len(self):
            return {}
        everybody = Weighed({Kind.COUNT.value: np.ones(len(self))}, weights)
        return {
            name: Column(values, weighed.weights)
            for weighed in (everybody, *self.scores.weighed(weights))
            for name, values in weighed.columns.items()
        }

    def column(self, variable: str, weights: Floats) -> Column:
        """One of `columns`; nobody's where the scheme has none of that name."""
        nobody = Column(np.full(len(self), np.nan), weights)
        return self.columns(weights).get(variable, nobody)

    def levels(self, by: str) -> Names:
        """Everybody's level, the same for all where `by` is all."""
        if by == ALL:
            return np.full(len(self), ALL, dtype=np.object_)
        if any(way.name == by and way.is_design_column for way in self.spec.disaggregations):
            return np.array([met.stratum for met in self.sites], dtype=np.object_)[self.place]
        return self.rows.levels[by]

    def members(self, by: str, level: str) -> Booleans:
        """Who belongs to a group, array (people,)."""
        return np.asarray(self.levels(by) == level, dtype=np.bool_)

    def only(self, interviews: Collection[int]) -> "People":
        """Those of some interviews."""
        wanted = np.array(sorted(interviews), dtype=np.int64)
        found = np.flatnonzero(np.isin(self.interviews, wanted))
        return People(self.spec, self.sites, self.rows.at(found))

    def joined(self, others: Iterable[Person]) -> "People":
        """These and others, of other interviews, but for those met where nobody was ever judged."""
        places = {met.site: place for place, met in enumerate(self.sites)}
        people = [person for person in others if person.site in places]
        if not people:
            return self
        found = Rows(
            place=np.array([places[person.site] for person in people], dtype=np.int64),
            interviews=np.array([person.interview for person in people], dtype=np.int64),
            cases=np.array([person.case or NO_CASE for person in people], dtype=np.int64),
            items=scores.item_matrix([person.items for person in people]),
            levels={by: _names([p.levels.get(by) for p in people]) for by in self.rows.levels},
        )
        return People(self.spec, self.sites, Rows.together([self.rows, found]))

    def __len__(self) -> int:
        return len(self.interviews)

    def _weighed(self, known: Sequence[ByCase]) -> Floats:
        """Everybody's weight: of the case as known at the site, else the site's design weight."""
        return np.array(
            [
                known[place].get(case, self.sites[place].design_weight)
                for place, case in zip(self.place.tolist(), self.rows.cases.tolist(), strict=True)
            ],
            dtype=np.float64,
        )


def judged(scheme: Scheme, wave: Wave) -> People:
    """Everybody of a wave as the scheme has judged them."""
    spec, cases = spec_of(scheme), _cases(wave)
    cells = scheme.sites.filter(wave=wave).order_by("pk").only(*DESIGN, *PEOPLE)
    sites: list[Met] = []
    parts = [_nobody(spec)]
    for one in cells.iterator(scores.SITES):
        parts.append(_people(spec, one, len(sites), cases))
        sites.append(Met(one.site_id, one.stratum, one.psu, one.design_weight, one.weights_id))
    return People(spec, sites, Rows.together(parts))


def _people(spec: SchemeSpec, cells: SiteCells, place: int, cases: Mapping[int, int]) -> Rows:
    """Those of one site."""
    interviews = np.frombuffer(cells.interviews, scores.KEYS).astype(np.int64)
    without = [None] * len(interviews)
    return Rows(
        place=np.full(len(interviews), place),
        interviews=interviews,
        cases=np.array([cases.get(key, NO_CASE) for key in interviews.tolist()], dtype=np.int64),
        items=np.frombuffer(cells.items, dtype=np.uint8).reshape(-1, len(spec.items)),
        levels={by: _names(cells.levels.get(by) or without) for by in _asked(spec)},
    )


def _nobody(spec: SchemeSpec) -> Rows:
    keys = np.zeros(0, dtype=np.int64)
    items = np.zeros((0, len(spec.items)), dtype=np.uint8)
    return Rows(keys, keys, keys, items, {by: _names([]) for by in _asked(spec)})


def _asked(spec: SchemeSpec) -> list[str]:
    """The ways to divide people by what they answer."""
    return [way.name for way in spec.disaggregations if not way.is_design_column]


def _names(levels: Sequence[str | None]) -> Names:
    """Levels as a column; a name is kept once, however many people have it."""
    names = [sys.intern(level) if level else NO_LEVEL for level in levels]
    return np.array(names, dtype=np.object_)


def _cases(wave: Wave) -> dict[int, int]:
    rows = Interview.objects.filter(wave=wave, case__isnull=False).order_by()
    return {interview: case for interview, case in rows.values_list("pk", "case") if case}


def numbers(names: Iterable[object]) -> Integers:
    """The number of each name, in the order in which they come."""
    known: dict[object, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)
