"""What a site's people sum to, by domain and variable.

The sums are the same bits in whatever order people come. A site is rebuilt from its people each time,
never updated. Primary sampling units (PSUs) are the sums of their sites.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self, TypeAlias

import numpy as np

from scoring.maths import exact
from scoring.maths.matrix import Floats, Integers

ALL = "all"
MOST_WEIGHT = 1e100
PARTS = 100  # added at one time


class Domain(NamedTuple):
    """A group of people; `by` and `level` are `all` for everybody."""

    by: str
    level: str


EVERYBODY = Domain(ALL, ALL)


class Cell(NamedTuple):
    """One variable in one domain."""

    by: str
    level: str
    variable: str


class Sums(NamedTuple):
    """Over the valid cases of a cell: their number, sum w, sum w y, sum w^2 and sum w y^2."""

    n: float
    W: float
    T: float
    W2: float
    Q: float


class Weighed(NamedTuple):
    """Variables whose means are taken with the same weights; NaN where a case is not valid."""

    columns: Mapping[str, Floats]  # (people,) each
    weights: Floats  # (people,)

    def of(self, people: slice) -> "Weighed":
        """Those of some people."""
        return Weighed({name: y[people] for name, y in self.columns.items()}, self.weights[people])


Levels: TypeAlias = Mapping[str, Sequence[str | None]]


@dataclass(frozen=True)
class Cells:
    """The sums of some people; domains are sorted, and have somebody."""

    variables: tuple[str, ...]
    domains: tuple[Domain, ...]
    sums: Floats  # (Sums, domains, variables)

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Self:
        """The sums of several people as one; all of the same variables."""
        if len(parts) == 1:
            return parts[0]
        domains = sorted({domain for part in parts for domain in part.domains})
        sums = np.zeros((len(Sums._fields), len(domains), len(parts[0].variables)))
        for at, rows in in_rows(parts, domains):
            add_rows(sums, at, rows)
        return cls(parts[0].variables, tuple(domains), sums)

    def only(self, places: Sequence[int]) -> Self:
        """Those of the variables at some places."""
        names = tuple(self.variables[place] for place in places)
        return type(self)(names, self.domains, self.sums[:, :, places])


def in_rows(parts: Sequence[Cells], domains: Iterable[Domain]) -> Iterator[tuple[Integers, Floats]]:
    """Some parts at a time: where each row's domain stands among others, and the sums.

    Arrays (rows,) and (Sums, rows, variables).
    """
    place = {domain: number for number, domain in enumerate(domains)}
    for start in range(0, len(parts), PARTS):
        some = parts[start : start + PARTS]
        at = [place[domain] for part in some for domain in part.domains]
        yield np.array(at, dtype=np.int64), np.concatenate([part.sums for part in some], axis=1)


def add_rows(sums: Floats, at: Integers, rows: Floats) -> None:
    """Add rows (.., rows, variables) to the sums (.., domains, variables) where they belong."""
    order = np.argsort(at, kind="stable")
    domains, starts = np.unique(at[order], return_index=True)
    sums[:, domains] += np.add.reduceat(rows[:, order], starts, axis=1)


def site_cells(weighed: Sequence[Weighed], levels: Levels) -> Cells:
    """The cells of one site from its people's columns.

    `levels` gives each person's level by disaggregation, None for no level. Raises `ValueError` for
    weights that are too large to be squared.
    """
    domains, members = _domains(levels, len(weighed[0].weights))
    made = [_sums(np.stack(tuple(y.values())), w, members) for y, w in weighed]
    names = tuple(name for columns, _ in weighed for name in columns)
    return Cells(names, domains, np.concatenate(made, axis=-1))


def _sums(y: Floats, w: Floats, members: Floats) -> Floats:
    """The `Sums` of variables (variables, people), array (Sums, domains, variables).

    What counts cases only is summed once for all variables that have the same ones.
    """
    if not (np.abs(w) <= MOST_WEIGHT).all():
        raise ValueError(f"A weight must be a number up to {MOST_WEIGHT}.")
    valid = ~np.isnan(y)
    kinds: dict[bytes, int] = {}
    kind = [kinds.setdefault(row.tobytes(), len(kinds)) for row in valid]
    first = [kind.index(number) for number in range(len(kinds))]
    weighted = np.where(valid, w * y, 0.0)
    square = np.where(valid, weighted * y, 0.0)
    counted = valid[first] * 1.0
    columns = (counted, counted * w, counted * w**2, weighted, square)
    summed = exact.sums(np.concatenate(columns), members)
    n, W, W2 = np.split(summed[:, : 3 * len(kinds)], 3, axis=1)
    T, Q = np.split(summed[:, 3 * len(kinds) :], 2, axis=1)
    return np.stack((n[:, kind], W[:, kind], T, W2[:, kind], Q))


def _domains(levels: Levels, people: int) -> tuple[tuple[Domain, ...], Floats]:
    """The domains, sorted, and who belongs to each: array (domains, people) of 0 and 1."""
    members: dict[Domain, list[int]] = {EVERYBODY: list(range(people))}
    for by, levels_of_people in levels.items():
        for person, level in enumerate(levels_of_people):
            if level is not None:
                members.setdefault(Domain(by, level), []).append(person)
    domains = tuple(sorted(members))
    belongs = np.zeros((len(domains), people))
    for row, domain in enumerate(domains):
        belongs[row, members[domain]] = 1.0
    return domains, belongs
