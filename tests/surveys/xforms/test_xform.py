"""XForms become definitions with everything that the workbook said."""

import json
from functools import cache
from pathlib import Path

import pytest

from surveys.xforms.definition import FormDef, Group, Question
from surveys.xforms.xform import UnsupportedForm, language_code, parse_xform
from surveys.xforms.xlsform import FormError, convert_workbook
from tests.factories import SMALL_FORM, workbook

FIVE_STANDARDS = Path("surveys/instruments/five_standards.xlsx")


@cache
def five_standards() -> FormDef:
    return parse_xform(convert_workbook(FIVE_STANDARDS.read_bytes()).xml)


def small_form(table: str = SMALL_FORM) -> FormDef:
    return parse_xform(convert_workbook(workbook(table)).xml)


def question(form: FormDef, name: str) -> Question:
    return next(q for q in form.questions if q.name == name)


def test_the_five_standards_are_whole() -> None:
    form = five_standards()
    sections = [str(section.labels["en"]).split(".")[0] for section in form.sections[1:]]
    assert sections == list("ABCDEFG")
    assert sum(len(list(section.questions())) for section in form.sections[1:]) == 53
    assert [language.code for language in form.languages] == ["en", "zh"]
    assert form.default_language == "zh"


def test_every_text_of_the_five_standards_is_in_both_languages() -> None:
    for q in five_standards().questions:
        assert q.labels.keys() == {"en", "zh"}, q.name
        assert all(choice.labels.keys() == {"en", "zh"} for choice in q.choices), q.name


def test_the_server_knows_the_site_the_enumerator_the_city_and_the_consent() -> None:
    assert five_standards().roles == {
        "site": "/data/psu_id",
        "enumerator": "/data/enumerator_id",
        "city": "/data/a1",
        "consent": "/data/consent",
    }


def test_a_question_keeps_its_words_and_messages() -> None:
    age = question(small_form(), "age")
    assert age.kind == "integer"
    assert age.labels == {"en": "1. Age", "zh": "1. 年龄"}
    assert age.constraint_messages["en"] == "Between 16 and 90"


def test_choices_keep_their_order() -> None:
    works = question(small_form(), "works")
    assert [choice.name for choice in works.choices] == ["yes", "no", "rf"]
    assert works.choices[0].labels == {"en": "Yes", "zh": "是"}


def test_questions_outside_groups_make_a_section() -> None:
    sections = small_form().sections
    assert [[q.name for q in section.questions()] for section in sections] == [
        ["psu_id"],
        ["age", "works", "hours"],
    ]
    assert isinstance(sections[1], Group)


@pytest.mark.parametrize(("asked", "given"), [("zh-hans", "zh"), ("en", "en"), ("fr", "zh")])
def test_the_nearest_language_is_chosen(asked: str, given: str) -> None:
    assert five_standards().language_for(asked) == given


def test_a_definition_survives_the_database() -> None:
    form = five_standards()
    again = FormDef.from_json(json.loads(json.dumps(form.to_json())))
    assert again == form


def test_ids_that_no_device_could_send_are_refused() -> None:
    xml = convert_workbook(workbook(SMALL_FORM)).xml.replace(
        b'id="small"', b'id="' + b"x" * 250 + b'"'
    )
    with pytest.raises(UnsupportedForm, match="longer than 249"):
        parse_xform(xml)


def test_lists_that_are_not_there_are_named() -> None:
    table = SMALL_FORM.replace(". <= 126", "instance('towns')/root/item")
    with pytest.raises(UnsupportedForm, match="list or file `towns`"):
        small_form(table)


def test_what_is_no_xform_is_refused() -> None:
    with pytest.raises(FormError, match="not an XForm"):
        parse_xform(b"<html/>")


def test_instances_from_nowhere_are_refused() -> None:
    xml = convert_workbook(workbook(SMALL_FORM)).xml
    strange = xml.replace(b"<bind", b'<instance id="x" src="https://example.org/x"/><bind', 1)
    with pytest.raises(UnsupportedForm, match=r"https://example\.org/x is not supported"):
        parse_xform(strange)


def test_controls_that_nobody_knows_are_refused() -> None:
    xml = convert_workbook(workbook(SMALL_FORM)).xml.replace(
        b"<h:body>", b'<h:body><hologram ref="/a"/>'
    )
    with pytest.raises(UnsupportedForm, match="hologram is not supported"):
        parse_xform(xml)


def test_the_author_sees_the_words_of_the_fault() -> None:
    with pytest.raises(FormError, match="wrks"):
        small_form(SMALL_FORM.replace("${works}", "${wrks}"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("中文 (zh)", "zh"), ("English (en-GB)", "en-GB"), ("default", ""), ("X", "X")],
)
def test_a_language_has_a_code(name: str, code: str) -> None:
    assert language_code(name) == code
