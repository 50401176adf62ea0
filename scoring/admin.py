"""The pages of scoring in the admin: schemes to read, since nobody edits them."""

import json

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scoring.models import Scheme
from scoring.schemes import spec_of
from surveys.admin.access import ReadOnly, SurveyModelAdmin
from surveys.models.named import in_language


@admin.register(Scheme)
class SchemeAdmin(ReadOnly, SurveyModelAdmin):
    """What is judged, by which weights; another weighting is another scheme."""

    list_display = ("name", "survey", "is_default", "created_at")
    list_display_links = ("name",)
    search_fields = ("name",)
    fields = ("name", "survey", "is_default", "created_at", "standards", "definition", "sha256")
    readonly_fields = fields

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
