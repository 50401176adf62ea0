"""Erased interviews: the list, and of each a certificate to print."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from surveys import jobs
from surveys.admin.access import DetailAdmin, ReadOnly
from surveys.admin.erasure.words import counted
from surveys.admin.filters import SurveyOfInterviewFilter
from surveys.models import Role, Tombstone, User


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnly, DetailAdmin):
    readers = editors = (Role.COORDINATOR,)
    survey_path = "questionnaire.survey_id"
    list_display = ("short_id", "questionnaire", "erased_at", "by", "reason", "proof")
    list_filter = (SurveyOfInterviewFilter,)
    list_select_related = ("questionnaire", "by")
    list_per_page = 50
    search_fields = ("root_uuid",)
    ordering = ("-erased_at", "-pk")
    fields = readonly_fields = ("root_uuid",)  # the template shows the rest
    change_form_template = "admin/surveys/tombstone/change_form.html"

    @display(description=_("interview"), ordering="root_uuid")
    def short_id(self, tombstone: Tombstone) -> str:
        return str(tombstone)

    @display(description=_("nothing was found"), ordering="verified_at", empty_value="–")
    def proof(self, tombstone: Tombstone) -> Any:
        return tombstone.verified_at

    def detail(self, request: HttpRequest, tombstone: Tombstone, /) -> dict[str, Any]:
        return {
            "title": _("Certificate of erasure"),
            "subtitle": tombstone.root_uuid,
            "tombstone": tombstone,
            "survey": tombstone.questionnaire.survey,
            "counts": list(counted(tombstone.counts)),
            "versions": tombstone.versions.select_related("questionnaire"),
            "exports": list(_exports(tombstone)),
        }


def _exports(tombstone: Tombstone) -> Iterator[dict[str, Any]]:
    """The files that left, in words."""
    people = User.objects.in_bulk({one["by"] for one in tombstone.exports if one["by"]})
    for one in tombstone.exports:
        yield {
            "title": jobs.TITLES.get(one["kind"], one["kind"]),
            "made_at": parse_datetime(one["made_at"]),
            "by": people.get(one["by"]),
            "was_stored": one["was_stored"],
        }
