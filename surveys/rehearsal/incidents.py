"""What befell the season's interviews beside fabrication: how much was planted, how much is seen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from surveys.models import Doubt, Interview, SecondVisit
from surveys.models.decision import Verdict
from surveys.quality.finding import Check
from surveys.rehearsal.plan import visits
from surveys.rehearsal.season import CORRECTED, RETURNED, Season


@dataclass(frozen=True)
class Incident:
    """Something that happens in every field; what was `seen` comes from what is stored."""

    name: str
    planted: int
    seen: int


def incidents(season: Season) -> list[Incident]:
    """After the checks of the whole season have run."""
    made = visits(season.plan)
    interviews = Interview.objects.filter(wave=season.wave)
    returned = interviews.filter(decisions__verdict=Verdict.RETURN)
    open_ = Doubt.objects.filter(inspection__wave=season.wave, state=Doubt.State.OPEN)
    refused = interviews.filter(outcome=Interview.Outcome.REFUSED)
    broken_off = interviews.filter(outcome=Interview.Outcome.PARTIAL)
    return [
        Incident("people met twice", season.plan.duplicates, _of(open_, Check.SAME_PERSON)),
        Incident("cases met twice", season.plan.duplicates // 2, _of(open_, Check.SAME_CASE)),
        Incident("sites beyond their target", season.plan.overshot, _overshot(season)),
        Incident("refusals", sum(one.is_refused for one in made), refused.count()),
        Incident(
            "interviews broken off", sum(one.is_broken_off for one in made), broken_off.count()
        ),
        Incident("a clock ahead", sum(one.clock_s > 0 for one in made), _of(open_, Check.CLOCK)),
        Incident("interviews returned", RETURNED, returned.distinct().count()),
        Incident(
            "of them sent again",
            CORRECTED,
            returned.filter(state=Interview.State.SUBMITTED).distinct().count(),
        ),
        Incident("second visits that disagree", _denied(season), _of(open_, Check.SECOND_VISIT)),
    ]


def _of(doubts: QuerySet[Doubt], check: Check) -> int:
    return doubts.filter(check_name=check).count()


def _denied(season: Season) -> int:
    """Second visits to people who, by the plan, had not been met."""
    made = SecondVisit.objects.filter(interview__wave=season.wave, visit__isnull=False)
    return made.filter(interview__enumerator__in=season.makers).count()


def _overshot(season: Season) -> int:
    counted = Interview.objects.counted().filter(wave=season.wave)
    sites = counted.values("site").annotate(n=Count("pk"))
    return sites.filter(n__gt=F("site__target")).count()


def table(found: Iterable[Incident]) -> Iterator[str]:
    """Lines of planted and seen."""
    yield f"{'what':<28}{'planted':>8}{'seen':>6}"
    for one in found:
        yield f"{one.name:<28}{one.planted:>8}{one.seen:>6}"
