"""Edits of devices that contradict what the office has corrected: shown answer by answer, and settled."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from surveys import ledger, readings, review
from surveys.keys.sealed import is_readable, readable
from surveys.models import Change, Decision, Interview, User
from surveys.proposals import can_be_typed
from surveys.questionnaires import form_of
from surveys.verdicts import original_of


@dataclass(frozen=True)
class Contradiction:
    """An answer that the office corrected after the version on which a device's edit builds:
    `before` in that version, `office` now, `device` in the edit.
    """

    place: str
    before: str
    office: str
    device: str


def contradictions(interview: Interview) -> list[Contradiction]:
    """Where an edit of a device that waits for a decision would replace what the office has corrected
    in the interview that it edits; what the form works out follows from these.
    """
    original, edit = original_of(interview), interview.current
    if original is None or edit is None or edit.is_encrypted:
        return []
    base = original.submissions.filter(instance_id=edit.deprecated_id, is_encrypted=False).first()
    if base is None:
        return []
    since = Change.objects.filter(submission__interview=original, submission__gt=base.pk)
    form = form_of(edit.version) if edit.version else None
    places = [
        place
        for place in dict.fromkeys(since.values_list("place", flat=True))
        if form is None or can_be_typed(form, place)
    ]
    is_asked = places and is_readable(base.xml)
    before = readings.evaluation_of(base).answers if is_asked else {}
    [office] = readable([original.answers])
    found = (
        Contradiction(
            place,
            before.get(place, ""),
            office.get(place, ""),
            interview.answers.get(place, ""),
        )
        for place in places
    )
    return [one for one in found if one.office not in (one.before, one.device)]


@transaction.atomic
def reconcile(
    interview_id: int,
    kept: Collection[str],
    *,
    by: User,
    seen: int | None,
    over: int | None,
    reason: str,
) -> Interview:
    """Put a device's edit in place of what it corrects, and keep the office's answers at the places
    that are `kept`. `seen` and `over` are the keys of the versions of both that the person looked
    at, None for whatever is there. Raises what `review.decide` and `correct` raise; then nothing is
    changed.
    """
    edit = ledger.held(interview_id, by)
    corrected = original_of(edit)
    if corrected is not None:
        ledger.require_newest(ledger.held(corrected.pk, by), over)
    answers = {one.place: one.office for one in contradictions(edit) if one.place in kept}
    original = review.decide(
        interview_id, Decision.Verdict.REPLACE, by=by, reason=reason, seen=seen
    )
    if answers:
        ledger.correct(original.pk, answers, by=by, reason=reason, seen=None)
        original.refresh_from_db()
    return original
