"""Interviews to read: who said what, in which words, what the checks found, and the evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from surveys.admin.access import ReadOnly, SurveyModelAdmin, key_in, surveys_for
from surveys.exports.columns import PERSONAL_ROLES, Column
from surveys.memberships import may_see_people
from surveys.models import Finding, Interview, Role, Submission, Survey
from surveys.questionnaires import form_of
from surveys.xforms.definition import FormDef, Question
from surveys.xforms.instance import relative

STATE_COLOURS = {
    "submitted": "info",
    "approved": "success",
    "flagged": "warning",
    "returned": "warning",
    "quarantined": "warning",
    "rejected": "danger",
}
FILTERED_BY = ("state", "outcome", "site", "received_at")
OUTCOME_COLOURS = {"completed": "success", "partial": "warning", "refused": "danger"}


@dataclass(frozen=True)
class Answer:
    """A question as asked and its answer in words; `stored` is what the file holds."""

    name: str
    question: str
    words: str
    stored: str
    is_skipped: bool


@dataclass(frozen=True)
class Section:
    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class FindingInWords:
    name: str
    question: str
    kind: str
    value: str


class SiteFilter(DropdownFilter):
    """The sites that the person sees, by code."""

    title = _("site")
    parameter_name = "site"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.get_queryset(request).order_by("site__code")
        found = rows.filter(site__isnull=False).values_list("site_id", "site__code").distinct()
        return [(str(pk), code) for pk, code in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Interview]) -> QuerySet[Interview]:
        site = key_in(self.value())
        return queryset if site is None else queryset.filter(site_id=site)


@admin.register(Interview)
class InterviewAdmin(ReadOnly, SurveyModelAdmin):
    survey_path = "questionnaire.survey_id"
    list_display = ("short_id", "state_label", "outcome_label", "site", "city", "received_at")
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("outcome", ChoicesDropdownFilter),
        SiteFilter,
    )
    list_select_related = ("site__city", "questionnaire")
    date_hierarchy = "received_at"
    search_fields = ("root_uuid",)
    ordering = ("-received_at", "-pk")
    list_per_page = 50
    fields = readonly_fields = ("root_uuid",)  # the template shows the rest
    change_form_template = "admin/surveys/interview/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        """With the enumerator's name in the surveys where the reader may know it."""
        rows: QuerySet[Interview] = super().get_queryset(request)
        known = When(questionnaire__survey__in=_with_people(request), then="enumerator__username")
        return rows.annotate(enumerator_name=Case(known))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        columns: tuple[str, ...] = self.list_display
        return (*columns, "enumerator_shown") if _with_people(request).exists() else columns

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only by what the list offers: a filter by another column would give away its content."""
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed and lookup.partition("__")[0] in FILTERED_BY

    @display(description=_("interview"), ordering="root_uuid")
    def short_id(self, interview: Interview) -> str:
        return interview.root_uuid.removeprefix("uuid:")[:8]

    @display(description=_("state"), ordering="state", label=STATE_COLOURS)
    def state_label(self, interview: Interview) -> tuple[str, str]:
        return interview.state, interview.get_state_display()

    @display(description=_("outcome"), ordering="outcome", label=OUTCOME_COLOURS)
    def outcome_label(self, interview: Interview) -> tuple[str, str]:
        return interview.outcome, interview.get_outcome_display()

    @display(description=_("city"), ordering="site__city__code")
    def city(self, interview: Interview) -> str:
        return str(interview.site.city) if interview.site and interview.site.city else "–"

    @display(description=_("enumerator"), ordering="enumerator_name")
    def enumerator_shown(self, interview: Any) -> str:
        return interview.enumerator_name or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.xml_view)
        own = [path("submission/<int:pk>.xml", view, name="surveys_interview_xml")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        interview = self.get_object(request, object_id)
        context = self._detail(request, interview) if interview else {}
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )
        return response

    def _detail(self, request: HttpRequest, interview: Interview) -> dict[str, Any]:
        """What the page shows: answers by section, findings in words, versions as evidence."""
        version = interview.current.version if interview.current else None
        form = form_of(version) if version else None
        wanted = request.GET.get("labels") or get_language() or ""
        language = form.language_for(wanted) if form else ""
        with_people = may_see_people(request.user, interview.questionnaire.survey_id)
        submissions = interview.submissions.select_related("version").defer("xml").order_by("-pk")
        return {
            "title": str(interview.questionnaire.title),
            "subtitle": interview.root_uuid,
            "interview": interview,
            "badges": (self.state_label(interview)[1], self.outcome_label(interview)[1]),
            "sections": list(sections_of(interview, form, language, with_people=with_people))
            if form
            else [],
            "findings": list(findings_of(interview, form, language, with_people=with_people)),
            "submissions": submissions,
            "languages": form.languages if form else (),
            "labels": language,
            "with_people": with_people,
        }

    def xml_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes as they came. They name the enumerator, so analysts do not get them."""
        visible = self.get_queryset(request)
        submission = Submission.objects.filter(interview__in=visible, pk=pk).first()
        if submission is None or not may_see_people(
            request.user, submission.questionnaire.survey_id
        ):
            raise Http404(_("There is no such file."))
        name = f"{submission.instance_id.removeprefix('uuid:')}.xml"
        return HttpResponse(
            bytes(submission.xml),
            content_type="application/xml",
            headers={"Content-Disposition": content_disposition_header(True, name)},  # noqa: FBT003
        )


def _with_people(request: HttpRequest) -> QuerySet[Survey]:
    return surveys_for(request, (Role.COORDINATOR, Role.SUPERVISOR))


def sections_of(
    interview: Interview, form: FormDef, language: str, *, with_people: bool
) -> Iterator[Section]:
    """The interview's answers under the form's headings, skipped questions marked."""
    hidden = personal_paths(form) if not with_people else frozenset()
    for section in form.sections:
        answers = tuple(
            _answer(interview, form, question, language)
            for question in section.questions()
            if question.takes_answer and question.path not in hidden
        )
        if answers:
            yield Section(form.text(section.labels, language), answers)


def personal_paths(form: FormDef) -> frozenset[str]:
    return frozenset(form.roles[role] for role in PERSONAL_ROLES if role in form.roles)


def _answer(interview: Interview, form: FormDef, question: Question, language: str) -> Answer:
    key = relative(question.path)
    stored = interview.answers.get(key, "")
    labels = {choice.name: form.text(choice.labels, language) for choice in question.choices}
    return Answer(
        name=question.name,
        question=form.text(question.labels, language) or question.name,
        words=Column(question.name, key, question.kind, labels).value(stored),
        stored=stored,
        is_skipped=key in interview.skipped,
    )


def findings_of(
    interview: Interview, form: FormDef | None, language: str, *, with_people: bool
) -> Iterator[FindingInWords]:
    """What the checks say about the current version."""
    questions = {relative(q.path): q for q in form.questions} if form else {}
    hidden = {relative(path) for path in personal_paths(form)} if form and not with_people else ()
    for finding in Finding.objects.filter(submission=interview.current_id).order_by("pk"):
        question = questions.get(finding.path)
        yield FindingInWords(
            name=question.name if question else finding.path,
            question=form.text(question.labels, language) if form and question else "",
            kind=finding.get_kind_display(),
            value="" if finding.path in hidden else finding.value,
        )
