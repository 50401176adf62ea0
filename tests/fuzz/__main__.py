"""`python -m tests.fuzz --seed 1 --count 30000 --interviews 500`: shows where the engines differ."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from tests.fuzz import filling
from tests.fuzz.comparison import Difference, differences

SHOWN = 20


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30_000)
    parser.add_argument("--interviews", type=int, default=500)
    options = parser.parse_args()
    found = differences(options.seed, options.count)
    say(f"seed {options.seed}: {options.count:,} expressions", found, lines_of(found))
    apart = filling.differences(options.seed, options.interviews)
    say(f"seed {options.seed}: {options.interviews:,} interviews", apart, filling.lines_of(apart))
    sys.exit(1 if found or apart else 0)


def say(asked: str, found: Sequence[object], lines: Iterator[str]) -> None:
    sys.stdout.write("\n".join([f"{asked}, {len(found):,} differences", *lines]) + "\n")


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


if __name__ == "__main__":
    main()
