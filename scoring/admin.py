"""The pages of scoring in the admin: schemes and comparisons to read, since nobody edits them."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scoring import comparisons
from scoring.dashboard.order import order_page
from scoring.models import GroupComparison, Scheme
from scoring.schemes import spec_of
from surveys import tasks
from surveys.admin.access import ReadOnly, SurveyModelAdmin, key_in, person_of
from surveys.models import WeightVersion
from surveys.models.named import in_language


@admin.register(Scheme)
class SchemeAdmin(ReadOnly, SurveyModelAdmin):
    """What is judged, by which weights; another weighting is another scheme."""

    list_display = ("name", "survey", "is_default", "created_at")
    list_display_links = ("name",)
    search_fields = ("name",)
    fields = ("name", "survey", "is_default", "created_at", "standards", "definition", "sha256")
    readonly_fields = fields
    actions = ("compare_groups",)

    @admin.action(description=_("Compare the groups: order, its uncertainty, differences"))
    def compare_groups(self, request: HttpRequest, rows: QuerySet[Scheme]) -> None:
        for scheme in rows:
            tasks.nudge_job(comparisons.request(scheme, person_of(request)).pk)
        messages.success(
            request, _("The groups are being compared; see “Jobs”, then “Comparisons”.")
        )

    @display(description=_("standards and weights"))
    def standards(self, scheme: Scheme) -> SafeString:
        rows = (
            (
                standard.name,
                in_language(standard.title_en, standard.title_zh),
                f"{standard.weight / 100:g} %" if standard.weight else _("not in the index"),
            )
            for standard in spec_of(scheme).standards
        )
        body = format_html_join("", "<tr><th scope=row>{}</th><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table>{}</table>", body)

    @display(description=_("definition"))
    def definition(self, scheme: Scheme) -> SafeString:
        text = json.dumps(scheme.document, ensure_ascii=False, indent=1)
        return format_html("<details><summary>JSON</summary><pre>{}</pre></details>", text)


@admin.register(GroupComparison)
class GroupComparisonAdmin(ReadOnly, SurveyModelAdmin):
    """In which order groups stand, and what that order is worth."""

    survey_path = "scheme.survey_id"
    list_display = ("way", "survey", "scheme", "wave", "interviews", "computed_at")
    list_select_related = ("scheme__survey", "wave")

    @display(description=_("Groups"))
    def way(self, compared: GroupComparison) -> str:
        found = (by for by in spec_of(compared.scheme).disaggregations if by.name == compared.by)
        return next((in_language(by.title_en, by.title_zh) for by in found), compared.by)

    @display(description=_("survey"))
    def survey(self, compared: GroupComparison) -> str:
        return str(compared.scheme.survey)

    def change_view(
        self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any
    ) -> HttpResponse:
        rows = self.get_queryset(request).select_related("scheme__survey", "wave")
        compared = get_object_or_404(rows, pk=key_in(object_id))
        context = {
            **self.admin_site.each_context(request),
            "title": self.way(compared),
            "opts": self.opts,
            "compared": compared,
            "page": order_page(compared),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/scoring/comparison.html", context)


@admin.register(WeightVersion)
class WeightVersionAdmin(ReadOnly, SurveyModelAdmin):
    """How people were weighed, stage by stage."""

    survey_path = "wave.survey_id"
    list_display = ("name", "wave", "is_current", "created_at")
    list_select_related = ("wave__survey",)
    fields = ("name", "wave", "is_current", "created_at", "steps")
    readonly_fields = fields

    @display(description=_("stages"))
    def steps(self, version: WeightVersion) -> SafeString:
        titles = {
            "design": _("Design"),
            "response": _("Those who did not respond"),
            "raking": _("Raked to the margins"),
            "trimming": _("Trimmed and raked again"),
        }
        columns = ("people", "sum", "min", "median", "max", "kish", "cv")
        rows = (
            (titles.get(stage["name"], stage["name"]), *(f"{stage[name]:,.4g}" for name in columns))
            for stage in version.stages
        )
        heads = (
            _("People"),
            _("Sum"),
            _("Least"),
            _("Median"),
            _("Most"),
            _("Effective people"),
            "CV",
        )
        head = format_html_join("", "<th scope=col>{}</th>", ((name,) for name in heads))
        cells = "<tr><th scope=row>{}</th>" + "<td>{}</td>" * len(columns) + "</tr>"
        body = format_html_join("", cells, rows)
        return format_html("<table><tr><td></td>{}</tr>{}</table>", head, body)
