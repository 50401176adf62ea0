"""Which counts of people divided in one, two or three ways must not be shown.

Counts of few people are hidden by the one rule (`disclosure`), and with each of them the corners of a
box of cells (two or three ways: four or eight) that could move together, every other one up and the
others down, while all margins stay as they are (hypercube method: Repsilber 1994; Giessing, in Hundepool
and others, Statistical Disclosure Control, 2012, chapter 4.4). Whoever knows all other numbers cannot tell
then that a hidden count is below the limit.

A table's margins are hidden as their own tables hide them, whatever else they are shown beside: so that
tables with a margin in common never tell of each other. What a hidden margin sums is hidden too.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import product
from typing import NamedTuple

import numpy as np

from scoring.maths import disclosure
from scoring.maths.cells import Cell
from scoring.maths.disclosure import FEWEST_AT_EXTREME, FEWEST_PEOPLE, FEWEST_PSUS, Row
from scoring.maths.divided import TOTAL, Counts, Divided
from scoring.maths.matrix import Booleans, Integers

NARROWEST = FEWEST_PEOPLE // 2  # people by which any hidden count could be higher, at least


def hidden(divided: Divided) -> Booleans:
    """Which counts must not be shown, margins too; array (levels + 1, ..). Everybody is always shown."""
    ways = len(divided.ways)
    if ways == 0:
        return np.zeros((), dtype=np.bool_)
    counts = divided.counts()
    if ways == 1:
        return _hidden_levels(counts)
    few = _few(counts)
    found = few.copy()
    for axis in range(ways):  # what a hidden margin sums is hidden with it
        found |= np.expand_dims(hidden(divided.without(axis)), axis)
        found |= _of_hidden_kin(divided, axis)
    return _protected(counts, found, few)


def _of_hidden_kin(divided: Divided, axis: int) -> Booleans:
    """The levels of one way that are hidden because all of their kin are, taken together."""
    way = divided.ways[axis]
    together = int(way.kin.max()) + 1
    if not 1 < together < len(way):
        return np.zeros((), dtype=np.bool_)
    below = hidden(divided.by_kin(axis)).take(np.append(way.kin, together), axis)
    below[(slice(None),) * axis + (TOTAL,)] = False
    return np.asarray(below)


def _hidden_levels(counts: Counts) -> Booleans:
    """Of one way, by the rule of all published numbers."""
    found, few = np.zeros(counts.people.shape, dtype=np.bool_), _few(counts)
    found[:TOTAL] = few[:TOTAL] & ~counts.ways[0].told
    rows = {
        Cell("", f"{place:06}", ""): Row(int(counts.people[place]), int(counts.psus[place]))
        for place in np.flatnonzero(counts.ways[0].told).tolist()
        if counts.people[place] or few[place]
    }
    for cell in disclosure.withheld(rows):
        found[int(cell.level)] = True
    return found


def _few(counts: Counts) -> Booleans:
    """Counts that are hidden for themselves. Nobody is said openly only among many."""
    people, psus = counts.people, counts.psus
    some = (people > 0) & ((people < FEWEST_PEOPLE) | (psus < FEWEST_PSUS))
    few = np.asarray(some | ((people == 0) & ~_nobody_among_many(people)), dtype=np.bool_)
    few[(TOTAL,) * people.ndim] = False
    return few


def _nobody_among_many(people: Integers) -> Booleans:
    """Where nobody is, and many or openly nobody in everything that it is a part of."""
    nobody = people == 0
    is_open = nobody.copy()
    for corner in _margins_first(people.ndim):
        here = tuple(slice(-1, None) if is_total else slice(0, -1) for is_total in corner)
        around = [_at(corner, axis) for axis, is_total in enumerate(corner) if not is_total]
        if around:
            many = reduce(np.logical_and, (people[at] >= FEWEST_AT_EXTREME for at in around))
            given = reduce(np.logical_or, (is_open[at] for at in around))
            is_open[here] = nobody[here] & (many | given)
    return np.asarray(is_open, dtype=np.bool_)


def _margins_first(ways: int) -> list[tuple[bool, ...]]:
    """Which ways are summed, those with most of them first."""
    return sorted(product((True, False), repeat=ways), key=lambda summed: -sum(summed))


def _at(corner: Sequence[bool], summed: int) -> tuple[slice, ...]:
    """The margin of some cells over one more way, of the same number of axes."""
    return tuple(
        slice(-1, None) if is_total or axis == summed else slice(0, -1)
        for axis, is_total in enumerate(corner)
    )


def _protected(counts: Counts, found: Booleans, few: Booleans) -> Booleans:
    """With the cells that keep those of few people from being worked out; the smallest first."""
    boxes = _Boxes(counts, found)
    told = np.ix_(*(np.append(way.told, [True]) for way in counts.ways))
    wanted = np.zeros(found.shape, dtype=np.bool_)
    wanted[told] = few[told]
    cells = np.argwhere(wanted)
    order = np.lexsort((*cells.T[::-1], counts.people[tuple(cells.T)]))
    for cell in cells[order].tolist():
        boxes.protect(tuple(cell))
    return boxes.found


class _Box(NamedTuple):
    """The corners of a box, and which of them fall when a cell rises; `moves` is by how many people."""

    corners: list[tuple[int, ...]]
    falling: list[tuple[int, ...]]
    moves: int


class _Boxes:
    """Hides corners of boxes around cells until these could be higher by as much as is wanted.

    `price` is what it costs to hide a cell: nothing where it is hidden. A margin that is shown stays so,
    and nobody stays nobody.
    """

    def __init__(self, counts: Counts, found: Booleans) -> None:
        self.people, self.found, self.ways = counts.people, found, counts.ways
        is_fixed = np.zeros(found.shape, dtype=np.bool_)
        for axis in range(found.ndim):
            is_fixed[(slice(None),) * axis + (TOTAL,)] = True
        self.price = np.where(found, 0.0, np.where(is_fixed, np.inf, counts.people))
        self.price[_nobody_among_many(counts.people)] = np.inf

    def protect(self, cell: tuple[int, ...]) -> None:
        wanted = max(FEWEST_PEOPLE - int(self.people[cell]), NARROWEST)
        spare = np.maximum(self.people - 1, 0)  # nobody would be told openly
        while wanted > 0:
            box = self._best(cell, spare, wanted, is_near=True)
            box = box or self._best(cell, spare, wanted, is_near=False)
            if box is None:
                return
            for corner in box.falling:
                spare[corner] -= box.moves
            for corner in box.corners:
                self.found[corner], self.price[corner] = True, 0.0
            wanted -= box.moves

    def _best(
        self, cell: tuple[int, ...], spare: Integers, wanted: int, *, is_near: bool
    ) -> _Box | None:
        """The box that costs least among those that move enough, else the one that moves most."""
        ends = [self._ends(axis, place, is_near=is_near) for axis, place in enumerate(cell)]
        shape = tuple(map(len, ends))
        if not all(shape):
            return None
        cost, moves = np.zeros(shape), np.full(shape, np.inf)
        for chosen in product((False, True), repeat=len(cell)):
            at, falls = self._corner(cell, ends, chosen)
            cost = cost + self.price[at]
            moves = np.minimum(moves, np.where(falls, spare[at], np.inf))
        moves = np.where(np.isinf(cost), 0, moves)
        enough = moves >= wanted
        best = np.argmin(np.where(enough, cost, np.inf)) if enough.any() else np.argmax(moves)
        place = np.unravel_index(int(best), shape)
        chosen_ends = [way[[number]] for way, number in zip(ends, place, strict=True)]
        return self._box(cell, chosen_ends, int(moves[place])) if moves[place] > 0 else None

    def _ends(self, axis: int, place: int, *, is_near: bool) -> Integers:
        """The levels at the other side of a box, and the sum of all; near ones are of the same kin."""
        way, total = self.ways[axis], len(self.ways[axis])
        fits = way.told.copy()
        if place < total:
            fits[place] = False
            fits &= (way.kin == way.kin[place]) | (not is_near)
        return np.append(np.flatnonzero(fits), [total] if place < total else []).astype(np.int64)

    def _corner(
        self, cell: tuple[int, ...], ends: Sequence[Integers], chosen: Sequence[bool]
    ) -> tuple[tuple[Integers, ...], Booleans]:
        """One corner of many boxes, as an index, and where it falls: a sum rises with what it sums."""
        sides, turns = [], []
        for place, way, is_other, length in zip(
            cell, ends, chosen, map(len, self.ways), strict=True
        ):
            sides.append(way if is_other else np.full(1, place))
            turns.append(((way == length) == (place == length)) & is_other)
        falls = reduce(np.logical_xor, np.meshgrid(*turns, indexing="ij", sparse=True))
        return tuple(np.meshgrid(*sides, indexing="ij", sparse=True)), np.asarray(falls)

    def _box(self, cell: tuple[int, ...], ends: Sequence[Integers], moves: int) -> _Box:
        box = _Box([], [], moves)
        for chosen in product((False, True), repeat=len(cell)):
            at, falls = self._corner(cell, ends, chosen)
            corner = tuple(int(places.item()) for places in at)
            box.corners.append(corner)
            if falls.item():
                box.falling.append(corner)
        return box
