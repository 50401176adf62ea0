"""Tables of progress: a line for each site, person or team."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import QuerySet, Sum

from surveys.models import PersonProgress, Role, Site, User
from surveys.models.progress import SUMS
from surveys.models.survey import enumerators_of
from surveys.progress.scope import Scope

TEAM = "enumerator__memberships__team"
Found: TypeAlias = Mapping[Any, dict[str, Any]]


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
            **{name: getattr(site, name) for name in (*SUMS, "target", "left")},
        )
        for site in sites
    ]


def people_lines(scope: Scope, since: date | None) -> list[Line]:
    """Every enumerator of the scope, also of whom nothing came, and nobody; most left first."""
    members = enumerators_of(scope.wave.survey_id)
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
    members = enumerators_of(scope.wave.survey_id)
    members = members if scope.people is None else members.filter(user__in=scope.people)
    team_of = dict(members.values_list("user", "team"))
    found = _of_teams(_counted(scope, since), team_of)
    worked = _in_teams(scope.days().filter(done__gt=0), scope)
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


def _in_teams(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Joined with the memberships that say the `TEAM`."""
    return rows.filter(
        enumerator__memberships__survey=scope.wave.survey_id,
        enumerator__memberships__role=Role.ENUMERATOR,
    )


def _counted(scope: Scope, since: date | None) -> Found:
    """What was counted, by person."""
    if scope.site is None:
        rows = PersonProgress.objects.filter(wave=scope.wave)
        rows = rows if scope.people is None else rows.filter(enumerator__in=scope.people)
        kept = rows.values_list("enumerator", *SUMS)
        found = {key: dict(zip(SUMS, row, strict=True)) for key, *row in kept}
    else:  # nobody's sums at a site are kept
        found = scope.days().sums_by("enumerator")
    if since:
        later = scope.days().filter(day__gte=since).values_list("enumerator")
        done = dict(later.annotate(Sum("done")))
        found = {key: {**row, "since": done.get(key, 0)} for key, row in found.items()}
    return found


def _shares(scope: Scope) -> Found:
    """Target and what is left of it, by person."""
    rows = scope.work().values_list("enumerator").annotate(Sum("share"), Sum("left"))
    return {key: {"target": target, "left": left} for key, target, left in rows}


def _shares_of_teams(scope: Scope) -> Found:
    """The same by team: a site at which several of a team work is theirs once."""
    work = _in_teams(scope.work(), scope)
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
