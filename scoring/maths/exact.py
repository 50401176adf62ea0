"""Sums of floats that do not depend on the order of what is added.

Each number is cut into pieces that are whole multiples of a common unit and small enough for sums of
them to be exact in a float (pre-rounding: Demmel and Nguyen, IEEE Symposium on Computer Arithmetic,
2013). So the sums may be made by matrices, and the same numbers always give the same bits.
"""

import numpy as np

from scoring.maths.matrix import Floats

MOST = 2**26  # numbers in a sum
PIECES = 3  # of 26 or 27 bits each: what is left is below 2**-80 of the largest number
SMALLEST = -500  # exponent: what is less is as good as 0, and has no finer units
AT_ONCE = 2**20  # numbers in work at one time


def sums(columns: Floats, members: Floats) -> Floats:
    """The sum of every column over every group: array (groups, columns).

    `columns` is (columns, people), `members` (groups, people) of 0 and 1. Raises `ValueError` for
    more people than can be summed exactly, and for numbers that are not finite.
    """
    if columns.shape[1] > MOST:
        raise ValueError(f"At most {MOST} numbers can be summed exactly.")
    if not np.isfinite(columns).all():
        raise ValueError("Only finite numbers can be summed.")
    parts = max(1, columns.size // AT_ONCE)
    made = [_sums(part, members) for part in np.array_split(columns, parts)]
    return np.concatenate(made, axis=1)


def _sums(columns: Floats, members: Floats) -> Floats:
    unit = np.exp2(_exponents(columns) - 26)[:, np.newaxis]
    rest = columns
    pieces: list[Floats] = []
    for _ in range(PIECES):
        piece = np.round(rest / unit) * unit
        rest = rest - piece
        pieces.append(members @ piece.T)
        unit = unit * 2.0**-27
    large, middle, small = pieces
    return large + (middle + small)


def _exponents(columns: Floats) -> Floats:
    """The power of two above every number of a column, array (columns,)."""
    largest = np.abs(columns).max(axis=1, initial=0.0)
    _, exponent = np.frexp(largest)
    return np.asarray(np.maximum(exponent, SMALLEST), dtype=np.float64)
