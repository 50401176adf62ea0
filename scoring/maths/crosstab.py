"""People divided in two ways at once: how many are in each cell, which shares they are, what groups' means are.

A share is the mean of 0 and 1 over those it is a share of, so that errors and intervals are those of
every other number (`estimate`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from scoring.maths import estimate
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals
from scoring.maths.matrix import Floats, Integers
from scoring.maths.raoscott import Association, SameMeans, association, same_means

NOWHERE = -1  # of who is in no level
Of: TypeAlias = Literal["row", "column", "all"]


@dataclass(frozen=True)
class Sampled:
    """People as they were sampled, arrays (people,). `design` None is a convenience sample."""

    psu: Integers  # the row of the design
    weight: Floats
    psus: int
    design: Design | None


@dataclass(frozen=True)
class Crossed:
    """The sums of a table by primary sampling unit (PSU), arrays (PSUs, rows, columns)."""

    n: Integers
    W: Floats
    W2: Floats
    design: Design | None

    @property
    def shape(self) -> tuple[int, int]:
        return self.n.shape[1], self.n.shape[2]

    @property
    def people(self) -> Integers:
        """How many people are in each cell, array (rows, columns)."""
        return np.asarray(self.n.sum(axis=0))

    def shares(self, of: Of) -> list[list[Estimate]]:
        """Each cell as a share of its row, of its column or of everybody in the table."""
        made = estimate.means(self._among(of), self.design)
        rows, columns = self.shape
        return [made[row * columns : (row + 1) * columns] for row in range(rows)]

    def along_rows(self) -> list[Estimate]:
        """Each row as a share of everybody in the table: the margin beside it."""
        return self._margin(2).shares("all")[0]

    def along_columns(self) -> list[Estimate]:
        """Each column as a share of everybody in the table: the margin below it."""
        return self._margin(1).shares("all")[0]

    def tested(self) -> Association | None:
        """Whether rows and columns hang together; None without a design or with nothing to test."""
        if self.design is None or not self.n.any():
            return None
        return association(self._among("all"), self.shape, self.design)

    def _margin(self, axis: int) -> "Crossed":
        """As a table of one row."""
        n, W, W2 = self.n.sum(axis=axis), self.W.sum(axis=axis), self.W2.sum(axis=axis)
        return Crossed(n[:, np.newaxis], W[:, np.newaxis], W2[:, np.newaxis], self.design)

    def _among(self, of: Of) -> Totals:
        """Those of a cell (1) and the others (0) that it is a share of, arrays (PSUs, cells)."""
        axes = {"row": (2,), "column": (1,), "all": (1, 2)}[of]
        n = np.broadcast_to(self.n.sum(axis=axes, keepdims=True), self.n.shape)
        W = np.broadcast_to(self.W.sum(axis=axes, keepdims=True), self.W.shape)
        W2 = np.broadcast_to(self.W2.sum(axis=axes, keepdims=True), self.W2.shape)
        cells = (len(self.W), self.shape[0] * self.shape[1])
        inside = self.W.reshape(cells)
        return Totals(n.reshape(cells), W.reshape(cells), inside, W2.reshape(cells), inside)


def crossed(sampled: Sampled, row: Integers, column: Integers, shape: tuple[int, int]) -> Crossed:
    """The table of those who have a row and a column, given by their places or NOWHERE."""
    inside = (row >= 0) & (column >= 0)
    at = np.ravel_multi_index(
        (sampled.psu[inside], row[inside], column[inside]), (sampled.psus, *shape)
    )
    w = sampled.weight[inside]
    n, W, W2 = (_summed(at, part, (sampled.psus, *shape)) for part in (np.ones_like(w), w, w * w))
    return Crossed(n.astype(np.int64), W, W2, sampled.design)


@dataclass(frozen=True)
class Averaged:
    """The means of a variable by group, from sums (PSUs, groups)."""

    sums: Totals
    design: Design | None

    @property
    def people(self) -> Integers:
        return np.asarray(self.sums.n.sum(axis=0))

    @property
    def psus(self) -> Integers:
        return np.asarray(np.count_nonzero(self.sums.n, axis=0))

    @property
    def units(self) -> int:
        """PSUs with anybody of any group."""
        return int(np.count_nonzero(self.sums.n.any(axis=1)))

    def means(self) -> list[Estimate]:
        return estimate.means(self.sums, self.design)

    def whole(self) -> Estimate:
        """The mean of all groups together."""
        s = self.sums
        rest = (part.sum(axis=1) for part in (s.W, s.T, s.W2, s.Q))
        together = Totals(s.n.sum(axis=1), *rest)
        return estimate.mean(together, self.design)

    def tested(self) -> SameMeans | None:
        return None if self.design is None else same_means(self.sums, self.design)


def averaged(sampled: Sampled, values: Floats, group: Integers, groups: int) -> Averaged:
    """Of those who have a value in [0, 1] and a group; NaN is no value, NOWHERE no group."""
    inside = (group >= 0) & ~np.isnan(values)
    shape = (sampled.psus, groups)
    at = np.ravel_multi_index((sampled.psu[inside], group[inside]), shape)
    w, y = sampled.weight[inside], values[inside]
    n, *rest = (_summed(at, part, shape) for part in (np.ones_like(w), w, w * y, w * w, w * y * y))
    return Averaged(Totals(n.astype(np.int64), *rest), sampled.design)


def _summed(at: Integers, values: Floats, shape: Sequence[int]) -> Floats:
    size = int(np.prod(shape))
    return np.asarray(np.bincount(at, values, size), dtype=np.float64).reshape(shape)
