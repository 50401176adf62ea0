"""Both engines asked the same random questions, and where they differ."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from surveys.engines import javascript, python
from surveys.engines.questions import Answer, Question
from surveys.formlogic.evaluation import COMPILERS
from surveys.formlogic.syntax import ExpressionError, Node, parse
from tests.fuzz.engines.expressions import Expressions
from tests.fuzz.engines.worlds import make_place, make_world

PER_WORLD = 50
DEPTHS = (1, 2, 3, 3, 4)


@dataclass(frozen=True)
class Difference:
    """An expression that the engines disagree about, and its smallest part that they do so about."""

    expression: str
    question: Question
    answers: tuple[Answer, Answer]
    part: Node


def differences(seed: int, count: int) -> list[Difference]:
    asked = list(_questions(Random(seed), count))
    pairs = _both([question for _, question in asked])
    return [
        Difference(text, question, pair, _smallest_part(question))
        for (text, question), pair in zip(asked, pairs, strict=True)
        if differ(*pair)
    ]


def differ(first: Answer, second: Answer) -> bool:
    """Whether two engines disagree; NaN agrees with NaN, and -0 not with 0."""
    return _compared(first) != _compared(second)


def _compared(answer: Answer) -> tuple[object, ...]:
    number = "NaN" if math.isnan(answer.number) else answer.number.hex()
    return tuple(vars(replace(answer, number=0.0)).values()), number


def _both(questions: Sequence[Question]) -> list[tuple[Answer, Answer]]:
    first, second = python.answers(questions), javascript.answers(questions)
    return list(zip(first, second, strict=True))


def _questions(random: Random, count: int) -> Iterator[tuple[str, Question]]:
    expressions = Expressions(random)
    world = make_world(random)
    for number in range(count):
        if number % PER_WORLD == 0:
            world = make_world(random)
        text = expressions.any(random.choice(DEPTHS))
        try:
            node = parse(text)
        except ExpressionError:  # nested too deeply, or a name where no operand may end
            continue
        yield text, Question(node, world, make_place(random, world))


def _smallest_part(question: Question) -> Node:
    parts = [replace(question, node=part) for part in _parts(question.node)]
    pairs = _both(parts)
    differing = [part.node for part, pair in zip(parts, pairs, strict=True) if differ(*pair)]
    return min(differing, key=lambda node: len(str(node)))


def _parts(node: Node) -> Iterator[Node]:
    if node and isinstance(node[0], str) and node[0] in COMPILERS:
        yield node
    for part in node:
        if isinstance(part, list):
            yield from _parts(part)
