"""Interviews that came back to their enumerator: why, and on to correcting or answering."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys import returns
from surveys.models import Draft, Interview, User
from surveys.questionnaires import form_of
from surveys.webform import markup
from surveys.webform.conversation import conversation_of
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.prompts import code_of
from surveys.webform.remarks import Remark, remarks_of
from surveys.webform.versions import live_draft_url
from surveys.xforms.definition import FormDef

UNKNOWN = "…"  # what an expression in a question comes to here
LONGEST_QUESTION = 60
ANSWER = "answer"


@dataclass(frozen=True)
class Asked:
    """A remark with the code of the question that it is about, or its words."""

    remark: Remark
    question: str


@dataclass(frozen=True)
class Returned:
    """An interview with what is asked about it; whether a draft of it was begun."""

    interview: Interview
    asked: tuple[Asked, ...]
    is_begun: bool


def returned_to(enumerator: User) -> list[Returned]:
    """What waits for the enumerator, with questions in the language of the page."""
    return [_returned(interview) for interview in returns.returned_to(enumerator)]


def _returned(interview: Interview) -> Returned:
    submission = interview.current
    version = submission.version if submission else None
    if submission is None or version is None:
        return Returned(interview, (), is_begun=False)
    form = form_of(version)
    remarks = remarks_of(interview.asked, form.blank.name)  # type: ignore[attr-defined]  # fetched
    asked = tuple(Asked(one, _question(form, one.place)) for one in remarks)
    return Returned(interview, asked, bool(submission.begun))  # type: ignore[attr-defined]


def _question(form: FormDef, place: str) -> str:
    """The code with which the question begins, or else its words, as far as they go."""
    question = form.question_at(place)
    if question is None:
        return ""
    parts = form.parts(question.labels, form.language_for(get_language() or ""))
    words = markup.plain(parts, lambda _node: UNKNOWN)
    return code_of(words) or Truncator(words or question.name).chars(LONGEST_QUESTION)


@require_POST
@person_page
def returned(request: PersonRequest, interview_id: int) -> HttpResponse:
    """Correct a returned interview, or send it back with an answer alone."""
    said = request.POST.get("said", "")
    if request.POST.get("go") == ANSWER:
        returns.answer(request.user, interview_id, said)
        messages.success(request, _("The interview is back with your supervisor, as it was."))
        return redirect("home")
    draft = returns.correct(request.user, interview_id, said)
    return redirect(_first_asked(draft, is_live="live" in request.POST))


def _first_asked(draft: Draft, *, is_live: bool) -> str:
    """The first question that is remarked on, on the live page or the plain one."""
    conversation = conversation_of(draft)
    places = [one.place for one in conversation.remarks if one.place in conversation.spots]
    anchor = f"#q{places[0]}" if places else ""
    if is_live:
        return live_draft_url(draft) + anchor
    section = conversation.spots[places[0]].section if places else 1
    return reverse("section", args=(draft.pk, section)) + anchor
