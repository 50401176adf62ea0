"""A person's word on interviews that wait: on an interview's page, and for several of the list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from surveys import review
from surveys.admin.access import SurveyModelAdmin, person_of
from surveys.errors import SurveyError
from surveys.models import Decision, Interview, Role, Site, User
from surveys.review import Verdict
from surveys.wording import in_words

DECIDERS = (Role.COORDINATOR, Role.SUPERVISOR)
MOST_AT_ONCE = 50  # a page of the list; one decision takes up to 80 ms, and a request must end
DONE = {
    Verdict.COUNT: gettext_lazy("The interview counts from now on."),
    Verdict.REPLACE: gettext_lazy("The original has these answers now, and counts."),
    Verdict.REJECT: gettext_lazy("The interview is rejected: it counts nowhere."),
}
SEVERAL = {  # the heading of a page about several, and its button
    Verdict.COUNT: (gettext_lazy("Let interviews count"), gettext_lazy("Let them count")),
    Verdict.REJECT: (gettext_lazy("Reject interviews"), gettext_lazy("Reject them")),
}


class DecisionForm(forms.Form):
    """What is decided, and why."""

    verdict = forms.ChoiceField(choices=Decision.Verdict.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It may stay blank. Analysts do not see it."),
    )


class OneDecisionForm(DecisionForm):
    """The same for one interview, on the version `seen`; with the site, where it names none."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, interview: Interview, data: QueryDict | None = None) -> None:
        """`data` is what was posted."""
        super().__init__(data, initial={"seen": interview.current_id})
        if review.needs_site(interview):
            self.fields["site"] = _site_field(interview)


def _site_field(interview: Interview) -> forms.Field:
    """The survey's sites; of a correction the one of its original at first."""
    original = review.original_of(interview)
    return forms.ModelChoiceField(
        Site.objects.filter(survey=interview.questionnaire.survey_id).order_by("code"),
        label=_("Site"),
        empty_label=_("Choose a site"),
        required=False,
        initial=original and original.site_id,
        help_text=_("The interview does not say where it was. If it counts, it counts here."),
    )


@dataclass(frozen=True)
class Choice:
    """One of the buttons."""

    verdict: Verdict
    label: str | Promise
    meaning: str | Promise


@dataclass(frozen=True)
class Left:
    """An interview of the selection on which nothing is decided, and why."""

    interview: Interview
    why: str


def decisions_on(request: HttpRequest, interview: Interview) -> dict[str, Any]:
    """For an interview's page: what the reader may decide about it, and what was decided."""
    version = interview.current
    return {
        "choices": _choices(request, interview),
        "is_sealed": interview.state in review.OPEN and bool(version and version.is_encrypted),
        "decision_form": OneDecisionForm(interview),
        "decisions": interview.decisions.select_related("by"),
    }


def _choices(request: HttpRequest, interview: Interview) -> tuple[Choice, ...]:
    verdicts = review.verdicts_on(interview, person_of(request))
    has_original = bool(verdicts) and review.original_of(interview) is not None
    return tuple(_choice(verdict, has_original=has_original) for verdict in verdicts)


def _choice(verdict: Verdict, *, has_original: bool) -> Choice:
    if verdict == Verdict.REPLACE:
        meaning = _("Its answers become the newest version of the interview that it corrects.")
        return Choice(verdict, _("Put it in place of the original"), meaning)
    if verdict == Verdict.REJECT:
        return Choice(verdict, _("Reject"), _("It stays here and counts nowhere."))
    if has_original:
        meaning = _("Both count: they are interviews of two people.")
        return Choice(verdict, _("Count it as an interview of its own"), meaning)
    return Choice(verdict, _("Let it count"), _("It enters the indicators with the answers below."))


