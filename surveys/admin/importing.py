"""Set-up tables: rows in and out by file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.results import Result
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from surveys.admin.access import SurveyModelAdmin
from surveys.admin.tables import Table


class TableAdmin(ImportExportModelAdmin, SurveyModelAdmin):
    """A set-up table: rows in and out by file, with a preview and all or nothing."""

    import_form_class = ImportForm
    export_form_class = ExportForm
    resource_class: type[Table]
    show_change_form_export = False

    def get_resource_classes(self, request: HttpRequest) -> list[type[Table]]:
        return [self.resource_class]

    def get_resource_kwargs(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        return {"person": request.user}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Say so where something changed between preview and import, and nothing was stored."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("Nothing was imported: the data changed since the preview."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        response: HttpResponse = super().process_result(result, request)
        return response

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
