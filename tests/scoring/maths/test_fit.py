"""A scheme fits forms that ask what it judges and offer the choices that it scores."""

from typing import Any

import pytest

from scoring.maths.fit import misfits
from scoring.maths.scheme import parse_scheme
from surveys.xforms.definition import FormDef
from tests.factories import form_from
from tests.scoring.maths.small import small_document

FORM = """
| survey  |                    |        |         |             |
|         | type               | name   | label   | calculation |
|         | select_one yn      | q      | Q       |             |
|         | select_multiple yn | many   | Many    |             |
|         | select_one yn      | said   | Said    | 'other'     |
|         | text               | word   | Word    |             |
|         | select_one yn      | sex    | Sex     |             |
| choices |                    |        |         |
|         | list_name          | name   | label   |
|         | yn                 | yes    | Yes     |
|         | yn                 | no     | No      |
|         | yn                 | rf     | Refused |
| settings |                   |        |         |
|         | form_title         | form_id | version |
|         | Fit                | fit    | 1       |
"""
SCORES = {"yes": 12, "no": 0}
INCOME = {
    "income_ratio": [[None, 12]],
    "average": "average_wage",
    "minimum": "minimum_wage",
}


def said_of(rule: dict[str, Any], *forms: FormDef, **changes: Any) -> list[str]:
    document = small_document({"A": 1}, **changes)
    rest = {key: value for key, value in document["items"][0].items() if key != "scores"}
    document["items"] = [{**rest, "question": "q", **rule}]
    return [str(each) for each in misfits(parse_scheme(document), forms or (form_from(FORM),))]


@pytest.mark.parametrize(
    "rule",
    [
        {"scores": SCORES},
        {"scores": {**SCORES, "rf": 0}},
        {"scores": {"anything": 12}, "question": "word"},
        {"scores": {"other": 12}, "question": "said"},
        {"by_count": [0, 12], "options": ["yes"], "none": "no", "question": "many"},
        {**INCOME, "midpoints": {"yes": 1}},
    ],
)
def test_what_fits_is_not_spoken_of(rule: dict[str, Any]) -> None:
    assert said_of(rule) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"scores": {**SCORES, "yess": 12}},
            "/items/0/scores: “yess” is no choice of “q”. Its choices: yes, no, rf.",
        ),
        ({"scores": {"no": 0}}, "/items/0/scores: give these choices a score, 0 to 12, or 254"),
        ({"scores": SCORES, "question": "many"}, "/items/0/scores: “many” may have several"),
        (
            {"by_count": [0, 12], "options": ["yess"], "none": "no", "question": "many"},
            "/items/0/options: “yess” is no choice of “many”.",
        ),
        (
            {"by_count": [0, 12], "options": ["yes"], "none": "none", "question": "many"},
            "/items/0/none: “none” is no choice of “many”.",
        ),
        ({**INCOME, "midpoints": {"b1": 1}}, "/items/0/midpoints: “b1” is no choice of “q”."),
    ],
)
def test_what_the_form_does_not_offer_is_named_with_its_place(
    rule: dict[str, Any], said: str
) -> None:
    [sentence] = said_of(rule)
    assert sentence.startswith(said)


@pytest.mark.parametrize("codes", [["dk", "rf"], ["rf"], ["-99"]])
def test_usual_codes_numbers_and_choices_may_be_missing_codes(codes: list[str]) -> None:
    scores = {**SCORES, "rf": 0}
    assert said_of({"scores": scores}, missing_codes=codes) == []


def test_a_missing_code_that_nobody_can_choose_is_refused() -> None:
    form = form_from("\n".join(line for line in FORM.splitlines() if "said" not in line))
    [sentence] = said_of({"scores": SCORES}, form, missing_codes=["rf", "rff"])
    assert sentence == (
        "/missing_codes: no question offers the choice “rff”. Correct it, or delete it."
    )


def test_what_expressions_give_may_be_any_missing_code() -> None:
    assert said_of({"scores": SCORES}, missing_codes=["rf", "rff"]) == []


def test_an_answer_that_implies_scores_is_one_that_can_be_given() -> None:
    implied = [{"when": {"q": "yess"}, "items": ["A_0"], "score": 12}]
    [sentence] = said_of({"scores": SCORES}, implied=implied)
    assert sentence.startswith("/implied/0/when/q: “yess” is no choice of “q”.")


def test_all_questions_that_are_not_asked_once_are_named_and_nothing_else() -> None:
    implied = [{"when": {"gone": "yes"}, "items": ["A_0"], "score": 12}]
    form = form_from(FORM)
    sentence = "The questionnaire does not ask these questions exactly once: "
    assert said_of({"scores": SCORES, "question": "nowhere"}, implied=implied) == [
        f"{sentence}gone, nowhere"
    ]
    assert said_of({"scores": SCORES}, form, form) == [f"{sentence}q, sex"]


def test_without_forms_nothing_is_wrong_yet() -> None:
    scheme = parse_scheme(small_document({"A": 1}))
    assert list(misfits(scheme, ())) == []
