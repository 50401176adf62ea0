"""Enumerators side by side: those whom the reader sees, and whose pace or answers stand out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.admin.quality.filters import Filters
from surveys.admin.quality.suspicions import ASKED
from surveys.memberships import led_by
from surveys.models import Inspection, User
from surveys.quantities import duration, share, times

FEWEST = 10  # interviews of a person, before shares are shown
UNUSUAL_PACE = (0.7, 1.4)


def team_names(person: User, inspection: Inspection, *, is_whole: bool) -> frozenset[str] | None:
    """The enumerators of the teams that the person leads in the survey, None for all."""
    if is_whole:
        return None
    team = led_by(person, inspection.questionnaire.survey_id)
    return frozenset(team.values_list("user__username", flat=True))


def inspected_people(inspection: Inspection, shown: Iterable[str] | None) -> Iterator[str]:
    """Whose interviews were looked at, for the filter."""
    for one in inspection.results.get("profiles", ()):
        if shown is None or one["enumerator"] in shown:
            yield one["enumerator"]


@dataclass(frozen=True)
class Compared:
    """An enumerator beside the others; `at` is where the pace is on a line of 100, 60 the usual."""

    name: str
    interviews: int
    median: str
    pace: str
    at: float
    unsure: str
    straight: str
    far: str
    found: int
    is_unusual: bool
    address: str


def compared(
    inspection: Inspection, filters: Filters, shown: frozenset[str] | None
) -> list[Compared]:
    """`shown` are the enumerators whom the reader sees, None for all."""
    profiles = inspection.results.get("profiles", ())
    asked = {
        one["enumerator"]
        for one in inspection.results.get("suspicions", ())
        if one["verdict"] in ASKED
    }
    return [
        _beside(one, inspection, filters, is_asked=one["enumerator"] in asked)
        for one in profiles
        if shown is None or one["enumerator"] in shown
    ]


def _beside(
    one: Mapping[str, Any], inspection: Inspection, filters: Filters, *, is_asked: bool
) -> Compared:
    pace, few = one["pace"], one["interviews"] < FEWEST
    low, high = UNUSUAL_PACE
    is_unusual = is_asked or (pace is not None and not few and not low <= pace <= high)
    name = one["enumerator"]
    return Compared(
        name=name,
        interviews=one["interviews"],
        median=duration(one["median_s"]) if one["median_s"] is not None else "–",
        pace=times(pace) if pace is not None else "",
        at=min(max(60 * pace, 5), 95) if pace is not None else 0,
        unsure=_share(one["unsure"], few=few),
        straight=_share(one["straight"], few=few),
        far=_share(one["far"], few=few),
        found=one["findings"],
        is_unusual=is_unusual,
        address=filters.query(inspection, enumerator=name, check=""),
    )


def _share(value: float | None, *, few: bool) -> str:
    """Of a few interviews a share says nothing."""
    return "–" if value is None or few else share(value)


@dataclass(frozen=True)
class EffectChip:
    icc: str
    deff: str
    questions: int


def effect_of(inspection: Inspection) -> EffectChip | None:
    """How much the answers depend on who asks: the middle one of all questions."""
    effects = inspection.results.get("effects", {}).values()
    iccs = sorted(one["icc"] for one in effects if one["icc"] is not None)
    deffs = sorted(one["deff"] for one in effects if one["deff"] is not None)
    if not iccs or not deffs:
        return None
    return EffectChip(f"{iccs[len(iccs) // 2]:.2f}", f"{deffs[len(deffs) // 2]:.1f}", len(iccs))
