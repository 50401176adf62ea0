"""People divided in one, two or three ways: how many are in each cell and in each margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from scoring.maths.matrix import Booleans, Integers

TOTAL = -1  # the place behind all levels


@dataclass(frozen=True)
class Way:
    """A way to divide people, arrays (levels,).

    `told` says which levels are answers: how many gave none is known from the numbers of people beside
    all other numbers, so that such a level protects nothing and is not protected. Levels of the same
    `kin` are those that another way takes together, as the cities of a region: what is true of all of
    them is told there, so that they protect each other and no others.
    """

    told: Booleans
    kin: Integers

    @classmethod
    def plain(cls, told: Booleans) -> "Way":
        """One whose levels no other way takes together."""
        return cls(told, np.zeros(len(told), dtype=np.int64))

    def __len__(self) -> int:
        return len(self.told)


@dataclass(frozen=True)
class Divided:
    """People in some ways: how many (groups,) are in which level of each, in which sampling unit."""

    ways: tuple[Way, ...]
    places: tuple[Integers, ...]  # (groups,) each
    psu: Integers  # (groups,)
    people: Integers  # (groups,)

    @classmethod
    def of(cls, ways: Sequence[Way], places: Sequence[Integers], psu: Integers) -> "Divided":
        """From where each person is (people,)."""
        shape = (int(psu.max(initial=0)) + 1, *map(len, ways))
        keys, people = np.unique(np.ravel_multi_index((psu, *places), shape), return_counts=True)
        units, *levels = np.unravel_index(keys, shape)
        return cls(tuple(ways), tuple(levels), units, people)

    def without(self, axis: int) -> "Divided":
        """The margin: not divided in one of the ways."""
        ways = (*self.ways[:axis], *self.ways[axis + 1 :])
        return Divided(ways, (*self.places[:axis], *self.places[axis + 1 :]), self.psu, self.people)

    def by_kin(self, axis: int) -> "Divided":
        """With the levels of the same kin taken together in one of the ways."""
        way = self.ways[axis]
        told = np.zeros(int(way.kin.max()) + 1, dtype=np.bool_)
        told[way.kin[way.told]] = True
        ways = (*self.ways[:axis], Way.plain(told), *self.ways[axis + 1 :])
        places = (*self.places[:axis], way.kin[self.places[axis]], *self.places[axis + 1 :])
        return Divided(ways, places, self.psu, self.people)

    def counts(self) -> "Counts":
        shape = tuple(len(way) + 1 for way in self.ways)
        people, psus = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        for summed in product((False, True), repeat=len(shape)):
            where = tuple(TOTAL if is_summed else slice(0, -1) for is_summed in summed)
            kept = [axis for axis, is_summed in enumerate(summed) if not is_summed]
            people[where], psus[where] = self._margin(kept)
        return Counts(people, psus, self.ways)

    def _margin(self, kept: Sequence[int]) -> tuple[Integers, Integers]:
        """People and sampling units by the levels of some ways."""
        shape = tuple(len(self.ways[axis]) for axis in kept)
        if not shape:
            return np.asarray(self.people.sum()), np.asarray(len(np.unique(self.psu)))
        cells = int(np.prod(shape))
        at = np.ravel_multi_index(tuple(self.places[axis] for axis in kept), shape)
        people = np.bincount(at, self.people, cells).astype(np.int64)
        units = np.bincount(np.unique(self.psu * cells + at) % cells, minlength=cells)
        return people.reshape(shape), units.reshape(shape)


class Counts(NamedTuple):
    """People and sampling units, arrays (levels + 1, ..): the place behind all levels is their sum."""

    people: Integers
    psus: Integers
    ways: tuple[Way, ...]


def kin(place: Integers, levels: int, others: Sequence[Integers]) -> Integers:
    """Which levels of a way others take together, array (levels,), from where people are in each.

    Levels are of one kin where they share a level of the other way, or are linked by levels that do.
    """
    found = np.zeros(levels, dtype=np.int64)
    for other in others:
        pairs = np.unique(np.stack((place, other)), axis=1)
        block = np.arange(levels)
        for _ in range(levels):
            lowest = np.full(int(other.max(initial=0)) + 1, levels)
            np.minimum.at(lowest, pairs[1], block[pairs[0]])
            np.minimum.at(block, pairs[0], lowest[pairs[1]])
        found = np.unique(np.stack((found, block)), axis=1, return_inverse=True)[1].ravel()
    return found
