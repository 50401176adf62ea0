"""Interviews by person and day as they came in, and whose files are still on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from surveys import arrivals, tokens
from surveys.admin.access import (
    OwnPage,
    SurveyModelAdmin,
    asked,
    chosen_survey,
    person_of,
    survey_in,
    surveys_for,
)
from surveys.arrivals import Arrived
from surveys.memberships import PEOPLE_READERS
from surveys.models import Interview, Survey, User
from surveys.models.interview import InterviewQuerySet
from surveys.moments import day_in

DAYS = 7
MOST_INCOMPLETE = 100


@dataclass(frozen=True)
class Row:
    """A person's days and their sum."""

    name: str
    username: str
    days: Sequence[Arrived]

    @property
    def total(self) -> Arrived:
        return sum(self.days, Arrived())


class ArrivalsAdmin(SurveyModelAdmin):
    """The list of interviews with a page beside it of what came when from whom."""

    change_list_template = "admin/surveys/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.arrivals_view)
        own = [path("arrivals/", view, name="surveys_interview_arrivals")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        if not surveys_for(request, PEOPLE_READERS).exists():
            return None
        return OwnPage(_("By person and day"), _address(survey_in(request)))

    def arrivals_view(self, request: HttpRequest) -> HttpResponse:
        """A week of one survey: of the person's team, or of everybody."""
        surveys = surveys_for(request, PEOPLE_READERS)
        survey = chosen_survey(request, surveys)
        if survey is None:
            raise PermissionDenied
        context = {
            "title": _("Received by person and day"),
            "survey": survey,
            "surveys": surveys,
            **self._week(request, survey),
        }
        return self.page(request, "admin/surveys/interview/arrivals.html", context)

    def _week(self, request: HttpRequest, survey: Survey) -> dict[str, Any]:
        last = _last_day(request)
        days = arrivals.days_until(last, DAYS)
        ours = Interview.objects.seen_in(survey, person_of(request))
        interviews = arrivals.within(ours, days)
        rows = _rows(survey, person_of(request), interviews, days)
        lacking = arrivals.incomplete(interviews).select_related("enumerator", "site")
        later = min(last + timedelta(days=DAYS), localdate())
        return {
            "days": days,
            "rows": rows,
            "sums": [sum((row.days[at] for row in rows), Arrived()) for at in range(DAYS)],
            "total": sum((row.total for row in rows), Arrived()),
            "incomplete": lacking.defer("answers", "skipped")[:MOST_INCOMPLETE],
            "earlier": _address(survey.pk, last - timedelta(days=DAYS)),
            "later": _address(survey.pk, later) if later > last else "",
        }


def _rows(
    survey: Survey, reader: User, interviews: InterviewQuerySet, days: Sequence[date]
) -> list[Row]:
    """One for each enumerator whom the reader sees, also of whom nothing came, and for nobody."""
    arrived = arrivals.by_person_and_day(interviews)
    seen = tokens.enrollable(survey, by=reader).values("pk")
    people = User.objects.filter(Q(pk__in=seen) | Q(pk__in={pk for pk, _day in arrived if pk}))
    named = [(one.pk, f"{one.last_name} {one.first_name}".strip(), one.username) for one in people]
    keys: list[tuple[int | None, str, str]] = [*sorted(named, key=lambda one: one[2])]
    if any(pk is None for pk, _day in arrived):
        keys.append((None, _("nobody's: imported, or an account that is gone"), ""))
    none = Arrived()
    return [
        Row(name, username, [arrived.get((pk, day), none) for day in days])
        for pk, name, username in keys
    ]


def _last_day(request: HttpRequest) -> date:
    """The day in the address, or today."""
    given = day_in(asked(request, "until"))
    return min(given, localdate()) if given and given.year > 2000 else localdate()


def _address(survey: int | None, until: date | None = None) -> str:
    given = {"survey": survey, "until": until}
    query = urlencode({name: str(value) for name, value in given.items() if value is not None})
    return reverse("admin:surveys_interview_arrivals") + (f"?{query}" if query else "")
