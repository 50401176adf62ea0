"""The draw: interviews as they come in, looked at once each, in rounds that anybody can repeat."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from surveys.models import BackCheck, Interview, Lot, Membership, Role, SecondVisit, User
from surveys.quality.backchecks import round_of

BATCH = 1_000
START, PICK, FILL, GIVE = range(4)  # what a random number is for: each has its own from the seed


@dataclass(frozen=True)
class Drawn:
    """What a round did: how many interviews it looked at, and drew. `alone` of these have nobody to
    visit again who did not make them and leads nobody who did.
    """

    looked_at: int
    drawn: int
    alone: int


@dataclass(frozen=True)
class _Come:
    """An interview that counts: its key, its answers now, who made it."""

    pk: int
    current: int
    enumerator: int


def waiting() -> list[int]:
    """The back-checks whose draw goes on."""
    return list(BackCheck.objects.filter(is_on=True).values_list("pk", flat=True))


@transaction.atomic
def draw(backcheck_id: int, *, fills: bool = False) -> Drawn:
    """Look at the interviews that have come to count since the last round, and draw of them.

    With `fills`, also draw for those of whom fewer than the least number were drawn so far, of all
    that were looked at: for the end of the fieldwork, as the first interviews of everybody would
    be drawn otherwise.
    """
    backcheck = BackCheck.objects.select_for_update().get(pk=backcheck_id)
    came, before = _came(backcheck), _counts(backcheck)
    number = (backcheck.lots.aggregate(last=Max("round"))["last"] or 0) + 1
    Lot.objects.bulk_create(
        [
            Lot(
                backcheck=backcheck, interview_id=one.pk, enumerator_id=one.enumerator, round=number
            )
            for one in came
        ],
        BATCH,
    )
    chosen = [
        one for some in _by_enumerator(came) for one in _chosen(backcheck, some, before, number)
    ]
    visits = _add(backcheck, chosen, number)
    if fills:
        visits += _add(backcheck, _missing(backcheck, number), number)
    _give(backcheck, visits)
    return Drawn(len(came), len(visits), sum(one.checker_id is None for one in visits))


def _came(backcheck: BackCheck) -> list[_Come]:
    seen = Lot.objects.filter(backcheck=backcheck, interview=OuterRef("pk"))
    found = Interview.objects.counted().filter(
        ~Exists(seen),
        questionnaire=backcheck.questionnaire_id,
        wave=backcheck.wave_id,
        enumerator__isnull=False,
        site__isnull=False,
        current__isnull=False,
    )
    return _read(found)


def _read(interviews: QuerySet[Interview]) -> list[_Come]:
    rows = interviews.order_by("pk").values_list("pk", "current", "enumerator")
    return [_Come(*row) for row in rows.iterator()]


def _counts(backcheck: BackCheck) -> dict[int, int]:
    """How many interviews of each enumerator were looked at."""
    rows = backcheck.lots.order_by().values_list("enumerator")
    return dict(rows.annotate(n=Count("pk")))


def _by_enumerator(came: Iterable[_Come]) -> list[list[_Come]]:
    grouped: dict[int, list[_Come]] = defaultdict(list)
    for one in came:
        grouped[one.enumerator].append(one)
    return [grouped[key] for key in sorted(grouped)]


def _chosen(
    backcheck: BackCheck, some: Sequence[_Come], before: Mapping[int, int], number: int
) -> list[_Come]:
    """Of one enumerator's new interviews."""
    person = some[0].enumerator
    by_key = {str(one.pk): one for one in some}
    keys = round_of(
        list(by_key),
        before=before.get(person, 0),
        share=backcheck.share,
        start=_random(backcheck, START, person).random(),
        random=_random(backcheck, PICK, person, number),
    )
    return [by_key[key] for key in keys]


def _random(backcheck: BackCheck, *purpose: int) -> np.random.Generator:
    return np.random.default_rng([backcheck.seed, *purpose])


def _missing(backcheck: BackCheck, number: int) -> list[_Come]:
    """More of those of whom too few were drawn."""
    drawn = Counter(backcheck.visits.values_list("interview__enumerator", flat=True))
    free = Interview.objects.counted().filter(
        Exists(backcheck.lots.filter(interview=OuterRef("pk"))),
        ~Exists(backcheck.visits.filter(interview=OuterRef("pk"))),
        enumerator__isnull=False,
    )
    found: list[_Come] = []
    for some in _by_enumerator(_read(free)):
        person = some[0].enumerator
        many = min(max(backcheck.least - drawn[person], 0), len(some))
        places = _random(backcheck, FILL, person, number).choice(len(some), many, replace=False)
        found += [some[place] for place in sorted(places)]
    return found


def _add(backcheck: BackCheck, chosen: Iterable[_Come], number: int) -> list[SecondVisit]:
    visits = [
        SecondVisit(backcheck=backcheck, interview_id=one.pk, first_id=one.current, round=number)
        for one in chosen
    ]
    return SecondVisit.objects.bulk_create(visits, BATCH)


def reassign(backcheck: BackCheck) -> None:
    """Give what waits for nobody, or for somebody who visits no more, to the others."""
    people = backcheck.checkers.values("pk")
    open_ = SecondVisit.objects.select_for_update().filter(backcheck=backcheck, visit=None)
    _give(backcheck, list(open_.exclude(checker__in=people).order_by("pk")))


def _give(backcheck: BackCheck, visits: Sequence[SecondVisit]) -> None:
    """Each to whoever has least to do of those who may, drawn among equals."""
    people = list(backcheck.checkers.filter(is_active=True).order_by("pk"))
    apart = _Apart(backcheck, people)
    open_ = SecondVisit.objects.filter(backcheck=backcheck, visit=None)
    load = Counter(open_.values_list("checker", flat=True))
    made = dict(
        Interview.objects.filter(pk__in=[one.interview_id for one in visits]).values_list(
            "pk", "enumerator"
        )
    )
    for visit in visits:
        order = _random(backcheck, GIVE, visit.interview_id).permutation(len(people))
        able = [people[at] for at in order if apart.may_visit(people[at], made[visit.interview_id])]
        chosen = min(able, key=lambda person: load[person.pk], default=None)
        visit.checker, visit.draft = chosen, None
        load.update([chosen.pk] if chosen else [])
    SecondVisit.objects.bulk_update(visits, ["checker", "draft"], BATCH)


class _Apart:
    """Who did not make an interview, and may not read it either as the leader of who did."""

    def __init__(self, backcheck: BackCheck, people: Sequence[User]) -> None:
        members = Membership.objects.filter(survey=backcheck.questionnaire.survey_id)
        in_team = members.filter(role=Role.ENUMERATOR)
        self.teams = dict(in_team.values_list("user", "team"))
        leads = members.filter(role=Role.SUPERVISOR, user__in=people)
        self.led: dict[int, set[str]] = defaultdict(set)
        for person, team in leads.values_list("user", "team"):
            self.led[person].add(team)
        runs = members.filter(role__in=(Role.COORDINATOR, Role.ANALYST), user__in=people)
        self.readers = set(runs.values_list("user", flat=True))

    def may_visit(self, person: User, enumerator: int | None) -> bool:
        is_leader = self.teams.get(enumerator or 0) in self.led[person.pk]
        return person.pk != enumerator and not is_leader and person.pk not in self.readers
