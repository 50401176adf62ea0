"""What is fuzzed: examples of something that comes in from outside, and what reads it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from surveys.errors import SurveyError
from surveys.wording import in_words

CORPUS = Path(__file__).with_name("corpus")

Try: TypeAlias = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """`opened` makes what the reader needs, and gives what takes some bytes: it returns, or raises a
    SurveyError. `examples` are valid; `words` mean something to the reader.

    `count` says how many inputs `make fuzz` tries, `seconds` how much time of the processor one may take, and
    `is_stored` whether the reader needs a database.
    """

    opened: Callable[[], AbstractContextManager[Try]]
    examples: Callable[[], Sequence[bytes]]
    words: Sequence[str] = ()
    count: int = 10_000
    seconds: float = 5.0
    is_stored: bool = False


class TooSlow(Exception):
    """An input that took more time of the processor than one may."""


def attempt(tried: Try, content: bytes, seconds: float) -> None:
    """A value or an error of ours in words, in time; anything else is raised."""
    began = time.process_time()
    try:
        tried(content)
    except SurveyError as error:
        in_words(error)
    spent = time.process_time() - began
    if spent > seconds:
        raise TooSlow(f"{spent:.1f} s")


def known(name: str) -> Iterator[bytes]:
    """What was found by a target before."""
    yield from (path.read_bytes() for path in sorted((CORPUS / name).glob("*")))
