"""A draft as the scripts of the live page hold it: fetched whole, saved whole."""

import json
import uuid
from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from surveys import copies, drafts
from surveys.copies import Beginning
from surveys.drafts import DraftMoved
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, User
from surveys.readings import FIELDWORK_YEARS
from surveys.webform.api import message, person_api
from surveys.webform.conversation import conversation_of, own_draft
from surveys.webform.logs import log_document
from surveys.webform.pages import PersonRequest
from surveys.webform.versions import slug_of
from surveys.wording import in_words
from surveys.xforms.instance import MAX_BYTES, without_controls
from surveys.xforms.parsing import InstanceError, tree_to_json

LARGEST = 2**31 - 1  # that databases hold


BEGUN = ("version", "site", "started", "device")


class NoDocument(SurveyError):
    """A request that is not what our scripts send."""

    status = 422


class TooLarge(NoDocument):
    status = 413


@dataclass(frozen=True)
class Sent:
    """What a page saves: its tree, the revision it was made from, and, where the interview was
    begun on the phone, how.
    """

    tree: object
    revision: int
    begun: Beginning | None


@ensure_csrf_cookie
@require_http_methods(["GET", "PUT"])
@person_api
def instance(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    if request.method == "PUT":
        return _saved(request, draft_id)
    return JsonResponse(_document(own_draft(request.user, draft_id)))


def _document(draft: Draft) -> dict[str, object]:
    """The answers so far, and what the page need not ask."""
    conversation = conversation_of(draft)
    return {
        "tree": tree_to_json(drafts.tree_of(draft)),
        "revision": draft.revision,
        "questionnaire": draft.version.questionnaire_id,
        "version": draft.version_id,
        "language": slug_of(conversation.language),
        "submission": reverse("submission", args=(draft.site.survey.code,)),
        "known": list(conversation.known),
        "site": draft.site.code,
        "started": draft.created_at.isoformat(),
        "updated": draft.updated_at.isoformat(),
        "now": timezone.localtime().isoformat(),
        "files": {file.name: {"size": file.size} for file in draft.files.all()},
        "log": log_document(draft),
    }


def _saved(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Keep what was sent; what was begun on a phone may not be here yet."""
    draft = _draft_here(request.user, draft_id)
    sent = _sent(request)
    try:
        if sent.begun and not sent.revision:
            saved = copies.adopt(request.user, draft_id, sent.begun, sent.tree)
        elif draft is None:
            raise Http404
        else:
            draft.revision = sent.revision
            saved = drafts.replace(draft, sent.tree)
    except DraftMoved as error:
        current = own_draft(request.user, draft_id).revision
        return message(in_words(error), error.status, revision=current)
    except InstanceError as error:
        return message(in_words(error), NoDocument.status)
    return JsonResponse({"revision": saved.revision, "updated": saved.updated_at.isoformat()})


def _draft_here(person: User, draft_id: uuid.UUID) -> Draft | None:
    try:
        return own_draft(person, draft_id)
    except Http404:
        return None


def _sent(request: PersonRequest) -> Sent:
    """What the page saves. Raises NoDocument, TooLarge."""
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise TooLarge(gettext_noop("The interview's XML is too deep or too large."))
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _no_document() from error
    if not isinstance(document, dict) or "tree" not in document:
        raise _no_document()
    revision = document.get("revision")
    if type(revision) is not int or abs(revision) > LARGEST:
        raise _no_document()
    return Sent(document["tree"], revision, _beginning(document.get("begin")))


def _beginning(document: object) -> Beginning | None:
    if document is None:
        return None
    try:
        version, site, started, device = (document[name] for name in BEGUN)  # type: ignore[index]
        started_at = parse_datetime(started)
    except (LookupError, TypeError, ValueError) as error:
        raise _no_document() from error
    is_known = type(version) is int and 0 <= version <= LARGEST and isinstance(site, str)
    if not (is_known and isinstance(device, str)) or started_at is None:
        raise _no_document()
    if timezone.is_naive(started_at):
        raise _no_document()
    if started_at.year not in FIELDWORK_YEARS:  # databases and pages do not hold every moment
        started_at = timezone.now()
    return Beginning(version, without_controls(site), started_at, without_controls(device)[:200])


def _no_document() -> NoDocument:
    return NoDocument(gettext_noop("This is no interview."))
