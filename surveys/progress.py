"""How far the fieldwork of a wave is against its plan, read from what `tallies` counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least

from surveys.models import (
    Assignment,
    DayCount,
    DayTotal,
    Membership,
    PersonProgress,
    Role,
    Site,
    User,
    Wave,
)
from surveys.sampling import forecast
from surveys.sampling.forecast import Forecast, Progress, Schedule

COUNTS = ("done", "partial", "refused", "practice", "aside")
PER_MILLE = 1000
LAST = 1_000_000_000  # the rank of a site without a target
TEAM = "enumerator__memberships__team"
SEED = 1  # of the forecast, which says the same when it is asked twice
Found: TypeAlias = Mapping[Any, dict[str, Any]]


@dataclass(frozen=True)
class Scope:
    """What is looked at: a wave, and of it some people's work or one site where these are given."""

    wave: Wave
    people: frozenset[int] | None = None
    site: Site | None = None

    def sites(self) -> QuerySet[Site]:
        """All, or the one; of some people, those at which they work or worked."""
        sites: QuerySet[Site] = Site.objects.filter(survey=self.wave.survey_id)
        sites = sites.filter(pk=self.site.pk) if self.site else sites
        work = Assignment.objects.filter(site=OuterRef("pk"), enumerator__in=self.people or ())
        return sites if self.people is None else sites.filter(Exists(work))

    def days(self) -> QuerySet[DayCount]:
        days = DayCount.objects.filter(wave=self.wave).order_by()
        days = days.filter(site=self.site) if self.site else days
        return days if self.people is None else days.filter(enumerator__in=self.people)

    def work(self) -> QuerySet[Assignment]:
        """Who works where now; `share` is theirs of the site's target, `left` what is lacking of it,
        as far as the site lacks that many.
        """
        work = Assignment.objects.filter(site__survey=self.wave.survey_id, is_active=True)
        work = work.filter(site=self.site) if self.site else work
        work = work if self.people is None else work.filter(enumerator__in=self.people)
        of_wave = FilteredRelation("site__progress", condition=Q(site__progress__wave=self.wave))
        return (
            work.order_by()
            .annotate(counted=of_wave)
            .annotate(share=Case(When(target__gt=0, then=F("target")), default=F("site__target")))
            .annotate(lacking=F("site__target") - Coalesce(F("counted__done"), 0))
            .annotate(
                left=_at_least_none(Least(F("share"), F("lacking"), output_field=IntegerField()))
            )
        )


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
    """Target, what is left of it and what was done beyond, site by site."""
    sites = sites_of(scope)
    if scope.people is not None:
        work = scope.work().filter(site=OuterRef("pk"))
        sites = sites.filter(Exists(work))
    found = sites.order_by().aggregate(
        all=Sum("target"), open=Sum("left"), over=Sum("beyond", filter=Q(target__gt=0))
    )
    return found["all"] or 0, found["open"] or 0, found["over"] or 0


def sites_of(scope: Scope) -> QuerySet[Site]:
    """The sites with their counts by everybody, that of which the least part is done first and those
    without a target last: by `rank`, then by key.
    """
    of_wave = FilteredRelation("progress", condition=Q(progress__wave=scope.wave))
    counts = {name: Coalesce(F(f"counted__{name}"), 0) for name in (*COUNTS, "days")}
    return (
        scope.sites()
        .annotate(counted=of_wave)
        .annotate(**counts, last_at=F("counted__last_at"))
        .annotate(
            left=_at_least_none(F("target") - F("done")),
            beyond=_at_least_none(F("done") - F("target")),
            rank=Case(When(target=0, then=LAST), default=F("done") * PER_MILLE / F("target")),
        )
        .select_related("city")
        .order_by("rank", "pk")
    )


def _at_least_none(number: Combinable) -> Greatest:
    return Greatest(Value(0), number, output_field=IntegerField())


@dataclass(frozen=True)
class Line:
    """A line of a table: a site, a person or a team, with what was counted there.

    `target` and `left` of people and teams are those of the sites where they work now. `days` is on how
    many something was done, `last_at` when the last came, `since` how many since the day asked for.
    """

    key: Any
    name: str
    about: str = ""
    target: int = 0
    left: int = 0
    done: int = 0
    partial: int = 0
    refused: int = 0
    practice: int = 0
    aside: int = 0
    days: int = 0
    last_at: datetime | None = None
    since: int | None = None

    @property
    def a_day(self) -> float | None:
        return self.done / self.days if self.days else None

    @property
    def beyond(self) -> int:
        return max(self.done - self.target, 0) if self.target else 0

    @property
    def part(self) -> float | None:
        """Of the target, 0 to 1."""
        return min(self.done / self.target, 1.0) if self.target else None


def site_lines(scope: Scope, sites: Sequence[Site], since: date | None) -> list[Line]:
    """The lines of some of the scope's `sites_of`, in their order."""
    later: Mapping[Any, int] = {}
    if since:
        days = scope.days().filter(site__in=sites, day__gte=since)
        later = dict(days.values_list("site").annotate(Sum("done")))
    return [
        Line(
            key=site.pk,
            name=site.code,
            about=" · ".join(filter(None, (site.name, str(site.city or "")))),
            since=later.get(site.pk, 0) if since else None,
            **{
                name: getattr(site, name) for name in (*COUNTS, "days", "last_at", "target", "left")
            },
        )
        for site in sites
    ]


