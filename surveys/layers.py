"""Three layers of answers: as devices sent them, as the office corrected them, and of these what counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from surveys import readings
from surveys.keys.sealed import SealedBytes, fetch_for, is_readable
from surveys.models import Interview, Submission
from surveys.models.interview import InterviewQuerySet


class Layer(TextChoices):
    RAW = "raw", _("as devices sent them")
    CORRECTED = "corrected", _("as corrected")
    PUBLISHED = "published", _("as corrected, only what counts")


@dataclass(frozen=True)
class Sent:
    """What an interview said before the office corrected it, as `Interview` has it now."""

    answers: Mapping[str, str]
    skipped: Collection[str]
    outcome: str
    started_at: datetime | None
    ended_at: datetime | None
    version: str
    xml: bytes | SealedBytes


def interviews_in(layer: Layer, interviews: InterviewQuerySet) -> InterviewQuerySet:
    """The interviews of a layer: all, or those that enter indicators."""
    return interviews.counted() if layer == Layer.PUBLISHED else interviews


def sent_by_devices(interviews: Collection[int]) -> dict[int, Sent]:
    """By key, what devices sent last of those interviews whose current answers the office wrote.

    An edit that a device made of a correction is the device's. Reads the XML of the corrected only; what
    cannot be read any more said nothing.
    """
    corrected = Interview.objects.filter(pk__in=interviews, current__is_office=True)
    versions = Submission.objects.filter(interview__in=corrected, is_office=False)
    found = versions.select_related("version", "questionnaire").defer(
        "version__workbook", "version__xml", "version__definition"
    )
    last = {submission.interview_id: submission for submission in found.order_by("pk")}
    fetch_for(submission.xml for submission in last.values())
    return {
        interview: _sent(submission) if is_readable(submission.xml) else _unread(submission)
        for interview, submission in last.items()
    }


def _unread(submission: Submission) -> Sent:
    return Sent({}, (), "", None, None, submission.claimed_version, submission.xml)


def _sent(submission: Submission) -> Sent:
    fields = readings.reread(submission).fields
    return Sent(
        answers=cast("Mapping[str, str]", fields["answers"]),
        skipped=cast("Collection[str]", fields["skipped"]),
        outcome=cast("str", fields["outcome"]),
        started_at=cast("datetime | None", fields["started_at"]),
        ended_at=cast("datetime | None", fields["ended_at"]),
        version=submission.claimed_version,
        xml=submission.xml,
    )
