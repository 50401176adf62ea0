"""What the clock of a device said of an interview, in its own zone, and whether it was right."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from surveys import readings
from surveys.models import AuditLog, Interview, Submission

TOLERATED_S = 10 * 60  # a request may be minutes on its way
HOUR_S = 3600
TWO_DAYS_S = 48 * HOUR_S


@dataclass(frozen=True)
class Clock:
    """Moments in words, the zone in which they are, and what was wrong; blank where not known."""

    span: str
    zone: str
    received_zone: str
    fault: str


def clock_of(submission: Submission | None) -> Clock | None:
    """None where the device said no time at all."""
    if submission is None:
        return None
    began, ended = readings.moments_of(submission)
    off = submission.clock_off_s
    known = ended or began
    if known is None and off is None:
        return None
    return Clock(
        span(began, ended),
        " · ".join(filter(None, (_zone(known) if known else "", submission.zone))),
        _zone(localtime(submission.received_at)),
        _fault(off) if off is not None and abs(off) > TOLERATED_S else "",
    )


def asked_of(interview: Interview) -> str:
    """From when until when it was held, in our zone; by its log where the answers do not say."""
    began, ended = interview.started_at, interview.ended_at
    if not (began and ended):
        logs = AuditLog.objects.filter(attachment__submission=interview.current_id)
        first, last = logs.values_list("first_at", "last_at").first() or (None, None)
        began, ended = began or first, ended or last
    return span(began and localtime(began), ended and localtime(ended))


def span(began: datetime | None, ended: datetime | None) -> str:
    """In the zones that the moments have: templates would turn them into ours. Blank for none."""
    if began and ended:
        is_one_day = began.date() == ended.date()
        until = date_format(ended, "TIME_FORMAT") if is_one_day else _moment(ended)
        return f"{_moment(began)} – {until}"
    if began:
        return _("from %(moment)s") % {"moment": _moment(began)}
    return _("until %(moment)s") % {"moment": _moment(ended)} if ended else ""


def _moment(moment: datetime) -> str:
    return date_format(moment, "DATETIME_FORMAT")


def _zone(moment: datetime) -> str:
    """Such as `UTC+08:00`."""
    written = moment.isoformat()
    return f"UTC{written[-6:]}" if written[-6] in "+-" else "UTC"


def _fault(off_s: int) -> str:
    how_much = _duration(abs(off_s))
    if off_s > 0:
        return _("The device's clock was %(time)s ahead when it was sent.") % {"time": how_much}
    return _("The device's clock was %(time)s behind when it was sent.") % {"time": how_much}


def _duration(seconds: int) -> str:
    if seconds >= TWO_DAYS_S:
        return _("%(days)s days") % {"days": round(seconds / (24 * HOUR_S))}
    hours, rest = divmod(seconds, HOUR_S)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest // 60}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest // 60}
