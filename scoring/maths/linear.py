"""Statistics made of other statistics, whose Taylor linearisation follows from their parts'.

The product rule and the chain rule on the values z of each primary sampling unit (PSU), as in
Demnati and Rao (Survey Methodology, 2004) and Wolter, Introduction to Variance Estimation (2007),
chapter 6. z is the derivative by the PSU's weight: how much the statistic would move with it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from scoring.maths.matrix import Booleans, Floats, Integers


@dataclass(frozen=True)
class Linear:
    """Statistics (cells,) and their linearised PSU values (PSUs, cells)."""

    value: Floats
    z: Floats

    @classmethod
    def ratio(cls, y: Floats, x: Floats) -> Self:
        """T_y / T_x from sums by PSU (PSUs, cells), NaN where T_x is 0: z = (y_i - R x_i) / T_x."""
        total = np.where(x.sum(axis=0) == 0, np.nan, x.sum(axis=0))
        value = y.sum(axis=0) / total
        return cls(value, (y - value * x) / total)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.value + other.value, self.z + other.z)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.value - other.value, self.z - other.z)

    def __mul__(self, other: Self) -> Self:
        return type(self)(self.value * other.value, self.value * other.z + self.z * other.value)

    def average(self, other: Self) -> Self:
        return type(self)((self.value + other.value) / 2, (self.z + other.z) / 2)

    def sum(self) -> Self:
        """One statistic, the sum of all cells."""
        return type(self)(self.value.sum(axis=0, keepdims=True), self.z.sum(axis=1, keepdims=True))

    def of_cells(self, cells: Integers) -> Self:
        """The statistics of the cells at these places."""
        return type(self)(self.value[cells], self.z[:, cells])

    def where(self, chosen: Booleans, other: Self) -> Self:
        """These statistics in the chosen cells, the other ones elsewhere."""
        return type(self)(
            np.where(chosen, self.value, other.value), np.where(chosen, self.z, other.z)
        )
