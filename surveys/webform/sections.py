"""One section of an interview: shown, answered, saved whatever was typed, and then judged."""

import uuid
from collections.abc import Iterator, Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from surveys import draft_files, drafts
from surveys.draft_files import FileRefused
from surveys.drafts import DraftMoved
from surveys.webform.conversation import Conversation, conversation_of, own_draft
from surveys.webform.forms import SectionForm
from surveys.webform.home import say_kept
from surveys.webform.kept import fields_of
from surveys.webform.languages import is_offered, remember_language
from surveys.webform.layout import SectionLayout
from surveys.webform.logs import note_section, opened_at
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.places import PlacedQuestion
from surveys.webform.progress import SectionProgress, next_after, previous_to
from surveys.webform.versions import live_draft_url
from surveys.wording import in_words
from surveys.xforms.definition import FILES, without_places

NEXT, BACK, KEEP, STOP = "next", "back", "keep", "stop"
ADD, REMOVE, DROP = "add", "remove", "drop"  # buttons, each with a place as its value
NOT_REPEATED = frozenset({"revision", "opened", "go", "language", ADD, REMOVE, DROP})
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
    form = _form(before, place, request)
    answers = form.answers(frozenset(question.place for question in place.asked))
    faults = form.faults() | _keep_files(before, form, answers)
    if request.POST.get(DROP) in form.fields:
        answers[request.POST[DROP]] = ""
    before.draft.revision = _revision(request)
    add, remove = request.POST.get(ADD, ""), request.POST.get(REMOVE, "")
    try:
        draft = drafts.save(before.draft, answers, add=add, remove=remove)
    except DraftMoved:
        return _moved(request, before, answers)
    is_kept = request.POST.get("go") == KEEP
    note_section(draft, place.placed.group.path, request.POST.get("opened", ""), is_kept=is_kept)
    return _after(request, before, conversation_of(draft), number, form, faults)


def _keep_files(
    conversation: Conversation, form: SectionForm, answers: dict[str, str]
) -> dict[str, str]:
    """Take in the files that were sent; their names are answers. Sentences about refused ones."""
    refused = {}
    for place, file in form.uploads().items():
        kind = conversation.form.by_path[without_places(place)].kind
        try:
            answers[place] = draft_files.add(conversation.draft, file, kind).name
        except FileRefused as error:
            refused[place] = in_words(error)
    return refused


def _after(
    request: PersonRequest,
    before: Conversation,
    conversation: Conversation,
    number: int,
    form: SectionForm,
    faults: Mapping[str, str],
) -> HttpResponse:
    """Where to go once the answers are saved."""
    draft, go = conversation.draft, request.POST.get("go", NEXT)
    if is_offered(request.POST.get("language", "")):
        checked = "?check" if "checked" in request.POST else ""
        same = redirect(reverse("section", args=(draft.pk, number)) + checked)
        return remember_language(same, request.POST["language"])
    if not request.POST.keys().isdisjoint({ADD, REMOVE, DROP}):
        return _same_again(request, conversation, number)
    if go == KEEP:
        say_kept(request, draft)
        return redirect("home")
    if go == BACK:
        return redirect("section", draft.pk, previous_to(conversation.sections, number) or number)
    if go == STOP:
        return redirect(reverse("finish", args=(draft.pk,)) + "#stop")
    if is_number(go):
        return redirect("section", draft.pk, int(go))
    return _judge(request, before, conversation, number, form, faults)


def _same_again(request: PersonRequest, conversation: Conversation, number: int) -> HttpResponse:
    """The section as it is now, where a button added or took away something."""
    post = request.POST
    added = [
        one.place
        for repeat in conversation.sections[number - 1].placed.repeats()
        if repeat.place == post.get(ADD)
        for one in repeat.instances
    ]
    repeat = post.get(REMOVE, "").rpartition("[")[0]
    target = f"i{added[-1]}" if added else f"r{repeat}" if repeat else f"q{post.get(DROP, '')}"
    return redirect(f"{reverse('section', args=(conversation.draft.pk, number))}#{target}")


