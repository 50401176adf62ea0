"""An interview judged by its form, and invented respondents who follow every rule."""

from datetime import UTC, datetime
from random import Random

import pytest

from surveys.formlogic.evaluation import Environment
from surveys.xforms.evaluation import evaluate
from surveys.xforms.instance import blank_instance, fill, find
from surveys.xforms.respondent import answer_form
from tests.surveys.xforms.test_xform import five_standards

ENVIRONMENT = Environment(now=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize("seed", range(8))
def test_an_invented_respondent_breaks_no_rule(seed: int) -> None:
    form = five_standards()
    known = {form.roles["consent"]: "yes", form.roles["enumerator"]: "E01"}
    evaluation = evaluate(form, answer_form(form, known, ENVIRONMENT, Random(seed)), ENVIRONMENT)
    assert evaluation.problems == ()
    assert evaluation.outcome == "completed"
    answered = {q.path.removeprefix("/data/") for q in form.questions} - set(evaluation.skipped)
    assert evaluation.answers.keys() == {*answered, "start"}


def test_the_same_seed_is_the_same_respondent() -> None:
    form = five_standards()
    once, again = (
        evaluate(form, answer_form(form, {}, ENVIRONMENT, Random(3)), ENVIRONMENT).answers
        for _ in range(2)
    )
    assert once == again


def test_without_consent_nothing_else_applies() -> None:
    form = five_standards()
    root = blank_instance(form)
    known = {"enumerator": "E01", "site": "S1", "city": "c01", "consent": "no"}
    fill(root, {form.roles[role]: text for role, text in known.items()})
    evaluation = evaluate(form, root, ENVIRONMENT)
    assert evaluation.outcome == "refused"
    assert evaluation.problems == ()
    assert len(evaluation.skipped) == 53


def test_none_beside_another_choice_breaks_the_constraint() -> None:
    form = five_standards()
    known = {form.roles["consent"]: "yes", form.roles["enumerator"]: "E01"}
    root = answer_form(form, known, ENVIRONMENT, Random(1))
    assert find(root, "/data/g_s4/s4_6") is not None
    fill(root, {"/data/g_s4/s4_6": "none leak"})
    problems = evaluate(form, root, ENVIRONMENT).problems
    assert [(problem.path, problem.kind) for problem in problems] == [
        ("/data/g_s4/s4_6", "constraint")
    ]
