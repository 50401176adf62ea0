"""How an interview ends: checked and sent, broken off, or thrown away; and the receipt."""

import uuid
from collections.abc import Iterator
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys import drafts, fieldwork
from surveys.draft_keys import FormerKey
from surveys.models import Draft, Submission
from surveys.submissions import Receipt, UnsatisfiedForm
from surveys.webform.api import message, person_api, wants_json
from surveys.webform.conversation import Conversation, Spot, conversation_of, own_draft
from surveys.webform.logs import note_end
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.progress import SectionProgress, previous_to
from surveys.webform.prompts import Prompt
from surveys.webform.versions import live_draft_url
from surveys.wording import in_words

SHORTEST_MINUTES = 1


@never_cache
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Check and send; scripts, which ask for JSON, get JSON."""
    return (_finish_by_script if wants_json(request) else _finish_page)(request, draft_id)


@person_page
def _finish_page(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    conversation = conversation_of(own_draft(request.user, draft_id))
    if request.method == "GET":
        return _summary(request, conversation)
    if request.POST.get("revision") != str(conversation.draft.revision):
        return _summary(request, conversation, status=409)
    note_end(conversation.draft, "form finalize")
    try:
        receipt = drafts.finish(conversation.draft, break_off=_breaks_off(request, conversation))
    except UnsatisfiedForm:
        note_end(conversation.draft, "finalize error")
        return _summary(request, conversation, status=422)
    return redirect(_after(receipt))


@person_api
def _finish_by_script(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = own_draft(request.user, draft_id)
    if request.POST.get("revision") != str(draft.revision):
        error = drafts.moved()
        return message(in_words(error), error.status, revision=draft.revision)
    conversation = conversation_of(draft)
    try:
        receipt = drafts.finish(draft, break_off=_breaks_off(request, conversation))
    except UnsatisfiedForm as error:
        problems = [
            {"path": fault.place, "sentence": fault.sentence} for fault in conversation.faults()
        ]
        return message(in_words(error), error.status, problems=problems)
    return JsonResponse({"url": _after(receipt)})


def _after(receipt: Receipt) -> str:
    """Where to go on: an interview that was erased has no receipt to look at."""
    key = receipt.submission.pk
    return reverse("receipt", args=(key,)) if key else reverse("home")


def _breaks_off(request: PersonRequest, conversation: Conversation) -> bool:
    return "break_off" in request.POST and conversation.may_break_off


def _summary(request: PersonRequest, conversation: Conversation, status: int = 200) -> HttpResponse:
    sections = conversation.sections
    titles = {step.number: conversation.title(step) for step in sections}
    faults = conversation.faults()
    blank = list(_blank(conversation, {fault.place for fault in faults}))
    context = {
        "conversation": conversation,
        "draft": conversation.draft,
        "live": live_draft_url(conversation.draft),
        "steps": [(step, titles[step.number]) for step in sections],
        "fault_count": len(faults),
        "faults": [
            (titles.get(number), list(group))
            for number, group in groupby(faults, lambda fault: fault.spot and fault.spot.section)
        ],
        "blank_count": sum(len(questions) for _section, questions in blank),
        "blank": [(titles[section.number], questions) for section, questions in blank],
        "minutes": _minutes(conversation),
        "back": previous_to(sections, len(sections) + 1),
        "status": status,
    }
    return render(request, "surveys/finish.html", context, status=status)


def _blank(
    conversation: Conversation, told: set[str]
) -> Iterator[tuple[SectionProgress, list[tuple[Prompt, Spot]]]]:
    """Sections with the questions that may stay blank; those `told` above are left out."""
    for section in conversation.sections:
        questions = [
            (conversation.prompt(question), conversation.spots[question.place])
            for question in section.blank
            if question.place not in told
        ]
        if questions:
            yield section, questions


def _minutes(conversation: Conversation) -> int:
    lasted = timezone.now() - conversation.draft.created_at
    return max(round(lasted.total_seconds() / 60), SHORTEST_MINUTES)


@never_cache
@require_http_methods(["GET", "POST"])
@person_page
def discard(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = own_draft(request.user, draft_id)
    if request.method == "GET":
        return _discard_page(request, draft)
    if request.POST.get("revision") != str(draft.revision):
        return _discard_page(request, draft, status=409)
    drafts.discard(draft)
    said = _("The draft at %(site)s is discarded.") % {"site": draft.site.code}
    messages.success(request, said)
    return redirect("home")


def _discard_page(request: PersonRequest, draft: Draft, status: int = 200) -> HttpResponse:
    """Also of what nobody can open any more."""
    try:
        conversation = conversation_of(draft)
    except FormerKey:
        conversation = None
    context = {"draft": draft, "conversation": conversation}
    return render(request, "surveys/discard.html", context, status=status)


@never_cache
@require_safe
@person_page
def receipt(request: PersonRequest, submission_id: int) -> HttpResponse:
    """What the server received of the enumerator's own, and what to do next."""
    mine = Submission.objects.filter(interview__enumerator=request.user)
    submission = get_object_or_404(
        mine.select_related("interview__site__city", "questionnaire"), pk=submission_id
    )
    site = submission.interview.site
    context = {
        "submission": submission,
        "interview": submission.interview,
        "site": fieldwork.sites_for(request.user).filter(pk=site.pk).first() if site else None,
        "city": str(site.city or "") if site else "",
        "checksum": _grouped(submission.xml_sha256),
    }
    return render(request, "surveys/receipt.html", context)


def _grouped(sha256: str) -> list[str]:
    """Four characters at a time, as people compare them."""
    return [sha256[start : start + 4] for start in range(0, len(sha256), 4)]
