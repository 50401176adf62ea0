"""What has arrived: interviews, and files of them that are still to come, by person and day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from surveys.models import Attachment
from surveys.models.interview import InterviewQuerySet
from surveys.moments import midnight


@dataclass(frozen=True)
class Arrived:
    """How many interviews came, and how many files of these have not."""

    interviews: int = 0
    missing: int = 0

    def __add__(self, other: "Arrived") -> "Arrived":
        return Arrived(self.interviews + other.interviews, self.missing + other.missing)


def days_until(last: date, count: int) -> list[date]:
    """So many days in a row that end with `last`."""
    return [last - timedelta(days=back) for back in range(count - 1, -1, -1)]


def within(interviews: InterviewQuerySet, days: Sequence[date]) -> InterviewQuerySet:
    """Those that came first on these days, which follow each other, by the server's time zone."""
    begin, end = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    return interviews.filter(received_at__gte=begin, received_at__lt=end)


def by_person_and_day(interviews: InterviewQuerySet) -> dict[tuple[int | None, date], Arrived]:
    """By the key of the enumerator and the day. Takes two queries."""
    found: defaultdict[tuple[int | None, date], Arrived] = defaultdict(Arrived)
    came = interviews.order_by().annotate(day=TruncDate("received_at"))
    for person, day, count in came.values_list("enumerator", "day").annotate(n=Count("*")):
        found[person, day] += Arrived(interviews=count)
    expected = Attachment.objects.filter(file="", submission__current_of__in=interviews)
    missing = expected.annotate(day=TruncDate("submission__current_of__received_at")).values_list(
        "submission__current_of__enumerator", "day"
    )
    for person, day, count in missing.annotate(n=Count("pk")):
        found[person, day] += Arrived(missing=count)
    return found


def incomplete(interviews: InterviewQuerySet) -> InterviewQuerySet:
    """Those of which files are missing, the latest first; `files` says how many."""
    lacking = interviews.filter(current__attachments__file="")
    return lacking.annotate(files=Count("current__attachments")).order_by("-received_at", "-pk")
