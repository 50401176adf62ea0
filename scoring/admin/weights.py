"""How people were weighed, stage by stage."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from surveys.admin.access import ReadOnly, SurveyModelAdmin
from surveys.models import WeightVersion


@admin.register(WeightVersion)
class WeightVersionAdmin(ReadOnly, SurveyModelAdmin):
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
