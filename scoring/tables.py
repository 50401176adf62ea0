"""A table of people: what it is asked for by, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from scoring.maths.estimate import Estimate
from surveys.errors import SurveyError, gettext_noop

DIGITS = 6

NO_GROUP = gettext_noop("There is no such group of people: choose it from the list.")


class NoSuchTable(SurveyError):
    """What was asked for cannot be shown as a table."""

    status = 422


class Asked(NamedTuple):
    """What a table is of, by keys of `divisions`. `segment` is `way=level`, or blank for everyone.

    `has_missing` shows those who gave no answer among the others.
    """

    rows: str
    columns: str
    segment: str = ""
    has_missing: bool = False


class Share(NamedTuple):
    """A share from 0 to 1, or a mean; None is not available, or hidden."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None

    @classmethod
    def of(cls, found: Estimate) -> "Share":
        numbers = (found.estimate, found.low, found.high, found.se)
        return cls(*(None if number is None else round(number, DIGITS) for number in numbers))


NOTHING = Share()


class Cell(NamedTuple):
    """People and which share of their row, of their column and of all they are; `n` None is hidden."""

    n: int | None
    row: Share = NOTHING
    column: Share = NOTHING
    all: Share = NOTHING


class Trial(NamedTuple):
    """`pearson` and `chi2` are of shares alone; `p` of each row is adjusted for there being several."""

    f: float
    df: float
    df_error: float
    p: float
    chi2: float | None = None
    pearson: float | None = None


@dataclass(frozen=True)
class Table:
    """Levels by their names. `right` and `below` are the margins; a table of means has one column.

    Of a question of which several may be chosen each row is a table of its own: `tests` has the test of
    each. `people` is everybody in the table.
    """

    rows: list[str]
    columns: list[str]
    cells: list[list[Cell]]
    right: list[Cell]
    below: list[Cell]
    people: int
    tests: list[Trial | None]
    is_means: bool = False

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Table":
        """From JSON."""
        lines = {name: [_cell(one) for one in kept[name]] for name in ("right", "below")}
        cells = [[_cell(one) for one in row] for row in kept["cells"]]
        tests = [Trial(*one) if one else None for one in kept["tests"]]
        return cls(**{**kept, **lines, "cells": cells, "tests": tests})


def _cell(kept: Sequence[Any]) -> Cell:
    n, *shares = kept
    return Cell(n, *(Share(*share) for share in shares))
