"""People of a wave as a table: two ways to divide them against each other, or means by group.

Nothing is in a table that must not be shown (`maths.suppression`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from scoring import divisions
from scoring.divisions import CHOSEN, UNANSWERED, UNASKED, Answers, Division, Source
from scoring.maths import comparison, disclosure, suppression
from scoring.maths.cells import Cell as Key
from scoring.maths.crosstab import NOWHERE, Crossed, Sampled, averaged, crossed
from scoring.maths.design import Design
from scoring.maths.disclosure import Row
from scoring.maths.estimate import Estimate
from scoring.maths.matrix import Booleans, Floats, Integers
from scoring.maths.raoscott import Association
from scoring.maths.suppression import Divided, Way
from scoring.people import People
from surveys.errors import SurveyError, gettext_noop

MOST_LEVELS = 40
MOST_CELLS = 5_000  # also with the groups of a segment: all are looked at to hide what must be
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


def tabulate(
    people: People, answers: Mapping[str, Answers], asked: Asked, *, has_design: bool
) -> Table:
    """The table of these people. Raises NoSuchTable."""
    crossing = _Crossing(people, answers, asked, has_design=has_design)
    source, _, name = asked.columns.partition(".")
    if source == Source.MEAN:
        return crossing.means(divisions.score(people, name))
    if asked.rows.startswith(Source.SEVERAL.of("")):
        return crossing.choices(divisions.chosen(answers[asked.rows.partition(".")[2]]))
    return crossing.table()


@dataclass(frozen=True)
class _Axis:
    """One side of a table: where everybody is, and the places of the levels that are shown."""

    key: str
    division: Division
    way: Way
    shown: list[int]

    @property
    def names(self) -> list[str]:
        return [self.division.levels[place] for place in self.shown]

    @property
    def left_out(self) -> list[int]:
        """Levels that are not shown, but must not be worked out either."""
        return [
            place for place in np.flatnonzero(self.way.told).tolist() if place not in self.shown
        ]

    def placed(self, members: Booleans) -> Integers:
        """Where everybody is among the levels that are shown; NOWHERE who is no member."""
        to = np.full(len(self.division.levels), NOWHERE)
        to[self.shown] = range(len(self.shown))
        return np.where(members, to[self.division.place], NOWHERE)


@dataclass(frozen=True)
class _Hiding:
    """What is not told of a table with its margins: counts, (rows + 1, columns + 1), and shares.

    Of a line some of whose people are left out, and hidden, no shares are told: they would tell how
    many these are.
    """

    counts: Booleans
    of_rows: Booleans  # (rows + 1,)
    of_columns: Booleans


class _Crossing:
    """People, the segment of them that is looked at, and what hides numbers about them."""

    def __init__(
        self, people: People, answers: Mapping[str, Answers], asked: Asked, *, has_design: bool
    ) -> None:
        self.people, self.answers, self.asked = people, answers, asked
        self.psu = np.unique(people.psus, return_inverse=True)[1].astype(np.int64)
        self.sampled = _sampled(people, self.psu, has_design=has_design)
        keys = [Source.GROUP.of(way.name) for way in people.spec.disaggregations]
        self.groups = {key: divisions.divided(people, key, answers) for key in keys}
        self.segment, self.level = self._segment()
        is_all = np.ones(len(people), dtype=np.bool_)
        self.members = is_all if self.segment is None else self.segment.division.place == self.level

    def table(self) -> Table:
        rows, columns = self._axis(self.asked.rows), self._axis(self.asked.columns)
        sums = self._crossed(rows, columns)
        hiding = self._hiding(rows, columns)
        return Table(
            rows=rows.names,
            columns=columns.names,
            cells=_cells(sums, hiding),
            right=_margin(sums.people.sum(axis=1), sums.along_rows(), hiding.counts[:-1, -1]),
            below=_margin(sums.people.sum(axis=0), sums.along_columns(), hiding.counts[-1, :-1]),
            people=int(sums.people.sum()),
            tests=[_association(sums.tested())],
        )

    def choices(self, chosen: Mapping[str, Division]) -> Table:
        """Each choice as a row: a table of its own of who chose it and who did not."""
        columns = self._axis(self.asked.columns)
        made = []
        for choice, division in chosen.items():
            if CHOSEN in division.levels:
                row = self._of(f"{self.asked.rows}={choice}", division)
                sums, hiding = self._crossed(row, columns), self._hiding(row, columns)
                made.append((choice, row.names.index(CHOSEN), sums, hiding))
        tests = [_association(sums.tested()) for _, _, sums, _ in made]
        lines = [_cells(sums, hiding)[at] for _, at, sums, hiding in made]
        below = made[0] if made else None
        return Table(
            rows=[choice for choice, *_ in made],
            columns=columns.names,
            cells=[[cell._replace(row=NOTHING) for cell in line] for line in lines],
            right=[
                _margin(sums.people.sum(axis=1), sums.along_rows(), hiding.counts[:-1, -1])[at]
                for _, at, sums, hiding in made
            ],
            below=_margin(
                below[2].people.sum(axis=0), below[2].along_columns(), below[3].counts[-1, :-1]
            )
            if below
            else [],
            people=int(below[2].people.sum()) if below else 0,
            tests=_adjusted(tests),
        )

    def means(self, values: Floats) -> Table:
        rows = self._axis(self.asked.rows)
        made = averaged(self.sampled, values, rows.placed(self.members), len(rows.shown))
        found = made.means()
        numbers = zip(made.people.tolist(), made.psus.tolist(), found, strict=True)
        told = [Row(n, psus, each.estimate) for n, psus, each in numbers]
        hidden = self._hidden([rows])[rows.shown] | _hidden_means(told)
        shown = [
            Cell(None) if is_hidden else Cell(row.people, all=Share.of(each))
            for row, each, is_hidden in zip(told, found, hidden.tolist(), strict=True)
        ]
        whole = made.whole()
        tested = made.tested()
        test = Trial(tested.f, tested.df, tested.df_error, tested.p) if tested else None
        return Table(
            rows=rows.names,
            columns=[self.asked.columns],
            cells=[[cell] for cell in shown],
            right=[],
            below=[Cell(whole.n, all=Share.of(whole))],
            people=whole.n,
            tests=[test],
            is_means=True,
        )

    def _axis(self, key: str) -> _Axis:
        known = self.groups.get(key)
        return self._of(key, known or divisions.divided(self.people, key, self.answers))

    def _of(self, key: str, division: Division) -> _Axis:
        if len(division.levels) > MOST_LEVELS:
            raise NoSuchTable(
                gettext_noop(
                    "There are more than %(most)s different answers, too many for a table: choose a "
                    "question with fewer."
                ),
                most=MOST_LEVELS,
            )
        shown = [
            place
            for place, level in enumerate(division.levels)
            if self.asked.has_missing or level not in (UNASKED, UNANSWERED)
        ]
        return _Axis(key, division, self._way(key, division), shown)

    def _way(self, key: str, division: Division) -> Way:
        """Who was not asked is told of where another way tells of the same people."""
        others = [group.place for other, group in self.groups.items() if other != key]
        kin = suppression.kin(division.place, len(division.levels), others)
        told = division.is_answer
        if UNASKED in division.levels:
            unasked = division.levels.index(UNASKED)
            told[unasked] = (kin != kin[unasked]).any()
        return Way(told, kin)

    def _segment(self) -> tuple[_Axis | None, int]:
        """The way to divide people and the place of the level that is looked at; None for everyone."""
        key, _, level = self.asked.segment.partition("=")
        if not key:
            return None, NOWHERE
        axis = self._of(key, self.groups[key])
        if level not in axis.division.levels or level == UNASKED:
            raise NoSuchTable(NO_GROUP)
        place = axis.division.levels.index(level)
        if suppression.hidden(self._as_divided([axis]))[place]:
            raise NoSuchTable(
                gettext_noop(
                    "This group has too few people to be looked at by itself, or would tell of one that "
                    "has: choose a larger one."
                )
            )
        return axis, place

    def _crossed(self, rows: _Axis, columns: _Axis) -> Crossed:
        shape = (len(rows.shown), len(columns.shown))
        places = (rows.placed(self.members), columns.placed(self.members))
        return crossed(self.sampled, *places, shape)

    def _hiding(self, rows: _Axis, columns: _Axis) -> _Hiding:
        found = self._hidden([rows, columns])
        down, across = [*rows.shown, -1], [*columns.shown, -1]
        return _Hiding(
            counts=found[np.ix_(down, across)],
            of_rows=np.logical_or.reduce(found[np.ix_(down, columns.left_out)], axis=1),
            of_columns=np.logical_or.reduce(found[np.ix_(rows.left_out, across)], axis=0),
        )

    def _hidden(self, axes: Sequence[_Axis]) -> Booleans:
        """What of a table of the segment, and of its margins, must not be shown.

        Looked at in the order of the keys: the same numbers are the same table however it is turned.
        """
        every = [*axes, self.segment] if self.segment else [*axes]
        ordered = sorted(every, key=lambda axis: axis.key)
        found = suppression.hidden(self._as_divided(ordered))
        found = np.moveaxis(found, range(len(every)), [every.index(axis) for axis in ordered])
        return found[..., self.level] if self.segment else found

    def _as_divided(self, axes: Sequence[_Axis]) -> Divided:
        if np.prod([len(axis.way) + 1 for axis in axes]) > MOST_CELLS:
            raise NoSuchTable(
                gettext_noop(
                    "The table would have too many cells: choose questions with fewer answers, or "
                    "everyone instead of a group."
                )
            )
        places = [axis.division.place for axis in axes]
        return Divided.of([axis.way for axis in axes], places, self.psu)


def _sampled(people: People, psu: Integers, *, has_design: bool) -> Sampled:
    """The design that the sampling units tell in which anybody was met."""
    psus = int(psu.max(initial=-1)) + 1
    first = np.unique(psu, return_index=True)[1]
    stratum = np.unique(people.strata[first], return_inverse=True)[1].astype(np.int64)
    design = Design(stratum, np.bincount(stratum)) if has_design and psus else None
    return Sampled(psu, people.weights, psus, design)


def _cells(sums: Crossed, hiding: _Hiding) -> list[list[Cell]]:
    people, psus = sums.people, sums.psus
    of_row, of_column, of_all = (sums.shares(of) for of in ("row", "column", "all"))
    in_rows, in_columns = (n.sum(axis=1) for n in (people, people.T))
    row_psus = np.count_nonzero(sums.n.sum(axis=2), axis=0)
    column_psus = np.count_nonzero(sums.n.sum(axis=1), axis=0)
    return [
        [
            Cell(None)
            if hiding.counts[i, j]
            else Cell(
                int(people[i, j]),
                _share(of_row[i][j], in_rows[i], row_psus[i], is_hidden=hiding.of_rows[i]),
                _share(
                    of_column[i][j], in_columns[j], column_psus[j], is_hidden=hiding.of_columns[j]
                ),
                Share.of(of_all[i][j]),
            )
            for j in range(psus.shape[1])
        ]
        for i in range(psus.shape[0])
    ]


def _share(found: Estimate, people: int, psus: int, *, is_hidden: bool) -> Share:
    """A share of a line of so many people, if it may be told."""
    if is_hidden or disclosure.suppression(int(people), int(psus), found.estimate):
        return NOTHING
    return Share.of(found)


def _margin(people: Integers, shares: Sequence[Estimate], hidden: Booleans) -> list[Cell]:
    rows = zip(people.tolist(), shares, hidden.tolist(), strict=True)
    return [Cell(None) if is_hidden else Cell(n, all=Share.of(each)) for n, each, is_hidden in rows]


def _hidden_means(rows: Sequence[Row]) -> Booleans:
    """Which groups' means must not be told, by the rule of all published numbers."""
    reasons = disclosure.withheld({Key("", str(at), ""): row for at, row in enumerate(rows)})
    return np.array([Key("", str(at), "") in reasons for at in range(len(rows))], dtype=np.bool_)


def _association(found: Association | None) -> Trial | None:
    if found is None:
        return None
    return Trial(found.f, found.df, found.df_error, found.p, found.chi2, found.pearson)


def _adjusted(tests: Sequence[Trial | None]) -> list[Trial | None]:
    """With p for there being several (Holm)."""
    p = comparison.holm(np.array([np.nan if test is None else test.p for test in tests]))
    return [test and test._replace(p=float(value)) for test, value in zip(tests, p, strict=True)]
