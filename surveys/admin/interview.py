"""Interviews to read: who said what, in which words, what the checks found, and the evidence."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Case, Prefetch, QuerySet, When, prefetch_related_objects
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from surveys import erasure, slots, verdicts
from surveys.admin.access import DetailAdmin, ReadOnly, person_of
from surveys.admin.answers import Answer, Section, Transcript, hidden_paths, transcript_of
from surveys.admin.arrivals import ArrivalsAdmin
from surveys.admin.audit import timing_of
from surveys.admin.clocks import asked_of, clock_of
from surveys.admin.corrections.ledger import ledger_of
from surveys.admin.corrections.pages import LedgerAdmin
from surveys.admin.corrections.selection import ListCorrectionAdmin
from surveys.admin.decisions import QUEUE, DecisionAdmin, decisions_on
from surveys.admin.edits import edits_of
from surveys.admin.erasure.asking import ErasureAdmin
from surveys.admin.filters import (
    DayFilter,
    EnumeratorFilter,
    QuestionnaireFilter,
    SiteFilter,
    SurveyOfInterviewFilter,
    questionnaires_for,
    surveys_with_people,
)
from surveys.admin.queue import QueueAdmin
from surveys.admin.remarks import history_of, notes_on
from surveys.admin.together import TogetherAdmin
from surveys.downloads import XML, download
from surveys.formfiles import content_type_of
from surveys.memberships import may_see_identifiers, may_see_people
from surveys.models import Attachment, Decision, Finding, Interview, Site, Submission, User
from surveys.xforms.definition import without_places
from surveys.xforms.instance import relative

STATE_COLOURS = {
    "submitted": "info",
    "approved": "success",
    "flagged": "warning",
    "returned": "warning",
    "quarantined": "warning",
    "rejected": "danger",
}
DAYS = ("received_at_from", "received_at_to")
FILTERED_BY = ("survey", "questionnaire", "state", "outcome", "site", *DAYS)
LONGEST_TITLE = 28
MOST_WORDS = 4  # of a search: each is looked up
UUID = "uuid:"  # how an interview's id begins
BESIDE = (  # an interview on its page
    "questionnaire__survey",
    "site__city",
    "wave",
    "enumerator",
    "current__version",
)
DECISIONS = Prefetch("decisions", Decision.objects.select_related("by", "rule", "batch"))
HEAVY = ("current__version__workbook", "current__version__xml")
ON_PAGE = (QUEUE, "labels", "show")  # what the address of an interview's page may say
PICKS: Mapping[str, Callable[[Answer], bool]] = {
    "flagged": lambda answer: answer.notes.is_flagged,
    "blank": lambda answer: answer.is_blank,
}
TABS = {"flagged": _("Flagged"), "blank": _("Blank")}
SHOWN = ("image/", "audio/", "video/")  # kinds of files that a browser may open here
OUTCOME_COLOURS = {"completed": "success", "partial": "warning", "refused": "danger"}


@dataclass(frozen=True)
class FindingInWords:
    place: str
    name: str
    question: str
    kind: str
    value: str


def _meant(request: HttpRequest, word: str) -> dict[str, Any]:
    """What a word of a search names, looked up first so that one index is used."""
    sites = list(Site.objects.filter(code__iexact=word).values_list("pk", flat=True))
    if sites:
        return {"site__in": sites}
    person = User.objects.filter(username__iexact=word).first()
    if person is not None:
        known = surveys_with_people(request).values("pk")
        return {"enumerator": person, "questionnaire__survey__in": known}
    return {"root_uuid__startswith": f"{UUID}{word.removeprefix(UUID)}"}


@admin.register(Interview)
class InterviewAdmin(
    ReadOnly,
    ArrivalsAdmin,
    QueueAdmin,
    TogetherAdmin,
    DecisionAdmin,
    ListCorrectionAdmin,
    LedgerAdmin,
    ErasureAdmin,
    DetailAdmin,
):
    actions = (*TogetherAdmin.actions, "correct_answers")
    survey_path = "questionnaire.survey_id"
    list_display = (
        "short_id",
        "state_label",
        "outcome_label",
        "site",
        "city",
        "received_at",
    )
    list_filter = (
        SurveyOfInterviewFilter,
        QuestionnaireFilter,
        ("state", ChoicesDropdownFilter),
        ("outcome", ChoicesDropdownFilter),
        ("received_at", DayFilter),
        SiteFilter,
        EnumeratorFilter,
    )
    list_filter_submit = True  # of the days
    list_select_related = ("site__city", "questionnaire")
    search_fields = ("root_uuid__startswith",)
    search_help_text = _("Site code, enumerator, or how an interview's id begins")
    ordering = ("-received_at", "-pk")
    sortable_by = ("received_at",)  # of a million, as an index has them
    list_per_page = 50
    fields = readonly_fields = ("root_uuid",)  # the template shows the rest
    change_form_template = "admin/surveys/interview/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        """With the enumerator's name in the surveys where the reader may know it."""
        rows: QuerySet[Interview] = super().get_queryset(request)
        known = When(
            questionnaire__survey__in=surveys_with_people(request), then="enumerator__username"
        )
        named = rows.annotate(enumerator_name=Case(known))
        page = request.resolver_match
        if page is None or page.url_name != "surveys_interview_change":
            return named
        return named.select_related(*BESIDE).defer(*HEAVY)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """With the questionnaire where there are several, the enumerator where one may know."""
        first, *rest = self.list_display
        several = questionnaires_for(request, self.readers).count() > 1
        named = ["questionnaire_shown"] if several else []
        person = ["enumerator_shown"] if surveys_with_people(request).exists() else []
        return (first, *named, *rest, *person)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only by what the list offers: a filter by another column would give away its content."""
        if lookup == EnumeratorFilter.parameter_name:
            return surveys_with_people(request).exists()
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed and lookup.partition("__")[0] in FILTERED_BY

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Interview], search_term: str
    ) -> tuple[QuerySet[Interview], bool]:
        """By site, by enumerator where the reader may know them, or by an id as the list shows it or
        as a file has it; of several words by all.
        """
        for word in search_term.split()[:MOST_WORDS]:
            queryset = queryset.filter(**_meant(request, word))
        return queryset, False

    @display(description=_("interview"), ordering="root_uuid")
    def short_id(self, interview: Interview) -> str:
        return interview.short_id

    @display(description=_("questionnaire"), ordering="questionnaire__title")
    def questionnaire_shown(self, interview: Interview) -> str:
        return Truncator(interview.questionnaire.title).chars(LONGEST_TITLE)

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
        view = self.admin_site.admin_view
        own = [
            path("submission/<int:pk>.xml", view(self.xml_view), name="surveys_interview_xml"),
            path("file/<int:pk>", view(self.file_view), name="surveys_interview_file"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def detail(self, request: HttpRequest, interview: Interview, /) -> dict[str, Any]:
        """Answers by section, findings in words, versions as evidence."""
        prefetch_related_objects([interview], DECISIONS)
        transcript = transcript_of(interview, request.GET.get("labels") or get_language() or "")
        with_people = may_see_people(request.user, interview.questionnaire.survey_id)
        person = person_of(request)
        hidden = hidden_paths(interview, transcript.form, person) if transcript else frozenset()
        if transcript is not None:
            transcript.hidden = hidden
        submissions = interview.submissions.select_related("version").defer("xml").order_by("-pk")
        current = Attachment.objects.filter(submission=interview.current_id)
        findings = list(findings_of(interview, transcript, hidden))
        said = list(interview.comments.select_related("by")) if with_people else []
        if transcript is not None:
            transcript.notes = notes_on(((one.place, one.kind) for one in findings), said)
            sees_all = may_see_identifiers(person, interview.questionnaire.survey_id)
            transcript.files = transcript.files if sees_all else {}
        sections = list(transcript.sections()) if transcript else []
        return {
            "title": str(interview.questionnaire.title),
            "subtitle": interview.root_uuid,
            "interview": interview,
            "badges": (self.state_label(interview)[1], self.outcome_label(interview)[1]),
            **_shown(request, sections),
            "findings": findings,
            "edits": edits_of(interview, transcript, hidden),
            "history": history_of(interview, said),
            "timing": timing_of(interview, transcript, hidden),
            "asked": asked_of(interview),
            "clock": clock_of(interview.current),
            "unpublished": unpublished(interview),
            "submissions": submissions,
            "missing": list(current.filter(file="").order_by("pk").values_list("name", flat=True)),
            "corrects": self._corrected(request, interview),
            **decisions_on(request, interview),
            **ledger_of(request, interview, transcript, hidden),
            "languages": _languages(request, transcript),
            "labels": transcript.language if transcript else "",
            "with_people": with_people,
            "is_beyond": slots.beyond(interview),
            "may_erase": erasure.may_erase(interview, person),
        }

    def _corrected(self, request: HttpRequest, interview: Interview) -> Interview | None:
        """The interview that this one would correct, if somebody decided so."""
        original = verdicts.original_of(interview)
        if original is None or interview.state not in verdicts.OPEN:
            return None
        return self.get_queryset(request).filter(pk=original.pk).first()

    def xml_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes as they came. They name the enumerator, so analysts do not get them."""
        visible = self.get_queryset(request)
        submission = Submission.objects.filter(interview__in=visible, pk=pk).first()
        if submission is None or not may_see_people(
            request.user, submission.questionnaire.survey_id
        ):
            raise Http404(_("There is no such file."))
        name = f"{submission.instance_id.removeprefix(UUID)}.xml"
        return download(bytes(submission.xml), name, XML)

    def file_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """A file that came with an interview. It may show who somebody is: who has no right to know
        that does not get it.

        Pictures, sounds and films are shown; anything else, which may be a web page, is only saved.
        """
        found = (
            Attachment.objects.filter(
                submission__interview__in=self.get_queryset(request), pk=pk, file__gt=""
            )
            .select_related("submission__questionnaire")
            .defer("submission__xml")
            .first()
        )
        if found is None or not may_see_identifiers(
            request.user, found.submission.questionnaire.survey_id
        ):
            raise Http404(_("There is no such file."))
        kind = content_type_of(found.name)
        is_shown = kind.startswith(SHOWN)
        response = FileResponse(
            found.file.open("rb"),
            as_attachment=not is_shown,
            filename=found.name,
            content_type=kind if is_shown else "application/octet-stream",
        )
        response["Content-Security-Policy"] = "sandbox"
        return response


