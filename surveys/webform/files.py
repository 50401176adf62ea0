"""The files of a draft: sent by scripts as soon as they are chosen, and shown."""

import uuid
from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import draft_files as kept_files
from surveys import drafts
from surveys.draft_files import Kept
from surveys.models import Attachment, Draft
from surveys.questionnaires import form_of
from surveys.webform.api import message, person_api, require_kept
from surveys.webform.conversation import own_draft
from surveys.webform.media import content_response
from surveys.webform.pages import PersonRequest

BYTES = "application/octet-stream"
SHOWN_AS_THEY_ARE = ("image/", "audio/", "video/")


@require_POST
@person_api
def draft_files(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Keep the part `file`; the part `place` says for which question it is."""
    draft = own_draft(request.user, draft_id)
    require_kept(request, draft)
    file = request.FILES.get("file")
    if file is None:
        return message(_("The file did not arrive. Try again."), 422)
    kept = kept_files.add(draft, file, _kind_at(draft, request.POST.get("place", "")))
    return JsonResponse({"name": kept.name, "size": kept.size}, status=201)


def _kind_at(draft: Draft, place: str) -> str:
    question = form_of(draft.version).question_at(place)
    return question.kind if question else "file"


@require_safe
@person_api
def draft_file(request: PersonRequest, draft_id: uuid.UUID, name: str) -> HttpResponse:
    draft = own_draft(request.user, draft_id)
    file = kept_files.find(draft, name)
    sent = next((one for one in drafts.files_sent(draft) if one.name == name), None)
    if file is not None:
        return _shown(request, file, file.content)
    if sent is None:
        raise Http404
    return _shown(request, sent, partial(_content, sent))


def _content(sent: Attachment) -> bytes:
    with sent.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _shown(
    request: PersonRequest, file: Kept | Attachment, content: Callable[[], bytes]
) -> HttpResponse:
    """The file to its owner; what is no picture, sound or film is only saved, never opened here."""
    etag = quote_etag(file.sha256)
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponse):
        type_ = kept_files.media_type(file.name)
        is_shown = type_.startswith(SHOWN_AS_THEY_ARE) and type_ not in kept_files.ACTIVE
        response = content_response(request, content(), type_ if is_shown else BYTES)
        if not is_shown:
            response["Content-Disposition"] = str(
                content_disposition_header(as_attachment=True, filename=file.name)
            )
    response["ETag"] = etag
    return response
