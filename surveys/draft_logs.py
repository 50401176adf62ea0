"""The logs of unfinished interviews: rows as pages note them, a file in the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Min, Sum
from django.db.models.functions import Length

from surveys.draft_keys import key_of
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, DraftLogPart
from surveys.xforms.audit import MOST_BYTES
from surveys.xforms.auditfile import NAME, columns_of, row


class LogTooLong(SurveyError):
    status = 413


@dataclass(frozen=True)
class LogPart:
    """Rows that a page noted, with their line ends; `last` is their latest moment in milliseconds.

    `page` is another one each time that a page is opened, and counts its parts in `number`.
    """

    page: UUID
    number: int
    rows: str
    last: int


@transaction.atomic
def add(draft: Draft, part: LogPart) -> None:
    """Keep rows; what is sent twice is kept once. Those of a draft that was just finished are lost.

    Raises LogTooLong where the log has become longer than anybody reads.
    """
    if _is_here(draft) and not _kept(draft, part):
        raise LogTooLong(gettext_noop("The log of this interview is too long to go on."))


def _is_here(draft: Draft) -> bool:
    """Whether the draft is unfinished, and held until what is noted is kept."""
    return Draft.objects.select_for_update().filter(pk=draft.pk).exists()


def _kept(draft: Draft, part: LogPart) -> bool:
    """Whether the rows are kept, for which there may be no room."""
    rows = part.rows.encode()
    length = draft.log_parts.aggregate(length=Sum(Length("sealed")))["length"] or 0
    if length + len(rows) > MOST_BYTES:
        return False
    sealed = key_of(draft).seal(rows, _label(draft, part.page, part.number))
    DraftLogPart.objects.get_or_create(
        draft=draft,
        page=part.page,
        number=part.number,
        defaults={"sealed": sealed, "last": part.last},
    )
    return True


def _label(draft: Draft, page: UUID, number: int) -> str:
    return f"{draft.pk} log {page} {number}"


def seal(draft: Draft) -> None:
    """Seal the log of a draft from before there were keys."""
    key = key_of(draft)
    for part in draft.log_parts.all():
        part.sealed = key.seal(bytes(part.sealed), _label(draft, part.page, part.number))
        part.save(update_fields=["sealed"])


@transaction.atomic
def note(draft: Draft, parameters: Mapping[str, str], *events: Mapping[str, object]) -> None:
    """Add what happened where no scripts run; `events` have the columns of the file as keys, and
    moments in milliseconds.

    What a full log has no room for is lost: nobody is kept from sending an interview by its log.
    """
    columns = columns_of(parameters)
    user = {"user": draft.enumerator.username}
    rows = "".join(row(columns, {**event, **user}) for event in events)
    number = draft.log_parts.filter(page=draft.pk).count()
    last = max(int(str(event.get("end", event["start"]))) for event in events)
    if _is_here(draft):
        _kept(draft, LogPart(draft.pk, number, rows, last))


def last_moment(draft: Draft) -> int | None:
    """The latest moment that is noted, in milliseconds since 1970; None where there is no log."""
    found: int | None = draft.log_parts.aggregate(last=Max("last"))["last"]
    return found


def file_of(draft: Draft, parameters: Mapping[str, str]) -> "ContentFile[bytes] | None":
    """The whole log, page by page in the order in which they began; None where nothing was noted.

    `parameters` are those of the form's question of type `audit`.
    """
    parts = list(draft.log_parts.all())
    if not parts:
        return None
    began = dict(draft.log_parts.order_by().values_list("page").annotate(Min("pk")))
    parts.sort(key=lambda part: (began[part.page], part.number))
    columns = columns_of(parameters)
    heading = row(columns, {name: name for name in columns})
    return ContentFile(b"".join([heading.encode(), *(_rows(draft, part) for part in parts)]), NAME)


def _rows(draft: Draft, part: DraftLogPart) -> bytes:
    return key_of(draft).unseal(bytes(part.sealed), _label(draft, part.page, part.number))
