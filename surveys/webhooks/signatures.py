"""Messages signed as Standard Webhooks has it, so that receivers check them with any library of it."""

import base64
import hmac
import secrets
from hashlib import sha256

BEGINNING = "whsec_"
BYTES = 32


def new_secret() -> str:
    return BEGINNING + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def headers_for(secret: str, message_id: str, sent_at: int, body: bytes) -> dict[str, str]:
    """`sent_at` in seconds since 1970: receivers refuse what is too old, as somebody may replay it."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "five-standards",
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": f"v1,{signature(secret, message_id, sent_at, body)}",
    }


def signature(secret: str, message_id: str, sent_at: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(BEGINNING))
    signed = b"%s.%d.%s" % (message_id.encode(), sent_at, body)
    return base64.b64encode(hmac.digest(key, signed, sha256)).decode()
