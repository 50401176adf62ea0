"""The corrections of an interview: listed with their reasons, made, undone, kept beside a device's edit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys import ledger
from surveys.admin.access import SurveyModelAdmin, key_in, person_of, posted
from surveys.admin.answers import Transcript
from surveys.admin.correcting import Correcting, Told
from surveys.errors import SurveyError
from surveys.ledger import Contradiction, Difference, Overtaken, Proposal
from surveys.models import Change, Interview, User
from surveys.submissions import UnsatisfiedForm
from surveys.verdicts import decidable_by, original_of
from surveys.wording import in_words
from surveys.xforms.definition import without_places
from surveys.xforms.instance import relative

THEIRS = "theirs"


class ReasonForm(forms.Form):
    """Why an answer is corrected, which others will read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Such as: decimal point missed; confirmed by phone."),
        error_messages={"required": gettext_lazy("Say why the answer is corrected.")},
    )


@dataclass(frozen=True)
class Line:
    """A change as the page lists it. `standing` is `stands`, `undone` or `moved`."""

    place: str
    question: str
    before: str
    after: str
    is_consequence: bool
    standing: str


@dataclass(frozen=True)
class Entry:
    """One correction: who made it when and why, and what changed."""

    key: int
    by: User | None
    made_at: datetime
    reason: str
    batch: object
    lines: Sequence[Line]
    can_undo: bool


def ledger_of(
    request: HttpRequest,
    interview: Interview,
    transcript: Transcript | None,
    hidden: Collection[str],
) -> dict[str, Any]:
    """For an interview's page: its corrections, the latest first, and what contradicts them. `hidden`
    are the paths of questions whose answers the reader may not know.
    """
    may = decidable_by(person_of(request)).filter(pk=interview.pk).exists()
    original = _edited(interview) if may else None  # before what contradicts it is looked up
    return {
        "ledger": list(_entries(interview, transcript, hidden, may_correct=may)),
        "may_correct": may and transcript is not None,
        "over": original and original.current_id,
        "contradictions": _contradictions(interview, transcript) if original else [],
    }


def _edited(interview: Interview) -> Interview | None:
    """The interview whose place an edit would take, while nobody has decided on it."""
    is_waiting = interview.state == Interview.State.QUARANTINED
    return original_of(interview) if is_waiting else None


def _entries(
    interview: Interview,
    transcript: Transcript | None,
    hidden: Collection[str],
    *,
    may_correct: bool,
) -> Iterator[Entry]:
    unsaid = {relative(path) for path in hidden}
    changes = Change.objects.filter(submission__interview=interview)
    found = changes.select_related("submission__sender", "batch").defer("submission__xml")
    for submission, group in groupby(
        found.order_by("-submission", "pk"), lambda change: change.submission
    ):
        rows = [change for change in group if without_places(change.place) not in unsaid]
        if not rows:
            continue
        lines = tuple(_line(change, interview, transcript) for change in rows)
        yield Entry(
            key=submission.pk,
            by=submission.sender,
            made_at=submission.received_at,
            reason=rows[0].reason,
            batch=rows[0].batch,
            lines=lines,
            can_undo=may_correct and all(one.standing == "stands" for one in lines),
        )


def _line(change: Change, interview: Interview, transcript: Transcript | None) -> Line:
    standing = "stands" if ledger.stands(change, interview) else "moved"
    return Line(
        place=change.place,
        question=transcript.question(change.place) if transcript else "",
        before=change.before,
        after=change.after,
        is_consequence=change.is_consequence,
        standing="undone" if change.undone_by_id else standing,
    )


def _contradictions(
    interview: Interview, transcript: Transcript | None
) -> list[tuple[Contradiction, str]]:
    return [
        (one, transcript.question(one.place) if transcript else "")
        for one in ledger.contradictions(interview)
    ]


