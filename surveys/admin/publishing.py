"""The publishing pages: upload a workbook, see everything about it, publish it or leave it."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from surveys import archives, entity_lists, isolation, questionnaires, uploads
from surveys.admin.access import SurveyModelAdmin, key_in, person_of, surveys_for
from surveys.admin.changes import Difference
from surveys.admin.findings import Findings, as_csv
from surveys.admin.setup import tasks_of
from surveys.archives import BadFile
from surveys.downloads import download
from surveys.errors import SurveyError
from surveys.models import Role, Survey, Upload
from surveys.uploads import Assessment, Standing
from surveys.webform.preview import preview_url
from surveys.wording import in_words
from surveys.xforms.definition import DIRECT, INDIRECT
from surveys.xforms.workbook import MAX_BYTES

PUBLISH_PAGE = "admin/surveys/questionnaire/publish.html"
CHECKED_PAGE = "admin/surveys/questionnaire/checked.html"


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, archives unpacked; the value is their contents by name."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data or ()
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        try:
            archives.require_fitting(file.size for file in given)
            return archives.unpack((file.name, file.read()) for file in given)
        except SurveyError as error:
            raise forms.ValidationError(in_words(error)) from error


class WorkbookForm(forms.Form):
    """A workbook with its files. `replaces` is an upload whose files it takes over."""

    survey = forms.ModelChoiceField(
        Survey.objects.none(),
        label=_("Survey"),
        empty_label=_("Choose a survey"),
        widget=UnfoldAdminSelectWidget(),
    )
    workbook = forms.FileField(
        label=_("XLSForm workbook (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm"}),
        allow_empty_file=True,  # the linter says what to do about it
    )
    attached = FilesField(
        label=_("Pictures, sounds and lists that belong to it"),
        help_text=_("Several at once, or packed into one .zip. Leave it blank if there are none."),
        required=False,
    )
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, surveys: QuerySet[Survey], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["survey"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
        field.queryset = surveys
        if len(surveys) == 1:
            field.empty_label = None

    def clean_workbook(self) -> Any:
        file = self.cleaned_data["workbook"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The workbook is too large to be a form."))
        return file


class FilesForm(forms.Form):
    """More files for an upload."""

    attached = FilesField(label=_("Files to add"))


class PublishingAdmin(SurveyModelAdmin):
    """The pages on which coordinators of a survey publish its questionnaires."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        upload = "publish/<uuid:key>/"
        own = [
            path("publish/", view(self.publish_view), name="surveys_questionnaire_publish"),
            path(upload, view(self.checked_view), name="surveys_upload"),
            path(f"{upload}files/", view(self.add_files_view), name="surveys_upload_files"),
            path(f"{upload}discard/", view(self.discard_view), name="surveys_upload_discard"),
            path(f"{upload}findings.csv", view(self.findings_view), name="surveys_upload_findings"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Take a workbook in; whatever it is, the next page says everything about it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        surveys = surveys_for(request, (Role.COORDINATOR,))
        form = WorkbookForm(
            surveys, request.POST or None, request.FILES or None, initial=request.GET.dict()
        )
        if request.method == "POST" and form.is_valid():
            try:
                return redirect("admin:surveys_upload", self._keep(request, form).pk)
            except BadFile as error:
                form.add_error("attached", in_words(error))
        isolation.ROOM.prepare()  # while the person looks for the workbook
        waiting = self._uploads(request).waiting().light()
        context = {
            "title": _("Publish a questionnaire"),
            "form": form,
            "waiting": [(upload, uploads.assess(upload)) for upload in waiting],
        }
        return self.page(request, PUBLISH_PAGE, context, 422 if form.errors else 200)

    def _keep(self, request: HttpRequest, form: WorkbookForm) -> Upload:
        given = form.cleaned_data
        workbook = given["workbook"]
        return uploads.keep(
            given["survey"],
            workbook.name,
            workbook.read(),
            given["attached"],
            by=person_of(request),
            replaces=self._uploads(request).waiting().filter(pk=given["replaces"]).first(),
        )

    def checked_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Everything about an upload (GET); publish it (POST)."""
        upload = self._upload(request, key)
        if request.method != "POST":
            return self._checked(request, upload)
        try:
            uploads.publish(upload, over=key_in(request.POST.get("over")), by=person_of(request))
        except Upload.DoesNotExist as error:
            raise Http404(_("This upload is not here any more.")) from error
        except SurveyError as error:
            return self._checked(request, upload, error=error)
        return redirect("admin:surveys_upload", key)

    def add_files_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        upload = get_object_or_404(self._uploads(request).waiting(), pk=key)
        form = FilesForm(request.POST or None, request.FILES or None)
        if not form.is_valid():
            return self._checked(request, upload, files_form=form)
        try:
            uploads.add_files(upload, form.cleaned_data["attached"])
        except BadFile as error:
            form.add_error("attached", in_words(error))
            return self._checked(request, upload, files_form=form)
        return redirect("admin:surveys_upload", key)

    def discard_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        if request.method == "POST":
            uploads.discard(self._upload(request, key))
        return redirect("admin:surveys_questionnaire_publish")

    def findings_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """All findings as CSV, for whoever corrects the workbook."""
        upload = self._upload(request, key)
        name = f"{upload.name.rpartition('.')[0] or upload.name} findings.csv"
        return download(as_csv(uploads.assess(upload).findings), name)

    def _uploads(self, request: HttpRequest) -> Any:
        rows = Upload.objects.visible_to(request.user).recent()
        return rows.select_related("survey", "by")

    def _upload(self, request: HttpRequest, key: UUID) -> Upload:
        upload: Upload = get_object_or_404(self._uploads(request), pk=key)
        return upload

    def _checked(
        self,
        request: HttpRequest,
        upload: Upload,
        *,
        error: SurveyError | None = None,
        files_form: FilesForm | None = None,
    ) -> HttpResponse:
        assessment = uploads.assess(upload)
        context = {
            "title": _("Publish a questionnaire"),
            "upload": upload,
            "assessment": assessment,
            "findings": Findings.of(assessment.findings, request.GET.get("only", "")),
            "error": in_words(error) if error else "",
            "files_form": files_form or FilesForm(),
            **self._described(upload, assessment),
        }
        status = error.status if error else 422 if files_form and files_form.errors else 200
        return self.page(request, CHECKED_PAGE, context, status)

    def _described(self, upload: Upload, assessment: Assessment) -> dict[str, Any]:
        """What will be published, or was."""
        if assessment.form is None:
            return {}
        key = upload.version_id or upload.pk
        given = dict(upload.files.values_list("name", "size"))
        needed = assessment.form.needed_files
        return {
            "form": assessment.form,
            "questions": questionnaires.count_questions(assessment.form),
            "direct": len(assessment.form.identifying(DIRECT)),
            "indirect": len(assessment.form.identifying(INDIRECT)),
            "difference": _difference(upload, assessment),
            "preview_url": preview_url(key, assessment.form, get_language() or ""),
            "files": [(name, given.get(name)) for name in needed],
            "served": entity_lists.served_in(upload.survey, assessment.form),
            "unused": [name for name in given if name not in needed],
            "tasks": tasks_of(upload.survey) if upload.version_id else (),
        }


def _difference(upload: Upload, assessment: Assessment) -> Difference | None:
    """What changes from the current version on, as long as it is not published."""
    is_other = assessment.current is not None and assessment.standing is not Standing.CURRENT
    if assessment.form is None or assessment.current is None or not is_other:
        return None
    return Difference.to(assessment.form, assessment.current)
