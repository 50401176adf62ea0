"""Sums of one site's people by domain and variable, and the estimates made of all sites' sums.

A site is a primary sampling unit. Its cells are rebuilt from its people each time, never updated:
sums of floats are made by `math.fsum`, so that the same people always give the same bits.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals, means
from scoring.maths.matrix import Floats

ALL = "all"


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
    sums = np.zeros((len(sites), len(cells), len(Sums._fields)))
    for site, totals in enumerate(sites):
        if totals:
            sums[site, [place[cell] for cell in totals]] = list(totals.values())
    n, W, T, W2, Q = np.moveaxis(sums, -1, 0)
    return dict(zip(cells, means(Totals(n.astype(np.int64), W, T, W2, Q), design), strict=True))


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
