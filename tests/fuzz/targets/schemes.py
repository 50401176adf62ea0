"""Workbooks with schemes: how answers are judged, read with all faults."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from scoring import publishing
from tests.fuzz.target import Target, Try
from tests.fuzz.targets.workbooks import require_words
from tests.scoring.workbooks.books import book

WORDS = ("cutoff", "standard", "weights", "1/3", "0.5", ">= 3", "dk=0", "18-24", "selected(")


def examples() -> Sequence[bytes]:
    return [book()]


@contextmanager
def opened() -> Iterator[Try]:
    yield tried


def tried(content: bytes) -> None:
    require_words(publishing.check(content))


TARGET = Target(opened, examples, WORDS, count=500, seconds=10)
