"""The log of an interview: what the scripts of the live page write, and what plain pages can tell."""

import json
import uuid

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from surveys import draft_logs
from surveys.draft_logs import LogPart
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft
from surveys.questionnaires import form_of
from surveys.webform.api import person_api, require_kept
from surveys.webform.conversation import own_draft
from surveys.webform.pages import PersonRequest
from surveys.xforms.instance import without_controls

MOST_BYTES = 1_000_000  # of the rows between two savings
MOST_PARTS = 1_000_000
LAST_MOMENT = 2**53  # a number that scripts hold exactly
LONGEST_MOMENT = 15  # digits


class NoLog(SurveyError):
    """Rows that our scripts do not send."""

    status = 422


def log_document(draft: Draft) -> dict[str, object] | None:
    """Where scripts go on with the log, which the form's definition says how to keep; None where
    it wants none.
    """
    if form_of(draft.version).audit is None:
        return None
    return {
        "url": reverse("draft_log", args=(draft.pk,)),
        "page": str(uuid.uuid4()),
        "user": draft.enumerator.username,
        "last": draft_logs.last_moment(draft),
    }


@require_POST
@person_api
def log(request: PersonRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Keep rows that the page noted."""
    draft = own_draft(request.user, draft_id)
    if form_of(draft.version).audit is None:
        raise _no_log()
    require_kept(request, draft)
    draft_logs.add(draft, _part(request))
    return HttpResponse(status=204)


def _part(request: PersonRequest) -> LogPart:
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _no_log()
    try:
        document = json.loads(body)
        page = uuid.UUID(document["page"])
        number, last, rows = document["number"], document["last"], document["rows"]
    except (ValueError, RecursionError, TypeError, LookupError, AttributeError) as error:
        raise _no_log() from error
    if not (_is_count(number, MOST_PARTS) and _is_count(last, LAST_MOMENT)):
        raise _no_log()
    if not isinstance(rows, str) or not rows.endswith("\n"):
        raise _no_log()
    return LogPart(page, number, without_controls(rows), last)


def _is_count(value: object, end: int) -> bool:
    return type(value) is int and 0 <= value < end


def _no_log() -> NoLog:
    return NoLog(gettext_noop("This is no log of an interview."))


def opened_at(draft: Draft) -> str:
    """When a plain page is shown, for the page to tell when it comes back; blank without a log."""
    return str(_now(draft)) if form_of(draft.version).audit is not None else ""


def note_section(draft: Draft, path: str, opened: str, *, is_kept: bool) -> None:
    """A plain page with a section came back, which was sent at the moment `opened`."""
    form = form_of(draft.version)
    if form.audit is None:
        return
    last, now = draft_logs.last_moment(draft), _now(draft)
    is_told = opened.isascii() and opened.isdecimal() and len(opened) <= LONGEST_MOMENT
    start = min(max(int(opened), last or 0), now) if is_told else now
    screen = {"event": "group questions", "node": path or f"/{form.blank.name}"}
    begun = [{"event": "form start", "start": start}] if last is None else []
    kept = [{"event": "form save", "start": now}] if is_kept else []
    draft_logs.note(draft, form.audit, *begun, screen | {"start": start, "end": now}, *kept)


def note_end(draft: Draft, event: str) -> None:
    """Something that happens where a plain page finishes an interview."""
    audit = form_of(draft.version).audit
    if audit is not None:
        draft_logs.note(draft, audit, {"event": event, "start": _now(draft)})


def _now(draft: Draft) -> int:
    """Milliseconds by the server's clock, but never before what a device noted."""
    return max(int(timezone.now().timestamp() * 1000), draft_logs.last_moment(draft) or 0)
