"""Rules of a form: what applies, what is wrong, in an order in which all is decided."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surveys.formlogic.context import Environment
from surveys.formlogic.dependencies import CycleError, references, with_labels
from surveys.formlogic.logic import Action, Bind, Logic, Problem
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
        ("//x//following-sibling::h", {"/**/h"}),
    ],
)
def test_references_are_absolute_paths(expression: str, paths: set[str]) -> None:
    assert references(parse(expression), "/d/g/x") == paths


def test_a_problem_knows_its_question() -> None:
    logic = Logic.from_binds([bind("/d/r/a", "int")])
    outcome = logic.check(tree_from_xml(b"<d><r><a>1</a></r><r><a>x</a></r></d>"), ENVIRONMENT)
    assert outcome.problems == (Problem("/d/r[2]/a", "type"),)


def logic(*binds: Bind, **counts: str) -> Logic:
    """Repeats by name below /d, with their counts."""
    repeats = {f"/d/{name}": parse(text) if text else None for name, text in counts.items()}
    return Logic.from_binds(binds, repeats)


def calculated(xml: str, rules: Logic, changed: tuple[str, ...] = ()) -> dict[str, str]:
    root = tree_from_xml(xml.encode())
    rules.recalculate(root, ENVIRONMENT, changed)
    return {element.path(rules.repeats): element.text for element in root.iter() if element.text}


def test_a_circle_through_a_count_is_named() -> None:
    with pytest.raises(CycleError, match=r"n → m → n|m → n → m"):
        logic(bind("/d/n", calculate="count(/d/m)"), m="/d/n")


def test_a_circle_through_the_instances_of_a_count_is_named() -> None:
    with pytest.raises(CycleError, match=r"a"):
        logic(bind("/d/m/a", calculate="1"), m="/d/m/a")


def test_asking_for_ones_place_is_no_circle() -> None:
    rules = logic(bind("/d/m", relevant="position(.) != 2"), bind("/d/m/a", "int"), m="")
    outcome = rules.check(tree_from_xml(b"<d><m><a/></m><m><a/></m><m><a/></m></d>"), ENVIRONMENT)
    assert outcome.skipped == {"/d/m[2]/a"}


@pytest.mark.parametrize(
    ("count", "skipped"),
    [
        ("2", {"/d/m[3]/a"}),
        ("'x'", {"/d/m[1]/a", "/d/m[2]/a", "/d/m[3]/a"}),
        ("-1", {"/d/m[1]/a", "/d/m[2]/a", "/d/m[3]/a"}),
        ("1 div 0", {"/d/m[1]/a", "/d/m[2]/a", "/d/m[3]/a"}),
        ("count(../x) + 1", {"/d/m[3]/a"}),
        ("7", set()),
    ],
)
def test_instances_beyond_the_count_do_not_apply(count: str, skipped: set[str]) -> None:
    rules = logic(bind("/d/m/a", required="1"), bind("/d/all", calculate="count(/d/m)"), m=count)
    xml = b"<d><x/><m><a/></m><m><a>1</a></m><m><a/></m><all/></d>"
    assert rules.check(tree_from_xml(xml), ENVIRONMENT).skipped == skipped
    assert calculated(xml.decode(), rules)["/d/all"] == str(3 - len(skipped))


def test_instances_beyond_the_count_of_a_finished_interview_apply_and_need_nothing() -> None:
    rules = logic(bind("/d/m/a", required="1"), bind("/d/all", calculate="count(/d/m)"), m="1")
    root = tree_from_xml(b"<d><m><a/></m><m><a/></m><m><a>1</a></m><all>3</all></d>")
    outcome = rules.check(root, ENVIRONMENT, is_finished=True)
    assert not outcome.skipped
    assert outcome.problems == (Problem("/d/m[1]/a", "required"),)


def test_what_is_lacking_by_a_count_is_said() -> None:
    reading = logic(bind("/d/m/a"), m="3").read(tree_from_xml(b"<d><m><a/></m></d>"), ENVIRONMENT)
    assert [(lack.parent.name, lack.path, lack.number) for lack in reading.lacks] == [
        ("d", "/d/m", 2)
    ]


def test_a_count_has_an_end() -> None:
    reading = logic(m="10 * 10 * 10 * 10").read(tree_from_xml(b"<d/>"), ENVIRONMENT)
    assert reading.lacks[0].number == 1000


def test_a_volatile_calculation_stays_until_what_it_reads_changes() -> None:
    rules = logic(
        bind("/d/a"),
        bind("/d/g", relevant="/d/b = 1"),
        bind("/d/g/c"),
        bind("/d/x", calculate="concat(/d/a, /d/g/c, now() > 0)"),
        bind("/d/y", calculate="concat('x was ', /d/x)"),
        bind("/d/z", calculate="once(concat(/d/a, now()))"),
    )
    xml = "<d><a>1</a><b>1</b><g><c>2</c></g><x>old</x><y/><z>first</z></d>"
    kept = {"/d/x": "old", "/d/y": "x was old", "/d/z": "first"}
    assert kept.items() <= calculated(xml, rules).items()
    assert kept.items() <= calculated(xml, rules, ("/d/e",)).items()
    fresh = {"/d/x": "12true", "/d/y": "x was 12true", "/d/z": "first"}
    for changed in ("/d/a", "/d/g/c", "/d/g", "/d/b"):
        assert fresh.items() <= calculated(xml, rules, (changed,)).items(), changed
    assert calculated(xml.replace("old", ""), rules)["/d/x"] == "12true"


def test_actions_are_compiled_by_what_lets_them_happen() -> None:
    actions = [
        Action("first-load", "/d/a", parse("1")),
        Action("changed", "/d/b", None, "/d/a"),
        Action("changed", "/d/c", parse("2"), "/d/a"),
    ]
    settings = Logic.from_binds([bind("/d/a", "int")], actions=actions).settings
    assert {event: [one.path for one in found] for event, found in settings.items()} == {
        "first-load": ["/d/a"],
        "/d/a": ["/d/b", "/d/c"],
    }
    assert (settings["first-load"][0].type, settings["/d/a"][0].value) == ("int", None)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("jr:choice-name(/d/a, ' /d/a ')", ["/d/who"]),
        ("concat(jr:choice-name(/d/b, '/d/b'), /d/a)", []),
        ("jr:choice-name(/d/a, /d/path)", ["/d/who", "/d/whom"]),
        ("jr:itext('a-0')", ["/d/who", "/d/whom"]),
    ],
)
def test_answers_in_labels_are_read_by_whoever_asks_for_the_labels(
    rule: str, found: list[str]
) -> None:
    labels = {"/d/a": [parse("/d/who")], "/d/c": [parse("/d/whom")]}
    assert with_labels(parse(rule), labels) == (parse(rule), *map(parse, found))
    assert with_labels(parse(rule), {}) == (parse(rule),)


def test_a_label_may_not_depend_on_what_asks_for_it() -> None:
    asking = bind("/d/n", calculate="jr:choice-name(/d/a, '/d/a')")
    with pytest.raises(CycleError, match="n"):
        Logic.from_binds([asking, bind("/d/m", calculate="/d/n")], labels={"/d/a": [parse("/d/m")]})
