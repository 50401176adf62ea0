"""Identifiers, digests and encodings."""

import base64
import binascii
import hashlib
import math
from uuid import UUID

from surveys.formlogic.context import Context
from surveys.formlogic.functions.signature import Function, of_texts
from surveys.formlogic.values import Value, to_number

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_LENGTH = 1_000
DIGESTS = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}


def uuid(c: Context, length: Value | None = None) -> Value:
    """A random UUID, or that many random letters and digits."""
    random = c.environment.random
    if length is None:
        return str(UUID(int=random.getrandbits(128), version=4))
    wanted = to_number(length, c.zone)
    count = int(min(max(wanted, 0), MAX_LENGTH)) if not math.isnan(wanted) else 0
    return "".join(random.choices(ALPHABET, k=count))


def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """Blank for an algorithm or an encoding that the specification does not have."""
    if algorithm not in DIGESTS or encoding not in ("base64", "hex"):
        return ""
    found = hashlib.new(DIGESTS[algorithm], text.encode(), usedforsecurity=False)
    return found.hexdigest() if encoding == "hex" else base64.b64encode(found.digest()).decode()


def base64_decode(text: str) -> str:
    """The UTF-8 text that was encoded; blank where it was none."""
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


FUNCTIONS = {
    "base64-decode": of_texts(1, base64_decode),
    "digest": of_texts(2, digest, most=3),
    "uuid": Function(0, 1, uuid),
}
