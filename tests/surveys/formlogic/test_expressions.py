"""The cases that every engine of the form language must agree on, and what all must refuse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.engines.python import answers
from surveys.formlogic.dependencies import references
from surveys.formlogic.functions import FUNCTIONS
from surveys.formlogic.syntax import OF_CONTEXT, ExpressionError, parse
from tests.surveys.formlogic.cases import CASES, SUITES, question

GENERAL = "expressions"


def evaluate(text: str, suite: str) -> str:
    return answers([question(suite, text)])[0].text


@pytest.mark.parametrize(("suite", "text", "expected"), CASES)
def test_an_expression_has_its_value(suite: str, text: str, expected: str) -> None:
    assert evaluate(text, suite) == expected


@pytest.mark.parametrize(("text", "position"), SUITES[GENERAL]["refused"])
def test_what_cannot_be_understood_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(caught.value)


@pytest.mark.parametrize("name", sorted(OF_CONTEXT))
def test_a_function_without_an_argument_is_of_the_context_node(name: str) -> None:
    assert parse(f"{name}()") == parse(f"{name}(.)")
    assert references(parse(f"{name}()"), "/data/a") == {"/data/a"}


def test_an_ast_is_json() -> None:
    node = parse("/data/g/x[. > 1 and selected(../y, 'a')]/.. | current()/z")
    assert json.loads(json.dumps(node)) == node


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "1" + ")" * 5000, "1" + "+1" * 5000, "-" * 5000 + "1"]
)
def test_a_deep_expression_is_refused_rather_than_crashing(text: str) -> None:
    with pytest.raises(ExpressionError, match="deeply"):
        parse(text)


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(ExpressionError, match="too large"):
        parse("9" * 400)


def test_the_longest_sum_that_is_taken_can_be_evaluated() -> None:
    assert evaluate("1" + "+1" * 150, GENERAL) == "151"


PIECES = st.sampled_from(
    [
        "1",
        ".5",
        "'a'",
        "a",
        "and",
        "div",
        "*",
        "-",
        "(",
        ")",
        "[",
        "]",
        "/",
        "//",
        ".",
        "..",
        "@",
        "::",
        "child",
        "|",
        "=",
        "<",
        ",",
        "if(",
        "sum(",
        "current()",
        "$",
        "node()",
        "x:y",
        "x:*",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=12).map(" ".join)))
def test_parsing_never_fails_otherwise(text: str) -> None:
    try:
        parse(text)
    except ExpressionError:
        return


ATOMS = st.sampled_from(
    [
        "1",
        "-2.5",
        "''",
        "'a'",
        ".",
        "/data/blank",
        "/data/g/x",
        "today()",
        "now()",
        "1 div 0",
        "0 div 0",
        "'1 2;3 4'",
        "'%Y %'",
        "true()",
        "//*/@id",
        "1000000000000000000000",
    ]
)


def most_values(name: str) -> int:
    most = FUNCTIONS[name].most
    return 6 if most is None else most


CALLS = st.sampled_from(sorted(FUNCTIONS)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.lists(ATOMS, min_size=FUNCTIONS[name].least, max_size=most_values(name))
    )
)


@given(CALLS)
def test_no_function_fails_on_strange_values(call: tuple[str, list[str]]) -> None:
    name, arguments = call
    evaluate(f"{name}({', '.join(arguments)})", GENERAL)


@given(ATOMS, st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", ">=", "and"]), ATOMS)
def test_no_operator_fails_on_strange_values(a: str, operator: str, b: str) -> None:
    evaluate(f"{a} {operator} {b}", GENERAL)
