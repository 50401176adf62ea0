"""What somebody may have meant by a word that is not known."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

LIKENESS = 0.76  # of 1; `relevent` and `relevant` have 0.88, `a1` and `a2` 0.5


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one, or blank."""
    by_lower = {other.lower(): other for other in known}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    found = get_close_matches(lower, by_lower, n=1, cutoff=LIKENESS)
    return by_lower[found[0]] if found else ""


def likeness(word: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same but for case."""
    return SequenceMatcher(None, word.lower(), other.lower()).ratio()
