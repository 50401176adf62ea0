"""What is judged, by which weights: read, compared, and taken first."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from scoring import publishing, schemes
from scoring.admin.copying import CopyingAdmin
from scoring.admin.work import WorkAdmin
from scoring.dashboard.definition import definition_of
from scoring.dashboard.figures import weight
from scoring.dashboard.instead import Shown, instead
from scoring.dashboard.side_by_side import side_by_side
from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.admin.access import OwnPage, ReadOnly, key_in, surveys_for
from surveys.downloads import XLSX, download
from surveys.errors import SurveyError
from surveys.models.survey import STAFF_ROLES
from surveys.wording import in_words

SCHEME_PAGE = "admin/scoring/scheme.html"
COMPARE_PAGE = "admin/scoring/scheme_compare.html"


@admin.register(Scheme)
class SchemeAdmin(ReadOnly, WorkAdmin, CopyingAdmin):
    """Schemes are never edited: another weighting is another scheme."""

    list_display = ("name", "survey", "is_default", "weights", "created_at")
    list_display_links = ("name",)
    list_select_related = ("survey",)
    search_fields = ("name",)
    actions = ("compare_groups", "rescore", "take_first")
    change_list_template = "admin/surveys/change_list.html"

    @display(description=_("weights"))
    def weights(self, scheme: Scheme) -> str:
        weighted = spec_of(scheme).weighted
        return " · ".join(f"{each.name} {weight(each.weight)}" for each in weighted)

    @admin.action(description=_("Make default: dashboard and exports take it first"))
    def take_first(self, request: HttpRequest, rows: QuerySet[Scheme]) -> None:
        chosen = list(rows.select_related("survey"))
        if len({scheme.survey_id for scheme in chosen}) < len(chosen):
            messages.error(request, _("Choose one scheme of a survey: only one can be first."))
            return
        for scheme in chosen:
            self._make_default(request, scheme)

    def _make_default(self, request: HttpRequest, scheme: Scheme) -> None:
        names = {"name": scheme.name, "survey": scheme.survey}
        if not self.may_coordinate(request, scheme):
            text = _("%(name)s stays as it is: only coordinators of %(survey)s choose its default.")
            messages.error(request, text % names)
            return
        schemes.make_default(scheme)
        messages.success(request, _("%(name)s is the default scheme of %(survey)s now.") % names)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("compare/", view(self.compare_view), name="scoring_scheme_compare"),
            path(
                "<int:pk>/default/",
                view(require_POST(self.default_view)),
                name="scoring_scheme_default",
            ),
            path("<int:pk>/workbook/", view(self.workbook_view), name="scoring_scheme_workbook"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        return OwnPage(_("Compare schemes"), reverse("admin:scoring_scheme_compare"))

    def change_view(
        self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        scheme = self._visible(request, key_in(object_id))
        context = {
            "title": scheme.name,
            "scheme": scheme,
            "definition": definition_of(scheme),
            "may_coordinate": self.may_coordinate(request, scheme),
            "may_compare": self.has_compare_permission(request, scheme),
        }
        return self.page(request, SCHEME_PAGE, context)

    def default_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        scheme = self._visible(request, pk)
        if not self.may_coordinate(request, scheme):
            raise PermissionDenied
        self._make_default(request, scheme)
        return redirect("admin:scoring_scheme_change", pk)

    def workbook_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The scheme in the workbook of its questionnaire, from which it can be published again."""
        scheme = self._visible(request, pk)
        try:
            content = publishing.workbook_of(scheme)
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:scoring_scheme_change", pk)
        name = f"{scheme.survey.code} {scheme.name}.xlsx"
        return download(content, name, XLSX)

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """All schemes of a survey beside each other: of the one named, else of the first."""
        surveys = surveys_for(request, STAFF_ROLES)
        code = request.GET.get("survey")
        survey = get_object_or_404(surveys, code=code) if code else surveys.first()
        page = side_by_side(survey, request.GET.get("by", "")) if survey else None
        shown = {"by": Shown.of_way(page.by) if page and page.by else None}
        context = {
            "title": _("Schemes side by side"),
            "surveys": surveys,
            "survey": survey,
            "page": page,
            "instead": instead(request.GET.dict(), shown),
        }
        return self.page(request, COMPARE_PAGE, context)
