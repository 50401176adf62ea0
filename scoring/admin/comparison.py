"""In which order groups stand, and what that order is worth."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scoring.dashboard.instead import Shown, instead
from scoring.dashboard.names import title_of
from scoring.dashboard.order import order_page
from scoring.dashboard.selection import select
from scoring.dashboard.waves import waves_page
from scoring.models import GroupComparison
from scoring.schemes import spec_of
from surveys.admin.access import ReadOnly, SurveyModelAdmin, key_in


@admin.register(GroupComparison)
class GroupComparisonAdmin(ReadOnly, SurveyModelAdmin):
    survey_path = "scheme.survey_id"
    list_display = ("way", "survey", "scheme", "wave", "interviews", "computed_at")
    list_select_related = ("scheme__survey", "wave")

    @display(description=_("Groups"))
    def way(self, compared: GroupComparison) -> str:
        found = (by for by in spec_of(compared.scheme).disaggregations if by.name == compared.by)
        return next((title_of(by) for by in found), compared.by)

    @display(description=_("survey"))
    def survey(self, compared: GroupComparison) -> str:
        return str(compared.scheme.survey)

    def change_view(
        self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        rows = self.get_queryset(request).select_related("scheme__survey", "wave")
        compared = get_object_or_404(rows, pk=key_in(object_id))
        pair = (request.GET.get("a", ""), request.GET.get("b", ""))
        context = {
            "title": self.way(compared),
            "compared": compared,
            "page": order_page(compared, pair),
        }
        return self.page(request, "admin/scoring/comparison.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.waves_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("waves/", view, name="scoring_groupcomparison_waves"), *urls]

    def waves_view(self, request: HttpRequest) -> HttpResponse:
        """What changed between two waves of a survey."""
        params = request.GET.dict()
        selection = select(request.user, params)
        page = waves_page(selection.scheme, params) if selection.scheme else None
        shown = {
            "scheme": Shown.of_scheme(selection.scheme) if selection.scheme else None,
            "by": Shown.of_way(page.way) if page and page.way else None,
        }
        context = {
            "title": _("What changed between the waves"),
            "selection": selection,
            "page": page,
            "instead": instead(params, shown),
        }
        return self.page(request, "admin/scoring/waves.html", context)
