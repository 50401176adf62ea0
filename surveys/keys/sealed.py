"""Values that only the key of their interview opens, and that open by themselves when they are read.

A sealed value says by its beginning that it is one, and by which key: what was stored in clear, by an
earlier release, is read as it is.
"""

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from surveys import sealing
from surveys.keys import store
from surveys.keys.store import Damaged, InterviewKey, Unreadable

MARK = b"\x00key\x01"  # no XML begins so
TEXT_MARK = "\u2063key "  # begins with a sign that is not seen, and that nobody types
ID = 16
SEALED = ""  # the place in stored answers, which no question has, where the sealed ones are
NAMED, CONTENT = "places", "content"

logger = logging.getLogger(__name__)


def seal(key: InterviewKey, content: bytes, label: str) -> bytes:
    """Sealed with a key, for a place of that label alone."""
    return MARK + key.id.bytes + sealing.seal(key.secret, content, label)


def key_id_of(stored: bytes) -> UUID | None:
    """By which key a value is sealed; None of what is in clear, or too short to say."""
    named = stored[len(MARK) : len(MARK) + ID]
    return UUID(bytes=named) if stored.startswith(MARK) and len(named) == ID else None


def unseal(stored: bytes, label: str) -> bytes:
    """What a value says, sealed or in clear. Raises KeyGone, Damaged."""
    if not stored.startswith(MARK):
        return stored
    key_id = key_id_of(stored)
    if key_id is None:
        raise Damaged
    try:
        return sealing.unseal(store.key_of(key_id).secret, stored[len(MARK) + ID :], label)
    except sealing.CannotOpen as error:
        raise Damaged from error


def seal_text(key: InterviewKey, text: str) -> str:
    """A text sealed as one; a blank one says nothing."""
    return TEXT_MARK + b64encode(seal(key, text.encode(), "text")).decode() if text else ""


def unseal_text(stored: str) -> str:
    """Raises KeyGone, Damaged."""
    if not stored.startswith(TEXT_MARK):
        return stored
    return unseal(_decoded(stored.removeprefix(TEXT_MARK)), "text").decode()


def _decoded(text: str) -> bytes:
    """The sealed value in a text; where there is none, one that is too short to be opened."""
    try:
        content = b64decode(text)
    except ValueError:
        return MARK
    return content if content.startswith(MARK) else MARK


class SealedBytes:
    """Bytes that are opened where they are asked for, by `bytes(...)`; not when they are loaded.

    Raises KeyGone, Damaged then.
    """

    __slots__ = ("label", "stored")

    def __init__(self, stored: bytes, label: str) -> None:
        self.stored, self.label = stored, label

    def __bytes__(self) -> bytes:
        return self.open()

    def open(self) -> bytes:
        return unseal(self.stored, self.label)

    @property
    def key_id(self) -> UUID | None:
        return key_id_of(self.stored)


def sealed_bytes(key: InterviewKey, content: bytes, label: str) -> SealedBytes:
    """As `seal`, to be put into a row and read from it at once."""
    return SealedBytes(seal(key, content, label), label)


class Answers(Mapping[str, str]):
    """Answers by place, of which some are sealed. Which places are answered can be told without the
    key; it is asked for only where a sealed answer is.

    Reading one raises KeyGone where the key is not here, Damaged where it does not open them.
    """

    __slots__ = ("_opened", "places", "stored")

    def __init__(self, stored: dict[str, Any]) -> None:
        self.stored = stored  # as it is in the database
        self.places: frozenset[str] = frozenset(stored[SEALED][NAMED])
        self._opened: dict[str, str] | None = None

    def __getitem__(self, place: str) -> str:
        if place in self.places:
            return self.open()[place]
        if place == SEALED:
            raise KeyError(place)
        answer: str = self.stored[place]
        return answer

    def get(self, place: str, default: Any = None) -> Any:
        """As of any mapping, and fast: rescores and exports ask it for every question."""
        if place in self.places:
            return self.open()[place]
        return default if place == SEALED else self.stored.get(place, default)

    def __contains__(self, place: object) -> bool:
        return place != SEALED and (place in self.places or place in self.stored)

    def __iter__(self) -> Iterator[str]:
        yield from (place for place in self.stored if place != SEALED)
        yield from sorted(self.places)

    def __len__(self) -> int:
        return len(self.stored) - 1 + len(self.places)

    def __repr__(self) -> str:
        return f"<{len(self)} answers, {len(self.places)} of them sealed>"

    @property
    def key_id(self) -> UUID | None:
        return key_id_of(self._content)

    @property
    def in_clear(self) -> dict[str, str]:
        """Those that are not sealed."""
        return {place: text for place, text in self.stored.items() if place != SEALED}

    @property
    def _content(self) -> bytes:
        return _decoded(self.stored[SEALED][CONTENT])

    def open(self) -> dict[str, str]:
        """The sealed ones."""
        if self._opened is None:
            self._opened = json.loads(unseal(self._content, "answers"))
        return self._opened


def with_sealed(
    answers: Mapping[str, str], places: Iterable[str], key: InterviewKey
) -> Mapping[str, str]:
    """The same answers, of which those at the places are sealed with the key."""
    sealed = {place: answers[place] for place in sorted(places) if place in answers}
    if not sealed:
        return dict(answers)
    clear: dict[str, Any] = {k: text for k, text in answers.items() if k not in sealed}
    content = seal(key, json.dumps(sealed, ensure_ascii=False).encode(), "answers")
    beside = {NAMED: [*sealed], CONTENT: b64encode(content).decode()}
    return Answers({**clear, SEALED: beside})


def in_clear(answers: Mapping[str, str]) -> Mapping[str, str]:
    """Those of the answers that are not sealed."""
    return answers.in_clear if isinstance(answers, Answers) else answers


def sealed_places(answers: Mapping[str, str]) -> frozenset[str]:
    return answers.places if isinstance(answers, Answers) else frozenset()


def fetch_for(values: Iterable[object]) -> Collection[UUID]:
    """Have the keys of sealed values that are about to be read, in one query; returns those that are here."""
    ids = (one.key_id for one in values if isinstance(one, SealedBytes | Answers))
    return store.fetch([key_id for key_id in ids if key_id is not None])


def readable(answers: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Answers of many interviews that are about to be read, with their keys at hand. Of those that nobody
    can open there is what is in clear: one that cannot be read keeps nobody from the others.
    """
    fetch_for(answers)
    return [one if is_readable(one) else in_clear(one) for one in answers]


def is_readable(stored: object) -> bool:
    """Whether a value that is about to be read is in clear, or opened by its key."""
    return fault_of(stored) is None


def fault_of(stored: object) -> Unreadable | None:
    """Why nobody can open a value; None of one that can be read."""
    if not isinstance(stored, SealedBytes | Answers):
        return None
    try:
        stored.open()
    except Damaged as fault:  # who goes on without it tells nobody
        logger.warning("Damaged, sealed with key %s: manage.py verify says where", stored.key_id)
        return fault
    except Unreadable as fault:
        return fault
    return None
