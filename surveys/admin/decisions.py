"""A person's word on an interview, on its page: what can be decided, and what is said about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from surveys import comments, pending, review, verdicts
from surveys.admin.access import SurveyModelAdmin, person_of
from surveys.errors import SurveyError
from surveys.models import Decision, Interview, Role, Site
from surveys.models.decision import Verdict
from surveys.wording import in_words

DECIDERS = (Role.COORDINATOR, Role.SUPERVISOR)
SAID = "said"  # in the session: the interview and the reason of a decision that was not taken
QUEUE = "queue"  # in addresses: the page is looked at as part of the queue
DONE = {
    Verdict.COUNT: gettext_lazy("The interview counts from now on."),
    Verdict.REPLACE: gettext_lazy("The original has these answers now, and counts."),
    Verdict.REJECT: gettext_lazy("The interview is rejected: it counts nowhere."),
    Verdict.APPROVE: gettext_lazy("The interview is approved."),
    Verdict.RETURN: gettext_lazy("The interview is back with its enumerator, who sees why."),
    Verdict.HOLD: gettext_lazy("The interview is held for review."),
    Verdict.REOPEN: gettext_lazy("The interview is as it was when it came in."),
}


class DecisionForm(forms.Form):
    """What is decided, and why."""

    verdict = forms.ChoiceField(choices=Decision.Verdict.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason, or comment to the enumerator"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Needed to return an interview: its enumerator reads it then. Analysts do not see it."
        ),
    )


class OneDecisionForm(DecisionForm):
    """The same for one interview, on the version `seen` in the state that it was in; with the site,
    where it names none.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        choices=Interview.State.choices, required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, interview: Interview, data: QueryDict | None = None, *, said: str = ""
    ) -> None:
        """`data` is what was posted, `said` a reason to begin with."""
        seen = {"seen": interview.current_id, "state": interview.state}
        super().__init__(data, initial={**seen, "reason": said})
        if review.needs_site(interview):
            self.fields["site"] = _site_field(interview)


def _site_field(interview: Interview) -> forms.Field:
    """The survey's sites; of a correction the one of its original at first."""
    original = verdicts.original_of(interview)
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
    """One of the buttons, with the key that presses it."""

    verdict: Verdict
    label: str | Promise
    meaning: str | Promise
    key: str = ""


CHOICES = {
    Verdict.REPLACE: Choice(
        Verdict.REPLACE,
        gettext_lazy("Put it in place of the original"),
        gettext_lazy("Its answers become the newest version of the interview that it corrects."),
    ),
    Verdict.COUNT: Choice(
        Verdict.COUNT,
        gettext_lazy("Let it count"),
        gettext_lazy("It enters the indicators with the answers below."),
        "a",
    ),
    Verdict.APPROVE: Choice(
        Verdict.APPROVE,
        gettext_lazy("Approve"),
        gettext_lazy("You have looked at it, and it is done with."),
        "a",
    ),
    Verdict.RETURN: Choice(
        Verdict.RETURN,
        gettext_lazy("Return"),
        gettext_lazy("Its enumerator corrects or answers it, and it comes back."),
        "r",
    ),
    Verdict.HOLD: Choice(
        Verdict.HOLD,
        gettext_lazy("Hold"),
        gettext_lazy("It waits until somebody has looked into it."),
        "h",
    ),
    Verdict.REOPEN: Choice(
        Verdict.REOPEN,
        gettext_lazy("Open it again"),
        gettext_lazy("It is as it was when it came in, and nobody has decided on it."),
    ),
    Verdict.REJECT: Choice(
        Verdict.REJECT,
        gettext_lazy("Reject"),
        gettext_lazy("It stays here and counts nowhere."),
    ),
}
BESIDE = Choice(
    Verdict.COUNT,
    gettext_lazy("Count it as an interview of its own"),
    gettext_lazy("Both count: they are interviews of two people."),
)


