"""Questionnaires: what is published, open or closed, and the page that publishes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from surveys import questionnaires
from surveys.admin.access import BySurvey, ReadOnly, SurveyModelAdmin, person_of, surveys_for
from surveys.errors import SurveyError
from surveys.models import Questionnaire, QuestionnaireVersion, Role, Survey
from surveys.questionnaires import form_of
from surveys.wording import in_words
from surveys.xforms.xform import UnsupportedForm

MAX_WORKBOOK = 10 * 1024 * 1024  # bytes
LINK = "text-primary-600 dark:text-primary-400 underline"  # classes of the admin skin
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PublishForm(forms.Form):
    survey = forms.ModelChoiceField(
        Survey.objects.none(),
        label=_("Survey"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    workbook = forms.FileField(
        label=_("XLSForm workbook (.xlsx)"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, surveys: QuerySet[Survey], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["survey"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy
        field.queryset = surveys

    def clean_workbook(self) -> Any:
        file = self.cleaned_data["workbook"]
        if not file.name.lower().endswith(".xlsx"):
            raise forms.ValidationError(
                _("This is no .xlsx file. Save the form as .xlsx and try again.")
            )
        if file.size > MAX_WORKBOOK:
            raise forms.ValidationError(_("The workbook is too large to be a form."))
        return file


class VersionInline(ReadOnly, BySurvey, TabularInline):
    """All published versions; none ever changes."""

    model = QuestionnaireVersion
    fields = readonly_fields = ("version", "published", "questions", "languages", "files")
    ordering = ("-pk",)
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionnaireVersion]:
        rows: QuerySet[QuestionnaireVersion] = super().get_queryset(request)
        return rows.select_related("published_by").defer("workbook", "xml")

    @display(description=_("published"))
    def published(self, version: QuestionnaireVersion) -> str:
        moment = date_format(timezone.localtime(version.published_at), "DATETIME_FORMAT")
        return f"{moment} · {version.published_by}" if version.published_by else moment

    @display(description=_("questions"))
    def questions(self, version: QuestionnaireVersion) -> int:
        return questionnaires.count_questions(form_of(version))

    @display(description=_("languages"))
    def languages(self, version: QuestionnaireVersion) -> str:
        return ", ".join(language.name for language in form_of(version).languages)

    @display(description=_("files"))
    def files(self, version: QuestionnaireVersion) -> str:
        return format_html(
            '<a class="{0}" href="{1}">{2}</a> · <a class="{0}" href="{3}">{4}</a>',
            LINK,
            reverse("admin:surveys_questionnaire_file", args=(version.pk, "xml")),
            _("XForm"),
            reverse("admin:surveys_questionnaire_file", args=(version.pk, "xlsx")),
            _("Workbook"),
        )


@admin.register(Questionnaire)
class QuestionnaireAdmin(SurveyModelAdmin):
    inlines = (VersionInline,)
    list_display = ("title", "form_id", "survey", "state_label", "current_version", "interviews_")
    list_select_related = ("survey", "current")
    list_filter = ("state",)
    search_fields = ("title", "form_id")
    ordering = ("survey", "form_id")
    fields = (("title", "form_id"), ("survey", "current_version"), "state")
    readonly_fields = ("title", "form_id", "survey", "current_version")
    radio_fields = {"state": admin.HORIZONTAL}
    actions = ("open_forms", "close_forms")
    change_list_template = "admin/surveys/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Questionnaire]:
        rows: QuerySet[Questionnaire] = super().get_queryset(request)
        return rows.annotate(interviews_count=Count("interviews"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to the publishing page for those who may publish."""
        context = dict(extra_context or {})
        if self.has_change_permission(request):
            address = reverse("admin:surveys_questionnaire_publish")
            context["own_page"] = {"title": _("Publish a form"), "address": address}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a questionnaire begins with its first published version

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(
        description=_("state"), ordering="state", label={"open": "success", "closed": "warning"}
    )
    def state_label(self, questionnaire: Questionnaire) -> tuple[str, str]:
        return questionnaire.state, questionnaire.get_state_display()

    @display(description=_("current version"))
    def current_version(self, questionnaire: Questionnaire) -> str:
        return questionnaire.current.version if questionnaire.current else "–"

    @display(description=_("Interviews"), ordering="interviews_count")
    def interviews_(self, questionnaire: Any) -> str:
        return f"{questionnaire.interviews_count:,}"

    def save_model(
        self,
        request: HttpRequest,
        obj: Questionnaire,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        questionnaires.set_state(obj, Questionnaire.State(obj.state))

    @admin.action(description=_("Open the selected questionnaires"), permissions=["change"])
    def open_forms(self, request: HttpRequest, rows: QuerySet[Questionnaire]) -> None:
        self._set_state(request, rows, Questionnaire.State.OPEN)

    @admin.action(description=_("Close the selected questionnaires"), permissions=["change"])
    def close_forms(self, request: HttpRequest, rows: QuerySet[Questionnaire]) -> None:
        self._set_state(request, rows, Questionnaire.State.CLOSED)

    def _set_state(
        self, request: HttpRequest, rows: QuerySet[Questionnaire], state: Questionnaire.State
    ) -> None:
        changed = [row for row in rows if self.has_change_permission(request, row)]
        for questionnaire in changed:
            questionnaires.set_state(questionnaire, state)
        words = ngettext(
            "%(n)s questionnaire: %(state)s.", "%(n)s questionnaires: %(state)s.", len(changed)
        )
        messages.success(request, words % {"n": len(changed), "state": state.label})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("publish/", view(self.publish_view), name="surveys_questionnaire_publish"),
            path(
                "version/<int:pk>.<str:kind>",
                view(self.file_view),
                name="surveys_questionnaire_file",
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Upload a workbook: published, or everything that is wrong with it at once."""
        surveys = surveys_for(request, (Role.COORDINATOR,))
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = PublishForm(surveys, request.POST or None, request.FILES or None)
        context: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            context = self._publish(request, form)
        status = 422 if context.get("faults") or form.errors else 200
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Publish a questionnaire"),
            "opts": self.opts,
            "form": form,
        }
        request.current_app = self.admin_site.name
        template = "admin/surveys/questionnaire/publish.html"
        return TemplateResponse(request, template, context, status=status)

    def _publish(self, request: HttpRequest, form: PublishForm) -> dict[str, Any]:
        file = form.cleaned_data["workbook"]
        found: dict[str, Any] = {"file_name": file.name, "file_size": file.size}
        try:
            version = questionnaires.publish(
                file.read(), form.cleaned_data["survey"], by=person_of(request)
            )
        except UnsupportedForm as error:
            return found | {"faults": [(fault.path, in_words(fault)) for fault in error.faults]}
        except SurveyError as error:
            return found | {"faults": [("", in_words(error))]}
        definition = form_of(version)
        questions = questionnaires.count_questions(definition)
        return found | {"version": version, "definition": definition, "questions": questions}

    def file_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        visible = self.get_queryset(request)
        version = QuestionnaireVersion.objects.filter(questionnaire__in=visible, pk=pk).first()
        content = {"xml": "xml", "xlsx": "workbook"}.get(kind)
        if version is None or content is None or getattr(version, content) is None:
            raise Http404(_("There is no such file."))
        name = f"{version.questionnaire.form_id}-{version.version}.{kind}"
        return HttpResponse(
            bytes(getattr(version, content)),
            content_type="application/xml" if kind == "xml" else XLSX,
            headers={"Content-Disposition": content_disposition_header(True, name)},  # noqa: FBT003
        )

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:surveys_questionnaire_publish")
