"""Deposits: what stayed of surveys whose interviews were erased, to be taken away."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from surveys.admin.access import ReadOnly, SurveyModelAdmin
from surveys.admin.filters import SurveyOfInterviewFilter
from surveys.downloads import resumable
from surveys.models import Deposit, Role


@admin.register(Deposit)
class DepositAdmin(ReadOnly, SurveyModelAdmin):
    readers = editors = (Role.COORDINATOR,)
    survey_path = "questionnaire.survey_id"
    list_display = fields = readonly_fields = (
        "questionnaire",
        "ends_on",
        "audience",
        "how_many",
        "smallest_group",
        "made_at",
        "download",
        "checksum",
    )
    when_empty = _(
        "Nothing stayed yet. On a survey’s page, say how long interviews are kept and what stays of them."
    )
    list_filter = (SurveyOfInterviewFilter,)
    list_select_related = ("questionnaire",)
    list_per_page = 50
    ordering = ("-made_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/file/", view, name="surveys_deposit_file"), *urls]

    @display(description=_("interviews"), ordering="interviews")
    def how_many(self, deposit: Deposit) -> str:
        return f"{deposit.interviews:,}"

    @display(description=_("smallest group (k)"))
    def smallest_group(self, deposit: Deposit) -> int | None:
        smallest: int | None = deposit.report["k"]
        return smallest

    @display(description=_("file"))
    def download(self, deposit: Deposit) -> Any:
        address = reverse("admin:surveys_deposit_file", args=(deposit.pk,))
        return format_html('<a href="{}">{}</a>', address, _("Download"))

    @display(description="SHA-256")
    def checksum(self, deposit: Deposit) -> str:
        return format_html('<code class="digest">{}</code>', deposit.sha256)

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        deposit = get_object_or_404(self.get_queryset(request), pk=pk)
        name = deposit.file.name.rpartition("/")[2]
        return resumable(request, deposit.file.open("rb"), name, deposit.sha256)
