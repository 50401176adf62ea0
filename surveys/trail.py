"""The trail of the office: entries added as things happen, sealed into a chain, and the chain proven.

Adding is one INSERT that waits for nobody. Seals follow in batches, by the clock: each is a keyed digest
of the seal before and of its entries, so that whoever changes, removes or adds an entry later, with all
rights to the database but without `TRAIL_KEY`, breaks the chain at that place.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import sha256
from itertools import pairwise

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.errors import gettext_noop
from surveys.horizon import horizon
from surveys.models import TrailEntry, TrailSeal, User

Action = TrailEntry.Action
BATCH = 5_000  # entries under a seal
SOON = timedelta(hours=1)  # by when the clock has sealed an entry
BEGINNING = "0" * 64


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold; `number` is of the seal, None after the last one."""

    number: int | None
    message: str

    @property
    def params(self) -> dict[str, object]:
        return {"number": self.number}


def append(
    person: User | str,
    action: Action,
    what: str,
    *,
    key: str = "",
    query: str = "",
    status: int = 200,
    address: str = "",
    request_id: str = "",
) -> None:
    """Add what somebody did; `person` is a text for whoever has no account here, as operators.

    Raises DatabaseError; a caller who shows something must not show it then.
    """
    name, person_key = (
        (person.get_username(), person.pk) if isinstance(person, User) else (person, None)
    )
    TrailEntry.objects.create(
        person=name[:150],
        person_key=person_key,
        action=action,
        what=what[:100],
        key=key.replace("\x00", "")[:300],  # as PostgreSQL keeps it
        query=query[:1000],
        status=status,
        address=address[:45],
        request_id=request_id[:40],
    )


def seal() -> int:
    """Seal what has none yet, in batches; how many entries. Two at once seal each entry once."""
    sealed = 0
    while count := _seal_next():
        sealed += count
    return sealed


def _seal_next() -> int:
    try:
        with transaction.atomic():
            return _add_seal()
    except IntegrityError:  # another process took this number, and with it these entries
        return 0


def _add_seal() -> int:
    """Entries that older transactions may still add, with lower ids, go under a later seal."""
    waiting = TrailEntry.objects.filter(seal=None, at__lt=horizon()).order_by("pk")
    entries = list(waiting[:BATCH])
    if not entries:
        return 0
    last = TrailSeal.objects.first()
    link = TrailSeal.objects.create(
        number=last.number + 1 if last else 1,
        count=len(entries),
        digest=_digest(last.digest if last else BEGINNING, entries),
    )
    TrailEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=link)
    return len(entries)


def verify() -> Iterator[Break]:
    """Every place where the trail is not what was sealed, from the first seal on."""
    before = BEGINNING
    links = TrailSeal.objects.order_by("number")
    for link in links.iterator():
        entries = list(link.entries.order_by("pk"))
        if not hmac.compare_digest(_digest(before, entries), link.digest):
            yield Break(link.number, _reason(link, entries))
        before = link.digest
    yield from _missing(links.values_list("number", flat=True))
    if is_behind():
        yield Break(
            None, gettext_noop("Entries wait for a seal for an hour: is the clock running?")
        )


def is_behind() -> bool:
    """Whether an entry waits for its seal for longer than the clock takes."""
    return TrailEntry.objects.filter(seal=None, at__lt=timezone.now() - SOON).exists()


def _missing(numbers: Iterable[int]) -> Iterator[Break]:
    for last, number in pairwise([0, *numbers]):
        if number != last + 1:
            yield Break(number, gettext_noop("Before seal %(number)s, a seal is missing."))


def _reason(link: TrailSeal, entries: list[TrailEntry]) -> str:
    if len(entries) < link.count:
        return gettext_noop("Entries under seal %(number)s were removed.")
    if len(entries) > link.count:
        return gettext_noop("Entries were added under seal %(number)s.")
    return gettext_noop("Entries under seal %(number)s, or the seal, were changed.")


def _digest(before: str, entries: Iterable[TrailEntry]) -> str:
    """HMAC-SHA256 over the digest before and one line an entry."""
    digest = hmac.new(settings.TRAIL_KEY.encode(), before.encode(), sha256)
    for entry in entries:
        digest.update(_line(entry))
    return digest.hexdigest()


def _line(entry: TrailEntry) -> bytes:
    """An entry as it is sealed: everything that it says, in one way of writing."""
    said = [
        entry.pk,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.person_key,
        entry.person,
        entry.address,
        entry.action,
        entry.what,
        entry.key,
        entry.query,
        entry.status,
        entry.request_id,
    ]
    return b"\n" + json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
