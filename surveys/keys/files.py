"""Files sealed with the key of their interview, a piece at a time, so that any part of one can be read
without the rest and none has to be in memory.

A file begins with a mark, the key's id and a random prefix. Pieces follow, each under its number and
under whether it is the last: none can be left out, moved or changed, and an end that is missing is noticed.
"""

import io
import os
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files import File

from surveys.keys import store
from surveys.keys.store import Damaged, InterviewKey

MARK = b"\x00key\x01file"
ID, PREFIX = 16, 7
HEAD = len(MARK) + ID + PREFIX
PIECE, TAG = 1 << 16, 16
IN_MEMORY = 1 << 20  # bytes of a file that is being sealed


def sealed(content: "File[bytes]", key: InterviewKey) -> "File[bytes]":
    """The file as it is to be stored."""
    target = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # the caller's to close
    prefix = os.urandom(PREFIX)
    target.write(MARK + key.id.bytes + prefix)
    cipher = AESGCM(key.secret)
    for number, (piece, is_last) in enumerate(_pieces(content)):
        target.write(cipher.encrypt(_nonce(prefix, number, is_last=is_last), piece, None))
    target.seek(0)
    return File(cast(IO[bytes], target), content.name)


def _pieces(content: "File[bytes]") -> Iterator[tuple[bytes, bool]]:
    """Pieces of one length, and the last, which is shorter and may be blank."""
    pending = bytearray()
    for chunk in content.chunks():
        pending += chunk
        while len(pending) >= PIECE:
            yield bytes(pending[:PIECE]), False
            del pending[:PIECE]
    yield bytes(pending), True


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def opened(stored: "File[bytes]") -> "File[bytes]":
    """A stored file as it came, whether it is sealed or in clear. Raises KeyGone, and Damaged: of its first
    piece at once, so that nobody is sent a part of it, of later ones where they are read.
    """
    head = stored.read(HEAD)
    stored.seek(0)
    if not head.startswith(MARK):
        return stored
    try:
        plain = Opened(stored, store.key_of(_key_id(head)), head[len(MARK) + ID :])
        buffered = io.BufferedReader(plain, PIECE)
        buffered.peek()
    except BaseException:
        stored.close()
        raise
    return Plain(buffered, stored.name, plain.size)


def is_sealed(stored: "File[bytes]") -> bool:
    """Whether a file is not in clear. It stands at its beginning afterwards."""
    head = stored.read(len(MARK))
    stored.seek(0)
    return bool(head == MARK)


def _key_id(head: bytes) -> UUID:
    if len(head) < HEAD:
        raise Damaged
    return UUID(bytes=head[len(MARK) : len(MARK) + ID])


class Plain(File):  # type: ignore[type-arg]
    """An opened file that knows how long it is."""

    def __init__(self, file: Any, name: str | None, size: int) -> None:
        super().__init__(file, name)
        self.size = size


class Opened(io.RawIOBase):
    """What was sealed, read piece by piece from wherever. Raises Damaged."""

    def __init__(self, source: "File[bytes]", key: InterviewKey, prefix: bytes) -> None:
        super().__init__()
        self._source, self._cipher, self._prefix = source, AESGCM(key.secret), prefix
        body = source.size - HEAD
        self._last = body // (PIECE + TAG)
        self.size = max(0, body - (self._last + 1) * TAG)
        self._at, self._number, self._piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        number, inside = divmod(self._at, PIECE)
        if number > self._last:
            return 0
        part = self._opened(number)[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            self._source.seek(HEAD + number * (PIECE + TAG))
            nonce = _nonce(self._prefix, number, is_last=number == self._last)
            try:
                self._piece = self._cipher.decrypt(nonce, self._source.read(PIECE + TAG), None)
            except (InvalidTag, ValueError) as error:
                raise Damaged from error
            self._number = number
        return self._piece
