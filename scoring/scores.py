"""Interviews become scores: a site's people at a time, each exactly once under each scheme."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from numpy.typing import NDArray

from scoring.maths.items import levels, score_items
from scoring.maths.scheme import SchemeSpec
from scoring.models import Scheme, SiteCells
from scoring.schemes import questionnaires_of, spec_of
from surveys.keys.sealed import in_clear, readable, sealed_places
from surveys.models import Interview, Wave
from surveys.questionnaires import compiled

KEYS = "<i8"
PLACE = ("wave", "site")
SITES = 200  # read together
PEOPLE = ("interviews", "submissions", "items", "levels")
ANSWERED = (
    *("pk", "current", "answers", "skipped", "current__version", "current__version__xml_md5"),
    *("site__city__average_wage", "site__city__minimum_wage"),
)


class Met(NamedTuple):
    """What is counted of an interview whatever it says."""

    place: tuple[int, int]  # wave, site
    submission: int
    case: int | None
    outcome: str
    received_at: datetime
    version: str


class Answered(NamedTuple):
    """An interview's current answers, as far as judging needs them."""

    interview: int
    submission: int
    answers: Mapping[str, str]
    skipped: Sequence[str]
    version: int | None
    xml_md5: str | None
    average_wage: Decimal | None
    minimum_wage: Decimal | None


class Judged(NamedTuple):
    """What an interview's answers are worth."""

    interview: int
    submission: int
    items: bytes  # one uint8 an item, as `score_items` returns them
    levels: dict[str, str | None]  # by disaggregation


def of_survey(scheme: Scheme) -> QuerySet[Interview]:
    """The interviews that the scheme judges: they count, and belong to a site."""
    return Interview.objects.counted().filter(
        questionnaire__in=questionnaires_of(scheme),
        current__isnull=False,
        site__isnull=False,
        wave__isnull=False,
    )


def waiting(scheme: Scheme, since: datetime | None = None) -> set[tuple[int, int]]:
    """The (wave, site) whose people are not those that were judged, or have other answers now.

    `since` looks only at sites where an interview has changed since then: all are many to look at.
    """
    here, judged_sites = of_survey(scheme), scheme.sites.all()
    if since is not None:
        changed = Interview.objects.filter(
            questionnaire__survey=scheme.survey_id, changed_at__gte=since
        )
        sites = set(changed.order_by().values_list("site", flat=True).distinct()) - {None}
        here, judged_sites = here.filter(site__in=sites), judged_sites.filter(site__in=sites)
    known = {
        (wave, site): sums for wave, site, sums in judged_sites.values_list(*PLACE, "checksum")
    }
    met = {(wave, site): _checksum(*sums) for wave, site, *sums in _sums(here)}
    return {place for place, sums in met.items() if known.get(place) != sums} | {
        place for place, sums in known.items() if sums and place not in met
    }


def _sums(interviews: QuerySet[Interview]) -> Iterator[tuple[int, ...]]:
    submission = F("current")
    sums = {"n": Count("pk"), "one": Sum(submission), "two": Sum(submission * submission)}
    rows = interviews.order_by().values_list(*PLACE).annotate(**sums)
    yield from rows.iterator()


def _checksum(*sums: object) -> str:
    """Of people and their submissions' keys: how many, their sum, and the sum of their squares."""
    return ":".join(map(str, sums)) if any(sums) else ""


def mark_waiting(scheme: Scheme, since: datetime | None = None) -> int:
    """Mark the sites that wait to be judged; returns how many. `since` as in `waiting`."""
    places = waiting(scheme, since)
    mark_dirty(scheme, places)
    return len(places)


@transaction.atomic
def mark_dirty(scheme: Scheme, places: Collection[tuple[int, int]]) -> None:
    """Say that the cells of these (wave, site) no longer match their people.

    Also of those that are dirty already: somebody may be at them who has not seen the newest.
    """
    rows = [SiteCells(scheme=scheme, wave_id=wave, site_id=site) for wave, site in sorted(places)]
    SiteCells.objects.bulk_create(rows, ignore_conflicts=True)
    scheme.sites.filter(_at(places)).held().update(revision=F("revision") + 1)


def _at(places: Collection[tuple[int, int]]) -> Q:
    """What is at any of these (wave, site); nothing for none."""
    sites: dict[int, list[int]] = defaultdict(list)
    for wave, site in places:
        sites[wave].append(site)
    ways = (Q(wave=wave, site__in=some) for wave, some in sites.items())
    return reduce(or_, ways, Q(pk__in=()))


def expire(scheme: Scheme) -> None:
    """Let every site's people wait to be judged again; until then the old scores stand."""
    Scheme.objects.filter(pk=scheme.pk).update(revision=F("revision") + 1)


@transaction.atomic
def expire_of(submission_ids: Collection[int]) -> None:
    """Let the sites of these submissions' interviews be judged again under every scheme."""
    interviews = Interview.objects.filter(current__in=submission_ids)
    places = {(wave, site) for wave, site in interviews.values_list(*PLACE) if wave and site}
    expire_at(places)


@transaction.atomic
def expire_at(places: Collection[tuple[int, int]]) -> None:
    """Let the people at these (wave, site) be judged again under every scheme."""
    changed = SiteCells.objects.filter(_at(places)).held()
    changed.update(revision=F("revision") + 1, judged_revision=0)


