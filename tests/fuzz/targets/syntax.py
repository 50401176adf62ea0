"""Expressions as anybody may write them: parsed, compiled, and evaluated in some interview."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

from surveys.engines import python
from surveys.engines.questions import Question
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.steps import AXES
from surveys.formlogic.syntax import parse
from tests.fuzz.engines.expressions import Expressions
from tests.fuzz.engines.worlds import make_world
from tests.fuzz.target import Target, Try

WORDS = (
    *(f"{name}(" for name in FUNCTIONS),
    *(f"{axis}::" for axis in AXES),
    *("instance('list')/root/item", "current()/", "../", "//", "@id", "[1]", "'", '"', "and", "or"),
    *("(a+)+$", "[[:alpha:]]", "{1,999999}", "9999999999", "1e308", "-", "mod", "div", "|", "!="),
)


def examples() -> Sequence[bytes]:
    expressions = Expressions(Random(1))
    return [expressions.any(depth).encode() for depth in (1, 1, 2, 2, 3, 3, 4) for _ in range(6)]


@contextmanager
def opened() -> Iterator[Try]:
    world = make_world(Random(1))

    def tried(content: bytes) -> None:
        node = parse(content.decode("utf-8", "replace"))
        python.answers([Question(node, world)])

    yield tried


TARGET = Target(opened, examples, WORDS, count=40_000)
