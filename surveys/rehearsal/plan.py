"""Who is sent where and when, and what befalls the interviews, before anybody has been asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.random import Generator

from surveys.quality.arrays import Floats

TEAMS = 3
IN_A_TEAM = 3
ENUMERATORS = TEAMS * IN_A_TEAM
MOST_MAKERS = 4  # more would become the measure of the others
SITES = 60
SITES_OF_A_CITY = 5
WORKDAYS_A_WEEK = 6
DAY_S = 86_400
DEGREE_M = 111_195
UPLOAD_S = 600  # after the interview at the least
USUAL_S = 1_200
WAY_S = 3_600  # to another site
CLOCK_S = 3_300
LATE_S = 3 * DAY_S


@dataclass(frozen=True)
class Visit:
    """One person met; places of enumerators and sites count from 0, times are true ones."""

    number: int
    enumerator: int
    site: int
    day: int
    started_at: datetime
    person: int  # whom
    case: str
    is_refused: bool = False
    is_broken_off: bool = False
    travels_s: float = UPLOAD_S  # from its end to the server
    clock_s: int = 0  # the device is ahead

    @property
    def is_whole(self) -> bool:
        return not (self.is_refused or self.is_broken_off)


@dataclass(frozen=True)
class Plan:
    """How a season is; shares are from 0 to 1. `makers` says who makes interviews up, and how."""

    seed: int
    begins_at: datetime  # midnight
    makers: Mapping[int, str]
    weeks: int = 6
    target: int = 22  # people of each site
    surplus: int = 5  # more people at some sites
    overshot: int = 5  # such sites
    share: float = 0.85  # of a maker's interviews that are made up
    refusals: float = 0.06
    broken_off: float = 0.03
    late: float = 0.03
    duplicates: int = 6
    fast: int = 1  # honest people who are quick

    @property
    def third(self) -> datetime:
        """The end of the season's first third."""
        return self.begins_at + timedelta(days=self.weeks * 7 // 3)

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(days=self.weeks * 7)

    def random(self, purpose: int) -> Generator:
        """Chance for one purpose, the same for the same season."""
        return np.random.default_rng([self.seed, purpose])

    @cached_property
    def honest(self) -> list[int]:
        return [one for one in range(ENUMERATORS) if one not in self.makers]

    @cached_property
    def pace(self) -> Floats:
        """How long each enumerator takes, 1 is usual."""
        pace = np.exp(self.random(2).normal(0, 0.12, ENUMERATORS))
        pace[self.honest[: self.fast]] *= 0.7
        return np.asarray(pace)

    @cached_property
    def site_degrees(self) -> Floats:
        """(sites, 2) latitude and longitude: around their cities, which are 50 km apart."""
        city = np.arange(SITES) // SITES_OF_A_CITY
        centres = np.column_stack([30 + 0.5 * (city // 4), 114 + 0.5 * (city % 4)])
        return np.asarray(centres + self.random(3).uniform(-0.07, 0.07, (SITES, 2)))


def planted(seed: int, kinds: Sequence[str]) -> dict[int, str]:
    """Who makes interviews up, each in one of these ways."""
    who = np.random.default_rng([seed, 1]).permutation(ENUMERATORS)
    return {int(place): kind for place, kind in zip(who, kinds, strict=False)}


def visits(plan: Plan, until: datetime | None = None) -> list[Visit]:
    """All visits of the season, or those before `until`, by time."""
    random = plan.random(4)
    made = sorted(_scheduled(plan, random), key=lambda one: one.started_at)
    made = [replace(one, number=number, person=number) for number, one in enumerate(made)]
    made = _again(plan, random, [_befallen(plan, random, one) for one in made])
    return [one for one in made if until is None or one.started_at < until]


def _scheduled(plan: Plan, random: Generator) -> Iterator[Visit]:
    """A team goes from site to site together, and everybody asks some of the people there."""
    more = set(random.choice(SITES, plan.overshot, replace=False).tolist())
    for team in range(TEAMS):
        stops: list[list[tuple[int, str]]] = [[] for _ in range(IN_A_TEAM)]
        for site in range(team * SITES // TEAMS, (team + 1) * SITES // TEAMS):
            turns = random.permutation(IN_A_TEAM)
            for person in range(plan.target + (plan.surplus if site in more else 0)):
                stops[turns[person % IN_A_TEAM]].append(
                    (site, f"{site_code(site)}-{person + 1:02}")
                )
        for place, own in enumerate(stops):
            yield from _days(plan, random, team * IN_A_TEAM + place, own)


def _days(
    plan: Plan, random: Generator, enumerator: int, stops: Sequence[tuple[int, str]]
) -> Iterator[Visit]:
    """An enumerator's stops, (site, case), spread evenly over the days of work."""
    workdays = plan.weeks * WORKDAYS_A_WEEK
    edges = np.linspace(0, len(stops), workdays + 1).round().astype(int)
    for workday in range(workdays):
        day = workday + workday // WORKDAYS_A_WEEK
        second, last = random.uniform(8.5, 10) * 3_600, None
        for site, case in stops[edges[workday] : edges[workday + 1]]:
            second += 0 if last in (None, site) else WAY_S
            at = plan.begins_at + timedelta(days=day, seconds=float(second))
            yield Visit(0, enumerator, site, day, at, 0, case)
            second += USUAL_S * plan.pace[enumerator] + random.exponential(1_100) + 600
            last = site


def _befallen(plan: Plan, random: Generator, visit: Visit) -> Visit:
    """With what comes to pass: refusals, interviews that break off, networks, a clock that is off."""
    fate = random.random()
    is_off = visit.enumerator == plan.honest[-1] and 7 <= visit.day < 11
    quick, usual = random.uniform(UPLOAD_S, 1_500), random.uniform(UPLOAD_S, DAY_S)
    late = LATE_S * random.uniform(1, 3)
    return replace(
        visit,
        is_refused=bool(fate < plan.refusals),
        is_broken_off=bool(plan.refusals <= fate < plan.refusals + plan.broken_off),
        travels_s=quick if is_off else late if random.random() < plan.late else usual,
        clock_s=CLOCK_S if is_off else 0,
    )


def _again(plan: Plan, random: Generator, made: list[Visit]) -> list[Visit]:
    """Some people are met twice; half of them are taken for the same case."""
    whole = [place for place, one in enumerate(made) if one.is_whole]
    some = sorted(random.choice(whole, 2 * plan.duplicates, replace=False).tolist())
    for number, (before, place) in enumerate(zip(some[::2], some[1::2], strict=True)):
        case = made[before].case if number % 2 else made[place].case
        made[place] = replace(made[place], person=made[before].person, case=case)
    return made


def site_code(site: int) -> str:
    """Such as C01P1, the sampled areas of the demo's cities."""
    return f"C{site // SITES_OF_A_CITY + 1:02}P{site % SITES_OF_A_CITY + 1}"
