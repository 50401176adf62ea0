"""The people of a wave as a scheme judges them, in columns: what explanations are computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scoring import scores
from scoring.maths.cells import ALL, Weighed
from scoring.maths.matrix import Booleans, Bytes, Floats, Integers
from scoring.maths.person import PersonScores, score_people
from scoring.maths.scheme import SchemeSpec
from scoring.maths.variable import Kind
from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.models import Interview, Site, Wave, Weight, WeightVersion


@dataclass(frozen=True)
class Person:
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
    """Judged people in the order of their interviews' keys, and the sites they were met in."""

    spec: SchemeSpec
    rows: Sequence[Person]
    sites: Mapping[int, Site]

    @cached_property
    def interviews(self) -> Integers:
        """The interviews' keys, array (people,), rising."""
        return np.array([person.interview for person in self.rows], dtype=np.int64)

    @cached_property
    def scores(self) -> PersonScores:
        return score_people(self.spec, self.items)

    @cached_property
    def items(self) -> Bytes:
        """Array (people, items)."""
        together = b"".join(person.items for person in self.rows)
        return np.frombuffer(together, dtype=np.uint8).reshape(len(self.rows), -1)

    @cached_property
    def psus(self) -> Integers:
        """The number of everybody's primary sampling unit, array (people,)."""
        return self._numbered([(site.stratum, site.psu) for site in self._met_in])

    @cached_property
    def strata(self) -> Integers:
        """The number of everybody's stratum, array (people,)."""
        return self._numbered([site.stratum for site in self._met_in])

    def columns(self, weights: Floats) -> Mapping[str, Column]:
        """Every published variable of everybody under these weights (people,)."""
        if not self.rows:
            return {}
        everybody = Weighed({Kind.COUNT.value: np.ones(len(self.rows))}, weights)
        return {
            name: Column(values, weighed.weights)
            for weighed in (everybody, *self.scores.weighed(weights))
            for name, values in weighed.columns.items()
        }

    def column(self, variable: str, weights: Floats) -> Column:
        """One of `columns`; nobody's where the scheme has none of that name."""
        nobody = Column(np.full(len(self.rows), np.nan), weights)
        return self.columns(weights).get(variable, nobody)

    def levels(self, by: str) -> Sequence[str | None]:
        """Everybody's level, the same for all where `by` is all."""
        if by == ALL:
            return [ALL] * len(self.rows)
        if any(way.name == by and way.is_design_column for way in self.spec.disaggregations):
            return [site.stratum for site in self._met_in]
        return [person.levels.get(by) for person in self.rows]

    def members(self, by: str, level: str) -> Booleans:
        """Who belongs to a group, array (people,)."""
        return np.array([one == level for one in self.levels(by)], dtype=np.bool_)

    def weights(self, version: WeightVersion | None) -> Floats:
        """Everybody's weight: of the case in that version, else the site's design weight."""
        known: dict[int | None, float] = dict(
            Weight.objects.filter(version=version).values_list("case_id", "value")
            if version
            else ()
        )
        return np.array(
            [
                known.get(person.case, site.design_weight)
                for person, site in zip(self.rows, self._met_in, strict=True)
            ]
        )

    def only(self, interviews: Iterable[int]) -> "People":
        """Those of some interviews."""
        wanted = set(interviews)
        kept = [person for person in self.rows if person.interview in wanted]
        return People(self.spec, kept, self.sites)

    def joined(self, others: Iterable[Person]) -> "People":
        """These and others, of other interviews."""
        rows = sorted([*self.rows, *others], key=lambda person: person.interview)
        return People(self.spec, rows, self.sites)

    @property
    def _met_in(self) -> list[Site]:
        return [self.sites[person.site] for person in self.rows]

    @staticmethod
    def _numbered(names: Sequence[object]) -> Integers:
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return np.array([numbers[name] for name in names], dtype=np.int64)


def judged(scheme: Scheme, wave: Wave) -> People:
    """Everybody of a wave whom the scheme has judged."""
    cases: dict[int, int | None] = dict(
        Interview.objects.filter(wave=wave, case__isnull=False).values_list("pk", "case")
    )
    rows = [
        Person(one.interview, one.items, one.levels, cases.get(one.interview), site)
        for site, one in scores.everybody(scheme, wave)
    ]
    rows.sort(key=lambda person: person.interview)
    return People(spec_of(scheme), rows, _sites(wave))


def _sites(wave: Wave) -> dict[int, Site]:
    columns = ("pk", "stratum", "psu", "design_weight")
    return {site.pk: site for site in Site.objects.filter(survey=wave.survey_id).only(*columns)}
