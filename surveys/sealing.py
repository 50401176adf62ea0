"""Bytes that only one account opens: sealed by AES-256-GCM under its key, the key under its password."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY = 32  # bytes
NONCE = 12
SALT = 16
COST = 2**14  # of scrypt, with the block size and the rounds below: 16 MB and a third of a second
BLOCK_SIZE = 8
ROUNDS = 5


class CannotOpen(Exception):
    """Sealed with another key or for another place, or changed since."""


def random_key() -> bytes:
    return os.urandom(KEY)


def seal(secret: bytes, content: bytes, label: str) -> bytes:
    """The content as only the secret opens it, and only under the same label: what is sealed for one
    place does not pass for that of another.
    """
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(secret).encrypt(nonce, content, label.encode())


def unseal(secret: bytes, sealed: bytes, label: str) -> bytes:
    """Raises CannotOpen."""
    try:
        return AESGCM(secret).decrypt(sealed[:NONCE], sealed[NONCE:], label.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


@dataclass(frozen=True)
class Key:
    """The key of an account, opened; `number` is that of its row."""

    number: int
    secret: bytes = field(repr=False)

    def seal(self, content: bytes, label: str) -> bytes:
        return seal(self.secret, content, label)

    def unseal(self, sealed: bytes, label: str) -> bytes:
        """Raises CannotOpen."""
        return unseal(self.secret, sealed, label)

    def mark(self, text: str) -> str:
        """What stands for a text where the same must be found again, and says nothing of it."""
        return hmac.new(self.secret, f"mark {text}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Wrapped:
    """A key as it is stored: sealed under its account's password."""

    salt: bytes
    cost: int
    content: bytes


def wrap(secret: bytes, password: str) -> Wrapped:
    salt = os.urandom(SALT)
    return Wrapped(salt, COST, seal(_from_password(password, salt, COST), secret, "key"))


def unwrap(wrapped: Wrapped, password: str) -> bytes:
    """Raises CannotOpen: the password is another one."""
    return unseal(_from_password(password, wrapped.salt, wrapped.cost), wrapped.content, "key")


def _from_password(password: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, KEY, cost, BLOCK_SIZE, ROUNDS).derive(password.encode())
