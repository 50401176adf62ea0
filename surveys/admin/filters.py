"""Lists of one survey: by a filter beside the list, or by `?survey=` in a link to it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from surveys.admin.access import key_in, survey_in, surveys_for
from surveys.memberships import PEOPLE_READERS, people_visible_to
from surveys.models import Interview, Membership, Questionnaire, Role, Site, Survey, User
from surveys.moments import day_in, midnight

MOST_CHOICES = 200


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


def surveys_with_people(request: HttpRequest) -> QuerySet[Survey]:
    """Those in which the person may know the enumerators' names."""
    return surveys_for(request, PEOPLE_READERS)


class SiteFilter(DropdownFilter):
    """The sites that the person sees, by code; where there are very many, the one of a link."""

    title = _("site")
    parameter_name = "site"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = Site.objects.filter(survey__in=surveys_for(request, model_admin.readers))
        named = seen.order_by("code").values_list("pk", "code")
        some = list(named[: MOST_CHOICES + 1])
        if len(some) > MOST_CHOICES:
            asked = key_in(request.GET.get(self.parameter_name))
            some = list(named.filter(pk=asked)) if asked else []
        return [(str(pk), code) for pk, code in some]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        site = key_in(self.value())
        return queryset if site is None else queryset.filter(site_id=site)


class EnumeratorFilter(DropdownFilter):
    """The one enumerator whom a link asks for, where the reader may know names: there is no list of
    hundreds to choose from.
    """

    title = _("enumerator")
    parameter_name = "enumerator"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = key_in(request.GET.get(self.parameter_name))
        people = people_visible_to(request.user).filter(pk=asked) if asked else User.objects.none()
        return [(str(pk), name) for pk, name in people.values_list("pk", "username")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        person, named = key_in(self.value()), surveys_with_people(request)
        if person is None:
            return queryset
        return queryset.filter(enumerator=person, questionnaire__survey__in=named)


class DayFilter(RangeDateFilter):
    """From a day to another, both included, in the time zone of the reader."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": midnight(first)})
        if last:
            until = midnight(last + timedelta(days=1))
            queryset = queryset.filter(**{f"{self.field_path}__lt": until})
        return queryset

    def _day(self, bound: str) -> date | None:
        return day_in(str(self.used_parameters.get(f"{self.field_path}_{bound}", "")))


class SurveyOfPersonFilter(SurveyFilter):
    """People with any role in the survey, each once."""

    def rows_of(self, survey: int, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=Membership.objects.filter(survey=survey).values("user"))
