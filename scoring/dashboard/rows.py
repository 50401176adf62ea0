"""Estimates found by what they say and about whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.dashboard.figures import Figure, Scale, figure
from scoring.maths.kinds import INTERVIEWS
from scoring.models import Estimate


@dataclass(frozen=True)
class Rows:
    """The estimates of one set. `has_interval` False is a sample that supports no inference."""

    by_key: Mapping[tuple[str, str, str], Estimate]
    has_interval: bool

    @classmethod
    def of(cls, rows: Iterable[Estimate], *, has_interval: bool) -> "Rows":
        return cls({(row.variable, row.by, row.level): row for row in rows}, has_interval)

    def figure(self, variable: str, by: str, level: str, scale: Scale) -> Figure:
        row = self.by_key.get((variable, by, level))
        return figure(row, scale, has_interval=self.has_interval)

    def levels(self, by: str) -> set[str]:
        return {level for _, b, level in self.by_key if b == by}

    def interviews(self, by: str) -> dict[str, int]:
        """How many interviews each level has."""
        found = (self.by_key.get((INTERVIEWS, by, level)) for level in sorted(self.levels(by)))
        return {row.level: row.n for row in found if row is not None and row.n is not None}
