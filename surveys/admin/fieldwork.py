"""Where interviews happen: regions, cities with their reference values, sites, assignments."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from surveys.admin.access import HistoryAdmin, TableAdmin
from surveys.admin.tables import AssignmentTable, CityTable, RegionTable, SiteTable
from surveys.models import Assignment, City, Region, Role, Site


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
    list_filter = ("stratum",)
    search_fields = ("code", "name")
    ordering = ("survey", "code")
    fields = (
        ("survey", "city"),
        ("code", "name"),
        ("stratum", "psu"),
        ("target", "design_weight"),
        ("latitude", "longitude"),
    )


@admin.register(Assignment)
class AssignmentAdmin(HistoryAdmin, TableAdmin):
    survey_path = "site.survey_id"
    readers = (Role.COORDINATOR, Role.SUPERVISOR)
    resource_class = AssignmentTable
    list_display = ("site", "survey", "enumerator", "target", "is_active")
    list_select_related = ("site__survey", "enumerator")
    list_filter = ("is_active",)
    search_fields = ("site__code", "enumerator__username")
    ordering = ("site", "enumerator")
    fields = (("site", "enumerator"), ("target", "is_active"))

    @display(description=_("survey"), ordering="site__survey__code")
    def survey(self, assignment: Assignment) -> str:
        return assignment.site.survey.code

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_export_queryset(request)
        return rows.select_related("site__survey", "enumerator")
