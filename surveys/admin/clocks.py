"""What the clock of a device said of an interview, in its own zone, and whether it was right."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from surveys import submissions
from surveys.models import Submission

TOLERATED_S = 10 * 60  # a request may be minutes on its way
HOUR_S = 3600
TWO_DAYS_S = 48 * HOUR_S


@dataclass(frozen=True)
class Clock:
    """Moments in words, the zone in which they are, and what was wrong; blank where not known."""

    began: str
    ended: str
    zone: str
    received_zone: str
    fault: str


def clock_of(submission: Submission | None) -> Clock | None:
    """None where the device said no time at all."""
    if submission is None:
        return None
    began, ended = submissions.moments_of(submission)
    off = submission.clock_off_s
    known = ended or began
    if known is None and off is None:
        return None
    return Clock(
        _moment(began),
        _time(ended) if began and ended and began.date() == ended.date() else _moment(ended),
        _zone(known) if known else "",
        _zone(localtime(submission.received_at)),
        _fault(off) if off is not None and abs(off) > TOLERATED_S else "",
    )


def _moment(moment: datetime | None) -> str:
    """Not turned into our zone, as templates would."""
    return date_format(moment, "DATETIME_FORMAT") if moment else ""


def _time(moment: datetime) -> str:
    return date_format(moment, "TIME_FORMAT")


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
