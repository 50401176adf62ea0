"""Batches of corrections: begun from a file, looked at before they are made, undone."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from unfold.decorators import display

from surveys import correction_batches, tasks
from surveys.admin.access import (
    DetailAdmin,
    OwnPage,
    ReadOnly,
    key_in,
    keys_in,
    person_of,
    surveys_for,
)
from surveys.admin.paging import portion_of
from surveys.correction_batches import WORKS, Line
from surveys.downloads import download
from surveys.errors import SurveyError
from surveys.imports.corrections import COLUMNS, errors_table, read_corrections
from surveys.models import CorrectionBatch, CorrectionRow, Role, Survey
from surveys.wording import in_words

SHOWN = 100  # lines of a page
MAX_BYTES = 10_000_000


class FileForm(forms.Form):
    """A file of corrections for one of the person's surveys."""

    survey = forms.ModelChoiceField(
        Survey.objects.none(), label=gettext_lazy("Survey"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy("CSV (UTF-8) or Excel, at most 10 MB."),
    )

    def __init__(self, surveys: QuerySet[Survey], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["survey"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
        field.queryset = surveys
        if surveys.count() == 1:
            field.widget, field.initial = forms.HiddenInput(), surveys.first()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large. Divide it."))
        return file


def begin(request: HttpRequest, survey: Survey, title: str, lines: Sequence[Line]) -> HttpResponse:
    """Keep corrections, check them now or by a worker, and show them. Raises SurveyError."""
    batch = correction_batches.begin(survey, title, lines, person_of(request))
    do(request, batch, "check")
    return redirect("admin:surveys_correctionbatch_change", batch.pk)


def do(request: HttpRequest, batch: CorrectionBatch, work: str) -> None:
    """Do something to a batch now, or ask a worker where it is large."""
    if correction_batches.is_large(batch):
        tasks.nudge_job(correction_batches.request(batch, work, person_of(request)).pk)
    else:
        WORKS[work].do(batch, person_of(request), lambda _lines: None)


@admin.register(CorrectionBatch)
class CorrectionBatchAdmin(ReadOnly, DetailAdmin):
    readers = editors = (Role.COORDINATOR,)
    list_display = ("title", "survey", "by", "made_at", "standing", "interviews")
    list_select_related = ("survey", "by")
    list_per_page = 50
    ordering = ("-pk",)
    fields = readonly_fields = ("title",)  # the template shows the rest
    change_list_template = "admin/surveys/change_list.html"
    change_form_template = "admin/surveys/ledger/batch.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CorrectionBatch]:
        rows: QuerySet[CorrectionBatch] = super().get_queryset(request)
        return rows.annotate(corrected=Count("rows__became", distinct=True))

    @display(
        description=gettext_lazy("state"),
        label={"applied": "success", "undone": "warning", "checked": "info"},
    )
    def standing(self, batch: CorrectionBatch) -> tuple[str, str]:
        if batch.undone_at:
            return "undone", _("Undone")
        return ("applied", _("Applied")) if batch.applied_at else ("checked", _("Not applied"))

    @display(description=gettext_lazy("interviews"))
    def interviews(self, batch: Any) -> str:
        return f"{batch.corrected:,}"

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        return OwnPage(_("Corrections from a file"), reverse("admin:surveys_correctionbatch_file"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("file/", view(self.file_view), name="surveys_correctionbatch_file"),
            path(
                "<int:pk>/work/",
                view(require_POST(self.work_view)),
                name="surveys_correctionbatch_work",
            ),
            path(
                "<int:pk>/faults.csv", view(self.faults_view), name="surveys_correctionbatch_faults"
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def file_view(self, request: HttpRequest) -> HttpResponse:
        surveys = surveys_for(request, self.editors)
        if not surveys.exists():
            raise PermissionDenied
        form = FileForm(surveys, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                lines = read_corrections(file.read())
                return begin(request, form.cleaned_data["survey"], PurePath(file.name).name, lines)
            except SurveyError as error:
                form.add_error("file", in_words(error))
        context = {"title": _("Corrections from a file"), "form": form, "columns": COLUMNS}
        status = 422 if form.errors else 200
        return self.page(request, "admin/surveys/ledger/file.html", context, status)

    def detail(self, request: HttpRequest, batch: CorrectionBatch, /) -> dict[str, Any]:
        rows = batch.rows.select_related("interview")
        counts = batch.rows.aggregate(
            lines=Count("pk"),
            ready=Count("pk", filter=Q(fault="", became=None, interview__isnull=False)),
            faults=Count("pk", filter=~Q(fault="")),
            done=Count("pk", filter=Q(became__isnull=False)),
        )
        after = key_in(request.GET.get("after")) or 0
        page = portion_of(rows.filter(number__gt=after), SHOWN)
        job = correction_batches.waiting(batch)
        standing = batch.changes.filter(undone_by=None).exists()
        return {
            "title": _("Corrections"),
            "batch": batch,
            "lines": [(row, self._fault(row)) for row in page.rows],
            "next": page.last and page.last.number,
            "after": after,
            "counts": counts,
            "job": job,
            "is_moving": job is not None,
            "may_choose": counts["lines"] <= SHOWN,
            "can_undo": standing and job is None,
        }

    def _fault(self, row: CorrectionRow) -> str:
        return in_words(SurveyError(row.fault, **row.fault_params)) if row.fault else ""

    def work_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check again, apply, or undo."""
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        work = request.POST.get("work", "")
        if work not in WORKS or correction_batches.waiting(batch) is not None:
            messages.error(request, _("Something is being done with it already. Wait for that."))
        elif work == "apply" and "row" in request.POST:
            chosen = keys_in(request.POST.getlist("row"))
            self._say(request, correction_batches.apply(batch, person_of(request), chosen))
        else:
            do(request, batch, work)
        return redirect("admin:surveys_correctionbatch_change", pk)

    def _say(self, request: HttpRequest, count: int) -> None:
        said = ngettext("%(n)s interview is corrected.", "%(n)s interviews are corrected.", count)
        messages.success(request, said % {"n": count})

    def faults_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The lines that were not applied, to be mended and sent again."""
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        name = f"{PurePath(batch.title).stem}-faults.csv"
        return download(errors_table(batch), name)
