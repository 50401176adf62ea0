"""The index of a wave's people divided in two ways at once, read from their scores when asked for.

Cells are kept by one way at a time: by two they would be as many as people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.maths.estimate import Totals
from scoring.maths.matrix import Floats, Integers
from scoring.people import People, numbers
from scoring.samples import Sample


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

    `psu` is a place among `psus` primary sampling units. Whoever has no level of a way to divide people
    is in a segment nevertheless: nobody is left out of a difference.
    """

    psus: int
    psu: Integers
    weight: Floats
    index: Floats
    levels: Mapping[str, Sequence[str]]

    def crossed(self, by: str, other: str) -> Crossed:
        """The groups of one way by the segments of another."""
        groups, segments = (list(dict.fromkeys(self.levels[way])) for way in (by, other))
        shape = (self.psus, len(groups), len(segments))
        at = (self.psu, numbers(self.levels[by]), numbers(self.levels[other]))
        cell = np.ravel_multi_index(at, shape)
        w, y = self.weight, self.index

        def summed(values: Floats) -> Floats:
            added = np.bincount(cell, values, int(np.prod(shape)))
            return np.asarray(added, dtype=np.float64).reshape(shape)

        n = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        totals = Totals(n, *map(summed, (w, w * y, w * w, w * y * y)))
        return Crossed(groups, segments, totals)


def divided(people: People, sample: Sample) -> Divided:
    """Those who have an index and were met in the sample's primary sampling units."""
    units = {key: place for place, key in enumerate(zip(sample.strata, sample.psus, strict=True))}
    of_sites = [units.get((met.stratum, met.psu), -1) for met in people.sites]
    psu, index = np.array(of_sites, dtype=np.int64)[people.place], people.scores.index
    counts = ~np.isnan(index) & (psu >= 0)
    return Divided(
        psus=len(units),
        psu=psu[counts],
        weight=people.weights[counts],
        index=index[counts],
        levels={
            way.name: people.levels(way.name)[counts].tolist()
            for way in people.spec.disaggregations
        },
    )
