"""Many people's item scores by column, the counts of them, and exact ratios of integers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.maths.rules import NOT_APPLICABLE, SCALE

Bytes: TypeAlias = NDArray[np.uint8]
Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Booleans: TypeAlias = NDArray[np.bool_]
Number = TypeVar("Number", np.int64, np.bool_)


@dataclass(frozen=True)
class ItemMatrix:
    """Item scores as uint8 arrays (items, people), so that each item is contiguous."""

    scores: Bytes  # 0..12, and 0 where there is no answer
    answered: Booleans
    applicable: Booleans

    @classmethod
    def of(cls, items: Bytes) -> Self:
        """From item scores (people, items) as `score_items` returns them, a row a person."""
        columns = np.ascontiguousarray(items.T)
        answered = columns <= SCALE
        return cls(columns * answered, answered, columns != NOT_APPLICABLE)

    @property
    def people(self) -> int:
        return int(self.scores.shape[1])


@dataclass(frozen=True)
class Ratios:
    """Exact ratios of integers, of which only the `valid` ones may be used."""

    numerator: Integers
    denominator: Integers
    valid: Booleans

    def floats(self) -> Floats:
        """Correctly rounded values, NaN where not valid; both integers must be below 2**53."""
        values = np.full(self.numerator.shape, np.nan)
        np.divide(self.numerator, self.denominator, out=values, where=self.valid)
        return values


def count(flags: Booleans, rows: Sequence[int]) -> Bytes:
    """How many of the rows are true for each person; at most 255 rows."""
    counts: Bytes = flags[list(rows)].view(np.uint8).sum(axis=0, dtype=np.uint8)
    return counts


def side_by_side(columns: Iterable[NDArray[Number]]) -> NDArray[Number]:
    """An array (people, columns) in which each column stays contiguous."""
    return np.stack(tuple(columns)).T
