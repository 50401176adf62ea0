"""Estimates with raked weights, from the sums of the parts of PSUs that lie in one rake-cell.

Standard errors as in Deville and Särndal (1992) and R's `calibrate`: each linearised value is
replaced by its residual on the margins' classes, from least squares with the weights before raking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals, means
from scoring.maths.matrix import Booleans, Floats, Integers
from scoring.maths.raking import Margin, RakeCell, Raking, numbered, rake


@dataclass(frozen=True, kw_only=True)
class RakedDesign(Design):
    """A design whose rows are parts of PSUs, each of the people of one PSU in one rake-cell.

    Where `Design` takes arrays (PSUs, ..) it takes arrays (parts, ..), of linearised values made
    with raked weights. A part without people may be left out.
    """

    psu: Integers  # (parts,)
    cell: Integers  # (parts,), a number of `raking.cells`
    W: Floats  # (parts,), sum of the weights before raking of everybody who was raked
    raking: Raking

    def covariance(self, a: Floats, b: Floats) -> Floats:
        return super().covariance(self._residuals(a), self._residuals(b))

    def degrees_of_freedom(self, present: Booleans) -> Integers:
        return super().degrees_of_freedom(self.in_psus(present) > 0)

    def has_lonely(self, present: Booleans) -> Booleans:
        return super().has_lonely(self.in_psus(present) > 0)

    def raked(self, totals: Totals) -> Totals:
        """The sums that raked weights give, from those of the weights before, arrays (parts, ..)."""
        totals = totals.in_cells()
        g = self._factors[:, np.newaxis]
        return Totals(totals.n, g * totals.W, g * totals.T, g * g * totals.W2, g * totals.Q)

    @property
    def rows(self) -> int:
        return len(self.psu)

    def in_psus(self, rows: Floats | Booleans) -> Floats:
        """Sums over the parts of each PSU, array (PSUs, ..)."""
        return _sums(rows, self.psu, len(self.stratum))

    def _residuals(self, z: Floats) -> Floats:
        """What the margins leave of linearised values (parts, ..), summed to array (PSUs, ..)."""
        g = _along(self._factors, z)
        base = _sums(z / g, self.cell, len(self.raking.cells))
        x = self.raking.indicators
        slopes = np.tensordot(self._inverse, np.tensordot(x.T, base, axes=1), axes=1)
        fitted = np.tensordot(x, slopes, axes=1)
        return self.in_psus(z - g * _along(self.W, z) * fitted[self.cell])

    @property
    def _factors(self) -> Floats:
        return np.asarray(self.raking.factors[self.cell])

    @cached_property
    def _inverse(self) -> Floats:
        """(sum W x x')^-1, array (classes, classes); a pseudo-inverse, as margins share a total."""
        x = self.raking.indicators
        W = _sums(self.W, self.cell, len(x))
        return np.asarray(np.linalg.pinv(x.T @ (W[:, np.newaxis] * x), hermitian=True))


def calibrate(
    design: Design,
    margins: Sequence[Margin],
    psu: Integers,
    cells: Sequence[RakeCell],
    W: Floats,
) -> RakedDesign:
    """The design raked to the margins, from each part's PSU number, rake-cell and sum of weights.

    Everybody with a weight belongs in `W`, whatever they answered. Raises what `rake` raises.
    """
    distinct, cell = numbered(cells)
    raking = rake(margins, distinct, _sums(W, cell, len(distinct)))
    return RakedDesign(
        design.stratum, design.sampled, design.population, psu=psu, cell=cell, W=W, raking=raking
    )


def calibrated_means(
    totals: Totals, design: RakedDesign, *, is_share: bool = True
) -> list[Estimate]:
    """`estimate.means` with raked weights, from sums with those before raking, arrays (parts, ..)."""
    return means(design.raked(totals), design, is_share=is_share)


def calibrated_mean(totals: Totals, design: RakedDesign, *, is_share: bool = True) -> Estimate:
    """`calibrated_means` of one cell, from arrays (parts,)."""
    return calibrated_means(totals, design, is_share=is_share)[0]


def _sums(values: Floats | Booleans, group: Integers, groups: int) -> Floats:
    """Sums of rows by their group's number, array (groups, ..)."""
    sums = np.zeros((groups, *values.shape[1:]))
    np.add.at(sums, group, values)
    return sums


def _along(column: Floats, array: Floats) -> Floats:
    """The column (rows,) shaped to go with the array (rows, ..)."""
    return column.reshape(-1, *(1,) * (array.ndim - 1))
