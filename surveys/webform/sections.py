"""One section of an interview: shown, answered, saved whatever was typed, and then judged."""

import uuid
from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from surveys import drafts
from surveys.drafts import DraftMoved
from surveys.webform.conversation import Conversation, conversation_of, own_draft
from surveys.webform.forms import SectionForm
from surveys.webform.home import say_kept
from surveys.webform.kept import fields_of
from surveys.webform.languages import is_offered, remember_language
from surveys.webform.layout import SectionLayout
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.progress import SectionProgress, next_after, previous_to
from surveys.xforms.definition import Question

NEXT, BACK, KEEP, STOP = "next", "back", "keep", "stop"
LONGEST_NUMBER = 10


@never_cache
@require_http_methods(["GET", "POST"])
@person_page
def section(request: PersonRequest, draft_id: uuid.UUID, number: int) -> HttpResponse:
    conversation = conversation_of(own_draft(request.user, draft_id))
    if not 1 <= number <= len(conversation.sections):
        raise Http404
    if request.method == "POST":
        return _answer(request, conversation, number)
    place = conversation.sections[number - 1]
    if not place.applies:
        return _go_on(conversation, number)
    problems = conversation.problems_in(place) if "check" in request.GET else {}
    return _page(request, conversation, place, _form(conversation, place), problems)


def _answer(request: PersonRequest, before: Conversation, number: int) -> HttpResponse:
    place = before.sections[number - 1]
    shown = frozenset(question.path for question in place.asked)
    form = _form(before, place, request)
    answers = form.answers(shown)
    before.draft.revision = _revision(request)
    try:
        draft = drafts.save(before.draft, answers)
    except DraftMoved:
        return _moved(request, before, answers)
    return _after(request, conversation_of(draft), number, form, shown)


def _after(
    request: PersonRequest,
    conversation: Conversation,
    number: int,
    form: SectionForm,
    shown: frozenset[str],
) -> HttpResponse:
    """Where to go once the answers are saved."""
    draft, go = conversation.draft, request.POST.get("go", NEXT)
    if is_offered(request.POST.get("language", "")):
        checked = "?check" if "checked" in request.POST else ""
        same = redirect(reverse("section", args=(draft.pk, number)) + checked)
        return remember_language(same, request.POST["language"])
    if go == KEEP:
        say_kept(request, draft)
        return redirect("home")
    if go == BACK:
        return redirect("section", draft.pk, previous_to(conversation.sections, number) or number)
    if go == STOP:
        return redirect(reverse("finish", args=(draft.pk,)) + "#stop")
    if is_number(go):
        return redirect("section", draft.pk, int(go))
    return _judge(request, conversation, number, form, shown)


def _judge(
    request: PersonRequest,
    conversation: Conversation,
    number: int,
    form: SectionForm,
    shown: frozenset[str],
) -> HttpResponse:
    """On to the next section, or this one again with what is wrong or newly asked."""
    place = conversation.sections[number - 1]
    more = [question for question in place.blank if question.path not in shown]
    newly_asked = {question.path for question in more}
    problems = {
        path: sentence
        for path, sentence in conversation.problems_in(place).items()
        if path not in newly_asked
    }
    if problems or more:
        return _page(request, conversation, place, form, problems, more)
    return _go_on(conversation, number)


def _go_on(conversation: Conversation, number: int) -> HttpResponse:
    following = next_after(conversation.sections, number)
    if following is None:
        return redirect("finish", conversation.draft.pk)
    return redirect("section", conversation.draft.pk, following)


def _form(
    conversation: Conversation, place: SectionProgress, request: PersonRequest | None = None
) -> SectionForm:
    """Every question of the section that the person may answer, whether it applies or not."""
    prompts = [
        conversation.prompt(question)
        for question in place.section.questions()
        if question.takes_answer and question.path not in conversation.known
    ]
    return SectionForm(prompts, conversation.answers(), request.POST if request else None)


def _revision(request: PersonRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if is_number(text) else 0


def is_number(text: str) -> bool:
    """Whether a posted text is a number of a sane length."""
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER


def _page(
    request: PersonRequest,
    conversation: Conversation,
    place: SectionProgress,
    form: SectionForm,
    problems: Mapping[str, str],
    more: list[Question] | None = None,
) -> HttpResponse:
    form.tell(problems)
    layout = SectionLayout(
        conversation.form,
        conversation.language,
        frozenset(question.path for question in place.shown),
        conversation.known,
        problems,
    )
    context = {
        "conversation": conversation,
        "draft": conversation.draft,
        "place": place,
        "title": conversation.title(place),
        "steps": [(step, conversation.title(step)) for step in conversation.sections],
        "form": form,
        "helper": layout.helper(place.section),
        "faults": [
            (conversation.prompt(conversation.form.by_path[path]), sentence)
            for path, sentence in problems.items()
        ],
        "more": [conversation.prompt(question) for question in more or ()],
        "is_first": previous_to(conversation.sections, place.number) is None,
    }
    status = 422 if problems and request.method == "POST" else 200
    return render(request, "surveys/section.html", context, status=status)


def _moved(
    request: PersonRequest, conversation: Conversation, answers: Mapping[str, str]
) -> HttpResponse:
    """Nothing was saved: show what was typed, and offer to put it in or to leave it."""
    typed = [
        (prompt, prompt.answer(text))
        for path, text in answers.items()
        if text
        for prompt in [conversation.prompt(conversation.form.by_path[path])]
    ]
    current = own_draft(request.user, conversation.draft.pk)
    context = {
        "typed": typed,
        "post": fields_of(request, without=frozenset({"revision", "go", "language"})),
        "draft": current,
    }
    return render(request, "surveys/moved.html", context, status=409)
