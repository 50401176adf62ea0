"""The office's corrections as a file: every answer before and after, with its reason."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.disclosure.terms import PERSON_KEY, Coarsen, Terms
from surveys.exports.catalogue import Order, Tick
from surveys.exports.csv import open_csv
from surveys.exports.interviews import interviews_of, layouts_for, with_people
from surveys.exports.sequence import keys_by_pseudonym
from surveys.keys import store
from surveys.models import Change, Interview
from surveys.xforms.definition import without_places

FACTS = ("interview_id", "made", "question", "before", "after", "followed", "undone")
PERSONAL = ("batch", "by", "reason")  # for analysts none: the name of a batch quotes an answer
CHUNK = 500


def changes_of(order: Order) -> QuerySet[Change]:
    """The changes of interviews that the person may see, and of answers that are given to them."""
    changes = Change.objects.filter(submission__interview__in=interviews_of(order))
    hidden = {key for layout in layouts_for(order).values() for key in layout.hidden}
    return changes.exclude(_at(hidden)) if hidden else changes


def _at(keys: Iterable[str]) -> Q:
    """Whether a change is of one of these questions, in whichever instance of a repeat."""
    found = Q()
    for key in sorted(keys):
        found |= Q(place__regex="^" + r"(\[[0-9]+\])?/".join(map(re.escape, key.split("/"))) + "$")
    return found


def count(order: Order) -> int:
    return changes_of(order).count()


def describe(order: Order) -> str:
    found = count(order)
    if not found:
        return _("None yet.")
    words = ngettext("%(count)s answer changed", "%(count)s answers changed", found)
    return words % {"count": f"{found:,}"}


def write_csv(order: Order, path: Path, tick: Tick) -> None:
    """For an audience by pseudonym, as coarse as the answers themselves."""
    terms = order.terms
    facts = (PERSON_KEY, *FACTS[1:]) if terms else FACTS
    header = (*facts, *PERSONAL) if with_people(order) else facts
    coarsen = _coarsenings(order)
    with open_csv(path, header) as write:
        for page in _pages(changes_of(order), terms):
            for change in page:
                write(_given(change, terms, coarsen)[: len(header)])
                tick()


def _coarsenings(order: Order) -> Mapping[str, Coarsen]:
    """How answers become coarser for who gets them, by key of the question."""
    columns = (column for layout in layouts_for(order).values() for column in layout.columns)
    return {column.key: column.coarsen for column in columns if column.coarsen}


def _pages(changes: QuerySet[Change], terms: Terms | None) -> Iterator[Sequence[Change]]:
    found = changes.select_related("submission__interview", "submission__sender", "batch")
    light = found.defer("submission__xml", "submission__interview__answers").order_by("pk")
    if terms is not None:
        corrected = changes.values("submission__interview")
        interviews = Interview.objects.filter(pk__in=corrected)
        for keys in keys_by_pseudonym(interviews, terms, CHUNK):
            place = {key: number for number, key in enumerate(keys)}
            rows = _with_keys(light.filter(submission__interview__in=keys))
            yield sorted(rows, key=lambda change: place[change.submission.interview_id])
        return
    last = 0
    while page := _with_keys(light.filter(pk__gt=last)[:CHUNK]):
        yield page
        last = page[-1].pk


def _with_keys(changes: QuerySet[Change]) -> list[Change]:
    """Changes, the keys of what they quote fetched before: a query for all."""
    keys = changes.values_list("submission__key", flat=True)
    store.fetch({key for key in keys if key})
    return list(changes)


def _given(change: Change, terms: Terms | None, coarsen: Mapping[str, Coarsen]) -> list[str]:
    """The cells of a change as they are given."""
    cells = _cells(change)
    if terms is None:
        return cells
    identity, made, place, before, after, *others = cells
    coarse = coarsen.get(without_places(place), str)
    told = terms.pseudonym(identity), terms.fact("received", made), place
    return [*told, coarse(before), coarse(after), *others]


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
