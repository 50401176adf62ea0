"""How far the fieldwork of a survey is, for as long as nothing says how to judge its interviews."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from scoring.dashboard.page import Day, Progress, every_day, named_outcomes
from surveys import fieldwork
from surveys.models import Interview, Survey, User


@dataclass(frozen=True)
class Fieldwork:
    """The interviews of a survey's wave. `quarantined` are those that the reader may look at."""

    progress: Progress
    quarantined: int
    quarantine: str  # the address of their list
    days: list[Day]

    @property
    def most(self) -> int:
        """Interviews on the busiest day."""
        return max((day.interviews for day in self.days), default=0)


def fieldwork_of(survey: Survey, reader: User | AnonymousUser) -> Fieldwork:
    """Counted as for the indicators: answered, no practice, neither rejected nor quarantined, and
    of a questionnaire that is judged.
    """
    wave = survey.waves.begun().first()
    counted = Interview.objects.counted().filter(
        fieldwork.towards_targets(Survey.objects.filter(pk=survey.pk)),
        questionnaire__survey=survey,
        wave=wave,
    )
    days = _by_day(counted)
    return Fieldwork(
        progress=Progress(
            done=sum(days.values()),
            target=fieldwork.target_of(survey),
            today=days.get(timezone.localdate(), 0),
            outcomes=named_outcomes(_by_outcome(counted)),
        ),
        quarantined=_quarantined(survey, reader).count(),
        quarantine=_address(survey),
        days=every_day(days),
    )


def _by_day(interviews: QuerySet[Interview]) -> dict[date, int]:
    by_day = interviews.order_by().values(day=TruncDate("received_at"))
    return dict(by_day.annotate(n=Count("pk")).values_list("day", "n"))


def _by_outcome(interviews: QuerySet[Interview]) -> dict[str, int]:
    counts = interviews.order_by().values("outcome").annotate(n=Count("pk"))
    return dict(counts.values_list("outcome", "n"))


def _quarantined(survey: Survey, reader: User | AnonymousUser) -> QuerySet[Interview]:
    seen = Interview.objects.visible_to(reader).filter(questionnaire__survey=survey)
    return seen.filter(state=Interview.State.QUARANTINED)


def _address(survey: Survey) -> str:
    query = urlencode({"survey": str(survey.pk), "state__exact": str(Interview.State.QUARANTINED)})
    return f"{reverse('admin:surveys_interview_changelist')}?{query}"
