"""The cases that every engine of the form language must agree on, and what all must refuse."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.formlogic.arity import ARITY
from surveys.formlogic.compiler import compile_expression
from surveys.formlogic.evaluation import Context, Environment
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.syntax import ExpressionError, parse
from surveys.xforms.instance import find, tree_from_xml

CASES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "cases" / "formlogic" / "expressions.json").read_text("utf-8")
)


def context() -> Context:
    root = tree_from_xml(CASES["document"].encode())
    node = find(root, CASES["context"])
    assert node is not None
    return Context(node, Environment(now=datetime.fromisoformat(CASES["now"])))


def evaluate(text: str) -> str:
    c = context()
    return c.text(compile_expression(parse(text))(c))


@pytest.mark.parametrize(("text", "expected"), CASES["cases"])
def test_an_expression_has_its_value(text: str, expected: str) -> None:
    assert evaluate(text) == expected


@pytest.mark.parametrize(("text", "position"), CASES["refused"])
def test_what_cannot_be_understood_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(caught.value)


def test_an_ast_is_json() -> None:
    node = parse("/data/g/x[. > 1 and selected(../y, 'a')]/.. | current()/z")
    assert json.loads(json.dumps(node)) == node


def test_every_promised_function_exists() -> None:
    assert FUNCTIONS.keys() == ARITY.keys()


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "1" + ")" * 5000, "1" + "+1" * 5000, "-" * 5000 + "1"]
)
def test_a_deep_expression_is_refused_rather_than_crashing(text: str) -> None:
    with pytest.raises(ExpressionError, match="deeply"):
        parse(text)


@given(st.text(max_size=40))
def test_parsing_never_fails_otherwise(text: str) -> None:
    try:
        parse(text)
    except ExpressionError:
        return


ATOMS = st.sampled_from(
    ["1", "-2.5", "''", "'a'", ".", "/data/blank", "/data/g/x", "today()", "1 div 0"]
)


def most_values(name: str) -> int:
    most = ARITY[name][1]
    return 5 if most is None else most


CALLS = st.sampled_from(sorted(ARITY)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.lists(ATOMS, min_size=ARITY[name][0], max_size=most_values(name))
    )
)


@given(CALLS)
def test_no_function_fails_on_strange_values(call: tuple[str, list[str]]) -> None:
    name, arguments = call
    evaluate(f"{name}({', '.join(arguments)})")
