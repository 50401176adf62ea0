"""Sums of one site's people by domain and variable, and the estimates made of all sites' sums.

A site is a primary sampling unit. Its cells are rebuilt from its people each time, never updated:
sums of floats are made by `math.fsum`, so that the same people always give the same bits.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np

from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals, means
from scoring.maths.matrix import Floats, Integers

ALL = "all"
BLOCK = 2**18  # places of PSUs and cells in work at one time


class Cell(NamedTuple):
    """One variable in one domain; `by` and `level` are `all` for the whole survey."""

    by: str
    level: str
    variable: str


class Sums(NamedTuple):
    """Over the valid cases of a cell: their number, sum w, sum w y, sum w^2 and sum w y^2."""

    n: int
    W: float
    T: float
    W2: float
    Q: float


class Listed(NamedTuple):
    """Cells by number, each with the PSUs that have a case of it: arrays (rows,)."""

    psu: Integers
    cell: Integers
    n: Floats | Integers
    W: Floats
    T: Floats
    W2: Floats
    Q: Floats


class Part(NamedTuple):
    """Some cells, and PSUs that are a design of their own and have all that is in the cells."""

    psus: Integers
    design: Design | None
    cells: Integers
    is_close: bool = False  # the first PSU is each cell's first one, whichever it is


SiteTotals: TypeAlias = dict[Cell, Sums]
Levels: TypeAlias = Mapping[str, Sequence[str | None]]


def site_totals(variables: Mapping[str, Floats], weights: Floats, levels: Levels) -> SiteTotals:
    """The cells of one site from its people's columns (people,), NaN where a case is not valid.

    `levels` gives each person's level by disaggregation, None for no level. Cells without a valid
    case are left out.
    """
    columns, places = _columns(variables, weights)
    totals: SiteTotals = {}
    for by, level, people in _domains(levels, len(weights)):
        sums = [math.fsum(column) for column in columns[:, people].tolist()]
        for name, place in places.items():
            n, W, T, W2, Q = (sums[column] for column in place)
            if n:
                totals[Cell(by, level, name)] = Sums(int(n), W, T, W2, Q)
    return totals


def estimates(sites: Sequence[SiteTotals], design: Design | None) -> dict[Cell, Estimate]:
    """The estimate of every cell that any site has; `sites` in the order of `design.stratum`.

    Every PSU of the design has its place in `sites`, an empty one where it has no interview.
    """
    cells = sorted(set().union(*sites))
    if not cells:
        return {}
    place = {cell: number for number, cell in enumerate(cells)}
    rows = chain.from_iterable(totals.values() for totals in sites)
    sums = np.fromiter(chain.from_iterable(rows), np.float64).reshape(-1, len(Sums._fields))
    listed = Listed(
        np.repeat(np.arange(len(sites)), [len(totals) for totals in sites]),
        np.array([place[cell] for totals in sites for cell in totals], dtype=np.int64),
        *sums.T,
    )
    return dict(zip(cells, listed_means(listed, design, len(sites)), strict=True))


def listed_means(listed: Listed, design: Design | None, psus: int) -> list[Estimate]:
    """The mean of every cell 0, 1, .. from its sums in the PSUs where it has any.

    As `means` of arrays (PSUs, cells) with 0 elsewhere, up to rounding. For many groups that would
    be nearly all of it: cells are taken together with those of the same strata, and where it is a
    single stratum without the PSUs that have none of a cell.
    """
    parts = list(_divided(listed, design, psus))
    number = np.empty(listed.cell.max() + 1, dtype=np.min_scalar_type(len(parts)))
    for place, part in enumerate(parts):
        number[part.cells] = place
    number_of_row = number[listed.cell]
    rows = np.split(
        np.argsort(number_of_row, kind="stable"), np.cumsum(np.bincount(number_of_row))[:-1]
    )
    made: dict[int, Estimate] = {}
    for part, of_part in zip(parts, rows, strict=True):
        some = means(_totals(listed, of_part, part), part.design)
        made.update(zip(part.cells.tolist(), some, strict=True))
    return [made[cell] for cell in range(len(number))]


def _columns(
    variables: Mapping[str, Floats], w: Floats
) -> tuple[Floats, dict[str, tuple[int, ...]]]:
    """What is to be summed, array (columns, people), and the places of each variable's `Sums`.

    Equal columns are kept once: many variables share their cases, and 0/1 ones equal their squares.
    """
    places: dict[bytes, int] = {}
    variable_places = {}
    for name, y in variables.items():
        valid = ~np.isnan(y)
        known = np.where(valid, y, 0.0)
        sums = (valid * 1.0, w * valid, w * known, w * w * valid, w * known * known)
        variable_places[name] = tuple(
            places.setdefault(column.tobytes(), len(places)) for column in sums
        )
    return np.frombuffer(b"".join(places)).reshape(len(places), len(w)), variable_places


def _domains(levels: Levels, people: int) -> Iterable[tuple[str, str, Sequence[int]]]:
    yield ALL, ALL, range(people)
    for by, levels_of_people in levels.items():
        members: dict[str, list[int]] = {}
        for person, level in enumerate(levels_of_people):
            if level is not None:
                members.setdefault(level, []).append(person)
        for level in sorted(members):
            yield by, level, members[level]


def _divided(listed: Listed, design: Design | None, psus: int) -> Iterator[Part]:
    """The cells by the strata they are in: elsewhere they are 0, and add 0 to every sum."""
    cells = int(listed.cell.max()) + 1
    if type(design) is not Design or psus * cells <= BLOCK:  # a raked one ties all PSUs together
        yield from _bounded(np.arange(psus), design, np.arange(cells))
        return
    present = np.zeros((cells, len(design.sampled)), dtype=np.bool_)
    present[listed.cell, design.stratum[listed.psu]] = True
    kinds: dict[bytes, list[int]] = {}
    for cell, strata in enumerate(map(bytes, np.packbits(present, axis=1))):
        kinds.setdefault(strata, []).append(cell)
    for members in map(np.array, kinds.values()):
        of_kind = np.flatnonzero(present[members[0]])
        places, part = _of_strata(design, of_kind)
        if len(of_kind) == 1:  # the variance knows of those that are not listed
            most = np.arange(np.bincount(listed.cell)[members].max())
            alone = Design(np.zeros_like(most), part.sampled, part.population)
            yield Part(most, alone, members, is_close=True)
        else:
            yield from _bounded(places, part, members)


def _bounded(psus: Integers, design: Design | None, cells: Integers) -> Iterator[Part]:
    parts = -(-len(cells) * len(psus) // BLOCK)
    for some in np.array_split(cells, min(parts, len(cells))):
        yield Part(psus, design, some)


def _of_strata(design: Design, strata: Integers) -> tuple[Integers, Design]:
    """The PSUs of some strata, as a design of their own."""
    place = np.full(len(design.sampled), -1)
    place[strata] = np.arange(len(strata))
    psus = np.flatnonzero(place[design.stratum] >= 0)
    population = None if design.population is None else design.population[strata]
    return psus, Design(place[design.stratum[psus]], design.sampled[strata], population)


def _totals(listed: Listed, rows: Integers, part: Part) -> Totals:
    """A part's sums, arrays (PSUs, cells), from their rows."""
    column = np.searchsorted(part.cells, listed.cell[rows])
    if part.is_close:
        order = np.argsort(column, kind="stable")
        rows, column = rows[order], column[order]
        starts = np.searchsorted(column, np.arange(len(part.cells)))
        at = np.arange(len(rows)) - starts[column], column
    else:
        at = np.searchsorted(part.psus, listed.psu[rows]), column
    wide = np.zeros((len(Sums._fields), len(part.psus), len(part.cells)))
    for place, values in enumerate(listed[2:]):
        wide[place][at] = values[rows]
    n, W, T, W2, Q = wide
    return Totals(n.astype(np.int64), W, T, W2, Q)
