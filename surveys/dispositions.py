"""How many of those who were selected became what, by site, by enumerator, by team: as written down."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from surveys.models import Case, Site, User, Wave
from surveys.models.fieldwork import CaseQuerySet
from surveys.models.survey import enumerators_of, led_by
from surveys.sampling.outcomes import Outcome
from surveys.sampling.rates import Rates, Tally, rates


@dataclass
class Counted:
    """Cases by outcome, and the attempts at them."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    attempts: int = 0

    def add(self, outcome: Outcome, cases: int, attempts: int) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + cases
        self.attempts += attempts

    def join(self, other: "Counted") -> None:
        self.attempts += other.attempts
        for outcome, cases in other.outcomes.items():
            self.add(outcome, cases, 0)

    @property
    def cases(self) -> int:
        return sum(self.outcomes.values())

    @property
    def tally(self) -> Tally:
        return Tally.of(self.outcomes.items())

    def rates(self, e: float | None = None) -> Rates:
        """`e` is that of the whole wave: a site has too few cases to say."""
        return rates(self.tally, e)


@dataclass(frozen=True)
class Part:
    """A site, a person or a team; a blank name stands for cases that nobody has tried yet, or for
    people without a team.
    """

    name: str
    counted: Counted


def whole(wave: Wave) -> Counted:
    """Everybody who was selected in the wave."""
    everybody = Counted()
    rows = _listed(wave).values_list("outcome").annotate(n=Count("*"), tries=Sum("attempt_count"))
    for outcome, cases, attempts in rows:
        everybody.add(Outcome(outcome), cases, attempts)
    return everybody


def by_site(wave: Wave, sites: Iterable[Site]) -> list[Part]:
    """Of these sites, in their order, those where anybody was selected."""
    shown = list(sites)
    found = _by(_listed(wave).filter(site__in=[site.pk for site in shown]), "site")
    return [Part(site.code, found[site.pk]) for site in shown if site.pk in found]


def by_enumerator(wave: Wave, reader: User, *, is_whole: bool) -> list[Part]:
    """By who made the last attempt at a case; of the reader's team only, unless `is_whole`."""
    found = _by(_tried(wave, reader, is_whole=is_whole), "tried_by")
    people = User.objects.filter(pk__in=[key for key in found if key is not None])
    names = dict(people.values_list("pk", "username"))
    return _sorted((names.get(key, "") if key else "", one) for key, one in found.items())


def by_team(wave: Wave, reader: User, *, is_whole: bool) -> list[Part]:
    """As `by_enumerator`, added up by the teams that these are in now."""
    teams = dict(enumerators_of(wave.survey_id).values_list("user", "team"))
    added: defaultdict[str, Counted] = defaultdict(Counted)
    for key, one in _by(_tried(wave, reader, is_whole=is_whole), "tried_by").items():
        added[teams.get(key, "") if key else ""].join(one)
    return _sorted(added.items())


def sites_of(wave: Wave) -> QuerySet[Site]:
    """Where anybody was selected, by code."""
    anybody = Exists(_listed(wave).filter(site=OuterRef("pk")))
    return Site.objects.filter(anybody, survey=wave.survey_id).order_by("code")


def _listed(wave: Wave) -> CaseQuerySet:
    return Case.objects.listed().filter(wave=wave).order_by()


def _by(cases: CaseQuerySet, column: str) -> Mapping[int | None, Counted]:
    rows = cases.values_list("outcome", column).annotate(n=Count("*"), tries=Sum("attempt_count"))
    found: defaultdict[int | None, Counted] = defaultdict(Counted)
    for outcome, key, number, attempts in rows:
        found[key].add(Outcome(outcome), number, attempts)
    return dict(found)


def _tried(wave: Wave, reader: User, *, is_whole: bool) -> CaseQuerySet:
    """Everybody, or whom the reader's team tried."""
    if is_whole:
        return _listed(wave)
    return _listed(wave).filter(tried_by__in=led_by(reader, wave.survey_id).values("user"))


def _sorted(parts: Iterable[tuple[str, Counted]]) -> list[Part]:
    """By name; who has none comes last."""
    return sorted((Part(*one) for one in parts), key=lambda part: (not part.name, part.name))
