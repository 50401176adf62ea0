"""Random expressions, of which both engines must say the same; `make fuzz` asks many more."""

from dataclasses import replace
from random import Random

from surveys.engines import python
from surveys.engines.questions import Question
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.steps import AXES as ALL_AXES
from surveys.formlogic.syntax import parse
from tests.fuzz.engines.comparison import Difference, differ, differences
from tests.fuzz.engines.expressions import AXES, GENERATED, Expressions
from tests.fuzz.engines.telling import lines_of
from tests.fuzz.engines.worlds import make_world

SEED = 20_261_123
COUNT = 3_000


def test_both_engines_say_the_same() -> None:
    assert list(lines_of(differences(SEED, COUNT))) == []


def test_every_function_and_axis_is_asked_for() -> None:
    assert frozenset(FUNCTIONS) == GENERATED
    assert set(AXES) == set(ALL_AXES)


def test_a_seed_says_what_is_asked() -> None:
    def drawn() -> list[str]:
        expressions = Expressions(Random(SEED))
        return [expressions.any(3) for _ in range(20)]

    assert drawn() == drawn()


def test_a_difference_is_shown_as_far_as_it_goes() -> None:
    question = Question(parse("-0"), make_world(Random(SEED)))
    (answer,) = python.answers([question])
    other = replace(answer, number=0.0)
    assert differ(answer, other)
    assert not differ(answer, replace(answer))
    *_, shown, counted = lines_of([Difference("-0", question, (answer, other), question.node)])
    assert shown == "  number: -0.0 in python, 0.0 in javascript"
    assert counted.split() == ["1", "['neg',", "['num',", "0.0]]"]
