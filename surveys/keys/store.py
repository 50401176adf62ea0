"""Keys made, found and destroyed.

A key is committed before anything is sealed with it, in a database of its own: what dies in between
leaves a key that opens nothing. Keys in use stay in memory for a minute.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from surveys import sealing
from surveys.errors import SurveyError, gettext_noop
from surveys.keys.models import Key

REMEMBERED_S = 60.0
MOST_REMEMBERED = 5_000
TOGETHER = 500  # ids in one query


class Unreadable(SurveyError):
    """What is sealed and cannot be opened."""

    status = 410


class KeyGone(Unreadable):
    """What was sealed with a key that is not here: it was erased, or the keys were lost."""


class Damaged(Unreadable):
    """What its key does not open: it was changed since it was sealed, or is not all there."""

    status = 500

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "What this server keeps of the interview is damaged. Ask whoever runs the server to "
                "restore it from a backup."
            )
        )


@dataclass(frozen=True)
class InterviewKey:
    """A key that is open: its id stands in whatever it seals."""

    id: UUID
    secret: bytes = field(repr=False)


class _Memory:
    """Keys that were used just now, so that a page of interviews asks once; blank are those that are not here."""

    def __init__(self) -> None:
        self._secrets: dict[UUID, bytes] = {}
        self._since = 0.0

    def get(self, key_id: UUID) -> bytes | None:
        self._forget_old()
        return self._secrets.get(key_id)

    def put(self, secrets: Mapping[UUID, bytes]) -> None:
        """Where there is no room all others go: whoever puts a page finds it whole."""
        self._forget_old()
        if len(self._secrets) + len(secrets) > MOST_REMEMBERED:
            self._secrets = {}
        self._secrets.update(secrets)

    def forget(self, ids: Iterable[UUID]) -> None:
        for key_id in ids:
            self._secrets.pop(key_id, None)

    def forget_all(self) -> None:
        self._secrets = {}

    def _forget_old(self) -> None:
        now = time.monotonic()
        if now - self._since > REMEMBERED_S:
            self.forget_all()
            self._since = now


_memory = _Memory()


def made() -> InterviewKey:
    """A new key, which is kept from now on."""
    secret = sealing.random_key()
    row = Key.objects.create(secret=secret)
    _memory.put({row.pk: secret})  # its files follow
    return InterviewKey(row.pk, secret)


def key_of(key_id: UUID) -> InterviewKey:
    """Raises KeyGone."""
    secret = fetch([key_id]).get(key_id)
    if secret is None:
        raise KeyGone(
            gettext_noop(
                "This interview cannot be read: its key was destroyed, as its answers were erased, or "
                "the keys of this server were lost."
            )
        )
    return InterviewKey(key_id, secret)


def fetch(ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Keys that are about to be used, a page of them in one query. Those that are not here are left out."""
    remembered = {key_id: secret for key_id in ids if (secret := _memory.get(key_id)) is not None}
    unknown = [key_id for key_id in dict.fromkeys(ids) if key_id not in remembered]
    read = _read(unknown)
    _memory.put(dict.fromkeys(unknown, b"") | read)
    return {key_id: secret for key_id, secret in (remembered | read).items() if secret}


def _read(ids: Sequence[UUID]) -> dict[UUID, bytes]:
    found: dict[UUID, bytes] = {}
    for start in range(0, len(ids), TOGETHER):
        rows = Key.objects.filter(pk__in=ids[start : start + TOGETHER])
        found |= {key_id: bytes(secret) for key_id, secret in rows.values_list("pk", "secret")}
    return found


def destroy(ids: Collection[UUID]) -> int:
    """Destroy keys for good; returns how many were there. Twice is once."""
    count, _ = Key.objects.filter(pk__in=ids).delete()
    _memory.forget(ids)  # after that, or another thread may read one anew in between
    return count


def look_again() -> None:
    """Forget what is here and what is not: keys were put back."""
    _memory.forget_all()


def is_any_since(moment: datetime) -> bool:
    """Whether a key was made after that."""
    return Key.objects.filter(made_at__gt=moment).exists()


def here(ids: Collection[UUID]) -> set[UUID]:
    """Those of the keys that are here."""
    return set(Key.objects.filter(pk__in=ids).values_list("pk", flat=True))
