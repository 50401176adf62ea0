"""Random numbers that anybody can work out again: the same seed gives the same draw for ever.

A unit's number is made of the text `seed|stratum|code` in UTF-8: the first 53 bits of its SHA-256,
read as an integer with the highest bit first, divided by 2^53. It belongs to the unit and not to a
place in a list, so neither the order of rows nor a machine or a library changes a draw, and a unit
that is added to the frame leaves the numbers of all others as they were (permanent random numbers:
Ohlsson, Coordination of samples using permanent random numbers, in Business Survey Methods, 1995).
"""

import hashlib

BITS = 53  # a float holds each of these numbers exactly
_WHOLE = 1 << BITS


def number(seed: int, stratum: str, code: str = "") -> float:
    """A unit's number, at least 0 and below 1; without a code, the one of the stratum itself."""
    digest = hashlib.sha256(f"{seed}|{stratum}|{code}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - BITS)) / _WHOLE