def people_lines(scope: Scope, since: date | None) -> list[Line]:
    """Every enumerator of the scope, also of whom nothing came, and nobody; most left first."""
    members = Membership.objects.filter(survey=scope.wave.survey_id, role=Role.ENUMERATOR)
    known = set(members.values_list("user", flat=True)) if scope.people is None else scope.people
    found = _counted(scope, since)
    people = User.objects.filter(pk__in={*known, *found} - {None})
    names: dict[int | None, tuple[str, str]] = {
        pk: (username, f"{last} {first}".strip())
        for pk, username, last, first in people.values_list(
            "pk", "username", "last_name", "first_name"
        )
    }
    if None in found:
        names[None] = ("", "")
    return _lines(names, found, _shares(scope), since)


def team_lines(scope: Scope, since: date | None) -> list[Line]:
    """Every team of the scope's enumerators; most left first."""
    members = Membership.objects.filter(survey=scope.wave.survey_id, role=Role.ENUMERATOR)
    members = members if scope.people is None else members.filter(user__in=scope.people)
    team_of = dict(members.values_list("user", "team"))
    found = _of_teams(_counted(scope, since), team_of)
    worked = _of_team(scope.days().filter(done__gt=0), scope)
    days = Counter(team for team, _day in worked.values_list(TEAM, "day").distinct())
    names = {team: (team, "") for team in sorted(set(team_of.values()))}
    counts = {team: {**found.get(team, {}), "days": days[team]} for team in names}
    return _lines(names, counts, _shares_of_teams(scope), since)


def _of_teams(found: Found, team_of: Mapping[int, str]) -> Found:
    """What was counted of people, summed by their teams."""
    sums: dict[str, dict[str, Any]] = {}
    for person, row in found.items():
        if person not in team_of:
            continue
        one = sums.setdefault(team_of[person], dict.fromkeys(row, 0) | {"last_at": None})
        last = [at for at in (one["last_at"], row["last_at"]) if at]
        one |= {name: one[name] + row[name] for name in row if name not in ("last_at", "days")}
        one["last_at"] = max(last, default=None)
    return sums


def _of_team(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    return rows.filter(
        enumerator__memberships__survey=scope.wave.survey_id,
        enumerator__memberships__role=Role.ENUMERATOR,
    )


def _counted(scope: Scope, since: date | None) -> Found:
    """What was counted, by person."""
    if scope.site is None:
        rows = PersonProgress.objects.filter(wave=scope.wave)
        rows = rows if scope.people is None else rows.filter(enumerator__in=scope.people)
        columns = (*COUNTS, "days", "last_at")
        found = {
            key: dict(zip(columns, row, strict=True))
            for key, *row in rows.values_list("enumerator", *columns)
        }
    else:
        found = _counted_at(scope)
    if since:
        later = scope.days().filter(day__gte=since).values_list("enumerator")
        done = dict(later.annotate(Sum("done")))
        found = {key: {**row, "since": done.get(key, 0)} for key, row in found.items()}
    return found


def _counted_at(scope: Scope) -> dict[int | None, dict[str, Any]]:
    """The same at one site, of which nobody's sums are kept."""
    sums = {f"{name}_": Sum(name) for name in COUNTS}
    days = Count("day", distinct=True, filter=Q(done__gt=0))
    rows = (
        scope.days()
        .values(key=F("enumerator"))
        .annotate(**sums, days_=days, last_at_=Max("last_at"))
    )
    return {
        row["key"]: {name.removesuffix("_"): value for name, value in row.items() if name != "key"}
        for row in rows
    }


def _shares(scope: Scope) -> Found:
    """Target and what is left of it, by person."""
    rows = scope.work().values_list("enumerator").annotate(Sum("share"), Sum("left"))
    return {key: {"target": target, "left": left} for key, target, left in rows}


def _shares_of_teams(scope: Scope) -> Found:
    """The same by team: a site at which several of a team work is theirs once."""
    work = _of_team(scope.work(), scope)
    sites = work.values_list(TEAM, "site", "site__target", "lacking").annotate(Sum("share"))
    found: dict[str, dict[str, int]] = {}
    for team, _site, whole, lacking, shares in sites:
        target = min(shares, whole)
        one = found.setdefault(team, {"target": 0, "left": 0})
        one["target"] += target
        one["left"] += max(min(target, lacking), 0)
    return found


def _lines(
    names: Mapping[Any, tuple[str, str]], done: Found, shares: Found, since: date | None
) -> list[Line]:
    none = {"since": 0} if since else {}
    lines = (
        Line(key, name, about, **{**none, **done.get(key, {}), **shares.get(key, {})})
        for key, (name, about) in names.items()
    )
    return sorted(lines, key=lambda line: (-line.left, line.name))
