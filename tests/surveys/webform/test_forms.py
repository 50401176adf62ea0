"""Questions become fields that take whatever is typed and hand it on as an instance holds it."""

import pytest
from django.http import QueryDict

from surveys.webform.forms import SectionForm
from surveys.webform.places import PlacedGroup, PlacedQuestion
from surveys.webform.prompts import Prompt
from surveys.webform.titles import title_of
from surveys.xforms.definition import FormDef, Group
from surveys.xforms.xform import parse_xform
from surveys.xforms.xlsform import convert_workbook
from tests.factories import workbook
from tests.surveys.webform.conftest import VISIT_FORM, speech_of


@pytest.fixture(scope="module")
def form() -> FormDef:
    return parse_xform(convert_workbook(workbook(VISIT_FORM)).xml)


def prompt(form: FormDef, path: str, language: str = "en") -> Prompt:
    placed = PlacedQuestion(form.by_path[path], path, None)
    return speech_of(form, language=language).prompt(placed)


@pytest.mark.parametrize(
    ("path", "typed", "handed_on"),
    [
        ("/data/g_b/age", " ３２ ", "32"),
        ("/data/g_b/age", "many", "many"),
        ("/data/g_b/hours", "12.5", "12.5"),
        ("/data/g_d/rises", "06:30", "06:30:00.000"),
        ("/data/g_d/rises", "early", "early"),
        ("/data/g_d/met", "2026-11-23T14:05", "2026-11-23T14:05:00.000+08:00"),
        ("/data/g_d/met", "2026-02-31T14:05", "2026-02-31T14:05"),
        ("/data/g_d/met", "soon", "soon"),
        ("/data/g_d/words", "a\r\nb\x00", "a\nb"),
        ("/data/g_b/works", "maybe", "maybe"),
        ("/data/g_b/works", "", ""),
    ],
)
def test_what_is_typed_is_handed_on(form: FormDef, path: str, typed: str, handed_on: str) -> None:
    data = QueryDict(mutable=True)
    data[path] = typed
    assert SectionForm([prompt(form, path)], {}, data).answers(frozenset()) == {path: handed_on}


def test_what_was_shown_and_is_not_sent_is_blank_and_the_rest_is_left_alone(form: FormDef) -> None:
    shown, hidden = "/data/g_c/kinds", "/data/g_b/hours"
    section = SectionForm([prompt(form, shown), prompt(form, hidden)], {}, QueryDict("go=next"))
    assert section.answers(frozenset({shown})) == {shown: ""}


def test_several_choices_are_names_with_spaces(form: FormDef) -> None:
    path = "/data/g_c/kinds"
    section = SectionForm([prompt(form, path)], {}, QueryDict(f"{path}=day&{path}=month"))
    assert section.answers(frozenset()) == {path: "day month"}


@pytest.mark.parametrize(
    ("language", "code", "text"), [("en", "B1", "Age"), ("zh", "B1", "年龄"), ("fr", "B1", "Age")]
)
def test_a_question_is_put_in_a_language(
    form: FormDef, language: str, code: str, text: str
) -> None:
    asked = prompt(form, "/data/g_b/age", language)
    assert (asked.code, asked.text) == (code, text)


def test_a_label_without_a_code_is_whole(form: FormDef) -> None:
    asked = prompt(form, "/data/consent")
    assert (asked.code, asked.text) == ("", "Do you agree?")


def test_answers_are_told_in_words(form: FormDef) -> None:
    assert prompt(form, "/data/g_c/kinds", "zh").answer("day month") == "日结 · 月结"
    assert prompt(form, "/data/g_b/age").answer("30") == "30"


@pytest.mark.parametrize(
    ("label", "number", "mark", "text"),
    [
        ("B. Health", 3, "B", "Health"),
        ("2、就业", 3, "2", "就业"),
        ("Health", 3, "3", "Health"),
        ("", 1, "1", "Before we start"),
        ("", 3, "3", "Part 3"),
    ],
)
def test_sections_go_by_a_mark(
    form: FormDef, label: str, number: int, mark: str, text: str
) -> None:
    section = PlacedGroup(Group("", "", {"en": label}), "", None, ())
    title = title_of(speech_of(form), section, number)
    assert (title.mark, title.text) == (mark, text)