class LedgerAdmin(SurveyModelAdmin):
    """Corrections of one interview at a time."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/correct/", view(self.correct_view), name="surveys_interview_correct"),
            path(
                "<int:pk>/corrections/<int:correction>/undo/",
                view(require_POST(self.undo_view)),
                name="surveys_interview_undo",
            ),
            path(
                "<int:pk>/reconcile/",
                view(require_POST(self.reconcile_view)),
                name="surveys_interview_reconcile",
            ),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def _correctable(self, request: HttpRequest, pk: int) -> Interview:
        """Raises Http404 where it is not the person's to correct."""
        own = decidable_by(person_of(request)).filter(pk__in=self.get_queryset(request))
        found = own.select_related("questionnaire__survey", "current__version", "site")
        light = found.defer("current__version__workbook", "current__version__xml")
        return get_object_or_404(light, pk=pk)

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose a question, type its answer, look at what follows, save."""
        interview = self._correctable(request, pk)
        try:
            page = Page(request, interview, person_of(request))
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_change", pk)
        saved = page.answered() if request.method == "POST" else False
        if saved:
            messages.success(request, page.done)
            return redirect("admin:surveys_interview_change", pk)
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, **page.context()}
        template = "admin/surveys/ledger/correct.html"
        return TemplateResponse(request, template, context, status=page.status)

    def undo_view(self, request: HttpRequest, pk: int, correction: int) -> HttpResponse:
        interview = self._correctable(request, pk)
        own = interview.submissions.filter(pk=correction)
        try:
            ledger.undo(
                get_object_or_404(own).pk,
                by=person_of(request),
                reason=posted(request, "reason")[:1000] or _("Undone"),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, _("The correction is undone. Both are kept in the list."))
        return redirect("admin:surveys_interview_change", pk)

    def reconcile_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the edit in place of its original, with the office's answers where these were chosen."""
        interview = self._correctable(request, pk)
        kept = [
            one.place
            for one in ledger.contradictions(interview)
            if request.POST.get(f"keep-{one.place}") == "office"
        ]
        try:
            original = ledger.reconcile(
                pk,
                kept,
                by=person_of(request),
                seen=key_in(request.POST.get("seen")) or 0,
                over=key_in(request.POST.get("over")) or 0,
                reason=_("Kept when a later edit of the device came in."),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_change", pk)
        messages.success(request, _("The edit is in its place, with the answers that you chose."))
        return redirect("admin:surveys_interview_change", original.pk)


def _require(shown: Correcting, places: Sequence[str]) -> None:
    if not all(shown.can_correct(place) for place in places):
        raise Http404(_("There is no such question, or nobody can correct it."))


class Page:
    """The page of one correction, from the choice of a question to what follows from its answer."""

    def __init__(self, request: HttpRequest, interview: Interview, person: User) -> None:
        self.request, self.interview, self.person = request, interview, person
        self.language = request.GET.get("labels") or get_language() or ""
        self.now = Correcting(interview, person, self.language)
        given = request.POST if request.method == "POST" else request.GET
        self.places = [one for one in dict.fromkeys(given.getlist("question")) if one]
        self.reason = ReasonForm(request.POST if request.method == "POST" else None)
        self.proposal: Proposal | None = None
        self.is_overtaken = False
        self.since: Sequence[Difference] = ()
        self.answers: dict[str, str] = {}
        self.notice = ""
        self.status = 200
        if request.method != "POST" and not all(map(self.now.can_correct, self.places)):
            self.places, self.notice = [], _("Nobody can type that answer. Choose a question.")
        self.done = _("The correction is saved. What the device sent stays as it was.")

    @property
    def seen(self) -> int:
        """The version on which the person corrects."""
        given = key_in(self.request.POST.get("seen"))
        if self.is_overtaken or given is None:
            return self.interview.current_id or 0
        return given

    def answered(self) -> bool:
        """Take what was sent; whether it is saved now, or there is nothing left to save."""
        self.answers = self._answers()
        try:
            ledger.require_newest(self.interview, self.seen)
            self.proposal = ledger.propose(self.interview, self.answers, self.person)
            return self._saved()
        except Overtaken as error:
            self.is_overtaken, self.since, self.status = True, error.since, error.status
            self.interview.refresh_from_db()
            self.now = Correcting(self.interview, self.person, self.language)
        except UnsatisfiedForm:
            self.status = 422
        except SurveyError as error:
            self.notice, self.status = in_words(error), error.status
        return False

    def _answers(self) -> dict[str, str]:
        """What was typed, without what somebody else's change shall stand against."""
        post = self.request.POST
        self.places = [place for place in self.places if post.get(f"take-{place}") != THEIRS]
        there = [place for place in self.places if place in self.now.placed]
        answers = self._typed(self.now, there)
        rest = [place for place in self.places if place not in there]
        if rest:  # of instances that there are only with the other answers
            root = ledger.propose(self.interview, answers, self.person).instance.root
            shown = Correcting(self.interview, self.person, self.language, root)
            answers |= self._typed(shown, rest)
        return answers

    def _typed(self, shown: Correcting, places: Sequence[str]) -> dict[str, str]:
        _require(shown, places)
        root = shown.values.root.name
        form = shown.fields(places, self.request.POST)
        typed = form.answers(frozenset(f"/{root}/{place}" for place in places))
        return {place: typed.get(f"/{root}/{place}", "") for place in places}

    def _saved(self) -> bool:
        if not self.places:
            self.done = _("It stays as the other person left it.")
            return True
        assert self.proposal is not None  # noqa: S101 - `answered` has made it
        is_looked_at = self.request.POST.get("looked") == self.looked
        if "save" not in self.request.POST or not self.reason.is_valid():
            return False
        if self.proposal.problems:
            self.status = 422
            return False
        if not is_looked_at:
            self.notice = _("This is what follows from the answer. Save it if it is right.")
            return False
        ledger.correct(
            self.interview.pk,
            self.answers,
            by=self.person,
            reason=self.reason.cleaned_data["reason"],
            seen=self.seen,
        )
        return True

    @property
    def looked(self) -> str:
        """What the person has seen the consequences of."""
        told = repr((self.seen, sorted(self.answers.items())))
        return sha256(told.encode()).hexdigest()[:32]

    def context(self) -> dict[str, Any]:
        shown = self._shown()
        problems = self._problems(shown)
        places = [*self.places, *(place for place in problems if self._is_needed(shown, place))]
        data = self.request.POST if self.request.method == "POST" else None
        form = shown.fields(places, data)
        return {
            "title": _("Correct an answer"),
            "interview": self.interview,
            "language": shown.language,
            "sections": [] if self.places else list(self.now.choices()),
            "places": places,
            "asked": shown.rendered(form, places, problems) if places else "",
            "reason": self.reason["reason"],
            "seen": self.seen,
            "looked": "" if problems else self.looked,
            "proposal": self.proposal,
            "follows": self._told(shown),
            "problems": [(self._name(shown, place), said) for place, said in problems.items()],
            "is_overtaken": self.is_overtaken,
            "conflicts": self._conflicts(),
            "notice": self.notice,
        }

    def _shown(self) -> Correcting:
        """With what the correction would make of the answers, which newly asked questions need."""
        if self.proposal is None:
            return self.now
        root = self.proposal.instance.root
        return Correcting(self.interview, self.person, self.language, root)

    def _problems(self, shown: Correcting) -> Mapping[str, str]:
        if self.proposal is None:
            return {}
        return {one.path: shown.sentence(one) for one in self.proposal.problems}

    def _is_needed(self, shown: Correcting, place: str) -> bool:
        """Whether another question must be answered with this one."""
        return place not in self.places and shown.can_correct(place)

    def _name(self, shown: Correcting, place: str) -> str:
        return shown.prompt(place).text if place in shown.placed else place

    def _told(self, shown: Correcting) -> list[tuple[Told, bool]]:
        differences = self.proposal.differences if self.proposal else ()
        return [(shown.told(one), one.is_consequence) for one in differences]

    def _conflicts(self) -> list[dict[str, Any]]:
        """What somebody else changed: before, theirs, and yours where both changed the same."""
        return [
            {
                "told": self.now.told(one),
                "is_both": one.place in self.answers,
                "yours": self.now.prompt(one.place).answer(self.answers[one.place])
                if one.place in self.answers and one.place in self.now.placed
                else "",
            }
            for one in self.since
        ]
