"""The office's corrections as a file: every answer before and after, with its reason."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.exports.catalogue import Order, Tick
from surveys.exports.columns import PERSONAL_ROLES
from surveys.exports.csv import open_csv
from surveys.exports.interviews import forms_for, interviews_of, with_people
from surveys.models import Change
from surveys.xforms.definition import without_places
from surveys.xforms.instance import relative

FACTS = ("interview_id", "made", "question", "before", "after", "followed", "undone")
PERSONAL = ("batch", "by", "reason")  # for analysts none: the name of a batch quotes an answer
CHUNK = 500


def changes_of(order: Order) -> QuerySet[Change]:
    """The changes of interviews that the person may see; for analysts, none that names somebody."""
    changes = Change.objects.filter(submission__interview__in=interviews_of(order))
    return changes if with_people(order) else changes.exclude(place__in=_personal(order))


def _personal(order: Order) -> set[str]:
    return {
        without_places(relative(form.roles[role]))
        for form in forms_for(order)
        for role in PERSONAL_ROLES
        if role in form.roles
    }


def count(order: Order) -> int:
    return changes_of(order).count()


def describe(order: Order) -> str:
    found = count(order)
    return _("%(count)s answers changed") % {"count": f"{found:,}"} if found else _("None yet.")


def write_csv(order: Order, path: Path, tick: Tick) -> None:
    header = (*FACTS, *PERSONAL) if with_people(order) else FACTS
    with open_csv(path, header) as write:
        for page in _pages(changes_of(order)):
            for change in page:
                write(_cells(change)[: len(header)])
                tick()


def _pages(changes: QuerySet[Change]) -> Iterator[Sequence[Change]]:
    found = changes.select_related("submission__interview", "submission__sender", "batch")
    light = found.defer("submission__xml", "submission__interview__answers").order_by("pk")
    last = 0
    while page := list(light.filter(pk__gt=last)[:CHUNK]):
        yield page
        last = page[-1].pk


def _cells(change: Change) -> list[str]:
    made = change.submission
    return [
        made.interview.root_uuid,
        timezone.localtime(made.received_at).isoformat(timespec="seconds"),
        change.place,
        change.before,
        change.after,
        "yes" if change.is_consequence else "no",
        "yes" if change.undone_by_id else "no",
        str(change.batch or ""),
        made.sender.username if made.sender else "",
        change.reason,
    ]
