"""The trail, read by administrators: who saw, changed and took away what."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from surveys.admin.access import ReadOnly, SurveyModelAdmin
from surveys.models import TrailEntry

COLOURS = {
    "signed_in": "success",
    "signed_out": "default",
    "saw": "default",
    "changed": "info",
    "took": "warning",
}


@admin.register(TrailEntry)
class TrailEntryAdmin(ReadOnly, SurveyModelAdmin):
    readers = editors = ()  # so administrators only
    survey_path = ""
    list_display = ("at", "person", "did", "what", "key", "query", "status", "address", "under")
    list_filter = ("action",)
    search_fields = ("person__iexact", "key__exact")
    search_help_text = _("A person’s user name, or the number of an interview or another row")
    ordering = ("-pk",)
    sortable_by = ()
    list_display_links = None
    fields = readonly_fields = (
        "at",
        "person",
        "action",
        "what",
        "key",
        "query",
        "status",
        "address",
    )

    @display(description=_("did"), label=COLOURS)
    def did(self, entry: TrailEntry) -> tuple[str, str]:
        return entry.action, entry.get_action_display()

    @display(description=_("seal"), empty_value="–")
    def under(self, entry: TrailEntry) -> int | None:
        return entry.seal_id
