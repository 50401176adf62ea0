"""Where the fieldwork stands: done, left, the pace, and when it will end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, Sum

from surveys.models import DayTotal
from surveys.progress.scope import Scope, sites_of
from surveys.sampling import forecast
from surveys.sampling.forecast import Forecast, Progress, Schedule

SEED = 1  # of the forecast, which says the same when it is asked twice


@dataclass(frozen=True)
class Outlook:
    """Where the fieldwork of a scope stands.

    `target` is the sites', of some people what they did and what is `left` at the sites where they
    work now; `beyond` was done at sites although their target was reached. `pace` is interviews a day of
    the last four weeks. `plan` and what comes of it are None without a first and a last day; `forecast`
    is None where too little is known of the pace.
    """

    done: int
    target: int
    left: int
    beyond: int
    today: int
    pace: float | None
    plan: Schedule | None
    against: Progress | None
    forecast: Forecast | None

    @property
    def behind(self) -> int:
        """Interviews that the plan had by yesterday beyond those that there are."""
        return round(-self.against.ahead) if self.against else 0

    @property
    def is_late(self) -> bool:
        """Whether it will more likely end after the plan's last day than before."""
        if self.plan is None or self.forecast is None:
            return False
        return self.forecast.likely is None or self.forecast.likely > self.plan.end


def by_day(scope: Scope) -> dict[date, int]:
    """Interviews that count, by the day on which they came; days without any are missing."""
    if scope.people is None and scope.site is None:
        return dict(DayTotal.objects.filter(wave=scope.wave).values_list("day", "done"))
    days = scope.days().filter(done__gt=0)
    return dict(days.values_list("day").annotate(Sum("done")))


def outlook_of(scope: Scope, done: Mapping[date, int], today: date) -> Outlook:
    """`done` is `by_day` of the scope, from its first day."""
    total, (target, left, beyond) = sum(done.values()), _targets(scope)
    target = target if scope.people is None else total + left
    start, end = scope.wave.starts_on, scope.wave.ends_on
    plan = Schedule(start, end, target) if start and end else None
    rest = Schedule(min(done, default=today), today, total + left)
    return Outlook(
        done=total,
        target=target,
        left=left,
        beyond=beyond,
        today=done.get(today, 0),
        pace=forecast.progress(rest, done, today).pace,
        plan=plan,
        against=forecast.progress(plan, done, today) if plan else None,
        forecast=forecast.forecast(rest, done, today, SEED) if target else None,
    )


def _targets(scope: Scope) -> tuple[int, int, int]:
    """Target, what is left of it and what was done beyond, site by site; of some people, where they work
    now.
    """
    sites = sites_of(replace(scope, people=None))
    if scope.people is not None:
        sites = sites.filter(pk__in=scope.assignments().order_by().values("site"))
    found = sites.order_by().aggregate(
        all=Sum("target"), open=Sum("left"), over=Sum("beyond", filter=Q(target__gt=0))
    )
    return found["all"] or 0, found["open"] or 0, found["over"] or 0
