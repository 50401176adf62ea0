"""Rules, what fills itself, and what is set when something happens."""

import pytest

from surveys.formlogic.logic import Action
from surveys.formlogic.syntax import parse
from surveys.xforms.xform import UnsupportedForm, parse_xform
from tests.factories import form_from, rich_form, xform
from tests.surveys.xforms.sealing import key_pair, public_key

HEADINGS = "type | name | label | default | trigger | calculation | relevant"
TEXT = "text | a | A |"


def rows(*rows: str) -> str:
    return f"| survey |\n|  | {HEADINGS} |\n" + "".join(f"|  | {row} |\n" for row in rows)


def actions(*asked: str) -> tuple[Action, ...]:
    return form_from(rows(*asked)).actions


def test_rules_are_expressions_by_path() -> None:
    form = form_from(rows(TEXT, "calculate | b | | | | 1 + 1 |", "note | c | C | | | | ${a} = 1"))
    binds = {bind.path: bind for bind in form.binds}
    assert binds["/data/b"].calculate == parse("1 + 1")
    assert binds["/data/c"].relevant == parse("/data/a = 1")
    assert binds["/data/c"].readonly == parse("true()")
    assert binds["/data/a"].relevant is None


@pytest.mark.parametrize(
    ("type_", "preload"),
    [
        ("start", "timestamp start"),
        ("end", "timestamp end"),
        ("today", "date today"),
        ("deviceid", "property deviceid"),
        ("username", "property username"),
        ("email", "property email"),
        ("phonenumber", "property phonenumber"),
        ("subscriberid", "property subscriberid"),
        ("simserial", "property simserial"),
        ("uri:deviceid", "property uri:deviceid"),
        ("start-geopoint", "geopoint"),
    ],
)
def test_what_fills_itself_says_with_what(type_: str, preload: str) -> None:
    assert form_from(rows(TEXT, f"{type_} | m |")).preloads["/data/m"] == preload


def test_a_place_may_be_noted_when_an_answer_changes() -> None:
    form = form_from(rows(TEXT, "background-geopoint | p | | | ${a}"))
    assert form.preloads["/data/p"] == "geopoint /data/a"


def test_what_only_devices_record_is_let_through() -> None:
    form = form_from(rows("audit | audit |", "background-audio | sound |", TEXT))
    assert [question.name for question in form.questions] == ["a"]
    assert "<audit/>" in form.template


def test_a_fixed_default_is_in_the_blank_instance() -> None:
    assert "<a>7</a>" in form_from(rows("text | a | A | 7")).template
    assert actions("text | a | A | 7") == ()


def test_a_computed_default_is_set_when_the_interview_begins() -> None:
    assert actions("date | a | A | today()") == (Action("first-load", "/data/a", parse("today()")),)


def test_a_computed_default_in_a_repeat_is_set_for_every_instance() -> None:
    found = actions("begin_repeat | r | R", "integer | a | A | position(..)", "end_repeat |")
    value = parse("position(..)")
    assert found == (
        Action("first-load", "/data/r/a", value),
        Action("new-repeat", "/data/r/a", value),
    )


def test_a_change_sets_or_blanks_others() -> None:
    found = actions(TEXT, "calculate | b | | | ${a} | now() |", "text | c | C | | ${a} |")
    assert found == (
        Action("changed", "/data/b", parse("now()"), "/data/a"),
        Action("changed", "/data/c", None, "/data/a"),
    )


def test_several_questions_may_trigger_one() -> None:
    found = actions(TEXT, "text | b | B", "calculate | c | | | ${a}, ${b} | now() |")
    assert [(one.path, one.trigger) for one in found] == [
        ("/data/c", "/data/a"),
        ("/data/c", "/data/b"),
    ]


def test_words_between_the_tags_of_an_action_are_a_text() -> None:
    xml = xform(rows("date | a | A | today()"))
    written = xml.replace(b'value="today()"/>', b">it's</setvalue>")
    assert parse_xform(written).actions[0].value == ["str", "it's"]


def test_the_name_of_an_interview_may_be_computed() -> None:
    assert form_from(rich_form()).instance_name == "/data/meta/instanceName"
    assert form_from(rows(TEXT)).instance_name == ""


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        ("text | b | B | | | . > and 3 |", "/data/b", "calculate expression is wrong"),
        ("calculate | b | | | ${a} | foo(1) |", "/data/b", "default expression is wrong"),
        ("text | b | B | | | | ${b} = 1", "", "circle"),
    ],
)
def test_every_expression_is_parsed(row: str, path: str, words: str) -> None:
    with pytest.raises(UnsupportedForm, match=words) as refused:
        parse_xform(xform(rows(TEXT, row)))
    assert [fault.path for fault in refused.value.faults] == [path]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("public_key | abc", "no RSA key"),
        ("submission_url | https://example.org/x", "somewhere else"),
        ("omit_instanceID | yes", "instanceID"),
    ],
)
def test_settings_that_would_lose_interviews_are_refused(settings: str, words: str) -> None:
    name, value = settings.split(" | ")
    table = f"{rows(TEXT)}| settings |\n|  | form_id | {name} |\n|  | f | {value} |\n"
    with pytest.raises(UnsupportedForm, match=words):
        parse_xform(xform(table))


def test_a_form_may_have_its_answers_encrypted() -> None:
    key = public_key(key_pair())
    table = f"{rows(TEXT)}| settings |\n|  | form_id | public_key |\n|  | f | {key} |\n"
    assert key in xform(table).decode()
    assert parse_xform(xform(table)).form_id == "f"


def test_the_last_interview_of_a_device_is_not_known_here() -> None:
    with pytest.raises(UnsupportedForm, match="last-saved is not supported") as refused:
        parse_xform(xform(rows("text | a | A | ${last-saved#a}")))
    assert len(refused.value.faults) == 1


def test_events_that_nobody_hears_are_refused() -> None:
    xml = xform(rows("date | a | A | today()")).replace(b"odk-instance-first-load", b"odk-thunder")
    with pytest.raises(UnsupportedForm, match="odk-thunder is not supported"):
        parse_xform(xml)
