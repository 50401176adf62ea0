"""The sides of a table: where everybody is, and what must not be shown of how many are where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring import divisions
from scoring.divisions import UNASKED, Answers, Division, Source
from scoring.maths import suppression
from scoring.maths.crosstab import NOWHERE
from scoring.maths.divided import Divided, Way, kin
from scoring.maths.matrix import Booleans, Integers
from scoring.people import People
from scoring.tables import NO_GROUP, Asked, NoSuchTable
from surveys.errors import gettext_noop

MOST_LEVELS = 40
MOST_CELLS = 5_000  # also with the groups of a segment: all are looked at to hide what must be


@dataclass(frozen=True)
class Axis:
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
        told = np.flatnonzero(self.way.told).tolist()
        return [place for place in told if place not in self.shown]

    def placed(self, members: Booleans) -> Integers:
        """Where everybody is among the levels that are shown; NOWHERE who is no member."""
        to = np.full(len(self.division.levels), NOWHERE)
        to[self.shown] = range(len(self.shown))
        return np.where(members, to[self.division.place], NOWHERE)


@dataclass(frozen=True)
class Hiding:
    """What is not told of a table and of its margins: counts, and all shares of some lines.

    Of a line some of whose people are left out, and hidden, no shares are told: they would tell how
    many these are.
    """

    cells: Booleans  # (rows, columns)
    right: Booleans  # (rows,)
    below: Booleans  # (columns,)
    of_rows: Booleans  # (rows,)
    of_columns: Booleans  # (columns,)


class Axes:
    """The ways to divide people for a table, and the segment of them that is looked at."""

    def __init__(self, people: People, answers: Mapping[str, Answers], asked: Asked) -> None:
        """Raises NoSuchTable for a segment that must not be looked at."""
        self.people, self.answers, self.asked = people, answers, asked
        self.psu = np.unique(people.psus, return_inverse=True)[1].astype(np.int64)
        keys = [Source.GROUP.of(way.name) for way in people.spec.disaggregations]
        self.groups = {key: divisions.divided(people, key, answers) for key in keys}
        self.segment, self.level = self._segment()
        is_all = np.ones(len(people), dtype=np.bool_)
        self.members = is_all if self.segment is None else self.segment.division.place == self.level

    def by(self, key: str) -> Axis:
        known = self.groups.get(key)
        return self.of(key, known or divisions.divided(self.people, key, self.answers))

    def of(self, key: str, division: Division) -> Axis:
        if len(division.levels) > MOST_LEVELS:
            raise NoSuchTable(
                gettext_noop(
                    "There are more than %(most)s different answers, too many for a table: choose a "
                    "question with fewer."
                ),
                most=MOST_LEVELS,
            )
        shown = np.flatnonzero(division.is_answer | self.asked.has_missing).tolist()
        return Axis(key, division, self._way(key, division), shown)

    def _way(self, key: str, division: Division) -> Way:
        """Who was not asked is told of where another way tells of the same people."""
        others = [group.place for other, group in self.groups.items() if other != key]
        related = kin(division.place, len(division.levels), others)
        told = division.is_answer
        if UNASKED in division.levels:
            unasked = division.levels.index(UNASKED)
            told[unasked] = (related != related[unasked]).any()
        return Way(told, related)

    def _segment(self) -> tuple[Axis | None, int]:
        """The way to divide people and the place of the level that is looked at; None for everyone."""
        key, _, level = self.asked.segment.partition("=")
        if not key:
            return None, NOWHERE
        axis = self.of(key, self.groups[key])
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

    def hiding(self, rows: Axis, columns: Axis) -> Hiding:
        found = self.hidden([rows, columns])
        return Hiding(
            cells=found[np.ix_(rows.shown, columns.shown)],
            right=found[rows.shown, -1],
            below=found[-1, columns.shown],
            of_rows=np.asarray(found[np.ix_(rows.shown, columns.left_out)].any(axis=1)),
            of_columns=np.asarray(found[np.ix_(rows.left_out, columns.shown)].any(axis=0)),
        )

    def hidden(self, axes: Sequence[Axis]) -> Booleans:
        """What of a table of the segment, and of its margins, must not be shown.

        Looked at in the order of the keys: the same numbers are the same table however it is turned.
        """
        every = [*axes, self.segment] if self.segment else [*axes]
        ordered = sorted(every, key=lambda axis: axis.key)
        found = suppression.hidden(self._as_divided(ordered))
        found = np.moveaxis(found, range(len(every)), [every.index(axis) for axis in ordered])
        return found[..., self.level] if self.segment else found

    def _as_divided(self, axes: Sequence[Axis]) -> Divided:
        if np.prod([len(axis.way) + 1 for axis in axes]) > MOST_CELLS:
            raise NoSuchTable(
                gettext_noop(
                    "The table would have too many cells: choose questions with fewer answers, or "
                    "everyone instead of a group."
                )
            )
        places = [axis.division.place for axis in axes]
        return Divided.of([axis.way for axis in axes], places, self.psu)
