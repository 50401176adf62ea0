"""Sums of one site's people by level and variable, and the estimates of all sites together.

A cell holds [n, sum w, sum w y, sum w^2, sum w y^2] over the people of one level for whom the
variable is valid. Sums are ordered `math.fsum`: the same people give the same bits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TypeAlias

import numpy as np

from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals, means
from scoring.maths.matrix import Floats
from scoring.maths.person import PersonScores

ALL = "all"
Sums: TypeAlias = tuple[int, float, float, float, float]  # n, W, T, W2, Q
CellKey: TypeAlias = tuple[str, str, str]  # by, level, variable


@dataclass(frozen=True)
class Row:
    """An estimate and where it belongs."""

    by: str
    level: str
    variable: str
    estimate: Estimate


def site_cells(
    people: PersonScores, weights: Floats, levels: Sequence[Mapping[str, str | None]]
) -> dict[CellKey, Sums]:
    """The cells of one site's people, in the order in which they are given.

    `levels` holds each person's level by disaggregation; everybody is in ("all", "all").
    Variables without a valid case have no cell.
    """
    variables = people.variables()
    cells: dict[CellKey, Sums] = {}
    for (by, level), rows in _members(levels).items():
        for variable, values in variables.items():
            sums = _sums(weights[rows], values[rows])
            if sums[0]:
                cells[by, level, variable] = sums
    return cells


def _members(levels: Sequence[Mapping[str, str | None]]) -> dict[tuple[str, str], list[int]]:
    members: dict[tuple[str, str], list[int]] = {(ALL, ALL): list(range(len(levels)))}
    for row, person in enumerate(levels):
        for by, level in person.items():
            if level is not None:
                members.setdefault((by, level), []).append(row)
    return members


def _sums(weights: Floats, values: Floats) -> Sums:
    valid = ~np.isnan(values)
    w, y = weights[valid], values[valid]
    return (len(w), fsum(w), fsum(w * y), fsum(w * w), fsum(w * y * y))


def estimate_cells(
    sites: Sequence[Mapping[CellKey, Sums]], design: Design | None
) -> Iterator[Row]:
    """The estimates of every cell that any site has; `sites` are in the order of the design's PSUs."""
    keys = sorted({key for cells in sites for key in cells})
    if not keys:
        return
    columns = {key: column for column, key in enumerate(keys)}
    sums = np.zeros((len(sites), len(keys), 5))
    for row, cells in enumerate(sites):
        for key, values in cells.items():
            sums[row, columns[key]] = values
    n, W, T, W2, Q = np.moveaxis(sums, 2, 0)
    totals = Totals(n.astype(np.int64), W, T, W2, Q)
    for key, estimate in zip(keys, means(totals, design), strict=True):
        yield Row(*key, estimate)
