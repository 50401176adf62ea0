"""Rules of a form: what applies, what is wrong, in an order in which all is decided."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surveys.formlogic.context import Environment
from surveys.formlogic.dependencies import CycleError, references
from surveys.formlogic.logic import Bind, Logic, Problem
from surveys.formlogic.syntax import parse
from surveys.formlogic.tree import Element
from surveys.xforms.instance import find, tree_from_xml

ENVIRONMENT = Environment(now=datetime(2026, 11, 23, tzinfo=UTC))


CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "formlogic" / "logic.json").read_text("utf-8")
)


def bind(path: str, type_: str = "string", **rules: str) -> Bind:
    return Bind(path, type_, **{name: parse(text) for name, text in rules.items()})


def check(xml: str, *binds: Bind) -> tuple[set[str], set[tuple[str, str]]]:
    outcome = Logic.from_binds(binds).check(tree_from_xml(xml.encode()), ENVIRONMENT)
    return set(outcome.skipped), {(problem.path, problem.kind) for problem in outcome.problems}


def bind_of(document: dict[str, str]) -> Bind:
    rules = {name: text for name, text in document.items() if name not in ("path", "type")}
    return bind(document["path"], document.get("type", "string"), **rules)


def logic_of(case: dict[str, Any]) -> Logic:
    repeats = dict.fromkeys(case.get("repeats", ()))
    return Logic.from_binds([bind_of(one) for one in case["binds"]], repeats)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_form_judges_an_interview(case: dict[str, Any]) -> None:
    outcome = logic_of(case).check(tree_from_xml(case["instance"].encode()), ENVIRONMENT)
    assert sorted(outcome.skipped) == case["skipped"]
    assert [[problem.path, problem.kind] for problem in outcome.problems] == case["problems"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_form_calculates(case: dict[str, Any]) -> None:
    root = tree_from_xml(case["instance"].encode())
    logic_of(case).recalculate(root, ENVIRONMENT)
    texts = {element.path(): element.text for element in root.iter()}
    assert {path: texts[path] for path in case.get("calculated", {})} == case.get("calculated", {})


def test_checking_leaves_the_interview_as_it_is() -> None:
    root = tree_from_xml(b"<d><a>1</a><b>2</b></d>")
    logic = Logic.from_binds([bind("/d/a", relevant="false()"), bind("/d/g/new", required="1")])
    logic.check(root, ENVIRONMENT)
    assert [(e.path(), e.text) for e in root.iter()] == [("/d", ""), ("/d/a", "1"), ("/d/b", "2")]
    assert {e.path() for e in logic.relevance(root, ENVIRONMENT)} == {"/d/a"}


def test_a_group_that_does_not_apply_takes_its_questions_along() -> None:
    rules = [bind("/d/g", relevant="/d/a = 1"), bind("/d/g/b", required="true()")]
    assert check("<d><a>2</a><g><b/></g></d>", *rules) == ({"/d/g/b"}, set())
    assert check("<d><a>1</a><g><b/></g></d>", *rules) == (set(), {("/d/g/b", "required")})


def test_what_does_not_apply_reads_as_blank() -> None:
    rules = [bind("/d/c", relevant="/d/b = 1"), bind("/d/b", relevant="/d/a = 1")]
    assert check("<d><a>2</a><b>1</b><c/></d>", *rules) == (
        {"/d/b", "/d/c"},
        {("/d/b", "irrelevant")},
    )


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("int", "-12", "1.5"),
        ("decimal", "1.5", "one"),
        ("decimal", "1e3", "2020-01-01"),
        ("date", "2026-02-28", "2026-02-30"),
        ("time", "10:30:00.000+08:00", "25:00"),
        ("dateTime", "2026-02-28T10:30:00.000+08:00", "yesterday"),
    ],
)
def test_an_answer_is_written_as_its_type_is(type_: str, good: str, bad: str) -> None:
    assert check(f"<d><a>{good}</a></d>", bind("/d/a", type_)) == (set(), set())
    assert check(f"<d><a>{bad}</a></d>", bind("/d/a", type_)) == (set(), {("/d/a", "type")})


def test_constraints_are_not_asked_of_blanks() -> None:
    rule = bind("/d/a", "int", constraint=". > 5")
    assert check("<d><a/></d>", rule) == (set(), set())
    assert check("<d><a>3</a></d>", rule) == (set(), {("/d/a", "constraint")})


def test_required_may_depend_on_an_answer() -> None:
    rule = bind("/d/b", required="/d/a = 'yes'")
    assert check("<d><a>no</a><b/></d>", rule) == (set(), set())
    assert check("<d><a>yes</a><b/></d>", rule) == (set(), {("/d/b", "required")})


def test_calculations_follow_each_other() -> None:
    binds = [
        bind("/d/c", calculate="/d/b * 2"),
        bind("/d/b", calculate="/d/a + 1"),
        bind("/d/e", calculate="7", relevant="/d/a > 100"),
    ]
    root = tree_from_xml(b"<d><a>4</a><b/><c/><e>1</e></d>")
    Logic.from_binds(binds).recalculate(root, ENVIRONMENT)
    assert [text(root, name) for name in "bce"] == ["5", "10", ""]


def text(root: Element, name: str) -> str:
    element = find(root, f"/d/{name}")
    assert element is not None
    return element.text


def test_a_circle_is_named() -> None:
    with pytest.raises(CycleError, match=r"[ab] → [ab] → [ab]"):
        Logic.from_binds([bind("/d/a", relevant="/d/b = 1"), bind("/d/b", relevant="/d/a = 1")])


def test_a_question_that_decides_about_itself_is_a_circle() -> None:
    with pytest.raises(CycleError):
        Logic.from_binds([bind("/d/a", relevant=". = 1")])


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("/d/a + ../b", {"/d/a", "/d/g/b"}),
        (". > current()/../c", {"/d/g/x", "/d/g/c"}),
        ("/d/r[e = 1]/f", {"/d/r/e", "/d/r/f"}),
        ("sum(//y)", {"/**/y"}),
        ("../../*/text()", {"/d/*"}),
        ("instance('c')/root/item[n = /d/a and m = current()]/l", {"/d/a", "/d/g/x"}),
        ("/d/r[e]/following::y", {"/d/r/e", "/**/y"}),
        ("(/d/a | /d/b)/c", {"/d/a", "/d/b"}),
        ("current()[../e]/y", {"/d/g/x", "/d/g/e", "/d/g/x/y"}),
        ("//r/descendant::*", {"/**/r/**"}),
        ("(/d/r[e = 1])[1]/f", {"/d/r/e", "/d/r", "/d/r/f"}),
        ("/d/orx:meta/@id | ../following-sibling::h", {"/d/meta", "/d/h"}),
    ],
)
def test_references_are_absolute_paths(expression: str, paths: set[str]) -> None:
    assert references(parse(expression), "/d/g/x") == paths


def test_a_problem_knows_its_question() -> None:
    logic = Logic.from_binds([bind("/d/r/a", "int")])
    outcome = logic.check(tree_from_xml(b"<d><r><a>1</a></r><r><a>x</a></r></d>"), ENVIRONMENT)
    assert outcome.problems == (Problem("/d/r[2]/a", "type"),)
