"""An interview as it goes on, beyond what the shared cases say."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import pytest

from surveys.formlogic.context import Environment
from surveys.formlogic.tree import Element
from surveys.xforms import filling
from surveys.xforms.definition import FormDef
from surveys.xforms.environments import environment_for
from surveys.xforms.evaluation import check, evaluate
from surveys.xforms.instance import InstanceError, answers_of, find, meta_text, write_instance
from surveys.xforms.parsing import tree_from_json, tree_to_json
from tests.formcases import NOW, Drawn, form_of

HOUSEHOLD = """
| survey |
| | type        | name     | label   | calculation      | repeat_count | relevant         | default | required |
| | start       | start    |         |                  |              |                  |         |          |
| | end         | end      |         |                  |              |                  |         |          |
| | today       | today    |         |                  |              |                  |         |          |
| | deviceid    | deviceid |         |                  |              |                  |         |          |
| | username    | username |         |                  |              |                  |         |          |
| | phonenumber | phone    |         |                  |              |                  |         |          |
| | text        | village  | Village |                  |              |                  | 'none'  |          |
| | integer     | n        | Number  |                  |              |                  |         |          |
| | begin_repeat | member  | Member  |                  | ${n}         |                  |         |          |
| | text        | name     | Name    |                  |              |                  |         |          |
| | begin_repeat | job     | Job     |                  |              | ${name} != ''    |         |          |
| | text        | what     | What    |                  |              |                  |         | yes      |
| | end_repeat  |          |         |                  |              |                  |         |          |
| | end_repeat  |          |         |                  |              |                  |         |          |
| | calculate   | members  |         | count(${member}) |              |                  |         |          |
| | text        | after    | After   |                  |              | ${members} > 1   |         |          |
| settings |
| | form_id | version |
| | household | 1 |
"""
ENVIRONMENT = Environment(now=datetime.fromisoformat(NOW))


@lru_cache
def household() -> FormDef:
    return form_of(HOUSEHOLD)


def begun(**answers: str) -> tuple[FormDef, Element]:
    form = household()
    root = filling.begin(form, ENVIRONMENT)
    filling.change(form, root, {f"/data/{k}": text for k, text in answers.items()}, ENVIRONMENT)
    return form, root


def text(root: Element, place: str) -> str:
    element = find(root, place)
    assert element is not None, place
    return element.text


def test_an_interview_begins_with_what_is_known_of_it() -> None:
    metadata = {"deviceid": "phone 1", "username": "ann", "email": "a@b.c"}
    known = {"/data/village": "Elm", "/data/missing": "x"}
    root = filling.begin(household(), ENVIRONMENT, metadata, known)
    names = ("start", "end", "today", "deviceid", "username", "phone", "village")
    assert [text(root, f"/data/{name}") for name in names] == [
        "2026-11-23T10:00:00.000+08:00",
        "",
        "2026-11-23",
        "phone 1",
        "ann",
        "",
        "Elm",
    ]
    assert meta_text(root, "instanceID").startswith("uuid:")


def test_beginning_twice_shares_nothing() -> None:
    form = household()
    first, second = (filling.begin(form, environment_for(form, ENVIRONMENT.now)) for _ in range(2))
    filling.change(form, first, {"/data/n": "2"}, ENVIRONMENT)
    assert text(second, "/data/members") == "0"
    assert meta_text(first, "instanceID") != meta_text(second, "instanceID")


def test_counted_instances_come_where_the_form_has_them() -> None:
    _, root = begun(n="2")
    names = [child.name for child in root.children]
    assert names[-6:] == ["n", "member", "member", "members", "after", "meta"]


def test_the_end_drops_what_does_not_apply() -> None:
    form, root = begun(n="3")
    answers = {"/data/member[1]/name": "Ann", "/data/member[3]/name": "Bo", "/data/after": "x"}
    filling.change(form, root, answers, ENVIRONMENT)
    filling.change(form, root, {"/data/n": "1"}, ENVIRONMENT)
    assert text(root, "/data/member[3]/name") == "Bo"
    filling.complete(form, root, ENVIRONMENT)
    found = answers_of(root, form.repeats)
    assert (
        found.items()
        >= {"member[1]/name": "Ann", "members": "1", "end": text(root, "/data/start")}.items()
    )
    assert not {"after", "member[2]/name", "member[3]/name"} & found.keys()
    assert [problem.kind for problem in evaluate(form, root, ENVIRONMENT).problems] == ["required"]


def test_the_end_takes_out_repeats_that_do_not_apply() -> None:
    form, root = begun(n="2")
    filling.change(form, root, {"/data/member[1]/name": "Ann"}, ENVIRONMENT)
    filling.complete(form, root, ENVIRONMENT)
    assert find(root, "/data/member[1]/job[1]") is not None
    assert find(root, "/data/member[2]/job[1]") is None


class Counting(Drawn):
    """Counts how often a rule is asked that draws."""

    draws = 0

    def random(self) -> float:
        self.draws += 1
        return super().random()


def test_the_end_comes_soon_where_a_count_asks_for_what_does_not_apply() -> None:
    form = form_of(
        "| survey |\n| | type | name | label | relevant | repeat_count |\n"
        "| | begin_repeat | r | R | random() > 1 | 2 |\n| | text | a | A | | |\n"
        "| | end_repeat | | | | |"
    )
    root = filling.begin(form, ENVIRONMENT)
    assert [child.name for child in root.children] == ["r_count", "r", "r", "meta"]
    random = Counting()
    filling.complete(form, root, replace(ENVIRONMENT, random=random))
    assert [child.name for child in root.children] == ["r_count", "meta"]
    assert random.draws < 20


@pytest.mark.parametrize("place", ["/data/member", "/data/n", "/data/missing", "/data/x/job", "x"])
def test_only_repeats_without_a_count_can_be_added_to(place: str) -> None:
    form, root = begun(n="1")
    with pytest.raises(InstanceError):
        filling.add(form, root, place, ENVIRONMENT)


@pytest.mark.parametrize("place", ["/data/member[1]", "/data/n", "/data/member[1]/job[2]", "/data"])
def test_only_instances_that_are_there_can_be_removed(place: str) -> None:
    form, root = begun(n="1")
    with pytest.raises(InstanceError):
        filling.remove(form, root, place, ENVIRONMENT)


def test_a_new_instance_says_its_place() -> None:
    form, root = begun(n="2")
    assert filling.add(form, root, "/data/member[2]/job", ENVIRONMENT) == "/data/member[2]/job[2]"
    filling.remove(form, root, "/data/member[2]/job[1]", ENVIRONMENT)
    assert find(root, "/data/member[2]/job[2]") is None


def test_a_slip_in_a_count_does_not_fill_the_memory() -> None:
    form, root = begun(n="99999999")
    assert text(root, "/data/members") == "1000"
    filling.change(form, root, {"/data/n": "2"}, ENVIRONMENT)
    assert text(root, "/data/members") == "2"


def test_answers_to_what_is_not_there_change_nothing() -> None:
    form, root = begun()
    before = tree_to_json(root)
    answers = {"/data/nothing": "1", "/data/member[4]/name": "x", "/data/meta": "y", "/other": "z"}
    filling.change(form, root, answers, ENVIRONMENT)
    assert tree_to_json(root) == before


def test_control_characters_are_dropped() -> None:
    _, root = begun(village="E\x00lm\x0b")
    assert text(root, "/data/village") == "Elm"


def test_later_answers_stand_against_what_earlier_ones_trigger() -> None:
    form = form_of("""
