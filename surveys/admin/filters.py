"""Lists of one survey: by a filter beside the list, or by `?survey=` in a link to it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from surveys.admin.access import key_in, surveys_for
from surveys.models import Membership


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


class SurveyOfPersonFilter(SurveyFilter):
    """People with any role in the survey, each once."""

    def rows_of(self, survey: int, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=Membership.objects.filter(survey=survey).values("user"))
