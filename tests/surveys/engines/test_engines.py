"""Engines asked directly: what goes wrong says where."""

from datetime import UTC, datetime
from types import ModuleType

import pytest

from surveys.engines import javascript, python
from surveys.engines.questions import Question, World
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element

WORLD = World((Element("data", "5"),), datetime(2026, 11, 23, tzinfo=UTC))
UNKNOWN = Question(["call", "nothing", []], WORLD)


@pytest.mark.parametrize("engine", [python, javascript])
def test_a_value_comes_in_all_its_forms(engine: ModuleType) -> None:
    (answer,) = engine.answers([Question(parse("/data + 0.5"), WORLD)])
    assert (answer.kind, answer.text, answer.number, answer.boolean) == ("number", "5.5", 5.5, True)
    assert answer.written == ("5.5", "5", "5.5", "1970-01-06")
    assert answer.reads == ("/data",)


def test_a_fault_in_python_names_the_expression() -> None:
    with pytest.raises(KeyError) as caught:
        python.answers([UNKNOWN])
    assert caught.value.__notes__ == ["evaluating ['call', 'nothing', []]"]


def test_a_fault_in_javascript_is_an_answer_of_its_own() -> None:
    first, second = javascript.answers([UNKNOWN, Question(parse("1"), WORLD)])
    assert first.kind == "fault"
    assert "nothing() is not loaded" in first.text
    assert second.text == "1"


def test_a_world_that_cannot_be_is_an_error() -> None:
    world = World(WORLD.trees, WORLD.now, instances={"x": (0, (3, 3))})
    with pytest.raises(RuntimeError, match="TypeError"):
        javascript.answers([Question(parse("1"), world)])
