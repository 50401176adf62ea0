"""Where interviews happen: regions, cities with their reference values, sites, assignments."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from surveys.admin.access import key_in, survey_in, surveys_for
from surveys.admin.choosing import Chooser
from surveys.admin.filters import SurveyFilter, SurveyOfSiteFilter
from surveys.admin.history import HistoryAdmin
from surveys.admin.importing import TableAdmin
from surveys.admin.tables import AssignmentTable, CityTable, RegionTable, SiteTable
from surveys.memberships import PEOPLE_READERS
from surveys.models import Assignment, City, Membership, Region, Role, Site, Survey, User

BY_CODE = ("survey", "code")


@admin.register(Region)
class RegionAdmin(TableAdmin):
    survey_path = ""
    resource_class = RegionTable
    list_display = ("name_here", "code")
    search_fields = ("code", "name", "name_zh")
    ordering = ("code",)

    @display(description=_("name"), ordering="name")
    def name_here(self, region: Region) -> str:
        return str(region)


@admin.register(City)
class CityAdmin(HistoryAdmin, TableAdmin):
    survey_path = ""
    resource_class = CityTable
    list_display = ("name_here", "code", "region", "average_wage", "minimum_wage")
    list_select_related = ("region",)
    list_filter = ("region",)
    search_fields = ("code", "name", "name_zh")
    ordering = ("code",)

    @display(description=_("name"), ordering="name")
    def name_here(self, city: City) -> str:
        return str(city)


@admin.register(Site)
class SiteAdmin(HistoryAdmin, TableAdmin):
    resource_class = SiteTable
    list_display = ("code", "survey", "city", "stratum", "psu", "target", "design_weight")
    list_select_related = ("survey", "city")
    list_filter = (SurveyFilter, "stratum")
    search_fields = ("code", "name")
    ordering = ("survey_id", "code")  # as an index has them
    fields = (
        ("survey", "city"),
        ("code", "name"),
        ("stratum", "psu"),
        ("target", "design_weight"),
        ("latitude", "longitude"),
    )
    when_empty = _(
        "Sites are where interviews happen. Draw them from a sampling frame under “Samples”, import "
        "a file, or add them one by one."
    )
    help_texts: ClassVar = {
        "stratum": _(
            "The part of the country or city from which sites were drawn separately, such as east. "
            "If all were drawn together, give all sites the same word."
        ),
        "psu": _(
            "The area that was drawn first, in which the people were then chosen. If the site "
            "itself was drawn, repeat its code; sites in one drawn area have the same word."
        ),
    }


class SiteField(ModelChoiceField):  # type: ignore[type-arg] # at run time no generic
    """Sites by their code, which says little without the survey."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} · {obj.survey}"


@admin.register(Assignment)
class AssignmentAdmin(HistoryAdmin, TableAdmin):
    survey_path = "site.survey_id"
    readers = PEOPLE_READERS
    resource_class = AssignmentTable
    list_display = ("site", "survey", "enumerator", "target", "is_active")
    list_select_related = ("site__survey", "enumerator")
    list_filter = (SurveyOfSiteFilter, "is_active")
    search_fields = ("site__code", "enumerator__username")
    ordering = ("site__survey_id", "site__code", "enumerator__username", "pk")
    fields = (("site", "enumerator"), ("target", "is_active"))
    autocomplete_fields = ("site", "enumerator")
    when_empty = _(
        "Who works at which site. The page of a sample shares its sites out evenly; or import a "
        "file, or add them one by one."
    )

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Sites with the name of their survey, and enumerators: of the surveys that matter here."""
        kwargs |= {"form_class": SiteField} if db_field.related_model is Site else {}
        kwargs["label"] = capfirst(str(db_field.verbose_name))
        kwargs["widget"] = Chooser(db_field, self.admin_site)
        kwargs["widget"].survey = _survey_of(request)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            of = _sites if db_field.related_model is Site else _enumerators
            field.queryset = of(_surveys(request), _assignment_in(request))
        return field

    @display(description=_("survey"), ordering="site__survey__code")
    def survey(self, assignment: Assignment) -> str:
        return assignment.site.survey.code

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_export_queryset(request)
        return rows.select_related("site__survey", "enumerator")


def _assignment_in(request: HttpRequest) -> int | None:
    """The key of the assignment that the page is about, None where a new one is made."""
    page = request.resolver_match
    return key_in(page.kwargs.get("object_id")) if page else None


def _survey_of(request: HttpRequest) -> int | None:
    """The key of the survey of the assignment, or of the one in the address."""
    assignment = _assignment_in(request)
    if assignment is None:
        return survey_in(request)
    return Site.objects.filter(assignments=assignment).values_list("survey", flat=True).first()


def _surveys(request: HttpRequest) -> QuerySet[Survey]:
    """The survey that matters here, else all that the person runs."""
    surveys, survey = surveys_for(request, (Role.COORDINATOR,)), _survey_of(request)
    return surveys if survey is None else surveys.filter(pk=survey)


def _sites(surveys: QuerySet[Survey], _: int | None) -> QuerySet[Site]:
    return Site.objects.filter(survey__in=surveys).select_related("survey").order_by(*BY_CODE)


def _enumerators(surveys: QuerySet[Survey], assignment: int | None) -> QuerySet[User]:
    """The surveys' enumerators, and whoever the assignment is of already."""
    work = Membership.objects.filter(survey__in=surveys, role=Role.ENUMERATOR)
    own = Assignment.objects.filter(pk=assignment or 0)
    return User.objects.filter(
        Q(pk__in=work.values("user"), is_active=True) | Q(pk__in=own.values("enumerator"))
    ).order_by("username")