def judge_sites(sites: Sequence[SiteCells], met: Mapping[int, Met]) -> list[list[Judged]]:
    """What those met in sites of a scheme are worth, by site and interview.

    Only those are judged whose answers are new, or all where the site's time has come.
    """
    kept = {
        person.interview: person
        for cells in sites
        if cells.judged_revision == cells.scheme.revision
        for person in stored(cells)
    }
    new = [
        interview
        for interview, one in met.items()
        if interview not in kept or kept[interview].submission != one.submission
    ]
    fresh = judged(sites[0].scheme, answers_of(Interview.objects.filter(pk__in=new)))
    kept |= {person.interview: person for person in fresh}
    people: dict[tuple[int, int], list[Judged]] = {(s.wave_id, s.site_id): [] for s in sites}
    for interview, one in met.items():
        if interview in kept:
            people[one.place].append(kept[interview])
    return list(people.values())


def met_in(sites: Sequence[SiteCells]) -> dict[int, Met]:
    """The interviews of sites of a scheme that count, by key."""
    places = {(cells.wave_id, cells.site_id) for cells in sites}
    here = of_survey(sites[0].scheme).filter(_at(places))
    columns = (*PLACE, "current", "case", "outcome", "received_at", "current__version__version")
    rows = here.order_by("pk").values_list("pk", *columns)
    return {
        pk: Met((wave, site), submission, case, outcome, received_at, version or "")
        for pk, wave, site, submission, case, outcome, received_at, version in rows
    }


def stored(cells: SiteCells) -> list[Judged]:
    """The scores of a site's people as they are, by interview."""
    interviews = np.frombuffer(cells.interviews, KEYS).tolist()
    submissions = np.frombuffer(cells.submissions, KEYS).tolist()
    width = len(cells.items) // max(len(interviews), 1)
    items = bytes(cells.items)
    ways = list(cells.levels)
    rows = zip(*cells.levels.values(), strict=True) if ways else iter([()] * len(interviews))
    return [
        Judged(
            interview,
            submission,
            items[at * width : (at + 1) * width],
            dict(zip(ways, row, strict=True)),
        )
        for at, (interview, submission, row) in enumerate(
            zip(interviews, submissions, rows, strict=True)
        )
    ]


def columns(people: Sequence[Judged]) -> dict[str, object]:
    """People as `SiteCells` keeps them."""
    submissions = [person.submission for person in people]
    squares = (submission * submission for submission in submissions)
    ways = people[0].levels if people else {}
    return {
        "people": len(people),
        "checksum": _checksum(len(people), sum(submissions), sum(squares)),
        "interviews": np.array([person.interview for person in people], KEYS).tobytes(),
        "submissions": np.array(submissions, KEYS).tobytes(),
        "items": b"".join(person.items for person in people),
        "levels": {by: [person.levels[by] for person in people] for by in ways},
    }


def everybody(scheme: Scheme, wave: Wave) -> Iterator[tuple[int, Judged]]:
    """Everybody of a wave whom the scheme has judged, each with the site's key."""
    sites = scheme.sites.filter(wave=wave, people__gt=0).order_by("site__code")
    for cells in sites.only("scheme", "site", *PEOPLE).iterator(SITES):
        for person in stored(cells):
            yield cells.site_id, person


def answers_of(interviews: QuerySet[Interview]) -> list[Answered]:
    """The current answers of interviews that `of_survey` has found."""
    return [Answered(*row) for row in interviews.values_list(*ANSWERED)]


def judged(scheme: Scheme, people: Iterable[Answered]) -> list[Judged]:
    """What people's answers are worth under a scheme, not stored."""
    spec = spec_of(scheme)
    found = []
    for person in people:
        answers, skipped = _by_name(person, spec)
        items = score_items(spec, answers, skipped, _reference(person))
        by = levels(spec, _dividing(spec, person, answers), skipped, {})
        found.append(Judged(person.interview, person.submission, items, by))
    return found


def item_matrix(items: Sequence[bytes]) -> NDArray[np.uint8]:
    """Item scores of people as an array (people, items)."""
    return np.frombuffer(b"".join(items), dtype=np.uint8).reshape(len(items), -1)


def _by_name(person: Answered, spec: SchemeSpec) -> tuple[dict[str, str], frozenset[str]]:
    """Answers and skipped questions by the questions' names, as schemes know them.

    A scheme asks what is answered once an interview; answers in repeats have places, as `a[1]/b`.
    What is sealed stays so, but for what the scheme judges, and for what nobody can open any more.
    """
    given = dict(in_clear(person.answers))
    if sealed := [one for one in sealed_places(person.answers) if _name(one) in spec.asked]:
        [read] = readable([person.answers])
        given |= {place: read[place] for place in sealed if place in read}
    answers = {name: text for place, text in given.items() if (name := _name(place))}
    return answers, frozenset(filter(None, map(_name, person.skipped)))


@lru_cache(maxsize=10_000)
def _name(place: str) -> str:
    """The question's name, or blank in a repeat."""
    return "" if "[" in place else place.rsplit("/", 1)[-1]


def _dividing(spec: SchemeSpec, person: Answered, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that may name a group of people: offered choices, and numbers.

    Whatever else a device sends, a name for instance, never becomes a level that is published.
    """
    if person.version is None or person.xml_md5 is None:
        return {}
    questions = compiled(person.version, person.xml_md5).dividing
    asked = (questions.get(by.source) for by in spec.disaggregations if by.source in answers)
    return {
        question.name: answers[question.name]
        for question in asked
        if question and question.offers(answers[question.name])
    }


def _reference(person: Answered) -> dict[str, float]:
    """The values of the site's city that answers are compared to."""
    values = {"average_wage": person.average_wage, "minimum_wage": person.minimum_wage}
    return {name: float(value) for name, value in values.items() if value is not None}
