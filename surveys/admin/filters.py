"""Lists of one survey: by a filter beside the list, or by `?survey=` in a link to it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from surveys.admin.access import key_in, survey_in, surveys_for
from surveys.models import Membership, Questionnaire, Role


class SurveyFilter(DropdownFilter):
    """The surveys whose rows the person sees, where there are several."""

    title = _("survey")
    parameter_name = "survey"
    path = "survey"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        surveys = [(str(row.pk), str(row)) for row in surveys_for(request, model_admin.readers)]
        return surveys if len(surveys) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        survey = key_in(self.value())
        return queryset if survey is None else self.rows_of(survey, queryset)

    def rows_of(self, survey: int, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.path: survey})


class SurveyOfSiteFilter(SurveyFilter):
    path = "site__survey"


class SurveyOfInterviewFilter(SurveyFilter):
    path = "questionnaire__survey"


def questionnaires_for(request: HttpRequest, roles: Sequence[Role]) -> QuerySet[Questionnaire]:
    """Those of the survey in the address, or of all in which the person has one of the roles."""
    rows = Questionnaire.objects.filter(survey__in=surveys_for(request, roles))
    survey = survey_in(request)
    return rows if survey is None else rows.filter(survey=survey)


class QuestionnaireFilter(DropdownFilter):
    """The questionnaires of what the person sees, where there are several."""

    title = _("questionnaire")
    parameter_name = "questionnaire"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = questionnaires_for(request, model_admin.readers).order_by("title", "pk")
        found = [(str(pk), title) for pk, title in rows.values_list("pk", "title")]
        return found if len(found) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        questionnaire = key_in(self.value())
        return queryset if questionnaire is None else queryset.filter(questionnaire=questionnaire)


class DayFilter(RangeDateFilter):
    """From a day to another, both included, in the time zone of the reader."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": _midnight(first)})
        if last:
            until = _midnight(last + timedelta(days=1))
            queryset = queryset.filter(**{f"{self.field_path}__lt": until})
        return queryset

    def _day(self, bound: str) -> date | None:
        """What was asked for; nothing where that is no day."""
        try:
            return parse_date(str(self.used_parameters.get(f"{self.field_path}_{bound}", "")))
        except ValueError:
            return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class SurveyOfPersonFilter(SurveyFilter):
    """People with any role in the survey, each once."""

    def rows_of(self, survey: int, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=Membership.objects.filter(survey=survey).values("user"))
