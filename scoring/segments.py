"""The index of a wave's people divided in two ways at once, read from their scores when asked for.

Cells are kept by one way at a time: by two they would be as many as people.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scoring import scores
from scoring.estimates import Sample
from scoring.maths.estimate import Totals
from scoring.maths.matrix import Floats, Integers
from scoring.maths.person import score_people
from scoring.maths.scheme import SchemeSpec
from scoring.models import Scheme, SiteCells
from scoring.schemes import spec_of
from surveys.models import Interview, Wave, Weight

SITES = 200  # read at once
WEIGHT = ("version_id", "case_id", "value")
NO_LEVEL = ""  # of who has none, and is a segment nevertheless: nobody is left out of a difference


@dataclass(frozen=True)
class Crossed:
    """The sums of the index by group and segment, arrays (PSUs, groups, segments)."""

    groups: Sequence[str]
    segments: Sequence[str]
    sums: Totals

    def of(self, group: str) -> Totals:
        """The sums of a group's segments, arrays (PSUs, segments); 0 where it has nobody any more."""
        sums, chosen = self.sums, np.array([name == group for name in self.groups])
        rest = (sums.W, sums.T, sums.W2, sums.Q)
        return Totals(
            sums.n[:, chosen].sum(axis=1), *(part[:, chosen].sum(axis=1) for part in rest)
        )


@dataclass(frozen=True)
class Divided:
    """Everybody who has an index, arrays (people,), and who belongs where.

    `psu` is a place among `psus` primary sampling units, `numbers` a place among the level's
    `names`, by the ways to divide people.
    """

    psus: int
    psu: Integers
    weight: Floats
    index: Floats
    names: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Integers]

    def crossed(self, by: str, other: str) -> Crossed:
        """The groups of one way by the segments of another."""
        shape = (self.psus, len(self.names[by]), len(self.names[other]))
        cell = np.ravel_multi_index((self.psu, self.numbers[by], self.numbers[other]), shape)
        w, y = self.weight, self.index

        def summed(values: Floats) -> Floats:
            added = np.bincount(cell, values, int(np.prod(shape)))
            return np.asarray(added, dtype=np.float64).reshape(shape)

        n = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        totals = Totals(n, *map(summed, (w, w * y, w * w, w * y * y)))
        return Crossed(self.names[by], self.names[other], totals)


class _Person(NamedTuple):
    """One judged interview; only what is needed to divide people."""

    psu: int
    weight: float
    levels: Mapping[str, str | None]
    items: bytes


class _Chunk(NamedTuple):
    """The people of some sites, as `Divided` has them."""

    psu: Integers
    weight: Floats
    scores: Floats
    numbers: Mapping[str, Integers]


def divided(scheme: Scheme, wave: Wave, sample: Sample) -> Divided:
    """The people of the sample's sites as they are judged now. Reads every score of the wave once."""
    spec = spec_of(scheme)
    psus = {key: place for place, key in enumerate(zip(sample.strata, sample.psus, strict=True))}
    places: dict[str, dict[str, int]] = {by.name: {} for by in spec.disaggregations}
    chunks = [
        _chunk(spec, people, places)
        for sites in _batches(scheme, wave)
        if (people := list(_people(spec, sites, psus)))
    ]
    return Divided(
        psus=len(psus),
        psu=np.concatenate([chunk.psu for chunk in chunks]),
        weight=np.concatenate([chunk.weight for chunk in chunks]),
        index=np.concatenate([chunk.scores for chunk in chunks]),
        names={by: list(levels) for by, levels in places.items()},
        numbers={by: np.concatenate([chunk.numbers[by] for chunk in chunks]) for by in places},
    )


def _batches(scheme: Scheme, wave: Wave) -> Iterator[list[SiteCells]]:
    """The sites that have people, some at a time; their sums are not read."""
    sites = list(scheme.sites.filter(wave=wave, people__gt=0).defer("sums", "domains", "counts"))
    for start in range(0, len(sites), SITES):
        yield sites[start : start + SITES]


def _people(
    spec: SchemeSpec, sites: Sequence[SiteCells], psus: Mapping[tuple[str, str], int]
) -> Iterator[_Person]:
    """The people of some sites, with the weights and in the PSUs that the sites were summed under."""
    met_in = {site.site_id: site for site in sites if (site.stratum, site.psu) in psus}
    of_design = [by.name for by in spec.disaggregations if by.is_design_column]
    weights = _weights(sites)
    for site_id, case, items, levels in _scores(sites):
        if site := met_in.get(site_id):
            yield _Person(
                psu=psus[site.stratum, site.psu],
                weight=weights.get((site.weights_id, case), site.design_weight),
                levels={**levels, **dict.fromkeys(of_design, site.stratum)},
                items=items,
            )


def _scores(
    sites: Sequence[SiteCells],
) -> Iterator[tuple[int, int | None, bytes, Mapping[str, str | None]]]:
    """Site, case, items and levels of everybody, by site."""
    cases: dict[int, int | None] = dict(
        Interview.objects.filter(
            wave=sites[0].wave_id, site__in=[site.site_id for site in sites]
        ).values_list("pk", "case")
    )
    for site in sites:
        for person in scores.stored(site):
            yield site.site_id, cases.get(person.interview), person.items, person.levels


def _weights(sites: Sequence[SiteCells]) -> dict[tuple[int | None, int | None], float]:
    """The weights of cases by version and case."""
    found = Weight.objects.filter(
        version__in={site.weights_id for site in sites if site.weights_id},
        case__site__in=[site.site_id for site in sites],
    )
    return {(version, case): value for version, case, value in found.values_list(*WEIGHT)}


def _chunk(
    spec: SchemeSpec, people: Sequence[_Person], places: Mapping[str, dict[str, int]]
) -> _Chunk:
    """Some people in columns; a level that is met for the first time gets its place."""
    index = score_people(spec, scores.item_matrix([person.items for person in people])).index
    known = ~np.isnan(index)
    return _Chunk(
        psu=np.array([person.psu for person in people], dtype=np.int64)[known],
        weight=np.array([person.weight for person in people], dtype=np.float64)[known],
        scores=index[known],
        numbers={by: _numbers(by, people, found)[known] for by, found in places.items()},
    )


def _numbers(by: str, people: Sequence[_Person], places: dict[str, int]) -> Integers:
    levels = (person.levels.get(by) or NO_LEVEL for person in people)
    return np.array([places.setdefault(level, len(places)) for level in levels], dtype=np.int64)
