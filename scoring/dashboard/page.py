"""Everything the dashboard shows, built from estimates alone: what HTML, JSON and charts render."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from scoring.cells import INTERVIEWS
from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Figure, figure
from scoring.dashboard.names import Dimension, pick
from scoring.maths.cells import ALL
from scoring.maths.scheme import SchemeSpec, StandardSpec, k_name
from scoring.models import Estimate, EstimateSet
from surveys.models import Interview

INDEX = "index"
DAY = "day"
OUTCOME = "outcome"


@dataclass(frozen=True)
class Group:
    """The people whose numbers are shown: everyone, or one level of a disaggregation."""

    by: str = ALL
    level: str = ALL
    title: str = ""


EVERYONE = Group()


@dataclass(frozen=True)
class Provenance:
    """What the numbers were computed from."""

    computed_at: datetime
    interviews: int
    scheme: str
    weighting: Mapping[str, str]  # standard -> share of the index
    form_versions: Sequence[str]
    weight_version: str
    psus: int
    df: int
    note: str


@dataclass(frozen=True)
class Progress:
    """How far the fieldwork is."""

    done: int
    target: int
    today: int
    outcomes: Mapping[str, int]  # name of the outcome -> interviews

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.target) if self.target else None


@dataclass(frozen=True)
class Standard:
    name: str
    title: str
    is_in_index: bool
    score: Figure


@dataclass(frozen=True)
class Threshold:
    """Who counts as not integrated at a cutoff: how many, how broadly, and both together."""

    k: float
    title: str
    is_headline: bool
    headcount: Figure
    breadth: Figure
    intensity: Figure


@dataclass(frozen=True)
class Level:
    """The people of one level and their index."""

    code: str
    title: str
    index: Figure


@dataclass(frozen=True)
class Grouping:
    """Everybody divided in one way."""

    name: str
    title: str
    levels: Sequence[Level]


@dataclass(frozen=True)
class City:
    """A city, its place by index, and the places that its interval leaves open."""

    code: str
    title: str
    index: Figure
    standards: Sequence[Figure]
    rank: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None


@dataclass(frozen=True)
class Day:
    date: date
    interviews: int


@dataclass(frozen=True)
class Page:
    survey: str
    is_probability_sample: bool
    is_demo: bool
    group: Group
    provenance: Provenance
    progress: Progress
    index: Figure
    overall: Figure  # everyone's index, beside which cities and groups stand
    standards: Sequence[Standard]
    thresholds: Sequence[Threshold]
    cities: Sequence[City]
    city_df: int | None
    days: Sequence[Day]
    groupings: Sequence[Grouping] = field(default_factory=tuple)

    @property
    def headline(self) -> Threshold:
        return next(threshold for threshold in self.thresholds if threshold.is_headline)

    @property
    def in_index(self) -> list[Standard]:
        return [standard for standard in self.standards if standard.is_in_index]


@dataclass(frozen=True)
class Rows:
    """Estimates found by variable and group."""

    by_key: Mapping[tuple[str, str, str], Estimate]
    has_interval: bool

    @classmethod
    def of(cls, rows: Iterable[Estimate], *, has_interval: bool) -> "Rows":
        return cls({(r.variable, r.by, r.level): r for r in rows}, has_interval)

    def figure(self, variable: str, by: str, level: str, scale: "ScaleOf") -> Figure:
        row = self.by_key.get((variable, by, level))
        return figure(row, scale, has_interval=self.has_interval)

    def levels(self, by: str) -> list[str]:
        return sorted({level for _, b, level in self.by_key if b == by})

    def counts(self, by: str) -> dict[str, int]:
        """Interviews by level."""
        found = (self.by_key.get((INTERVIEWS, by, level)) for level in self.levels(by))
        return {row.level: row.n for row in found if row is not None}
