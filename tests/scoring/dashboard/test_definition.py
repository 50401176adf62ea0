"""A scheme in words: every rule of the five standards, and one that nobody knows."""

from dataclasses import replace
from typing import cast

import pytest
from django.utils import translation

from scoring import schemes
from scoring.dashboard import definition
from scoring.dashboard.definition import Definition, Item, definition_of
from scoring.dashboard.questions import Questions, Wording
from scoring.maths.rules import Rule, Steps
from scoring.models import Scheme
from surveys import demo, questionnaires
from tests.factories import make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    survey = make_survey("five")
    questionnaires.publish(demo.WORKBOOK.read_bytes(), survey)
    return schemes.add(survey, schemes.five_standards(), "drc-roc-v1")


def item(found: Definition, name: str) -> Item:
    return next(i for standard in found.standards for i in standard.items if i.name == name)


def scored(found: Definition, name: str) -> list[tuple[str, str, bool]]:
    return [(a.text, a.score, a.is_short) for a in item(found, name).answers]


def test_standards_have_titles_weights_and_items(scheme: Scheme) -> None:
    found = definition_of(scheme)
    assert found.title == "Five standards of social integration"
    assert [s.weight for s in found.standards] == [
        "45.67%",
        "25.67%",
        "15.67%",
        "9%",
        "3.99%",
        "",
    ]
    assert [len(s.items) for s in found.standards] == [8, 8, 5, 7, 7, 7]
    assert [s.name for s in found.in_index] == ["S1", "S2", "S3", "S4", "S5"]
    assert found.thresholds == [("1/5", False), ("1/3", True), ("2/5", False), ("1/2", False)]


def test_choices_are_in_the_words_of_the_questionnaire(scheme: Scheme) -> None:
    found = definition_of(scheme)
    assert scored(found, "s5_1") == [
        ("The same or more", "12", False),
        ("Somewhat less", "6", False),
        ("Much less", "0", True),
        ("There is no such local worker", "does not apply", False),
    ]
    assert item(found, "s5_1").core_content == "Equal participation opportunity"


def test_and_in_the_readers_language(scheme: Scheme) -> None:
    with translation.override("zh-hans"):
        found = definition_of(scheme)
    assert found.title == "社会融合的五条标准"
    assert "您" in item(found, "s1_2").question


def test_numbers_are_in_bands(scheme: Scheme) -> None:
    found = definition_of(scheme)
    assert scored(found, "s4_2") == [
        ("below 1", "12", False),
        ("1 to below 2", "9", False),
        ("2 to below 3", "6", False),
        ("3 or more", "0", True),
    ]


def test_what_is_judged_is_said_where_it_is_not_the_answer(scheme: Scheme) -> None:
    found = definition_of(scheme)
    assert "divided by the number of people" in item(found, "s4_4").how
    assert "average wage" in item(found, "s2_7").how
    assert scored(found, "s2_7")[0] == ("below 60%", "3", True)
    assert item(found, "s4_6").how.startswith("How many of these are chosen: ")
    assert "leak" not in item(found, "s4_6").how  # the label, not the name
    assert scored(found, "s4_6") == [
        ("0", "12", False),
        ("1", "6", False),
        ("2 or more", "0", True),
    ]


def test_how_much_must_be_answered_is_in_words(scheme: Scheme) -> None:
    rules = " ".join(definition_of(scheme).rules)
    for text in ("at least 1/2", "at least 4 standards", "3/4 of the weight", "dk, rf"):
        assert text in rules
    assert "scores 12 in s3_2, s3_3, s3_4 without being asked" in rules


def test_divisions_say_by_what(scheme: Scheme) -> None:
    found = {way.title: way for way in definition_of(scheme).divisions}
    assert found["Region"].source == "the site's stratum"
    assert found["Age"].bands == "16-29 · 30-39 · 40-49 · 50+"
    assert found["Sex"].source != "a3"


def test_without_a_questionnaire_names_stand_for_words() -> None:
    scheme = schemes.add(make_survey("bare"), schemes.five_standards(), "equal-v1")
    found = definition_of(scheme)
    assert item(found, "s1_1").question == "s1_1"
    assert scored(found, "s1_1")[0] == ("emp_here", "12", False)


def test_a_rule_that_is_not_known_here_is_shown_as_it_is_written(scheme: Scheme) -> None:
    spec = schemes.spec_of(scheme)
    raw = {"name": "x", "question": "s1_1", "expression": "${a2} div 2", "options": ["a", "b"]}
    strange = replace(spec.items[0], rule=cast("Rule", object()))
    how, answers = definition._rule(strange, raw, Questions({}))
    assert how == 'expression: ${a2} div 2; options: ["a", "b"]'
    assert list(answers) == []


def test_bands_without_bounds_are_any_number() -> None:
    assert definition._bands(Steps((), (7,))) == [("any number", 7)]


def test_questions_not_asked_have_their_names() -> None:
    asked = Questions({"a": Wording("Age", {"1": "One"})})
    assert asked["a"].choice("1") == "One"
    assert asked["a"].choice("2") == "2"
    assert asked["b"].label == "b"
