"""Interviews by person and day as they came in, and whose files are still on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from surveys import arrivals, tokens
from surveys.admin.access import SurveyModelAdmin, person_of, survey_in, surveys_for
from surveys.arrivals import Arrived
from surveys.models import Interview, Role, Survey, User
from surveys.models.interview import InterviewQuerySet

READERS = (Role.COORDINATOR, Role.SUPERVISOR)  # who may know the names
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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to the page for who may open it."""
        own_page = {"title": _("By person and day"), "address": _address(survey_in(request))}
        may = surveys_for(request, READERS).exists()
        context = {**(extra_context or {}), **({"own_page": own_page} if may else {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def arrivals_view(self, request: HttpRequest) -> HttpResponse:
        """A week of one survey: of the person's team, or of everybody."""
        surveys = surveys_for(request, READERS)
        key = survey_in(request)
        survey = get_object_or_404(surveys, pk=key) if key is not None else surveys.first()
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
        ours = Interview.objects.visible_to(request.user).filter(questionnaire__survey=survey)
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
    try:
        given = parse_date(request.GET.get("until", ""))
    except ValueError:
        given = None
    return min(given, localdate()) if given and given.year > 2000 else localdate()


def _address(survey: int | None, until: date | None = None) -> str:
    given = {"survey": survey, "until": until}
    query = urlencode({name: str(value) for name, value in given.items() if value is not None})
    return reverse("admin:surveys_interview_arrivals") + (f"?{query}" if query else "")
