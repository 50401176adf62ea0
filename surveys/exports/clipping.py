"""Labels cut to the bytes that a format has for them, never within a character."""

ELLIPSIS = "…"


def clipped(text: str, most_bytes: int) -> str:
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    kept = encoded[: most_bytes - len(ELLIPSIS.encode())].decode(errors="ignore")
    return kept.rstrip() + ELLIPSIS
