"""Digests and encodings."""

import base64
import hashlib
import re

from surveys.formlogic.functions.signature import of_texts

DIGESTS = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """Blank for an algorithm or an encoding that the specification does not have."""
    if algorithm not in DIGESTS or encoding not in ("base64", "hex"):
        return ""
    found = hashlib.new(DIGESTS[algorithm], text.encode(), usedforsecurity=False)
    return found.hexdigest() if encoding == "hex" else base64.b64encode(found.digest()).decode()


def base64_decode(text: str) -> str:
    """The UTF-8 text that was encoded; blank where it was none."""
    return base64.b64decode(text).decode(errors="replace") if _BASE64.fullmatch(text) else ""


FUNCTIONS = {
    "base64-decode": of_texts(1, base64_decode),
    "digest": of_texts(2, digest, most=3),
}
