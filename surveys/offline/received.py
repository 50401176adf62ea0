"""What the server holds of the interviews that a phone asks about, for both to be compared."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from surveys import copies, drafts
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Submission, User
from surveys.webform.api import person_api
from surveys.webform.pages import PersonRequest
from surveys.xforms.instance import MAX_ID, without_controls

Json: TypeAlias = dict[str, Any]
MOST = 500  # ids of one request
LARGEST = MOST * (4 * MAX_ID + 10)  # bytes


class NoList(SurveyError):
    """A request that our scripts do not send."""

    status = 422


@require_POST
@person_api
def received(request: PersonRequest) -> HttpResponse:
    """Of each id what is here: checksums, when it came, its receipt; null where nothing is here. And of
    drafts with these ids the copies, as far as the session opens them.
    """
    ids = _ids(request)
    return JsonResponse(
        {"interviews": held(request.user, ids), "drafts": _copies(request.user, ids)}
    )


def _copies(person: User, ids: Sequence[str]) -> Json | None:
    if person.draft_key is None:
        return None
    found = copies.copies_of(person, [one for one in map(copies.draft_id_in, ids) if one])
    return {drafts.instance_id_of(draft_id): asdict(copy) for draft_id, copy in found.items()}


def held(person: User, ids: Sequence[str]) -> dict[str, Json | None]:
    """Of the person's own interviews; somebody else's are as if they were not here."""
    submissions = (
        Submission.objects.filter(interview__enumerator=person, instance_id__in=ids)
        .only("instance_id", "xml_sha256", "received_at")
        .prefetch_related("attachments")
        .order_by("-pk")  # of what was encrypted and what was inside, the first was sent
    )
    found = {submission.instance_id: _held(submission) for submission in submissions}
    return {one: found.get(one) for one in ids}


def _held(submission: Submission) -> Json:
    return {
        "sha256": submission.xml_sha256,
        "received": submission.received_at.isoformat(),
        "files": {file.name: file.sha256 or None for file in submission.attachments.all()},
        "receipt": reverse("receipt", args=(submission.pk,)),
    }


def _ids(request: PersonRequest) -> list[str]:
    """The ids that are asked about. Raises NoList."""
    try:
        ids = json.loads(request.read(LARGEST))["ids"]
    except (ValueError, RecursionError, TypeError, LookupError) as error:
        raise _no_list() from error
    if not isinstance(ids, list) or len(ids) > MOST:
        raise _no_list()
    if not all(isinstance(one, str) and len(one) <= MAX_ID for one in ids):
        raise _no_list()
    if any(without_controls(one) != one for one in ids):  # which no database looks for
        raise _no_list()
    return ids


def _no_list() -> NoList:
    return NoList(gettext_noop("This is no list of interviews."))
