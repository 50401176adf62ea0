"""How long interviews took, as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.models import Inspection
from surveys.quality.finding import Check
from surveys.quality.thresholds import Thresholds
from surveys.quantities import duration

TIMED = frozenset({Check.SHORT_INTERVIEW, Check.LONG_INTERVIEW})  # of these it is shown
LEFT, WIDTH, TOP, FLOOR = 20, 380, 20, 100


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    is_short: bool


@dataclass(frozen=True)
class Histogram:
    """In a picture of 420 by 120."""

    bars: tuple[Bar, ...]
    median_x: float
    limit_x: float
    median: str
    limit: str
    shortest: str
    longest: str


def histogram_of(inspection: Inspection, thresholds: Thresholds) -> Histogram | None:
    """How long interviews took, with the middle and the limit of the short ones."""
    durations: Mapping[str, Any] = inspection.results.get("durations", {})
    edges: Sequence[float] = durations.get("edges") or ()
    middle = durations.get("median")
    if middle is None or len(edges) < 2 or edges[-1] <= edges[0]:
        return None
    limit, scale = thresholds.short_part * middle, WIDTH / (edges[-1] - edges[0])
    median_x, limit_x = (
        round(LEFT + (min(max(one, edges[0]), edges[-1]) - edges[0]) * scale, 1)
        for one in (middle, limit)
    )
    words = (duration(one) for one in (middle, limit, edges[0], edges[-1]))
    return Histogram(_bars(durations["counts"], edges, limit), median_x, limit_x, *words)


def _bars(counts: Sequence[int], edges: Sequence[float], limit: float) -> tuple[Bar, ...]:
    step, unit = WIDTH / len(counts), (FLOOR - TOP) / max(*counts, 1)
    return tuple(
        Bar(
            round(LEFT + at * step, 1),
            round(FLOOR - count * unit, 1),
            round(count * unit, 1),
            edges[at + 1] <= limit,
        )
        for at, count in enumerate(counts)
    )