def _languages(request: HttpRequest, transcript: Transcript | None) -> list[tuple[str, str, str]]:
    """The languages of the questions: code, name, and the address of the page in each."""
    found = transcript.form.languages if transcript else ()
    return [(one.code, one.name, _query(request, labels=one.code)) for one in found]


def _shown(request: HttpRequest, sections: Sequence[Section]) -> dict[str, Any]:
    """The sections with the answers that are asked for, and how many there are of each sort."""
    answers = [row for section in sections for row in section.answers]
    wanted = request.GET.get("show", "")
    picked = [section.only(PICKS[wanted]) for section in sections] if wanted in PICKS else sections
    counts = {name: sum(map(pick, answers)) for name, pick in PICKS.items()}
    tabs = [(_("All"), len(answers), "", wanted not in PICKS)]
    tabs += [(TABS[name], count, name, name == wanted) for name, count in counts.items()]
    return {
        "sections": [section for section in picked if section.rows],
        "answer_tabs": [
            (title, count, _query(request, show=name), is_shown)
            for title, count, name, is_shown in tabs
        ],
    }


def _query(request: HttpRequest, **changed: str) -> str:
    """What the address of the page says, with something else."""
    here = {name: request.GET[name] for name in ON_PAGE if name in request.GET}
    return "?" + urlencode({**here, **changed})


def unpublished(interview: Interview) -> str:
    """The version of the form that somebody must publish before the answers can be read, or blank."""
    submission = interview.current
    if submission is None or submission.version is not None or submission.is_encrypted:
        return ""
    versions = interview.questionnaire.versions.filter(version=submission.claimed_version)
    return "" if versions.exists() else submission.claimed_version or "–"


def findings_of(
    interview: Interview, transcript: Transcript | None, hidden: Collection[str]
) -> Iterator[FindingInWords]:
    """What the checks say about the current version."""
    unsaid = {relative(path) for path in hidden}
    found = Finding.objects.filter(submission=interview.current_id).order_by("pk")
    if transcript is None:  # nobody has looked for the site in answers that cannot be read
        found = found.exclude(kind=Finding.Kind.UNKNOWN_SITE)
    for finding in found:
        question = transcript.question(finding.path) if transcript else ""
        in_repeat = "[" in finding.path
        yield FindingInWords(
            place=finding.path,
            name=finding.path.rsplit("/", 1)[-1] if question and not in_repeat else finding.path,
            question=question,
            kind=finding.get_kind_display(),
            value="" if without_places(finding.path) in unsaid else finding.value,
        )
