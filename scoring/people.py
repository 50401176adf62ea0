"""The people of a wave as a scheme judges them, in columns: what numbers are made of, read on demand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring import scores, weights
from scoring.maths.cells import ALL, Weighed
from scoring.maths.matrix import Booleans, Bytes, Floats, Integers
from scoring.maths.person import PersonScores, score_people
from scoring.maths.scheme import SchemeSpec
from scoring.maths.variable import Kind
from scoring.models import Scheme, SiteCells
from scoring.schemes import spec_of
from surveys.models import Interview, Wave, WeightVersion

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


class Column(NamedTuple):
    """A variable of many people, arrays (people,); NaN is not a valid case."""

    values: Floats
    weights: Floats


@dataclass(frozen=True)
class People:
    """Judged people in the order of their interviews' keys, arrays (people,).

    They were met in `sites`, which have the design and the weights that they were summed under.
    """

    spec: SchemeSpec
    sites: Sequence[SiteCells]
    place: Integers  # of the site among them
    interviews: Integers  # keys, rising
    cases: Integers  # keys, or NO_CASE
    items: Bytes  # (people, items)
    answers: Mapping[str, Names]  # levels by the disaggregations that are asked for

    @cached_property
    def scores(self) -> PersonScores:
        return score_people(self.spec, self.items)

    @cached_property
    def psus(self) -> Integers:
        """The number of everybody's primary sampling unit, array (people,)."""
        return numbers([(site.stratum, site.psu) for site in self.sites])[self.place]

    @cached_property
    def strata(self) -> Integers:
        """The number of everybody's stratum, array (people,)."""
        return numbers([site.stratum for site in self.sites])[self.place]

    @cached_property
    def weights(self) -> Floats:
        """What everybody counts for in the published numbers."""
        return self._weighed([site.weights_id for site in self.sites])

    def weights_under(self, version: WeightVersion | None) -> Floats:
        """What everybody would count for if these were the weights of the wave."""
        return self._weighed([version.pk if version else None] * len(self.sites))

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
            return np.array([site.stratum for site in self.sites], dtype=np.object_)[self.place]
        return self.answers[by]

    def members(self, by: str, level: str) -> Booleans:
        """Who belongs to a group, array (people,)."""
        return np.asarray(self.levels(by) == level, dtype=np.bool_)

    def only(self, interviews: Collection[int]) -> "People":
        """Those of some interviews."""
        wanted = np.array(sorted(interviews), dtype=np.int64)
        return self._at(np.flatnonzero(np.isin(self.interviews, wanted)))

    def joined(self, others: Iterable[Person]) -> "People":
        """These and others, of other interviews, but for those met where nobody was ever judged."""
        places = {site.site_id: place for place, site in enumerate(self.sites)}
        rows = [person for person in others if person.site in places]
        if not rows:
            return self
        found = People(
            self.spec,
            self.sites,
            place=np.array([places[row.site] for row in rows], dtype=np.int64),
            interviews=np.array([row.interview for row in rows], dtype=np.int64),
            cases=np.array([row.case or NO_CASE for row in rows], dtype=np.int64),
            items=scores.item_matrix([row.items for row in rows]),
            answers={by: _names(row.levels.get(by) for row in rows) for by in self.answers},
        )
        return self._and(found)

    def __len__(self) -> int:
        return len(self.interviews)

    def _at(self, chosen: Integers) -> "People":
        return People(
            self.spec,
            self.sites,
            place=self.place[chosen],
            interviews=self.interviews[chosen],
            cases=self.cases[chosen],
            items=self.items[chosen],
            answers={by: names[chosen] for by, names in self.answers.items()},
        )

    def _and(self, others: "People") -> "People":
        both = People(
            self.spec,
            self.sites,
            place=np.concatenate([self.place, others.place]),
            interviews=np.concatenate([self.interviews, others.interviews]),
            cases=np.concatenate([self.cases, others.cases]),
            items=np.concatenate([self.items, others.items]),
            answers={by: np.concatenate([n, others.answers[by]]) for by, n in self.answers.items()},
        )
        return both._at(np.argsort(both.interviews))

    def _weighed(self, versions: Sequence[int | None]) -> Floats:
        """Everybody's weight: of the case in the site's version, else the site's design weight."""
        known = {version: weights.by_case(version) for version in {*versions}}
        return np.array(
            [
                known[versions[place]].get(case, self.sites[place].design_weight)
                for place, case in zip(self.place.tolist(), self.cases.tolist(), strict=True)
            ],
            dtype=np.float64,
        )


def judged(scheme: Scheme, wave: Wave) -> People:
    """Everybody of a wave as the scheme has judged them."""
    rows = scheme.sites.filter(wave=wave).order_by("pk")
    sites = list(rows.only(*DESIGN, *PEOPLE))
    spec = spec_of(scheme)
    interviews = np.concatenate([_keys(site) for site in sites] or [_NOBODY])
    cases = _cases(wave)
    asked = [way.name for way in spec.disaggregations if not way.is_design_column]
    found = People(
        spec,
        sites,
        place=np.repeat(np.arange(len(sites)), [len(_keys(site)) for site in sites]),
        interviews=interviews,
        cases=np.array([cases.get(key, NO_CASE) for key in interviews.tolist()], dtype=np.int64),
        items=_items(sites, len(spec.items)),
        answers={by: _names(_answers(sites, by)) for by in asked},
    )
    return found._at(np.argsort(interviews))


_NOBODY = np.zeros(0, dtype=np.int64)


def _keys(site: SiteCells) -> Integers:
    return np.frombuffer(site.interviews, scores.KEYS).astype(np.int64)


def _items(sites: Iterable[SiteCells], width: int) -> Bytes:
    together = b"".join(site.items for site in sites)
    return np.frombuffer(together, dtype=np.uint8).reshape(-1, width)


def _answers(sites: Iterable[SiteCells], by: str) -> Iterable[str | None]:
    for site in sites:
        yield from site.levels.get(by) or [None] * len(_keys(site))


def _names(levels: Iterable[str | None]) -> Names:
    """Levels as a column; each name is kept once, however many people have it."""
    once: dict[str, str] = {}
    return np.array(
        [once.setdefault(name, name) for name in (one or NO_LEVEL for one in levels)],
        dtype=np.object_,
    )


def _cases(wave: Wave) -> dict[int, int]:
    rows = Interview.objects.filter(wave=wave, case__isnull=False).order_by()
    return {interview: case for interview, case in rows.values_list("pk", "case") if case}


def numbers(names: Iterable[object]) -> Integers:
    """The number of each name, in the order in which they come."""
    known: dict[object, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)
