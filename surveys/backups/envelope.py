"""Backups sealed for an RSA key, of which only the public half is on the server.

A file begins with a random AES key under the public key. Pieces of a megabyte follow, each sealed by
AES-256-GCM under its number and under whether it is the last: none can be left out, moved or changed,
and an end that is missing is noticed.
"""

import struct
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from surveys.backups.errors import BackupError, unreadable
from surveys.errors import gettext_noop

MAGIC = b"five-standards backup 1\n"
PIECE = 1_000_000  # bytes of content
SHORTEST_KEY = 2048  # bits
LENGTH = struct.Struct(">I")
DAMAGED = gettext_noop("This backup was changed, or its end is missing. Take another one.")
ANOTHER_KEY = gettext_noop("This backup was sealed for another key than the one given.")
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)


def read_public_key(path: Path) -> RSAPublicKey:
    """The key of a PEM file. Raises BackupError, also for a private key: that is not to be here."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BackupError(gettext_noop("%(file)s is no public key in PEM."), file=path) from error
    if not isinstance(key, RSAPublicKey) or key.key_size < SHORTEST_KEY:
        raise BackupError(gettext_noop("%(file)s is no RSA key of 2048 bits or more."), file=path)
    return key


class Sealing(RawIOBase):
    """Whatever is written to it goes sealed to `target`; `finish` writes the last piece."""

    def __init__(self, target: BinaryIO, key: RSAPublicKey) -> None:
        super().__init__()
        secret = AESGCM.generate_key(bit_length=256)
        wrapped = key.encrypt(secret, OAEP)
        self._cipher, self._target = AESGCM(secret), target
        self._pending, self._number = bytearray(), 0
        target.write(MAGIC + LENGTH.pack(len(wrapped)) + wrapped)

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # tar writes bytes only
        self._pending += content
        while len(self._pending) > PIECE:
            self._send(bytes(self._pending[:PIECE]), is_last=False)
            del self._pending[:PIECE]
        return len(content)

    def finish(self) -> None:
        self._send(bytes(self._pending), is_last=True)

    def _send(self, content: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), content, None)
        self._target.write(LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


def is_sealed(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)


class Opening(RawIOBase):
    """What was sealed, read from `source`, which stands at its beginning. Raises BackupError."""

    def __init__(self, source: BinaryIO, key: RSAPrivateKey) -> None:
        super().__init__()
        self._source, self._number, self._ready = source, 0, memoryview(b"")
        self._is_over = False
        source.read(len(MAGIC))
        try:
            secret = key.decrypt(self._chunk(), OAEP)
        except ValueError as error:
            raise BackupError(ANOTHER_KEY) from error
        self._cipher = AESGCM(secret)
        self._next = self._chunk()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as BufferedReader asks
        while not self._ready and not self._is_over:
            self._open()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _open(self) -> None:
        sealed, self._next = self._next, self._chunk()
        self._is_over = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._number, is_last=self._is_over), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise BackupError(DAMAGED) from error
        self._ready = memoryview(opened)
        self._number += 1

    def _chunk(self) -> bytes:
        """The next by its length; blank at the end."""
        head = self._source.read(LENGTH.size)
        if not head:
            return b""
        length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else 0
        chunk = self._source.read(length) if length <= 2 * PIECE else b""
        if not chunk or len(chunk) != length:
            raise BackupError(DAMAGED)
        return chunk


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Every file has a key of its own, so numbers never meet again."""
    return number.to_bytes(11, "big") + bytes([is_last])
