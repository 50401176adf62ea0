"""Cities compared: ranked where the sample allows it, with the ranks their intervals leave open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scoring.dashboard.figures import SCORE, Figure
from scoring.dashboard.names import Dimension
from scoring.dashboard.rows import Rows
from scoring.maths.kinds import INDEX


@dataclass(frozen=True)
class City:
    """A city's index and standards; ranks are empty where the index is hidden or has no interval."""

    code: str
    title: str
    index: Figure
    standards: Sequence[Figure]
    rank: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None

    @property
    def ranks(self) -> str:
        """The open ranks, such as `3–7`."""
        if self.best_rank == self.worst_rank:
            return str(self.best_rank or "")
        return f"{self.best_rank}–{self.worst_rank}"


def compare_cities(rows: Rows, dimension: Dimension, standards: Sequence[str]) -> list[City]:
    """All cities, the highest index first; in the form's order where none may be ranked."""
    cities = [
        City(
            code=level,
            title=dimension.title_of(level),
            index=rows.figure(INDEX, dimension.name, level, SCORE),
            standards=[rows.figure(s, dimension.name, level, SCORE) for s in standards],
        )
        for level in dimension.ordered(rows.levels(dimension.name))
    ]
    if not rows.has_interval:
        return cities
    return rank(cities)


def rank(cities: Iterable[City]) -> list[City]:
    """Cities by index, hidden ones last and without a rank."""
    ordered = sorted(cities, key=_highest_first)
    certain = [city.index for city in ordered if city.index.interval]
    return [
        _placed(city, place, certain) if city.index.interval else city
        for place, city in enumerate(ordered, 1)
    ]


def _highest_first(city: City) -> tuple[bool, bool, float]:
    return (city.index.value is None, not city.index.interval, -(city.index.value or 0))


def _placed(city: City, place: int, others: Sequence[Figure]) -> City:
    """Ranks are open between cities whose intervals overlap."""
    above = sum(_is_below(city.index, other) for other in others)
    below = sum(_is_below(other, city.index) for other in others)
    return replace(city, rank=place, best_rank=1 + above, worst_rank=len(others) - below)


def _is_below(a: Figure, b: Figure) -> bool:
    return a.high is not None and b.low is not None and a.high < b.low
