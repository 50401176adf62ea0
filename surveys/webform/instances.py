"""A draft as the scripts of the live page hold it: fetched whole, saved whole."""

import json
import uuid

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from surveys import drafts
from surveys.drafts import DraftMoved
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft
from surveys.webform.api import message, person_api
from surveys.webform.conversation import conversation_of, own_draft
from surveys.webform.pages import PersonRequest
from surveys.wording import in_words
from surveys.xforms.instance import MAX_BYTES
from surveys.xforms.parsing import InstanceError, tree_to_json

LARGEST = 2**31 - 1  # that databases hold


class NoDocument(SurveyError):
    """A request that is not what our scripts send."""

    status = 422


class TooLarge(NoDocument):
    status = 413


@ensure_csrf_cookie
@require_http_methods(["GET", "PUT"])
@person_api
def instance(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = own_draft(request.user, draft_id)
    return _saved(request, draft) if request.method == "PUT" else JsonResponse(_document(draft))


def _document(draft: Draft) -> dict[str, object]:
    """The answers so far, and what the page need not ask."""
    conversation = conversation_of(draft)
    return {
        "tree": tree_to_json(drafts.tree_of(draft)),
        "revision": draft.revision,
        "known": list(conversation.known),
        "site": draft.site.code,
        "started": draft.created_at.isoformat(),
        "updated": draft.updated_at.isoformat(),
        "now": timezone.localtime().isoformat(),
        "files": {file.name: {"size": file.size} for file in draft.files.all()},
    }


def _saved(request: PersonRequest, draft: Draft) -> HttpResponse:
    current = draft.revision
    tree, draft.revision = _sent(request)
    try:
        saved = drafts.replace(draft, tree)
    except DraftMoved as error:
        return message(in_words(error), error.status, revision=current)
    except InstanceError as error:
        return message(in_words(error), NoDocument.status)
    return JsonResponse({"revision": saved.revision, "updated": saved.updated_at.isoformat()})


def _sent(request: PersonRequest) -> tuple[object, int]:
    """The tree that was sent and the revision it was made from. Raises NoDocument, TooLarge."""
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise TooLarge(gettext_noop("The interview's XML is too deep or too large."))
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoDocument(gettext_noop("This is no interview.")) from error
    revision = document.get("revision") if isinstance(document, dict) else None
    if type(revision) is not int or abs(revision) > LARGEST or "tree" not in document:
        raise NoDocument(gettext_noop("This is no interview."))
    return document["tree"], revision
