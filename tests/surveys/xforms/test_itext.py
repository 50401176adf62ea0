"""Words of a form: in every language, with answers in them, with media and guidance."""

import pytest

from surveys.formlogic.syntax import parse
from surveys.xforms.definition import FormDef, Text
from surveys.xforms.xform import UnsupportedForm, parse_xform
from tests.factories import form_from, xform

TWO_LANGUAGES = """
| survey |
|  | type | name | label::English (en) | label::中文 (zh) | hint::English (en) | guidance_hint::中文 (zh) | media::image::English (en) | media::big-image::English (en) | media::audio::中文 (zh) |
|  | text | a    | First               | 第一           | Type it            | 朗读                      | a.png                      | a-big.png                      | a.mp3 |
|  | note | b    | You said ${a}, fine | 您说${a}       |                    |                           |                            |                                |       |
"""
ONE_LANGUAGE = """
| survey |
|  | type    | name | label           | constraint | constraint_message | required | required_message |
|  | text    | a    | A               |            |                    |          |                  |
|  | integer | b    | ${a}'s B, ${a}? | . > ${c}   | More than ${c}     | yes      | Say it           |
|  | integer | c    |  C > 0 & 1      |            |                    |          |                  |
"""


def label(form: FormDef, name: str, language: str = "") -> Text:
    return next(q for q in form.questions if q.name == name).labels[language]


def test_every_language_has_its_words() -> None:
    form = form_from(TWO_LANGUAGES)
    assert [language.name for language in form.languages] == ["English (en)", "中文 (zh)"]
    question = form.questions[0]
    assert question.labels == {"en": "First", "zh": "第一"}
    assert question.hints == {"en": "Type it"}
    assert question.guidance == {"zh": "朗读"}


def test_media_are_file_names_by_kind_and_language() -> None:
    form = form_from(TWO_LANGUAGES)
    assert form.questions[0].media == {
        "image": {"en": "a.png"},
        "big-image": {"en": "a-big.png"},
        "audio": {"zh": "a.mp3"},
    }
    assert form.media == ("a.png", "a-big.png", "a.mp3")
    assert form.needed_files == form.media


def test_answers_in_words_are_expressions_between_them() -> None:
    form = form_from(TWO_LANGUAGES)
    answer = parse("/data/a")
    assert label(form, "b", "en") == ["You said ", answer, ", fine"]
    assert label(form, "b", "zh") == ["您说", answer]
    assert form.text(form.questions[1].labels, "en") == "You said …, fine"
    assert form.text(form.questions[1].labels, "en", lambda _: "no") == "You said no, fine"


def test_words_without_languages_are_read_as_well() -> None:
    form = form_from(ONE_LANGUAGE)
    answer = parse("/data/a")
    assert label(form, "b") == [answer, "'s B, ", answer, "?"]
    assert label(form, "c") == "C > 0 & 1"
    assert form.questions[1].required_messages == {"": "Say it"}
    assert form.questions[1].constraint_messages == {"": ["More than ", parse("/data/c")]}


def test_a_mistake_within_words_is_a_fault_of_the_question() -> None:
    broken = xform(ONE_LANGUAGE).replace(
        b'<output value=" /data/a "/>', b'<output value="foo(1)"/>'
    )
    with pytest.raises(UnsupportedForm, match=r"foo\(\) is not known") as refused:
        parse_xform(broken)
    assert [fault.path for fault in refused.value.faults] == ["/data/b"]


def test_two_languages_of_one_code_are_refused() -> None:
    table = TWO_LANGUAGES.replace("中文 (zh)", "British (en)")
    with pytest.raises(UnsupportedForm, match=r"English \(en\), British \(en\) have the same code"):
        parse_xform(xform(table))


def test_choices_have_words_and_media() -> None:
    table = """
| survey |
|  | type          | name | label |
|  | text          | a    | A     |
|  | select_one yn | b    | B     |
| choices |
|  | list_name | name | label    | media::image |
|  | yn        | yes  | Yes ${a} | yes.png      |
|  | yn        | no   | No       |              |
"""
    yes, no = form_from(table).questions[1].choices
    assert yes.labels == {"": ["Yes ", parse("/data/a")]}
    assert yes.media == {"image": {"": "yes.png"}}
    assert (no.labels, no.media) == ({"": "No"}, {})
