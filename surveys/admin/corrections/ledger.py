"""The corrections of an interview, listed with their reasons, and what contradicts them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from surveys import ledger, reconciliation
from surveys.admin.access import person_of
from surveys.admin.answers import Transcript, Worded
from surveys.models import Change, Interview, User
from surveys.verdicts import decidable_by, original_of
from surveys.xforms.definition import without_places
from surveys.xforms.instance import relative


@dataclass(frozen=True)
class Line:
    """A change as the page lists it. `standing` is `stands`, `undone` or `moved`."""

    place: str
    question: str
    before: Worded
    after: Worded
    is_consequence: bool
    standing: str


@dataclass(frozen=True)
class Entry:
    """One correction: who made it when and why, and what changed."""

    key: int
    by: User | None
    made_at: datetime
    reason: str
    batch: object
    lines: Sequence[Line]
    can_undo: bool


@dataclass(frozen=True)
class Conflict:
    """A contradiction as the page lists it."""

    place: str
    question: str
    before: Worded
    office: Worded
    device: Worded


def ledger_of(
    request: HttpRequest,
    interview: Interview,
    transcript: Transcript | None,
    hidden: Collection[str],
) -> dict[str, Any]:
    """For an interview's page: its corrections, the latest first, and what contradicts them. `hidden`
    are the paths of questions whose answers the reader may not know.
    """
    may = decidable_by(person_of(request)).filter(pk=interview.pk).exists()
    original = _edited(interview) if may else None  # before what contradicts it is looked up
    return {
        "ledger": list(_entries(interview, transcript, hidden, may_correct=may)),
        "may_correct": may and transcript is not None,
        "over": original and original.current_id,
        "contradictions": _contradictions(interview, transcript) if original else [],
    }


def _edited(interview: Interview) -> Interview | None:
    """The interview whose place an edit would take, while nobody has decided on it."""
    is_waiting = interview.state == Interview.State.QUARANTINED
    return original_of(interview) if is_waiting else None


def _entries(
    interview: Interview,
    transcript: Transcript | None,
    hidden: Collection[str],
    *,
    may_correct: bool,
) -> Iterator[Entry]:
    unsaid = {relative(path) for path in hidden}
    changes = Change.objects.filter(submission__interview=interview)
    found = changes.select_related("submission__sender", "batch").defer("submission__xml")
    for submission, group in groupby(
        found.order_by("-submission", "pk"), lambda change: change.submission
    ):
        rows = [change for change in group if without_places(change.place) not in unsaid]
        if not rows:
            continue
        lines = tuple(_line(change, interview, transcript) for change in rows)
        yield Entry(
            key=submission.pk,
            by=submission.sender,
            made_at=submission.received_at,
            reason=rows[0].reason,
            batch=rows[0].batch,
            lines=lines,
            can_undo=may_correct and all(one.standing == "stands" for one in lines),
        )


def _line(change: Change, interview: Interview, transcript: Transcript | None) -> Line:
    standing = "stands" if ledger.stands(change, interview) else "moved"
    before, after = (
        _worded(transcript, change.place, text) for text in (change.before, change.after)
    )
    return Line(
        place=change.place,
        question=transcript.question(change.place) if transcript else "",
        before=before,
        after=after,
        is_consequence=change.is_consequence,
        standing="undone" if change.undone_by_id else standing,
    )


def _worded(transcript: Transcript | None, place: str, stored: str) -> Worded:
    return transcript.worded(place, stored) if transcript else Worded(stored, stored)


def _contradictions(interview: Interview, transcript: Transcript | None) -> list[Conflict]:
    worded = partial(_worded, transcript)
    return [
        Conflict(
            place=one.place,
            question=transcript.question(one.place) if transcript else "",
            before=worded(one.place, one.before),
            office=worded(one.place, one.office),
            device=worded(one.place, one.device),
        )
        for one in reconciliation.contradictions(interview)
    ]
