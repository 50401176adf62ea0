"""What the public may read of published numbers: less than staff, and rounded.

Staff are told which numbers rest on little; the public is not shown them. Whoever could work one of
them out learns nothing of a person: what would tell of people is hidden before, with all that gives it
away (`disclosure`).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from scoring.maths.cells import Cell
from scoring.maths.disclosure import Reasons
from scoring.maths.kinds import Kind
from scoring.maths.quality import FEW_PEOPLE, WIDE

STEP = 5  # of numbers of people
UNRELIABLE = "unreliable"
NOT_FOR_ALL = frozenset({FEW_PEOPLE, WIDE})
TOGETHER = (Kind.HEADCOUNT, Kind.BREADTH, Kind.INTENSITY)  # two of them give the third


class Said(NamedTuple):
    """What staff are told of a number: why it is hidden, or what speaks against relying on it."""

    suppressed: str
    flags: Collection[str]


def withheld(rows: Mapping[Cell, Said]) -> Reasons:
    """Why each number that the public must not see is hidden.

    Of a group's H, M0 and A at one threshold all are hidden where one is.
    """
    alone = {cell: why for cell, said in rows.items() if (why := _alone(said))}
    return {other: why for cell, why in alone.items() for other in _together(cell, rows)} | alone


def people(number: int) -> int:
    """A number of people as the public reads it."""
    return STEP * round(number / STEP)


def _alone(said: Said) -> str:
    return said.suppressed or (UNRELIABLE if NOT_FOR_ALL.intersection(said.flags) else "")


def _together(cell: Cell, rows: Mapping[Cell, Said]) -> Iterator[Cell]:
    for kind in TOGETHER:
        if cell.variable.startswith(kind.beginning):
            k = cell.variable.removeprefix(kind.beginning)
            others = (cell._replace(variable=each.of(k)) for each in TOGETHER)
            yield from (other for other in others if other in rows)
