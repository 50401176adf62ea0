"""What second visits found: how many were made, what differs, by whom and at which question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Q
from django.utils import timezone

from surveys.backchecks.questions import kinds_in, questions_of
from surveys.models import BackCheck, SecondVisit
from surveys.models.backcheck import SecondVisitQuerySet
from surveys.models.survey import enumerators_of
from surveys.quality.backchecks import (
    Comparison,
    Outcome,
    Stability,
    Type,
    Value,
    pairs,
    stability,
)
from surveys.quality.fieldwork import Kind
from surveys.questionnaires import form_of

MOST = 1_000  # visits whose answers a page adds up, the newest
CHUNK = 500


class _Row(NamedTuple):
    """A second visit as it is read: `FIELDS`."""

    pk: int
    id: str
    enumerator: int | None
    made_by: str | None
    checked_by: str | None
    ended_at: datetime | None
    received_at: datetime
    visit_ended_at: datetime | None
    visit_received_at: datetime
    compared: Mapping[str, tuple[Value, Value, str]]


FIELDS = (
    "pk", "interview__root_uuid", "interview__enumerator", "interview__enumerator__username",
    "checker__username", "interview__ended_at", "interview__received_at", "visit__ended_at",
    "visit__received_at", "compared",
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """Of one person, or of all: interviews `looked_at` by the draw, drawn ones, and what became of
    them. `name` is blank where nobody could be found to visit again, or who it was is not known.
    """

    name: str
    looked_at: int = 0
    drawn: int = 0
    met: int = 0
    not_found: int = 0
    moved: int = 0
    refused: int = 0
    doubtful: int = 0  # came, and must be looked at before they count

    @property
    def waiting(self) -> int:
        came = self.met + self.not_found + self.moved + self.refused + self.doubtful
        return self.drawn - came


def coverage_by(visits: SecondVisitQuerySet, person: str) -> list[Coverage]:
    """By what a visit is asked for, `checker` or `interview__enumerator`, in one query."""
    done = Q(pk__in=SecondVisit.objects.done().values("pk"))
    outcomes = {
        one.value: Count("pk", filter=done & Q(outcome=one.value)) for one in SecondVisit.Outcome
    }
    came = Q(visit__isnull=False)
    rows = (
        visits.order_by()
        .values(name=F(f"{person}__username"))
        .annotate(drawn=Count("pk"), doubtful=Count("pk", filter=came & ~done), **outcomes)
        .order_by("name")
    )
    return [_coverage(row) for row in rows]


def _coverage(row: Mapping[str, Any]) -> Coverage:
    return Coverage(**{**row, "name": row["name"] or ""})


def looked_at(backcheck: BackCheck) -> dict[str, int]:
    """How many interviews of each enumerator the draw has looked at, by username."""
    rows = backcheck.lots.order_by().values_list("enumerator__username")
    return dict(rows.annotate(n=Count("pk")))


def in_all(rows: Sequence[Coverage]) -> Coverage:
    numbers = [one.name for one in fields(Coverage) if one.name != "name"]
    return Coverage("", **{name: sum(getattr(row, name) for row in rows) for name in numbers})


@dataclass(frozen=True)
class Met:
    """A second visit with its comparisons, in the order of the questions."""

    pk: int
    days: tuple[datetime, datetime]  # of the interview, and of the visit
    rows: tuple[Comparison, ...]


def met_of(
    backcheck: BackCheck, visits: SecondVisitQuerySet, most: int | None = MOST
) -> Iterator[Met]:
    """The visits that were made and compared, the newest first."""
    types = {one.place: one.type for one in questions_of(backcheck)}
    teams = teams_of(backcheck)
    found = visits.done().filter(outcome=SecondVisit.Outcome.MET).order_by("-pk")
    rows = found.values_list(*FIELDS)[:most]
    for row in map(_Row._make, rows.iterator(CHUNK)):
        yield _met(row, types, teams.get(row.enumerator or 0, ""))


def _met(row: _Row, types: Mapping[str, Type], team: str) -> Met:
    first = row.ended_at or row.received_at
    second = row.visit_ended_at or row.visit_received_at
    days = (timezone.localdate(second) - timezone.localdate(first)).days
    compared = tuple(
        Comparison(
            id=row.id,
            enumerator=row.made_by or "",
            team=team,
            backchecker=row.checked_by or "",
            question=place,
            type=kind,
            first=row.compared[place][0],
            second=row.compared[place][1],
            outcome=Outcome(row.compared[place][2]),
            days=days,
        )
        for place, kind in types.items()  # PostgreSQL keeps no order in what is stored
        if place in row.compared
    )
    return Met(row.pk, (first, second), compared)


def teams_of(backcheck: BackCheck) -> dict[int, str]:
    """The enumerators' teams, by the person's key."""
    members = enumerators_of(backcheck.questionnaire.survey_id)
    return dict(members.values_list("user", "team"))


def tests_of(backcheck: BackCheck, rows: Sequence[Comparison]) -> dict[str, Stability]:
    """Of numbers that are asked again with type 2 or 3, by place."""
    kinds = kinds_of(backcheck)
    found = {
        one.place: stability(*pairs(rows, one.place))
        for one in questions_of(backcheck)
        if one.type is not Type.FIXED and kinds.get(one.place) is Kind.NUMBER
    }
    return {place: tested for place, tested in found.items() if tested}


def kinds_of(backcheck: BackCheck) -> Mapping[str, Kind]:
    version = backcheck.short.current
    return kinds_in([form_of(version)]) if version else {}
