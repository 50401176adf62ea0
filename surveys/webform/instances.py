"""A draft as the scripts of the live page hold it: fetched whole, saved whole."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from surveys import copies, draft_files, drafts
from surveys.copies import Beginning
from surveys.draft_keys import FormerKey
from surveys.drafts import DraftMoved
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, User
from surveys.readings import FIELDWORK_YEARS
from surveys.webform.api import message, person_api, require_kept
from surveys.webform.conversation import conversation_of, own_draft
from surveys.webform.logs import log_document
from surveys.webform.pages import PersonRequest
from surveys.webform.remarks import as_json
from surveys.webform.sections import is_number
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
@require_http_methods(["GET", "PUT", "DELETE"])
@person_api
def instance(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    if request.method == "PUT":
        return _saved(request, draft_id)
    if request.method == "DELETE":
        return _discarded(request, draft_id)
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
        "files": {name: {"size": size} for name, size in _sizes(draft)},
        "corrects": draft.corrects.instance_id if draft.corrects else "",
        "remarks": as_json(conversation.remarks) or None,
        "log": log_document(draft),
    }


def _sizes(draft: Draft) -> Iterator[tuple[str, int | None]]:
    """The files that are here by name: of the version that it corrects, and its own."""
    yield from ((file.name, file.size) for file in drafts.files_sent(draft))
    yield from ((file.name, file.size) for file in draft_files.kept(draft))


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
            require_kept(request, draft)
            saved = _replaced(draft, sent)
    except DraftMoved as error:
        return _moved(request, draft_id, error)
    except InstanceError as error:
        return message(in_words(error), NoDocument.status)
    return JsonResponse({"revision": saved.revision, "updated": saved.updated_at.isoformat()})


def _replaced(draft: Draft, sent: Sent) -> Draft:
    """With what was sent, whatever its revision where nobody can open the copy any more."""
    revision, draft.revision = draft.revision, sent.revision
    try:
        return drafts.replace(draft, sent.tree)
    except FormerKey:
        draft.revision = revision
        return copies.renew(draft, sent.tree)


def _discarded(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Discard the draft as the phone knew it, by the revision in the address; twice is once."""
    draft = _draft_here(request.user, draft_id)
    text = request.GET.get("revision", "")
    if draft is None:
        return HttpResponse(status=204)
    draft.revision = int(text) if is_number(text) else 0
    try:
        drafts.discard(draft)
    except DraftMoved as error:
        return _moved(request, draft_id, error)
    return HttpResponse(status=204)


def _moved(request: PersonRequest, draft_id: uuid.UUID, error: DraftMoved) -> HttpResponse:
    current = own_draft(request.user, draft_id).revision
    return message(in_words(error), error.status, revision=current)


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
    if not isinstance(document, dict):
        raise _no_document()
    try:
        version, site, started, device = (document[name] for name in BEGUN)
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
    corrects = document.get("corrects")  # what was begun on the phone itself corrects nothing
    return Beginning(
        version,
        without_controls(site),
        started_at,
        without_controls(device)[:200],
        without_controls(corrects) if isinstance(corrects, str) else "",
    )


def _no_document() -> NoDocument:
    return NoDocument(gettext_noop("This is no interview."))