class DecisionAdmin(SurveyModelAdmin):
    """Decisions on interviews, one by one or several of the list."""

    actions = ("let_count", "reject")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, DECIDERS, None)

    def get_urls(self) -> list[URLPattern]:
        view = require_POST(self.admin_site.admin_view(self.decide_view))
        own = [path("<int:pk>/decide/", view, name="surveys_interview_decide")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide on one interview, then show the one that has the answers now."""
        interview = get_object_or_404(self.get_queryset(request), pk=pk)
        form = OneDecisionForm(interview, request.POST)
        if form.is_valid():
            interview = self._decide(request, interview, form.cleaned_data)
        else:
            said = (str(fault) for faults in form.errors.values() for fault in faults)
            messages.error(request, " ".join(said))
        return redirect("admin:surveys_interview_change", interview.pk)

    def _decide(
        self, request: HttpRequest, interview: Interview, given: dict[str, Any]
    ) -> Interview:
        verdict = Verdict(given["verdict"])
        try:
            kept = review.decide(
                interview.pk,
                verdict,
                by=person_of(request),
                reason=given["reason"],
                seen=given["seen"],
                site=given.get("site"),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            return interview
        messages.success(request, DONE[verdict])
        return kept

    @admin.action(description=gettext_lazy("Let the selected count"), permissions=["decide"])
    def let_count(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._decide_several(request, rows, Verdict.COUNT)

    @admin.action(description=gettext_lazy("Reject the selected"), permissions=["decide"])
    def reject(self, request: HttpRequest, rows: QuerySet[Interview]) -> HttpResponse | None:
        return self._decide_several(request, rows, Verdict.REJECT)

    def _decide_several(
        self, request: HttpRequest, rows: QuerySet[Interview], verdict: Verdict
    ) -> HttpResponse | None:
        """Show what would be decided, and on second request decide it."""
        chosen = list(rows.select_related("current", "questionnaire", "site")[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            words = _("Choose at most %(most)s interviews at once.")
            messages.error(request, words % {"most": MOST_AT_ONCE})
            return None
        left = list(_left(chosen, verdict, person_of(request)))
        without = {one.interview for one in left}
        ready = [interview for interview in chosen if interview not in without]
        is_sent = "confirmed" in request.POST
        form = DecisionForm({**request.POST.dict(), "verdict": verdict} if is_sent else None)
        if is_sent and form.is_valid():
            self._decide_on(request, ready, verdict, form.cleaned_data["reason"])
            return None
        context = {"form": form, "ready": ready, "left": left, "action": request.POST["action"]}
        return self._page(request, verdict, context)

    def _decide_on(
        self, request: HttpRequest, ready: Sequence[Interview], verdict: Verdict, reason: str
    ) -> None:
        """`ready` are those of the page that was confirmed, in the versions that are here by now."""
        decided, seen = 0, request.POST.getlist("seen")
        for interview in ready:
            try:
                if str(interview.current_id) not in seen:
                    raise review.changed_since()
                review.decide(
                    interview.pk,
                    verdict,
                    by=person_of(request),
                    reason=reason,
                    seen=interview.current_id,
                )
                decided += 1
            except SurveyError as error:
                messages.warning(request, f"{interview.root_uuid}: {in_words(error)}")
        messages.success(request, _several(verdict, decided) % {"n": decided})

    def _page(
        self, request: HttpRequest, verdict: Verdict, context: dict[str, Any]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        title, button = SEVERAL[verdict]
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "button": button,
        }
        template = "admin/surveys/interview/decide.html"
        return TemplateResponse(request, template, {**shared, **context})


def _left(interviews: Sequence[Interview], verdict: Verdict, person: User) -> Iterator[Left]:
    """Those of the selection that are not decided on along with the others."""
    decidable = review.verdicts_on_each(interviews, person)
    originals = review.originals_of(interviews)
    for interview in interviews:
        verdicts = decidable[interview.pk]
        if not verdicts:
            yield Left(interview, _("It does not wait for your decision."))
        elif verdict not in verdicts and Verdict.COUNT in verdicts:
            yield Left(interview, _("It is rejected already."))
        elif verdict not in verdicts:
            yield Left(interview, _("It is encrypted. Decrypt it first."))
        elif verdict == Verdict.COUNT and interview.pk in originals:
            yield Left(
                interview,
                _(
                    "It corrects an interview that is here. Open it and say which of the two counts."
                ),
            )


def _several(verdict: Verdict, count: int) -> str:
    if verdict == Verdict.COUNT:
        return ngettext("%(n)s interview counts now.", "%(n)s interviews count now.", count)
    return ngettext("%(n)s interview rejected.", "%(n)s interviews rejected.", count)
