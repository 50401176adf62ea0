"""The daily summary of what the checks found, by e-mail to those who follow a survey's fieldwork."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys import letters
from surveys.doubt_words import SEVERITIES, title_of
from surveys.models import Digest, Doubt, Membership, QualityRules, Role, Survey, User
from surveys.quality.finding import Check, Severity

FROM_HOUR = 7  # of the survey's day
BACK = timedelta(days=1)  # of a survey's first summary
OVERLAP = timedelta(minutes=1)  # a run stores what it found some seconds after it began
MOST_CHECKS = 12
READERS = (Role.COORDINATOR, Role.SUPERVISOR)


@dataclass(frozen=True)
class Line:
    """What a check found lately, of what the reader sees."""

    check: str
    severity: int
    new: int
    standing: int


def send_due(now: datetime | None = None) -> int:
    """Send today's summaries that are not sent yet, once it is morning; how many e-mails went out.

    The row of the day is made first: of several workers only the one that makes it sends, and what
    breaks in the middle is not sent again.
    """
    local = timezone.localtime(now)
    if local.hour < FROM_HOUR:
        return 0
    quiet = QualityRules.objects.filter(sends_digest=False).values("survey")
    sent = Digest.objects.filter(day=local.date()).values("survey")
    inspected = Survey.objects.filter(questionnaires__inspections__checked_at__isnull=False)
    due = inspected.exclude(pk__in=quiet).exclude(pk__in=sent).distinct()
    return sum(_send(survey, local) for survey in due)


def _send(survey: Survey, now: datetime) -> int:
    since = told_until(survey, now)
    digest, is_ours = Digest.objects.get_or_create(survey=survey, day=now.date())
    if not is_ours:
        return 0
    digest.sent_to = sum(_tell(person, survey, since) for person in readers_of(survey))
    digest.sent_at = now
    digest.save(update_fields=["sent_to", "sent_at"])
    return digest.sent_to


def readers_of(survey: Survey) -> Iterator[User]:
    """Coordinators and supervisors with an e-mail address, each once."""
    members = Membership.objects.filter(survey=survey, role__in=READERS).values("user")
    people = User.objects.filter(pk__in=members, is_active=True).exclude(email="")
    yield from people.order_by("pk")


def told_until(survey: Survey, now: datetime) -> datetime:
    """What was found later is news: summaries do not go out at the same minute every day, nor on all.

    One that broke in the middle told nobody for certain.
    """
    earlier = Digest.objects.filter(survey=survey, sent_at__lte=now).order_by("-day").first()
    return earlier.sent_at - OVERLAP if earlier and earlier.sent_at else now - BACK


def _tell(person: User, survey: Survey, since: datetime) -> bool:
    """Whether there was something to tell, and it went out."""
    lines = lines_for(person, survey, since)
    if not any(line.new for line in lines):
        return False
    return letters.send(person, lambda: (subject_of(survey, lines), text_of(person, survey, lines)))


def lines_for(person: User, survey: Survey, since: datetime) -> list[Line]:
    """By check what stands, and what of it was first found since, of what the person sees; the worst
    first.
    """
    rows = Doubt.objects.visible_to(person).standing()
    found = rows.filter(
        inspection__questionnaire__survey=survey, severity__gt=Severity.NOTE
    ).order_by()
    counted = found.values("check_name", "severity").annotate(
        new=Count("pk", filter=Q(first_seen__gte=since)), standing=Count("pk")
    )
    new: Counter[str] = Counter()
    standing: Counter[str] = Counter()
    worst: dict[str, int] = {}
    for row in counted:
        check = row["check_name"]
        new[check] += row["new"]
        standing[check] += row["standing"]
        worst[check] = max(worst.get(check, 0), row["severity"])
    lines = [Line(check, worst[check], new[check], standing[check]) for check in worst]
    return sorted(lines, key=lambda line: (-line.severity, -line.new, -line.standing, line.check))


def subject_of(survey: Survey, lines: list[Line]) -> str:
    count = sum(line.new for line in lines)
    words = ngettext("%(survey)s: %(n)s new doubt", "%(survey)s: %(n)s new doubts", count)
    return words % {"survey": survey, "n": count}


def text_of(person: User, survey: Survey, lines: list[Line]) -> str:
    """What was found since yesterday, by check, and about whom there is something to ask."""
    parts = [
        _("What the checks of %(survey)s found since yesterday:") % {"survey": survey},
        "",
        *(_line(line) for line in lines[:MOST_CHECKS] if line.new),
        "",
        *_people(person, survey),
        _("A doubt is a question to ask, not a proof. Open “Quality” to see the interviews."),
        "",
        _("A coordinator can switch this summary off under “Limits of this survey”."),
    ]
    return "\n".join(parts)


def _line(line: Line) -> str:
    return _("- %(severity)s: %(check)s: %(new)s new, %(all)s in all") % {
        "severity": SEVERITIES[line.severity][1],
        "check": title_of(line.check),
        "new": line.new,
        "all": line.standing,
    }


def _people(person: User, survey: Survey) -> Iterator[str]:
    """The codes of enumerators to ask about."""
    found = (
        Doubt.objects.visible_to(person)
        .standing()
        .filter(inspection__questionnaire__survey=survey, check_name=Check.SUSPICION)
    )
    names = sorted(set(found.values_list("name", flat=True)))
    if names:
        yield _("To ask about: %(names)s.") % {"names": ", ".join(names)}
        yield ""
