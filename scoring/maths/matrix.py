"""Many people's item scores by column, the counts of them, and exact ratios of integers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.maths.rules import NOT_APPLICABLE, SCALE

Bytes: TypeAlias = NDArray[np.uint8]
Integers: TypeAlias = NDArray[np.int64]
Exact: TypeAlias = NDArray[np.signedinteger[Any]]  # as narrow as its values allow
Floats: TypeAlias = NDArray[np.float64]
Booleans: TypeAlias = NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)

BYTE = 255


class Tally(NamedTuple):
    """What some of the items come to for each person, arrays (people,)."""

    applicable: Bytes  # how many apply
    answered: Bytes  # how many of them are answered
    total: NDArray[np.unsignedinteger[Any]]  # the sum of their scores


@dataclass(frozen=True)
class ItemMatrix:
    """Item scores as uint8 arrays (items, people), so that each item is contiguous."""

    codes: Bytes  # as `score_items` returns them
    _tallies: dict[tuple[int, ...], Tally] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, items: Bytes) -> Self:
        """From item scores (people, items) as `score_items` returns them, a row a person."""
        return cls(np.ascontiguousarray(items.T))

    @cached_property
    def answered(self) -> Booleans:
        return np.asarray(self.codes <= SCALE)

    @property
    def people(self) -> int:
        return int(self.codes.shape[1])

    def tally(self, rows: Sequence[int]) -> Tally:
        """Counts and sums of some items; few at a time stay in the processor's cache."""
        key = tuple(rows)
        if key not in self._tallies:
            codes = take(self.codes, rows)
            answered = (codes <= SCALE).view(np.uint8)
            kind = np.uint8 if len(rows) * SCALE <= BYTE else np.uint16
            self._tallies[key] = Tally(
                count(codes != NOT_APPLICABLE),
                count(answered),
                np.add.reduce(codes * answered, axis=0, dtype=kind),
            )
        return self._tallies[key]


@dataclass(frozen=True)
class Ratios:
    """Exact ratios of integers, of which only the `valid` ones may be used."""

    numerator: Exact
    denominator: Exact
    valid: Booleans

    def floats(self) -> Floats:
        """Correctly rounded values, NaN where not valid; both integers must be below 2**53."""
        with np.errstate(invalid="ignore"):  # 0 / 0 is NaN, and several times as fast as a mask
            return np.asarray((self.numerator * self.valid) / (self.denominator * self.valid))


def count(flags: Booleans | Bytes) -> Bytes:
    """How many of at most 255 rows are true for each person, from an array (rows, people)."""
    return np.asarray(np.add.reduce(flags.view(np.uint8), axis=0, dtype=np.uint8))


def take(columns: NDArray[Number], rows: Sequence[int]) -> NDArray[Number]:
    """Some of the rows; not copied where they follow each other."""
    if rows and rows[-1] - rows[0] + 1 == len(rows) == len(set(rows)) and min(rows) == rows[0]:
        return columns[rows[0] : rows[-1] + 1]
    return columns[list(rows)]


def whole_numbers(most: int) -> type[np.signedinteger[Any]]:
    """A type for the integers up to `most`: half as wide is twice as fast."""
    return np.int32 if most <= np.iinfo(np.int32).max else np.int64


def at_least(
    numerator: Exact | Bytes, denominator: Exact | Bytes, k: Fraction, most: int
) -> Booleans:
    """numerator / denominator >= k, compared exactly; neither is above `most`."""
    needed = np.min_scalar_type(-most * max(k.numerator, k.denominator))
    kind = np.result_type(numerator.dtype, needed)
    return np.asarray(
        np.multiply(numerator, k.denominator, dtype=kind)
        >= np.multiply(denominator, k.numerator, dtype=kind)
    )


def side_by_side(columns: Iterable[NDArray[Number]]) -> NDArray[Number]:
    """An array (people, columns) in which each column stays contiguous."""
    return np.stack(tuple(columns)).T
