"""Expressions of a scheme: what they read, what they come to, and what they may not do."""

from typing import Any

import pytest

from scoring.maths.document import SchemeError
from scoring.maths.formula import parse_formula
from scoring.maths.items import score_items
from scoring.maths.rules import MISSING, NOT_APPLICABLE
from scoring.maths.scheme import SchemeSpec, parse_scheme
from surveys.formlogic.syntax import ExpressionError
from tests.scoring.maths.small import small_document


def scheme_of(**item: Any) -> SchemeSpec:
    """One item, with what is said of it instead of its scores."""
    document = small_document({"A": 1})
    rest = {key: value for key, value in document["items"][0].items() if key != "scores"}
    document["items"] = [{**rest, "question": "q", **item}]
    return parse_scheme(document)


def score(
    scheme: SchemeSpec, answers: dict[str, str], skipped: frozenset[str] = frozenset()
) -> int:
    return score_items(scheme, answers, skipped, {})[0]


@pytest.mark.parametrize(
    ("expression", "answers", "expected"),
    [
        ("12", {}, 12),
        (". * 2", {"q": "3"}, 6),
        ("${q} + ${other}", {"q": "3", "other": "4"}, 7),
        ("${ other } div 2", {"other": "5"}, 3),  # 2.5 is as near to 3, and that is taken
        ("${other} div 2", {"other": "4.8"}, 2),
        ("if(selected(., 'b'), 12, 0)", {"q": "a b"}, 12),
        ("count-selected(.) * 3", {"q": "a b c"}, 9),
        ("'9'", {}, 9),
        (". + 1", {"q": "12"}, MISSING),
        (". - 13", {"q": "12"}, MISSING),
        ("${other} + 1", {"q": "3"}, MISSING),
        ("${other} + 1", {"q": "3", "other": "dk"}, MISSING),
        ("date(.)", {"q": "1970-01-05"}, MISSING),
        ("${other} div 0", {"other": "1"}, MISSING),
        ("if(${other} = '', 3, 12)", {"other": "rf"}, 3),
    ],
)
def test_an_expression_gives_a_score_or_none(
    expression: str, answers: dict[str, str], expected: int
) -> None:
    assert score(scheme_of(expression=expression), answers) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "99",
        "-1",
        "12.2",
        "'many'",
        "''",
        "date('1970-01-05')",
        "1 div 0",
        "true()",
        ". > 2",
        "selected(., 'a') or . = 3",
        "if(1 > 2, 3, 13)",
    ],
)
def test_what_no_answers_could_make_a_score_is_refused(expression: str) -> None:
    with pytest.raises(SchemeError, match=r"^/items/0/expression: let this come to a score"):
        scheme_of(expression=expression)


def test_a_formula_knows_whether_answers_matter() -> None:
    assert parse_formula("if(1 > 2, 3, 13)", "q").is_constant
    assert not parse_formula("if(. = '', 99, 99)", "q").is_constant
    assert not parse_formula("${other} * 99", "q").is_constant


def test_what_was_skipped_is_blank_to_others_and_not_applicable_itself() -> None:
    scheme = scheme_of(expression="if(${other} = '', 3, 12)")
    assert score(scheme, {"other": "yes"}) == 12
    assert score(scheme, {"other": "yes"}, frozenset({"other"})) == 3
    assert score(scheme, {"other": "yes"}, frozenset({"q"})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"q": "yes", "children": "2"}, 12),
        ({"q": "", "children": "2"}, MISSING),
        ({"q": "yes", "children": "0"}, NOT_APPLICABLE),
        ({"q": "yes"}, NOT_APPLICABLE),
    ],
)
def test_an_item_applies_where_its_expression_holds(answers: dict[str, str], expected: int) -> None:
    scheme = scheme_of(scores={"yes": 12, "no": 0}, applies="${children} > 0")
    assert score(scheme, answers) == expected


def test_an_item_knows_what_it_reads() -> None:
    item = scheme_of(expression="${a} + ${b}", applies="${c} = 'yes'").items[0]
    assert item.questions == {"q", "a", "b", "c"}
    people = scheme_of(per_person_bands=[[5, 0], [None, 12]], area="floor").items[0]
    assert people.questions == {"q", "floor"}


def test_schemes_of_the_same_expressions_are_equal() -> None:
    assert scheme_of(expression=". * 2") == scheme_of(expression=". * 2")
    assert scheme_of(expression=". * 2") != scheme_of(expression=". * 3")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 +", "ends too early"),
        ("today() - 1", r"today\(\) depends on more than the answers"),
        ("random() * 12", r"random\(\) depends"),
        ("instance('l')/root/item", r"instance\(\) depends"),
        ("q + 1", "instead of “q”"),
        ("../other", "instead of"),
        ("${a}/b", "instead of"),
    ],
)
def test_what_rests_on_more_than_answers_is_no_formula(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        parse_formula(expression, "q")
    with pytest.raises(SchemeError, match="/items/0/expression: the expression is wrong:"):
        scheme_of(expression=expression)
