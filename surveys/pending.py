"""Interviews that wait for a reviewer, the longest waiting first."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from surveys.models import Comment, Interview, User
from surveys.verdicts import decidable_by

State = Interview.State


class Why(StrEnum):
    """Why an interview waits: it is doubtful, it is held, or it came back from its enumerator."""

    QUARANTINED = "quarantined"
    HELD = "held"
    BACK = "back"


@dataclass(frozen=True)
class Place:
    """Where an interview stands in the queue, and the keys of those around it."""

    number: int
    total: int
    previous: int | None
    following: int | None


def pending_for(person: User, why: str = "") -> QuerySet[Interview]:
    """What is the person's to decide on and waits for it, all or for one reason.

    Each reason has an index of its own; asked for together by OR, all interviews would be read.
    """
    rows = Interview.objects.order_by().values("pk")
    back = Comment.objects.answered().values("interview")
    keys = {
        Why.QUARANTINED: rows.filter(state=State.QUARANTINED),
        Why.HELD: rows.filter(state=State.FLAGGED),
        Why.BACK: rows.filter(pk__in=back, state=State.SUBMITTED),
    }
    first, *others = [keys[Why(why)]] if why in list(Why) else keys.values()
    waiting = first.union(*others, all=True) if others else first
    theirs = decidable_by(person).filter(is_practice=False)
    return theirs.filter(pk__in=waiting).order_by("received_at", "pk")


def after(rows: QuerySet[Interview], key: int) -> QuerySet[Interview]:
    """Those of a queue that come after an interview, which may have left it."""
    known = Interview.objects.filter(pk=key).first()
    return rows.filter(_later(known)) if known else rows


def place_in(rows: QuerySet[Interview], interview: Interview) -> Place:
    """Where an interview is in a queue, or was; in four queries."""
    following = rows.filter(_later(interview)).values_list("pk", flat=True).first()
    before = rows.exclude(_later(interview)).exclude(pk=interview.pk)
    previous = before.reverse().values_list("pk", flat=True).first()
    return Place(before.count() + 1, rows.count(), previous, following)


def _later(interview: Interview) -> Q:
    then = interview.received_at
    return Q(received_at__gt=then) | Q(received_at=then, pk__gt=interview.pk)