| survey |
| | type | name | label | calculation | trigger |
| | text | a    | A     |             |         |
| | text | b    | B     | 'set'       | ${a}    |
| settings |
| | form_id | version |
| | t | 1 |
""")
    root = filling.begin(form, ENVIRONMENT)
    filling.change(form, root, {"/data/b": "typed", "/data/a": "1"}, ENVIRONMENT)
    assert text(root, "/data/b") == "set"
    filling.change(form, root, {"/data/a": "2", "/data/b": "typed"}, ENVIRONMENT)
    assert text(root, "/data/b") == "typed"


def test_a_page_gives_back_what_it_was_given() -> None:
    form, root = begun(n="2", village="Elm")
    filling.add(form, root, "/data/member[2]/job", ENVIRONMENT)
    adopted = filling.adopt(form, tree_to_json(root))
    assert tree_to_json(adopted) == tree_to_json(root)
    assert adopted.attributes == root.attributes == {"id": "household", "version": "1"}


def test_a_page_does_not_lose_the_attributes_of_a_form() -> None:
    form = form_of(
        "| survey |\n| | type | name | label | instance::kind |\n"
        "| | begin_repeat | r | R | |\n| | text | site | Site | place |\n| | end_repeat | | | |"
    )
    root = filling.begin(form, ENVIRONMENT)
    assert b'<site kind="place"/>' in write_instance(root)
    assert write_instance(filling.adopt(form, tree_to_json(root))) == write_instance(root)


def test_what_a_page_holds_is_put_in_the_order_of_the_form() -> None:
    form, root = begun(n="1")
    name, children = tree_to_json(root)
    adopted = filling.adopt(form, [name, children[::-1]])
    assert [child.name for child in adopted.children] == [child.name for child in root.children]


@pytest.mark.parametrize(
    "tree",
    [
        None,
        "data",
        ["other", []],
        ["data", [["unknown", ""]]],
        ["data", [["n", "1"], ["n", "2"]]],
        ["data", [["member", [["name", [["deeper", ""]]]]]]],
        ["data", [["n", 1]]],
        ["data", [["n"]]],
        ["data", [["n", "1", "2"]]],
        ["data", [[]]],
    ],
)
def test_what_is_none_of_the_form_is_not_adopted(tree: object) -> None:
    with pytest.raises(InstanceError):
        filling.adopt(household(), tree)


def test_a_tree_has_limits() -> None:
    deep: list[object] = ["data", ""]
    for _ in range(100):
        deep = ["data", [deep]]
    with pytest.raises(InstanceError):
        tree_from_json(deep)
    with pytest.raises(InstanceError):
        tree_from_json(["data", [["m", ""]] * 20_000])


def test_what_is_offered_where_nothing_is_asked_is_nothing() -> None:
    form = household()
    stray = Element("stray")
    assert filling.offered(form, form.by_path["/data/village"], stray, ENVIRONMENT) == []


def test_an_open_interview_is_checked_as_it_is() -> None:
    form, root = begun(n="1")
    filling.change(form, root, {"/data/member[1]/name": "Ann"}, ENVIRONMENT)
    problems = check(form, root, ENVIRONMENT).problems
    assert [(one.path, one.kind) for one in problems] == [
        ("/data/member[1]/job[1]/what", "required")
    ]
