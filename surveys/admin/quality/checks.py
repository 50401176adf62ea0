"""The checks of quality as the page lists them: what each found, who made most of it, since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from surveys.admin.quality.filters import Filters
from surveys.doubt_words import SEVERITIES, WORDS, title_of
from surveys.models import Inspection
from surveys.models.check import DoubtQuerySet
from surveys.quality.thresholds import Thresholds

LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Found:
    """What a check found. `new` are those since a day ago; `by_enumerator` counts those of a person."""

    check: str
    worst: int
    total: int
    new: int
    by_enumerator: Mapping[str, int]

    @classmethod
    def of(cls, check: str, counts: Sequence[Mapping[str, Any]]) -> "Found":
        """Added up from counts by enumerator."""
        return cls(
            check,
            worst=max(one["worst"] for one in counts),
            total=sum(one["found"] for one in counts),
            new=sum(one["new"] for one in counts),
            by_enumerator={
                name: one["found"] for one in counts if (name := one["enumerator__username"])
            },
        )


@dataclass(frozen=True)
class CheckRow:
    """A check and what it found; `severity` is its worst."""

    check: str
    title: str
    meaning: str
    chip: str
    severity: str
    found: int
    new: int  # since a day ago, 0 where all are
    mostly: str
    address: str


def checks_of(
    inspection: Inspection, doubts: DoubtQuerySet, filters: Filters, thresholds: Thresholds
) -> tuple[list[CheckRow], list[str]]:
    """The checks that found something, the worst first, and the titles of the others."""
    found = _found(doubts)
    rows = [_row(one, filters.query(inspection, check=one.check), thresholds) for one in found]
    loud = {one.check for one in found}
    return rows, [str(words.title) for name, words in WORDS.items() if name not in loud]


def _found(doubts: DoubtQuerySet) -> list[Found]:
    """The worst first."""
    lately = Count("pk", filter=Q(first_seen__gte=timezone.now() - LATELY))
    counts = (
        doubts.order_by("check_name")
        .values("check_name", "enumerator__username")
        .annotate(found=Count("pk"), worst=Max("severity"), new=lately)
    )
    found = [Found.of(name, [*some]) for name, some in groupby(counts, itemgetter("check_name"))]
    return sorted(found, key=lambda one: (-one.worst, -one.total, one.check))


def _row(found: Found, address: str, thresholds: Thresholds) -> CheckRow:
    chip, severity = SEVERITIES[found.worst]
    return CheckRow(
        check=found.check,
        title=title_of(found.check),
        meaning=WORDS[found.check].said(thresholds) if found.check in WORDS else "",
        chip=chip,
        severity=str(severity),
        found=found.total,
        new=found.new if found.new < found.total else 0,
        mostly=_mostly(found),
        address=address,
    )


def _mostly(found: Found) -> str:
    """Who made most of them, where somebody made a good part."""
    people = found.by_enumerator
    if not people:
        return ""
    name = max(people, key=lambda one: (people[one], one))
    is_most = 3 * people[name] >= found.total
    return f"{name}: {people[name]}" if is_most else ""
