"""A season of interviews as columns, an element an interview: all that the checks look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, Self

import numpy as np

from surveys.quality.arrays import Booleans, Bytes, Factor, Floats, Integers

DAY_S = 86_400
FACTORS = ("enumerator", "site", "team", "psu", "version", "case", "person")


class Kind(StrEnum):
    """How the answers of a question are numbers."""

    CHOICE = "choice"  # the option's place in its list, from 0
    CHOICES = "choices"  # the sum of 2**place of the options chosen
    NUMBER = "number"
    TEXT = "text"  # equal numbers for equal texts, nothing else


class State(IntEnum):
    """What became of a question in an interview."""

    ANSWERED = 0
    NOT_ASKED = 1
    BLANK = 2  # asked, and nothing was noted
    DONT_KNOW = 3
    REFUSED = 4
    OTHER = 5  # answered "other"


@dataclass(frozen=True)
class Question:
    """A question's answers. `values` is NaN except where the state is ANSWERED or OTHER."""

    name: str
    kind: Kind
    values: Floats
    states: Bytes
    section: str = ""
    battery: str = ""  # statements judged on one scale, one after another
    is_reversed: bool = False  # agreeing means the opposite of what it means in the battery
    seconds: Floats | None = None  # spent at the question, NaN where no log says it

    @property
    def is_asked(self) -> Booleans:
        return np.asarray(self.states != State.NOT_ASKED)

    @property
    def is_answered(self) -> Booleans:
        return np.asarray(np.isfinite(self.values))

    def take(self, rows: Integers | Booleans) -> Self:
        seconds = None if self.seconds is None else self.seconds[rows]
        return replace(self, values=self.values[rows], states=self.states[rows], seconds=seconds)


@dataclass(frozen=True)
class Whereabouts:
    """Where interviews were made, in degrees and metres; NaN where it is not known."""

    latitude: Floats
    longitude: Floats
    accuracy_m: Floats
    site_latitude: Floats
    site_longitude: Floats

    @classmethod
    def unknown(cls, size: int) -> Self:
        return cls(*(np.full(size, np.nan) for _ in fields(cls)))

    def take(self, rows: Integers | Booleans) -> Self:
        return type(self)(*(getattr(self, column.name)[rows] for column in fields(self)))


@dataclass(frozen=True)
class Broken:
    """A rule of the form that an interview breaks, as the form's own judgement has it."""

    interview: str
    question: str
    rule: str  # "constraint", "required" or another code of the form's judgement


@dataclass(frozen=True)
class Fieldwork:
    """Interviews in columns of the same length, in any order.

    Instants are seconds since 1970, NaN where unknown: `start` and `end` by the device's clock,
    `received` by the server's. `person` is a hash of what identifies somebody, `case` the selected
    unit. Refusals and interviews that were broken off are not `is_complete`: only clocks, places,
    versions and travel look at them.
    """

    ids: tuple[str, ...]
    enumerator: Factor
    site: Factor
    start: Floats
    end: Floats
    received: Floats
    is_complete: Booleans
    questions: tuple[Question, ...]
    whereabouts: Whereabouts
    team: Factor
    psu: Factor
    version: Factor
    case: Factor
    person: Factor
    section_s: Mapping[str, Floats] = field(default_factory=dict)  # time spent, by section
    published: Mapping[str, float] = field(default_factory=dict)  # instant of a form version
    broken: tuple[Broken, ...] = ()
    utc_offset_s: float = 0.0  # of the survey's time zone

    def __post_init__(self) -> None:
        """Raises ValueError where a column has another length than `ids`, or ids are not unique."""
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("ids of interviews are not unique")
        for name, column in self._columns():
            if len(column) != len(self.ids):
                raise ValueError(f"{name}: {len(column)} for {len(self.ids)} interviews")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Integers | Booleans) -> Self:
        """Some of the interviews."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        ids = tuple(self.ids[place] for place in places)
        kept = set(ids)
        factors: dict[str, Any] = {name: getattr(self, name).take(rows) for name in FACTORS}
        return replace(
            self,
            **factors,
            ids=ids,
            start=self.start[rows],
            end=self.end[rows],
            received=self.received[rows],
            is_complete=self.is_complete[rows],
            questions=tuple(question.take(rows) for question in self.questions),
            whereabouts=self.whereabouts.take(rows),
            section_s={name: seconds[rows] for name, seconds in self.section_s.items()},
            broken=tuple(one for one in self.broken if one.interview in kept),
        )

    @cached_property
    def complete(self) -> Self:
        """Only the complete interviews."""
        return self if self.is_complete.all() else self.take(self.is_complete)

    @cached_property
    def duration_s(self) -> Floats:
        """From start to end, NaN where that is not positive."""
        elapsed = self.end - self.start
        return np.where(elapsed > 0, elapsed, np.nan)

    @cached_property
    def local_s(self) -> Floats:
        """The start on the survey's own clock; when it was received, where no start is known."""
        return np.where(np.isfinite(self.start), self.start, self.received) + self.utc_offset_s

    @cached_property
    def day(self) -> Floats:
        """Days since 1970 in the survey's time zone."""
        return np.floor(self.local_s / DAY_S)

    @cached_property
    def asked(self) -> Integers:
        """How many questions each interview asked."""
        total = np.zeros(len(self), dtype=np.int64)
        for question in self.questions:
            total += question.is_asked
        return total

    def _columns(self) -> list[tuple[str, Any]]:
        names = [*FACTORS, "start", "end", "received", "is_complete"]
        columns: list[tuple[str, Any]] = [(name, getattr(self, name)) for name in names]
        columns += [(question.name, question.values) for question in self.questions]
        columns += [(question.name, question.states) for question in self.questions]
        columns += [(name, seconds) for name, seconds in self.section_s.items()]
        columns += [(f.name, getattr(self.whereabouts, f.name)) for f in fields(Whereabouts)]
        return columns
