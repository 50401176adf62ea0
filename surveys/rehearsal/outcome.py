"""What the checks make of the season after its first third: who was planted, who is found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from surveys import checks, seasons
from surveys.demo import ENUMERATORS
from surveys.models import Inspection
from surveys.quality.measures import Measures
from surveys.quality.suspicion import Verdict, suspicions
from surveys.rehearsal.season import Season

FIRST_LOOK = 3  # days after the beginning


@dataclass(frozen=True)
class Judged:
    """An enumerator, who was planted as `kind` or is honest, and what the checks think.

    `since` is the first day on whose evening they would have suspected the enumerator.
    """

    enumerator: str
    kind: str
    verdict: Verdict
    interviews: int
    reasons: tuple[str, ...]
    since: date | None = None

    @property
    def is_suspected(self) -> bool:
        return self.verdict is Verdict.SUSPECT

    @property
    def is_missed(self) -> bool:
        return bool(self.kind) and not self.is_suspected

    @property
    def is_accused(self) -> bool:
        """Though honest."""
        return not self.kind and self.is_suspected


def judge(season: Season, until: datetime | None = None) -> list[Judged]:
    """Run the survey's checks as if it were `until`, else the end of the season's first third; by
    enumerator. The findings are stored as those of any run.
    """
    until = until or season.plan.third
    (inspection,) = checks.run(season.survey, until)
    thought = {one["enumerator"]: one for one in inspection.results["suspicions"]}
    since = _since(season, inspection, until)
    return [
        _judged(name, season.plan.makers.get(place, ""), thought.get(name, {}), since.get(name))
        for place, name in enumerate(ENUMERATORS)
    ]


def _judged(name: str, kind: str, thought: Mapping[str, Any], since: date | None) -> Judged:
    verdict = Verdict(thought.get("verdict", Verdict.TOO_FEW))
    return Judged(
        enumerator=name,
        kind=kind,
        verdict=verdict,
        interviews=thought.get("interviews", 0),
        reasons=tuple(reason["sign"] for reason in thought.get("reasons", ())),
        since=since if verdict is Verdict.SUSPECT else None,
    )


def _since(season: Season, inspection: Inspection, until: datetime) -> dict[str, date]:
    """When each enumerator was suspected first, by what had come until each evening."""
    fieldwork = seasons.read(inspection, until).fieldwork
    thresholds = checks.thresholds_of(season.survey.pk)
    first: dict[str, date] = {}
    for day in range(FIRST_LOOK, (until - season.plan.begins_at).days + 1):
        evening = season.plan.begins_at + timedelta(days=day)
        by_then = fieldwork.take(fieldwork.received <= evening.timestamp())
        for one in suspicions(Measures(by_then, thresholds), thresholds):
            if one.verdict is Verdict.SUSPECT:
                first.setdefault(one.enumerator, (evening - timedelta(days=1)).date())
    return first


def table(judged: Iterable[Judged]) -> Iterator[str]:
    """Lines of planted and found."""
    yield f"{'who':<5}{'planted':<10}{'verdict':<10}{'interviews':>10}  {'since':<12}reasons"
    for one in judged:
        since = one.since.isoformat() if one.since else ""
        mark = "  MISSED" if one.is_missed else "  FALSELY ACCUSED" if one.is_accused else ""
        yield (
            f"{one.enumerator:<5}{one.kind:<10}{one.verdict:<10}{one.interviews:>10}  {since:<12}"
            f"{', '.join(one.reasons)}{mark}"
        ).rstrip()
