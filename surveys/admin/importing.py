"""Set-up tables: rows in and out by file."""

from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import CSV, XLSX
from import_export.results import Result
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from surveys.admin.access import SurveyModelAdmin
from surveys.admin.tables import Table
from surveys.imports.encodings import text_of
from surveys.imports.files.opening import COMPOUND, WORKBOOK, ZIP

FORMATS = (CSV, XLSX)


class TableImportForm(ImportForm):
    """Asks for a file alone: what it is shows in it. What follows reads its text as UTF-8."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["format"]
        self.fields["import_file"].help_text = _("CSV or Excel (.xlsx)")

    def clean_import_file(self) -> "File[bytes]":
        """The file, with its format beside it as the import asks for it."""
        file: File[bytes] = self.cleaned_data["import_file"]
        content = file.read()
        file.seek(0)
        if content.startswith((ZIP, COMPOUND)):
            _require_workbook(content)
            self.cleaned_data["format"] = FORMATS.index(XLSX)
            return file
        text = text_of(content)
        if text is None or "\x00" in text:
            raise ValidationError(_no_table())
        self.cleaned_data["format"] = FORMATS.index(CSV)
        return ContentFile(text.encode(), name=file.name)


def _require_workbook(content: bytes) -> None:
    if content.startswith(COMPOUND):
        raise ValidationError(
            _("This is an old .xls workbook or has a password. Save it as .xlsx without one.")
        )
    try:
        with ZipFile(BytesIO(content)) as parts:
            is_workbook = WORKBOOK in parts.namelist()
    except BadZipFile:
        is_workbook = False
    if not is_workbook:
        raise ValidationError(_no_table())


def _no_table() -> str:
    return gettext("This is neither a CSV file nor an Excel workbook. Save it as one of the two.")


class TableAdmin(ImportExportModelAdmin, SurveyModelAdmin):
    """A set-up table: rows in and out by file, with a preview and all or nothing."""

    import_form_class = TableImportForm
    import_formats = FORMATS
    export_form_class = ExportForm
    resource_class: type[Table]
    show_change_form_export = False

    def get_resource_classes(self, request: HttpRequest) -> list[type[Table]]:
        return [self.resource_class]

    def get_resource_kwargs(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        return {"person": request.user}

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_import_context_data(**kwargs)
        table = self.resource_class()
        return {**context, "columns": table.columns(), "needed": table.required_columns}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Say so where something changed between preview and import, and nothing was stored."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("Nothing was imported: the data changed since the preview."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        response: HttpResponse = super().process_result(result, request)
        return response

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Of the rows that a list was filtered to; all, where the address names no filter of ours."""
        try:
            response: HttpResponse = super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(request.path)
        return response

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