def _judge(
    request: PersonRequest,
    before: Conversation,
    conversation: Conversation,
    number: int,
    form: SectionForm,
    faults: Mapping[str, str],
) -> HttpResponse:
    """On to the next section, or this one again with what is wrong or newly asked."""
    place = conversation.sections[number - 1]
    more = list(_newly_asked(before, conversation, number))
    newly_asked = {question.place for question in more}
    problems = {
        path: sentence
        for path, sentence in conversation.problems_in(place).items()
        if path not in newly_asked
    } | dict(faults)
    if not problems and not more:
        return _go_on(conversation, number)
    changed = _form(conversation, place, request if faults else None)
    return _page(request, conversation, place, changed, problems, more)


def _newly_asked(
    before: Conversation, conversation: Conversation, number: int
) -> Iterator[PlacedQuestion]:
    """Blank questions that were not on the page, or had other choices there."""
    was = {question.place: question for question in before.sections[number - 1].asked}
    for question in conversation.sections[number - 1].blank:
        old = was.get(question.place)
        if old is None or _names(before, old) != _names(conversation, question):
            yield question


def _names(conversation: Conversation, placed: PlacedQuestion) -> list[str]:
    if placed.question.itemset is None:
        return []
    choices = conversation.offered(placed.question, placed.element)
    return sorted(choice.name for choice in choices)


def _go_on(conversation: Conversation, number: int) -> HttpResponse:
    following = next_after(conversation.sections, number)
    if following is None:
        return redirect("finish", conversation.draft.pk)
    return redirect("section", conversation.draft.pk, following)


def _form(
    conversation: Conversation, place: SectionProgress, request: PersonRequest | None = None
) -> SectionForm:
    """Every question of the section that the person may answer, whether it applies or not."""
    fixed = {question.place for question in place.fixed}
    asked = [
        placed
        for placed in place.placed.questions()
        if placed.question.takes_answer and placed.place not in {*conversation.known, *fixed}
    ]
    has_files = any(placed.question.kind in FILES for placed in asked)
    return SectionForm(
        [conversation.prompt(placed) for placed in asked],
        {placed.place: placed.text for placed in asked},
        request.POST if request else None,
        request.FILES if request else None,
        conversation.file_urls if has_files else {},
    )


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
    more: list[PlacedQuestion] | None = None,
) -> HttpResponse:
    form.tell(problems)
    layout = SectionLayout(
        speech=conversation.speech,
        shown=frozenset(question.place for question in place.shown),
        known=conversation.known,
        fixed={question.place: question.text for question in place.fixed},
        problems=problems,
        closed=place.closed,
    )
    spots = conversation.spots
    context = {
        "conversation": conversation,
        "draft": conversation.draft,
        "opened": opened_at(conversation.draft),
        "live": live_draft_url(conversation.draft),
        "place": place,
        "title": conversation.title(place),
        "steps": [(step, conversation.title(step)) for step in conversation.sections],
        "form": form,
        "helper": layout.helper(place.placed),
        "faults": [
            (conversation.prompt(spots[path].placed), spots[path].within, sentence)
            for path, sentence in problems.items()
        ],
        "more": [
            (conversation.prompt(question), spots[question.place].within) for question in more or ()
        ],
        "is_first": previous_to(conversation.sections, place.number) is None,
    }
    status = 422 if problems and request.method == "POST" else 200
    return render(request, "surveys/section.html", context, status=status)


def _moved(
    request: PersonRequest, conversation: Conversation, answers: Mapping[str, str]
) -> HttpResponse:
    """Nothing was saved: show what was typed, and offer to put it in or to leave it."""
    prompts = {place: conversation.prompt(conversation.spots[place].placed) for place in answers}
    typed = [
        (prompts[place], prompts[place].answer(text)) for place, text in answers.items() if text
    ]
    files = [
        (place, answers[place]) for place in request.FILES if place in answers
    ]  # they are kept with the draft under these names
    context = {
        "typed": typed,
        "post": fields_of(request, without=NOT_REPEATED),
        "files": files,
        "draft": own_draft(request.user, conversation.draft.pk),
    }
    return render(request, "surveys/moved.html", context, status=409)
