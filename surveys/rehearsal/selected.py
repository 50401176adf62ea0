"""The season's selected people: whom it meets, those who are met only later, and some who never are."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeAlias

from numpy.random import Generator

from surveys import attempts, demo
from surveys.attempts import Record
from surveys.models import Case
from surveys.rehearsal.plan import IN_A_TEAM, SITES, TEAMS, site_code, visits
from surveys.rehearsal.season import Season
from surveys.sampling.outcomes import Outcome

NEVER_MET = 4  # at each site
TRIES = 3  # at these, on different days
BEFORE = 0.15  # of the others, at whom somebody had tried once in vain
IN_VAIN = (Outcome.NOBODY_HOME, Outcome.AWAY, Outcome.CALL_BACK)
AT_LAST = (Outcome.NOBODY_HOME, Outcome.MOVED, Outcome.NOT_ELIGIBLE, Outcome.NO_ENTRY)

Try: TypeAlias = tuple[str, int, Record]  # the case's code, the enumerator's place, what is told


def select(season: Season) -> None:
    """List all of them before the fieldwork; again changes nothing."""
    sites = {site.code: site for site in season.survey.sites.all()}
    listed = {visit.case: sites[site_code(visit.site)] for visit in visits(season.plan)}
    listed |= {code: sites[site_code(place)] for place, code in _never_met()}
    Case.objects.bulk_create(
        (
            Case(wave=season.wave, site=site, code=code, is_listed=True)
            for code, site in listed.items()
        ),
        ignore_conflicts=True,
    )


def _never_met() -> Iterator[tuple[int, str]]:
    """The place of the site, and the code."""
    for place in range(SITES):
        for number in range(NEVER_MET):
            yield place, f"{site_code(place)}-N{number + 1}"


def try_in_vain(season: Season) -> int:
    """Keep the attempts that brought no interview, and say how many; again changes nothing."""
    random = season.plan.random(9)
    listed = season.wave.cases.listed().select_related("site__survey")
    cases = {case.code: case for case in listed}
    tries = [*_at_those_met(season, random), *_at_those_never_met(season, random)]
    for code, enumerator, told in tries:
        attempts.record(cases[code], season.enumerator(enumerator), told)
    return len(tries)


def _at_those_met(season: Season, random: Generator) -> Iterator[Try]:
    """A day before they were met."""
    for visit in visits(season.plan):
        if random.random() < BEFORE:
            at = visit.started_at - timedelta(days=1, minutes=int(random.integers(0, 90)))
            told = Record(_key(season, f"{visit.case}-{visit.number}"), _one(random, IN_VAIN), at)
            yield visit.case, visit.enumerator, told


def _at_those_never_met(season: Season, random: Generator) -> Iterator[Try]:
    for place, code in _never_met():
        team = place * TEAMS // SITES * IN_A_TEAM
        enumerator = team + int(random.integers(IN_A_TEAM))
        first = int(random.integers(0, season.plan.weeks * 7 - TRIES))
        for number in range(TRIES):
            outcome = _one(random, AT_LAST if number == TRIES - 1 else IN_VAIN)
            at = season.plan.begins_at + timedelta(days=first + number, hours=10 + 3 * number)
            yield code, enumerator, Record(_key(season, f"{code}-{number}"), outcome, at)


def _one(random: Generator, outcomes: Sequence[Outcome]) -> Outcome:
    return outcomes[int(random.integers(len(outcomes)))]


def _key(season: Season, name: str) -> uuid.UUID:
    return uuid.uuid5(demo.NAMESPACE, f"{season.survey.code}-tried-{name}")
