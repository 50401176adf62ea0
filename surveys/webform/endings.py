"""How an interview ends: checked and sent, broken off, or thrown away; and the receipt."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys import drafts, fieldwork
from surveys.models import Submission
from surveys.submissions import UnsatisfiedForm
from surveys.webform.conversation import Conversation, conversation_of, own_draft
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.progress import previous_to

SHORTEST_MINUTES = 1


@never_cache
@require_http_methods(["GET", "POST"])
@person_page
def finish(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    conversation = conversation_of(own_draft(request.user, draft_id))
    if request.method == "GET":
        return _summary(request, conversation)
    if request.POST.get("revision") != str(conversation.draft.revision):
        return _summary(request, conversation, status=409)
    break_off = "break_off" in request.POST and conversation.may_break_off
    try:
        receipt = drafts.finish(conversation.draft, break_off=break_off)
    except UnsatisfiedForm:
        return _summary(request, conversation, status=422)
    return redirect("receipt", receipt.submission.pk)


def _summary(request: PersonRequest, conversation: Conversation, status: int = 200) -> HttpResponse:
    sections = conversation.sections
    faults = conversation.faults()
    at_fault = {fault.prompt.path for fault in faults if fault.prompt}
    context = {
        "conversation": conversation,
        "draft": conversation.draft,
        "steps": [(step, conversation.title(step)) for step in sections],
        "faults": faults,
        "blank": [
            (conversation.prompt(question), section.number)
            for section in sections
            for question in section.blank
            if question.path not in at_fault
        ],
        "minutes": _minutes(conversation),
        "back": previous_to(sections, len(sections) + 1),
        "status": status,
    }
    return render(request, "surveys/finish.html", context, status=status)


def _minutes(conversation: Conversation) -> int:
    lasted = timezone.now() - conversation.draft.created_at
    return max(round(lasted.total_seconds() / 60), SHORTEST_MINUTES)


@never_cache
@require_http_methods(["GET", "POST"])
@person_page
def discard(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    conversation = conversation_of(own_draft(request.user, draft_id))
    if request.method == "GET":
        return _discard_page(request, conversation)
    if request.POST.get("revision") != str(conversation.draft.revision):
        return _discard_page(request, conversation, status=409)
    site = conversation.draft.site.code
    drafts.discard(conversation.draft)
    messages.success(request, _("The draft at %(site)s is discarded.") % {"site": site})
    return redirect("home")


def _discard_page(
    request: PersonRequest, conversation: Conversation, status: int = 200
) -> HttpResponse:
    context = {"draft": conversation.draft, "conversation": conversation}
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
