"""Imports: begun with a file, mapped, looked at before anything is stored, undone as a whole."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from surveys import tasks
from surveys.admin.access import DetailAdmin, OwnPage, ReadOnly, key_in, person_of, surveys_for
from surveys.admin.imports.columns import SEPARATORS, Form
from surveys.admin.paging import portion_of
from surveys.downloads import streamed
from surveys.errors import SurveyError
from surveys.imports import batches, works
from surveys.imports.batches import State
from surveys.imports.cells import DAYS
from surveys.imports.expiry import KEPT
from surveys.imports.faults import LOOKED_AT, commonest, faults_of, faults_table, unanswered
from surveys.imports.works import WORKS
from surveys.models import ImportBatch, Job, Questionnaire, QuestionnaireVersion, Role
from surveys.wording import in_words

SHOWN = 50  # rows of a page
CELLS = 3  # of a row, by which people know it
BUTTONS = WORKS.keys() - {"read"}  # what somebody may ask for on the page


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # at run time it takes none
    def label_from_instance(self, version: QuestionnaireVersion) -> str:
        questionnaire = version.questionnaire
        title = f"{questionnaire.survey}: {questionnaire.title}"
        return _("%(title)s, version %(version)s") % {"title": title, "version": version.version}


class FileForm(forms.Form):
    """A file of existing interviews for a version of a questionnaire."""

    version = VersionField(
        QuestionnaireVersion.objects.none(), label=gettext_lazy("Questionnaire"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.dta,.sav,.zsav,.parquet,.zip"}
        ),
        help_text=gettext_lazy(
            "CSV, Excel, Stata, SPSS or Parquet, or one of our exports as it is, also a ZIP with "
            "repeats; at most 100 MB. The first row names the columns."
        ),
    )

    def __init__(self, versions: QuerySet[QuestionnaireVersion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, VersionField)  # noqa: S101 - tells mypy
        field.queryset = versions


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnly, DetailAdmin):
    readers = editors = (Role.COORDINATOR,)
    list_display = ("title", "survey", "by", "made_at", "standing")
    list_select_related = ("survey", "by")
    list_per_page = 50
    ordering = ("-pk",)
    fields = readonly_fields = ("title",)  # the template shows the rest
    change_list_template = "admin/surveys/change_list.html"
    change_form_template = "admin/surveys/imports/batch.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        rows: QuerySet[ImportBatch] = super().get_queryset(request)
        return rows.select_related("survey", "by", "version__questionnaire").defer(
            "version__workbook", "version__xml", "version__definition"
        )

    @display(
        description=gettext_lazy("state"),
        label={"applied": "success", "undone": "warning", "begun": "info"},
    )
    def standing(self, batch: ImportBatch) -> tuple[str, str]:
        if batch.undone_at:
            return "undone", _("Undone")
        return ("applied", _("Imported")) if batch.applied_at else ("begun", _("Not imported"))

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        return OwnPage(_("Import a file"), reverse("admin:surveys_importbatch_file"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "surveys_importbatch"
        own = [
            path("file/", view(self.file_view), name=f"{name}_file"),
            path(
                "<int:pk>/mapping/", view(require_POST(self.mapping_view)), name=f"{name}_mapping"
            ),
            path("<int:pk>/work/", view(require_POST(self.work_view)), name=f"{name}_work"),
            path("<int:pk>/faults.csv", view(self.faults_view), name=f"{name}_faults"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def file_view(self, request: HttpRequest) -> HttpResponse:
        surveys = surveys_for(request, self.editors)
        if not surveys.exists():
            raise PermissionDenied
        versions = QuestionnaireVersion.objects.light().filter(
            questionnaire__survey__in=surveys, questionnaire__state=Questionnaire.State.OPEN
        )
        ordered = versions.select_related("questionnaire__survey").order_by("questionnaire", "-pk")
        form = FileForm(ordered, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._begin(request, form)
            except SurveyError as error:
                form.add_error("file", in_words(error))
        context = {"title": _("Import a file"), "form": form, "kept_days": KEPT.days}
        status = 422 if form.errors else 200
        return self.page(request, "admin/surveys/imports/file.html", context, status)

    def _begin(self, request: HttpRequest, form: FileForm) -> HttpResponse:
        """Keep the file, and read it now or by a worker. Raises SurveyError."""
        file, version = form.cleaned_data["file"], form.cleaned_data["version"]
        batch = batches.begin(version, file.name, file, person_of(request))
        try:
            self._do(request, batch, "read")
        except SurveyError:
            batches.discard(batch)
            raise
        return redirect("admin:surveys_importbatch_change", batch.pk)

    def _do(self, request: HttpRequest, batch: ImportBatch, work: str) -> None:
        """Do something to a batch now, or ask a worker where it is large."""
        if works.is_large(batch, work):
            tasks.nudge_job(works.request(batch, work, person_of(request)).pk)
        else:
            WORKS[work].do(batch, person_of(request), batches.nothing)

    def detail(self, request: HttpRequest, batch: ImportBatch, /) -> dict[str, Any]:
        job = works.latest(batch)
        is_moving = works.is_moving(job)
        may_map = batch.read_at is not None and batch.applied_at is None
        wants_mapping = batch.checked_at is None or "mapping" in request.GET
        shown: dict[str, Any] = {
            "title": _("Import"),
            "batch": batch,
            "job": job if is_moving else None,
            "failure": _failure(job),
        }
        if may_map and wants_mapping and not is_moving:
            return {**shown, **_mapping_context(Form(batch))}
        return {**shown, **self._rows(request, batch)}

    def _rows(self, request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
        """The first rows of one state, the faulty ones if nobody says otherwise."""
        counts = batches.counts_of(batch)
        state = request.GET.get("state", "")
        state = state if state in State.values else _first_state(counts)
        after = key_in(request.GET.get("after")) or 0
        rows = batch.rows.filter(state=state, number__gt=after).select_related("interview")
        page, words = portion_of(rows.order_by("number"), SHOWN), unanswered(batch)
        return {
            "counts": counts,
            "looked_at": LOOKED_AT,
            "common": commonest(batch, words) if State.FAULTY in counts else (),
            "state": state,
            "states": State.choices,
            "lines": [(row, faults_of(row, words), row.cells[:CELLS]) for row in page.rows],
            "head": batches.headings(batch)[0][:CELLS] if batch.tables else (),
            "next": page.last and page.last.number,
            "after": after,
        }

    def mapping_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what the columns mean; then look at it again, or check the rows."""
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        if works.is_moving(works.latest(batch)) or batch.read_at is None:
            messages.error(request, _("Something is being done with it already. Wait for that."))
            return redirect("admin:surveys_importbatch_change", pk)
        form = Form(batch, request)
        if form.faults:
            context = {
                "title": _("Import"),
                "batch": batch,
                "base": "admin/base_site.html",
                **_mapping_context(form),
            }
            return self.page(request, "admin/surveys/imports/batch.html", context, 422)
        try:
            batches.remap(batch, form.meaning)
            if request.POST.get("work") == "check":
                self._do(request, batch, "check")
        except SurveyError as error:
            messages.error(request, in_words(error))
        return redirect("admin:surveys_importbatch_change", pk)

    def work_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Check again, import, undo, or throw away what was not imported."""
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        work = request.POST.get("work", "")
        if works.is_moving(works.latest(batch)):
            messages.error(request, _("Something is being done with it already. Wait for that."))
        elif work == "discard" and batch.applied_at is None:
            batches.discard(batch)
            messages.success(request, _("The file is thrown away. Nothing of it was imported."))
            return redirect("admin:surveys_importbatch_changelist")
        elif work in BUTTONS:
            self._work(request, batch, work)
        return redirect("admin:surveys_importbatch_change", pk)

    def _work(self, request: HttpRequest, batch: ImportBatch, work: str) -> None:
        try:
            if work == "check":
                batches.forget_check(batch)
            self._do(request, batch, work)
        except SurveyError as error:
            messages.error(request, in_words(error))

    def faults_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The rows that are not taken, to be mended and uploaded again."""
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        return streamed(faults_table(batch), f"{PurePath(batch.title).stem}-faults.csv")


def _failure(job: Job | None) -> str:
    if job is None or job.state != Job.State.FAILED:
        return ""
    return in_words(job.failure)


def _first_state(counts: Mapping[str, int]) -> State:
    order = (State.FAULTY, State.LEFT, State.READY, State.IMPORTED, State.UNDONE, State.KNOWN)
    return next((state for state in order if state in counts), State.WAITING)


def _mapping_context(form: Form) -> dict[str, Any]:
    return {
        "mapping": form.meaning,
        "row_count": form.batch.rows.count(),
        "tables": list(form.tables()),
        "constants": form.meaning.constants,
        "day_fault": form.faults.get("day", ""),
        "day_forms": list(DAYS),
        "separators": SEPARATORS,
    }
