"""Files that came with interviews: pictures, sounds, films."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router, Schema

from surveys.api.access import holder_of, questionnaire_for
from surveys.api.asked import require_known
from surveys.api.sending import SENT, sent
from surveys.api_tokens import Scope
from surveys.memberships import may_see_people
from surveys.models import Attachment, Interview

router = Router(tags=["Interviews"])
FILES = "/questionnaires/{int:questionnaire_id}/interviews/{root_uuid}/files"


class FileOut(Schema):
    id: int
    name: str
    size: int | None
    sha256: str


@router.get(FILES, response=list[FileOut])
def list_files(request: HttpRequest, questionnaire_id: int, root_uuid: str) -> list[dict[str, Any]]:
    """Files of an interview as it stands, of those that have arrived."""
    require_known(request)
    found = _files(request, questionnaire_id, root_uuid)
    return [
        {"id": file.pk, "name": file.name, "size": file.size, "sha256": file.sha256}
        for file in found.order_by("name")
    ]


@router.get(FILES + "/{int:attachment_id}", openapi_extra=SENT)
def get_file(
    request: HttpRequest, questionnaire_id: int, root_uuid: str, attachment_id: int
) -> HttpResponseBase:
    """One file; a part of it where a `Range` is asked for."""
    require_known(request)
    file = _files(request, questionnaire_id, root_uuid).filter(pk=attachment_id).first()
    if file is None:
        raise Http404
    return sent(request, file.file, file.name, file.sha256)


def _files(request: HttpRequest, questionnaire_id: int, root_uuid: str) -> QuerySet[Attachment]:
    """They may show somebody: not for analysts."""
    holder = holder_of(request)
    holder.require(Scope.READ_FILES)
    questionnaire = questionnaire_for(holder, questionnaire_id)
    if not may_see_people(holder.person, questionnaire.survey_id):
        raise Http404
    seen = Interview.objects.visible_to(holder.person).filter(questionnaire=questionnaire)
    interview = seen.filter(root_uuid=root_uuid).first()
    if interview is None:
        raise Http404
    return Attachment.objects.filter(submission=interview.current_id, file__gt="")