def decisions_on(request: HttpRequest, interview: Interview) -> dict[str, Any]:
    """For an interview's page: what the reader may decide about it, and its place in the queue."""
    version, is_open = interview.current, interview.state in verdicts.OPEN
    choices = tuple(_choices(request, interview))
    is_queued = QUEUE in request.GET and bool(choices)
    rows = pending.pending_for(person_of(request), request.GET.get(QUEUE, ""))
    return {
        "choices": choices,
        "is_waiting": is_open,
        "is_sealed": is_open and bool(version and version.is_encrypted),
        "decision_form": OneDecisionForm(interview, said=_said(request, interview)),
        "queue": pending.place_in(rows, interview) if is_queued else None,
        "why": request.GET.get(QUEUE, ""),
        "returns": sum(one.verdict == Verdict.RETURN for one in interview.decisions.all()),
    }


def _keep_said(request: HttpRequest, interview: Interview, reason: str) -> None:
    """What was written goes back to the page on which nothing could be decided."""
    if reason:
        request.session[SAID] = [interview.pk, reason]


def _said(request: HttpRequest, interview: Interview) -> str:
    key, _reason = request.session.get(SAID, (None, ""))
    return str(request.session.pop(SAID)[1]) if key == interview.pk else ""


def _choices(request: HttpRequest, interview: Interview) -> Iterator[Choice]:
    offered = verdicts.verdicts_on(interview, person_of(request))
    has_original = bool(offered) and verdicts.original_of(interview) is not None
    for verdict in offered:
        yield BESIDE if verdict == Verdict.COUNT and has_original else CHOICES[verdict]


class DecisionAdmin(SurveyModelAdmin):
    """Decisions on one interview, and comments on its answers."""

    def get_urls(self) -> list[URLPattern]:
        views = (("decide", self.decide_view), ("comment", self.comment_view))
        own = [
            path(
                f"<int:pk>/{name}/",
                require_POST(self.admin_site.admin_view(view)),
                name=f"surveys_interview_{name}",
            )
            for name, view in views
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide on one interview, then show the one that has the answers now, or in the queue the
        next one.
        """
        interview = self._decidable(request, pk)
        following = _next(request, interview)
        form = OneDecisionForm(interview, request.POST)
        kept = None
        if form.is_valid():
            kept = self._decide_one(request, interview, form.cleaned_data)
        else:
            said = (str(fault) for faults in form.errors.values() for fault in faults)
            messages.error(request, " ".join(said))
        if kept is not None and following is not None:
            return redirect(following)
        return redirect(_page_of((kept or interview).pk, request.POST.get(QUEUE)))

    def _decidable(self, request: HttpRequest, pk: int) -> Interview:
        """One of the interviews on which the person may decide and say something; else 404."""
        theirs = verdicts.decidable_by(person_of(request))
        found: Interview = get_object_or_404(
            self.get_queryset(request).filter(pk__in=theirs), pk=pk
        )
        return found

    def _decide_one(
        self, request: HttpRequest, interview: Interview, given: dict[str, Any]
    ) -> Interview | None:
        """The interview that has the answers now; None where nothing was decided, which is told."""
        verdict = Verdict(given["verdict"])
        try:
            kept = review.decide(
                interview.pk,
                verdict,
                by=person_of(request),
                reason=given["reason"],
                seen=given["seen"],
                state=given["state"],
                site=given.get("site"),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            _keep_said(request, interview, given["reason"])
            return None
        messages.success(request, DONE[verdict])
        return kept

    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what is said of an answer: the part `text:PLACE`, of the place that was pressed."""
        interview = self._decidable(request, pk)
        place = request.POST.get("place", "")
        said = request.POST.get(f"text:{place}", "")
        try:
            comments.say(interview.pk, said, by=person_of(request), path=place)
        except SurveyError as error:
            messages.error(request, in_words(error))
        return redirect(f"{_page_of(interview.pk, request.POST.get(QUEUE))}#a-{place}")


def _next(request: HttpRequest, interview: Interview) -> str | None:
    """Where to go on in the queue, for who decides there."""
    why = request.POST.get(QUEUE)
    if why is None:
        return None
    rows = pending.pending_for(person_of(request), why)
    following = pending.after(rows, interview.pk).values_list("pk", flat=True).first()
    if following is None:
        return reverse("admin:surveys_interview_review")
    return _page_of(following, why)


def _page_of(key: int, why: str | None) -> str:
    """The page of an interview, also as part of the queue of one reason, or of all."""
    address = reverse("admin:surveys_interview_change", args=(key,))
    in_queue = why if why in list(pending.Why) else ""
    return address if why is None else f"{address}?{QUEUE}={in_queue}"
