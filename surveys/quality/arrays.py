"""Arrays with a number an interview, and what they come to by group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Booleans: TypeAlias = NDArray[np.bool_]

UNKNOWN = -1


@dataclass(frozen=True)
class Factor:
    """What each interview belongs to, as places in a list of names; -1 is unknown."""

    names: tuple[str, ...]
    codes: Integers

    @classmethod
    def of(cls, values: Iterable[str | None]) -> Self:
        """From a name an interview; None and blank are unknown. Names are sorted."""
        given = list(values)
        names = tuple(sorted({value for value in given if value}))
        place = {name: code for code, name in enumerate(names)}
        codes = [place[value] if value else UNKNOWN for value in given]
        return cls(names, np.array(codes, dtype=np.int64))

    @classmethod
    def unknown(cls, size: int) -> Self:
        return cls((), np.full(size, UNKNOWN))

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def is_known(self) -> Booleans:
        return np.asarray(self.codes >= 0)

    def take(self, rows: Integers | Booleans) -> Self:
        """The same names for some of the interviews; names that no longer occur stay."""
        return type(self)(self.names, self.codes[rows])

    def members(self) -> list[Integers]:
        """The interviews of each name, in their order."""
        order = np.argsort(self.codes, kind="stable")
        edges = np.searchsorted(self.codes[order], np.arange(len(self.names) + 1))
        return [order[a:b] for a, b in pairwise(edges)]


def counts_by(factor: Factor, where: Booleans | None = None) -> Integers:
    """How many interviews of each name there are, or of those where it holds."""
    codes = factor.codes[factor.is_known if where is None else factor.is_known & where]
    return np.bincount(codes, minlength=len(factor.names))


def sums_by(factor: Factor, values: Floats) -> Floats:
    """The sum of the finite values of each name."""
    kept = factor.is_known & np.isfinite(values)
    sums = np.bincount(factor.codes[kept], values[kept], minlength=len(factor.names))
    return np.asarray(sums, dtype=np.float64)


def means_by(factor: Factor, values: Floats) -> Floats:
    """The mean of the finite values of each name, NaN where there is none."""
    return ratio(sums_by(factor, values), counts_by(factor, np.isfinite(values)))


def ratio(over: Floats | Integers, under: Floats | Integers) -> Floats:
    """Divided, NaN where there is nothing to divide by."""
    above, below = np.broadcast_arrays(np.asarray(over, float), np.asarray(under, float))
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0))


def median(values: Floats) -> float:
    """Of the finite values; NaN of none."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def deviation(values: Floats) -> float:
    """The median distance from the median, on the scale of a standard deviation."""
    return 1.4826 * median(np.abs(values - median(values)))


def named(names: Sequence[str], rows: Integers | Booleans) -> tuple[str, ...]:
    """The names in some places of a list."""
    places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    return tuple(names[place] for place in places)
