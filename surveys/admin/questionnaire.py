"""Questionnaires: what is published, open or closed, and the versions with their files."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from surveys import questionnaires, revalidation, tallies, tasks
from surveys.admin.access import BySurvey, OwnPage, ReadOnly, person_of, with_survey
from surveys.admin.changes import Difference
from surveys.admin.filters import SurveyFilter
from surveys.admin.links import links
from surveys.admin.publishing import PublishingAdmin
from surveys.differences import previous_to
from surveys.downloads import XLSX, XML, download
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.webform.preview import preview_url


class VersionInline(ReadOnly, BySurvey, TabularInline):
    """All published versions; none ever changes."""

    model = QuestionnaireVersion
    fields = readonly_fields = (
        "version",
        "published",
        "questions",
        "languages",
        "interviews",
        "hash",
        "files",
    )
    ordering = ("-pk",)
    extra = 0
    hide_title = True
    counts: Mapping[tuple[int, int | None], int] = MappingProxyType({})

    def get_formset(
        self, request: HttpRequest, obj: Questionnaire | None = None, **kwargs: Any
    ) -> Any:
        """For one page: its rows are those of one questionnaire, counted once."""
        self.counts = tallies.by_version(Questionnaire.objects.filter(pk=obj.pk if obj else 0))
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionnaireVersion]:
        rows: QuerySet[QuestionnaireVersion] = super().get_queryset(request)
        light = rows.select_related("published_by").defer("workbook", "xml", "definition")
        earlier = QuestionnaireVersion.objects.filter(
            questionnaire=OuterRef("questionnaire"), pk__lt=OuterRef("pk")
        )
        return light.annotate(has_earlier=Exists(earlier))

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

    @display(description=_("Interviews"))
    def interviews(self, version: QuestionnaireVersion) -> str:
        return f"{self.counts.get((version.questionnaire_id, version.pk), 0):,}"

    @display(description="MD5")
    def hash(self, version: QuestionnaireVersion) -> str:
        return format_html('<code class="break-all">{}</code>', version.xml_md5)

    @display(description=_("files"))
    def files(self, version: QuestionnaireVersion) -> str:
        return links(_links_of(version))


def _links_of(version: Any) -> Iterator[tuple[str, Promise]]:
    """Addresses and titles of what there is of a version; the first differs from nothing."""
    file, difference = "admin:surveys_questionnaire_file", "admin:surveys_questionnaire_difference"
    yield reverse(file, args=(version.pk, "xlsx")), _("Workbook")
    yield reverse(file, args=(version.pk, "xml")), _("XForm")
    if version.has_earlier:
        yield reverse(difference, args=(version.pk,)), _("Difference")
    yield preview_url(version.pk, form_of(version), get_language() or ""), _("Preview")


@admin.register(Questionnaire)
class QuestionnaireAdmin(PublishingAdmin):
    inlines = (VersionInline,)
    list_display = ("title", "form_id", "survey", "state_label", "current_version", "interviews_")
    list_select_related = ("survey", "current")
    list_filter = (SurveyFilter, "state")
    search_fields = ("title", "form_id")
    ordering = ("survey", "form_id")
    fields = (("title", "form_id"), ("survey", "current_version"), "state")
    readonly_fields = ("title", "form_id", "survey", "current_version")
    radio_fields = {"state": admin.HORIZONTAL}
    actions = ("open_forms", "close_forms", "check_interviews")
    change_list_template = "admin/surveys/change_list.html"

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Each row of the page with the number of its interviews."""
        changes = super().get_changelist_instance(request)
        counts: Counter[int] = Counter()
        by_version = tallies.by_version(self.get_queryset(request))
        for (questionnaire, _version), count in by_version.items():
            counts[questionnaire] += count
        for row in changes.result_list:
            row.interviews_count = counts[row.pk]
        return changes

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        if not self.has_change_permission(request):
            return None
        address = with_survey(reverse("admin:surveys_questionnaire_publish"), request)
        return OwnPage(_("Publish a form"), address)

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

    @display(description=_("Interviews"))
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

    @admin.action(description=_("Check all interviews again"), permissions=["change"])
    def check_interviews(self, request: HttpRequest, rows: QuerySet[Questionnaire]) -> None:
        for questionnaire in rows:
            if self.has_change_permission(request, questionnaire):
                job = revalidation.request(questionnaire, person_of(request))
                tasks.nudge_job(job.pk)
        messages.success(request, _("The interviews are being checked again; see “Jobs”."))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "version/<int:pk>/difference/",
                view(self.difference_view),
                name="surveys_questionnaire_difference",
            ),
            path(
                "version/<int:pk>.<str:kind>",
                view(self.file_view),
                name="surveys_questionnaire_file",
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def difference_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a version changed from the one before it."""
        version = self._version(request, pk)
        old = previous_to(version)
        context = {
            "title": _("Version %(version)s") % {"version": version.version},
            "version": version,
            "difference": Difference.to(form_of(version), old) if old else None,
        }
        return self.page(request, "admin/surveys/questionnaire/difference.html", context)

    def _version(self, request: HttpRequest, pk: int) -> QuestionnaireVersion:
        visible = self.get_queryset(request).order_by()
        versions = QuestionnaireVersion.objects.light().select_related("questionnaire")
        return get_object_or_404(versions, questionnaire__in=visible.values("pk"), pk=pk)

    def file_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        version = self._version(request, pk)
        content = {"xml": "xml", "xlsx": "workbook"}.get(kind)
        if content is None or getattr(version, content) is None:
            raise Http404(_("There is no such file."))
        name = f"{version.questionnaire.form_id}-{version.version}.{kind}"
        media_type = XML if kind == "xml" else XLSX
        return download(bytes(getattr(version, content)), name, media_type)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:surveys_questionnaire_publish")
