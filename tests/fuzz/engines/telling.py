"""What the engines disagree about, told line by line."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from tests.fuzz.engines import comparison, filling
from tests.fuzz.engines.comparison import Difference

SHOWN = 20


def agree_on_expressions(seed: int, count: int) -> bool:
    found = comparison.differences(seed, count)
    say(f"seed {seed}: {count:,} expressions", found, lines_of(found))
    return not found


def agree_on_interviews(seed: int, count: int) -> bool:
    found = filling.differences(seed, count)
    say(f"seed {seed}: {count:,} interviews", found, filling.lines_of(found))
    return not found


def say(asked: str, found: Sequence[object], lines: Iterator[str]) -> None:
    sys.stdout.write("\n".join([f"{asked}, {len(found):,} differences", *lines]) + "\n")
    sys.stdout.flush()


def lines_of(found: Sequence[Difference]) -> Iterator[str]:
    """The first differences, then how often which kind of expression differs."""
    for difference in found[:SHOWN]:
        yield from ("", *_lines(difference))
    kinds = Counter(str(difference.part[:2])[:40] for difference in found)
    for kind, count in kinds.most_common():
        yield f"{count:6} {kind}"


def _lines(difference: Difference) -> Iterator[str]:
    """The two answers as far as they differ."""
    question, (first, second) = difference.question, difference.answers
    yield difference.expression
    yield f"  part {json.dumps(difference.part, ensure_ascii=False)}"
    yield f"  at {question.place}, {question.world.now.isoformat()}"
    for name in (field.name for field in fields(first)):
        one, other = repr(getattr(first, name)), repr(getattr(second, name))
        if one != other:
            yield f"  {name}: {one} in python, {other} in javascript"
