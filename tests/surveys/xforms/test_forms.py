"""The shared cases of forms: what each step of an interview changes."""

from typing import Any

import pytest

from surveys.formlogic.context import Environment
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_text
from surveys.webform import markup
from surveys.xforms import filling
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.evaluation import check
from surveys.xforms.instance import find
from tests.formcases import NOW, begun, derived, form_of, read_cases, take, world

CASES = read_cases()
NAMES = [case["name"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_pages_are_told_what_the_table_says_and_its_end_is_written(case: dict[str, Any]) -> None:
    told = {key: case[key] for key in ("end", "definition")}
    assert told == derived(case), "write it anew: python -m tests.formcases"


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_an_interview_goes_as_the_case_says(case: dict[str, Any]) -> None:
    form = form_of("\n".join(case["xlsform"]))
    environment = world(form, NOW, case.get("files", {}))
    root = begun(case, form, environment)
    for number, step in enumerate(case["steps"], start=1):
        take(step, form, root, environment)
        expected = step.get("expect", {})
        assert seen(expected, form, root, environment) == expected, f"step {number}: {step}"


def seen(
    expected: dict[str, Any], form: FormDef, root: Element, environment: Environment
) -> dict[str, Any]:
    """The same as what is expected, as it is: all problems, but only the values asked for."""
    outcome = check(form, root, environment)
    skipped = {place for place in outcome.skipped if without_places(place) in form.by_path}
    found = {
        "values": {place: text(root, place) for place in expected.get("values", {})},
        "irrelevant": sorted(skipped),
        "problems": {
            problem.path: problem.kind
            for problem in outcome.problems
            if problem.kind != "irrelevant"  # answers are kept until the end
        },
        "choices": {
            place: names(form, root, place, environment) for place in expected.get("choices", {})
        },
        "labels": {
            place: labels(form, root, place, environment) for place in expected.get("labels", {})
        },
        "instances": {
            place: instances(form, root, place, environment)
            for place in expected.get("instances", {})
        },
    }
    return {key: found[key] for key in expected}


def text(root: Element, place: str) -> str | None:
    element = find(root, place)
    return element.text if element else None


def names(form: FormDef, root: Element, place: str, environment: Environment) -> list[str]:
    element = find(root, place)
    assert element is not None, place
    question = form.by_path[without_places(place)]
    return [choice.name for choice in filling.offered(form, question, element, environment)]


def labels(form: FormDef, root: Element, place: str, environment: Environment) -> list[str]:
    """As pages show them: without markup, and the name where there is none."""
    element = find(root, place)
    assert element is not None, place
    reading = form.logic.read(root, environment)

    def say(node: Node) -> str:
        return to_text(compile_expression(node)(reading.context(element)))

    choices = filling.offered(form, form.by_path[without_places(place)], element, environment)
    shown = ((form.parts(choice.labels, ""), choice.name) for choice in choices)
    return [markup.plain(parts, say) or name for parts, name in shown]


def instances(form: FormDef, root: Element, place: str, environment: Environment) -> int:
    parent = find(root, place.rpartition("/")[0])
    skipped = form.logic.relevance(root, environment)
    children = parent.children if parent else []
    name = place.rpartition("/")[2]
    return sum(child.name == name and child not in skipped for child in children)
