"""People of a wave as a table: two ways to divide them against each other, or means by group.

Nothing is in a table that must not be shown (`maths.suppression`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from scoring import divisions
from scoring.axes import Axes, Axis, Hiding
from scoring.divisions import CHOSEN, Answers, Division, Source
from scoring.maths import comparison, disclosure
from scoring.maths.cells import Cell as Key
from scoring.maths.crosstab import Averaged, Sampled, averaged, crossed
from scoring.maths.crosstab import Crossed as Sums
from scoring.maths.design import Design
from scoring.maths.disclosure import Row
from scoring.maths.estimate import Estimate
from scoring.maths.matrix import Booleans, Floats, Integers
from scoring.people import People
from scoring.tables import NOTHING, Asked, Cell, Share, Table, Trial


def tabulate(
    people: People, answers: Mapping[str, Answers], asked: Asked, *, has_design: bool
) -> Table:
    """The table of these people. Raises NoSuchTable."""
    axes = Axes(people, answers, asked)
    crossing = _Crossing(axes, _sampled(people, axes.psu, has_design=has_design))
    source, name = divisions.parts_of(asked.rows)
    if source == Source.SEVERAL:
        return crossing.choices(divisions.chosen(answers[name]))
    return crossing.table(axes.by(asked.rows))


def _sampled(people: People, psu: Integers, *, has_design: bool) -> Sampled:
    """The design that the sampling units tell in which anybody was met."""
    psus = int(psu.max(initial=-1)) + 1
    first = np.unique(psu, return_index=True)[1]
    stratum = np.unique(people.strata[first], return_inverse=True)[1].astype(np.int64)
    design = Design(stratum, np.bincount(stratum)) if has_design and psus else None
    return Sampled(psu, people.weights, psus, design)


class _Crossing(NamedTuple):
    """People as they were sampled, and the ways to divide them."""

    axes: Axes
    sampled: Sampled

    def table(self, rows: Axis) -> Table:
        """Against the columns that were asked for."""
        source, name = divisions.parts_of(self.axes.asked.columns)
        if source == Source.MEAN:
            return self.means(rows, divisions.score(self.axes.people, name))
        return self.counts(rows, self.axes.by(self.axes.asked.columns))

    def counts(self, rows: Axis, columns: Axis) -> Table:
        sums, hiding = self._sums(rows, columns), self.axes.hiding(rows, columns)
        return Table(
            rows=rows.names,
            columns=columns.names,
            cells=_cells(sums, hiding),
            right=_margin(sums.people.sum(axis=1), sums.along_rows(), hiding.right),
            below=_margin(sums.people.sum(axis=0), sums.along_columns(), hiding.below),
            people=int(sums.people.sum()),
            tests=[_association(sums)],
        )

    def choices(self, chosen: Mapping[str, Division]) -> Table:
        """Each choice as a row: of a table of its own of who chose it and who did not."""
        asked_rows = self.axes.asked.rows
        tables = {
            choice: self.table(self.axes.of(f"{asked_rows}={choice}", division))
            for choice, division in chosen.items()
            if CHOSEN in division.levels
        }
        if not tables:
            return Table(rows=[], columns=[], cells=[], right=[], below=[], people=0, tests=[])
        at = {choice: table.rows.index(CHOSEN) for choice, table in tables.items()}
        lines = [table.cells[at[choice]] for choice, table in tables.items()]
        return replace(
            next(iter(tables.values())),
            rows=[*tables],
            cells=[[cell._replace(row=NOTHING) for cell in line] for line in lines],
            right=[table.right[at[choice]] for choice, table in tables.items() if table.right],
            tests=_adjusted([table.tests[0] for table in tables.values()]),
        )

    def means(self, rows: Axis, values: Floats) -> Table:
        """Of groups, and of all of them together, hidden as the numbers that are published are."""
        made = averaged(self.sampled, values, rows.placed(self.axes.members), len(rows.shown))
        found, whole = made.means(), made.whole()
        numbers = zip(made.people.tolist(), made.psus.tolist(), found, strict=True)
        hidden = _hidden_means([Row(n, psus, each.estimate) for n, psus, each in numbers])
        hidden |= self.axes.hidden([rows])[rows.shown]
        groups = zip(found, hidden.tolist(), strict=True)
        is_whole_hidden = bool(disclosure.suppression(whole.n, made.units, whole.estimate))
        return Table(
            rows=rows.names,
            columns=[self.axes.asked.columns],
            cells=[[_mean(each, is_hidden=is_hidden)] for each, is_hidden in groups],
            right=[],
            below=[_mean(whole, is_hidden=is_whole_hidden)],
            people=whole.n,
            tests=[_same_means(made)],
            is_means=True,
        )

    def _sums(self, rows: Axis, columns: Axis) -> Sums:
        shape, members = (len(rows.shown), len(columns.shown)), self.axes.members
        return crossed(self.sampled, rows.placed(members), columns.placed(members), shape)


class _Line(NamedTuple):
    """A row or column of which cells are shares: of how many people, in how many sampling units."""

    people: int
    psus: int
    is_hidden: bool

    def share(self, found: Estimate) -> Share:
        """A share of it, if it may be told."""
        if self.is_hidden or disclosure.suppression(self.people, self.psus, found.estimate):
            return NOTHING
        return Share.of(found)


def _cells(sums: Sums, hiding: Hiding) -> list[list[Cell]]:
    of_row, of_column, of_all = (sums.shares(of) for of in ("row", "column", "all"))
    rows = _lines(sums.n.sum(axis=2), hiding.of_rows)
    columns = _lines(sums.n.sum(axis=1), hiding.of_columns)
    return [
        [
            Cell(None)
            if hiding.cells[i, j]
            else Cell(
                int(sums.people[i, j]),
                row.share(of_row[i][j]),
                column.share(of_column[i][j]),
                Share.of(of_all[i][j]),
            )
            for j, column in enumerate(columns)
        ]
        for i, row in enumerate(rows)
    ]


def _lines(n: Integers, hidden: Booleans) -> list[_Line]:
    """From people by sampling unit, array (PSUs, lines)."""
    numbers = (n.sum(axis=0), np.count_nonzero(n, axis=0), hidden)
    return [_Line(*line) for line in zip(*(one.tolist() for one in numbers), strict=True)]


def _margin(people: Integers, shares: Sequence[Estimate], hidden: Booleans) -> list[Cell]:
    rows = zip(people.tolist(), shares, hidden.tolist(), strict=True)
    return [Cell(None) if is_hidden else Cell(n, all=Share.of(each)) for n, each, is_hidden in rows]


def _mean(found: Estimate, *, is_hidden: bool) -> Cell:
    return Cell(None) if is_hidden else Cell(found.n, all=Share.of(found))


def _hidden_means(rows: Sequence[Row]) -> Booleans:
    """Which groups' means must not be told, by the rule of all published numbers."""
    reasons = disclosure.withheld({Key("", str(at), ""): row for at, row in enumerate(rows)})
    return np.array([Key("", str(at), "") in reasons for at in range(len(rows))], dtype=np.bool_)


def _association(sums: Sums) -> Trial | None:
    found = sums.tested()
    if found is None:
        return None
    return Trial(found.f, found.df, found.df_error, found.p, found.chi2, found.pearson)


def _same_means(made: Averaged) -> Trial | None:
    found = made.tested()
    if found is None:
        return None
    return Trial(found.f, found.df, found.df_error, found.p)


def _adjusted(tests: Sequence[Trial | None]) -> list[Trial | None]:
    """With p for there being several (Holm)."""
    p = comparison.holm(np.array([np.nan if test is None else test.p for test in tests]))
    return [test and test._replace(p=float(value)) for test, value in zip(tests, p, strict=True)]
