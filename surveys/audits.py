"""Devices' logs of interviews: put into columns when they arrive, read whole when they are shown."""

from collections.abc import Mapping
from itertools import islice

from surveys.keys.store import Unreadable
from surveys.models import Attachment, AuditLog, Interview, Submission
from surveys.xforms.audit import MOST_BYTES, Log, read_log
from surveys.xforms.instance import Instance, meta_text

MOST_KEYS = 5_000  # of a column: more questions and events than any form has


def keep(submission: Submission, instance: Instance) -> None:
    """Put the log that an interview names into columns, once it is here.

    A log that cannot be read is kept as what could be; nothing of it fails an interview.
    """
    name = meta_text(instance.root, "audit")
    attachment = submission.attachments.filter(name=name, file__gt="").first() if name else None
    if attachment is None or _is_kept(attachment):
        return
    try:
        columns = {"sha256": attachment.sha256, **_columns(_read(attachment))}
    except Unreadable:  # of an earlier version, whose log this is
        return
    AuditLog.objects.update_or_create(attachment=attachment, defaults=columns)


def log_of(interview: Interview) -> Log | None:
    """What the device noted of the current version, read from its file."""
    here = Attachment.objects.filter(submission=interview.current_id, audit_log__isnull=False)
    attachment = here.first()
    return _read(attachment) if attachment else None


def _is_kept(attachment: Attachment) -> bool:
    return AuditLog.objects.filter(attachment=attachment, sha256=attachment.sha256).exists()


def _read(attachment: Attachment) -> Log:
    with attachment.file.open("rb") as file:
        return read_log(file.read(MOST_BYTES + 1))


def _columns(log: Log) -> dict[str, object]:
    moments = log.moments
    return {
        "active_seconds": log.active_seconds,
        "first_at": moments[0] if moments else None,
        "last_at": moments[-1] if moments else None,
        "seconds": _first(log.seconds),
        "section_seconds": _first(log.section_seconds),
        "events": _first(log.counts),
        "edits": len(log.edits),
        "positions": len(log.trail),
        "unread": len(log.unread),
    }


def _first(values: Mapping[str, float]) -> dict[str, float]:
    return dict(islice(values.items(), MOST_KEYS))
