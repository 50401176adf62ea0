"""What rows were before, for who may see them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from surveys.admin.access import key_in


class HistoryAdmin(SimpleHistoryAdmin):
    """Every change of a row, with who made it and when."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require_row(request, object_id)
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        return response

    def render_history_view(
        self, request: HttpRequest, template: str, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """A change without a reason says so in no language."""
        for record in context.get("page_obj", ()):
            record.history_change_reason = record.history_change_reason or "–"
        response: HttpResponse = super().render_history_view(request, template, context, **kwargs)
        return response

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Reading the past is free to readers; bringing it back is a change."""
        row = self._require_row(request, object_id)
        if key_in(version_id) is None:
            raise Http404
        if request.method == "POST" and not self.has_change_permission(request, row):
            raise PermissionDenied
        response: HttpResponse
        response = super().history_form_view(request, object_id, version_id, extra_context)
        return response

    def _require_row(self, request: HttpRequest, object_id: str) -> Model:
        """History outlives rows and knows no surveys: show it only for a row that is visible."""
        row: Model | None = self.get_object(request, object_id)
        if row is None:
            raise Http404(_("There is no such row, or it is not yours to see."))
        return row
