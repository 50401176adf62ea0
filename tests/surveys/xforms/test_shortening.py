"""Chosen questions of a workbook as a short questionnaire."""

from surveys.xforms.definition import FormDef
from surveys.xforms.linting.linter import review
from surveys.xforms.shortening import Lost, shorten
from tests.factories import workbook

FORM = """
| survey |               |         |                |                 |          |                    |                 |               |
|        | type          | name    | label::en (en) | label::zh (zh)  | required | relevant           | constraint      | choice_filter |
|        | text          | psu_id  | Site           | 地点            | yes      |                    |                 |               |
|        | begin_group   | g       | About ${psu_id} | 关于           |          | ${psu_id} != ''    |                 |               |
|        | integer       | age     | Age            | 年龄            | yes      |                    | . >= 16         |               |
|        | begin_group   | inner   | Work           | 工作            |          |                    |                 |               |
|        | select_one yn | works   | Work?          | 工作？          |          | ${age} > 15        |                 |               |
|        | select_one c  | town    | Town           | 城镇            |          | ${works} = 'yes'   |                 | a = ${works}  |
|        | end_group     |         |                |                 |          |                    |                 |               |
|        | end_group     |         |                |                 |          |                    |                 |               |
|        | integer       | rooms   | Rooms          | 房间            |          |                    | . < ${age}      |               |
| choices |              |         |                |                 |       |
|        | list_name     | name    | label::en (en) | label::zh (zh)  | a     |
|        | yn            | yes     | Yes            | 是              |       |
|        | yn            | no      | No             | 否              |       |
|        | c             | t1      | Town 1         | 一镇            | yes   |
| settings |             |         |                |                 |
|        | form_title    | form_id | version        | default_language |
|        | 调查          | whole   | 4              | zh (zh)         |
"""


def short(*places: str, of: str = FORM) -> tuple[FormDef, tuple[Lost, ...]]:
    made = shorten(workbook(of), places, "whole-again-1")
    found = review(made.workbook)
    assert found.form is not None, found.errors
    return found.form, made.lost


def test_questions_keep_their_places_words_and_choices() -> None:
    form, lost = short("g/age", "g/inner/works")
    asked = [question.path for question in form.questions]
    assert asked[2:] == ["/data/g/age", "/data/g/inner/works"]
    works = form.questions[-1]
    assert works.labels == {"en": "Work?", "zh": "工作？"}
    assert [choice.name for choice in works.choices] == ["yes", "no"]
    assert (form.form_id, form.version, form.title) == ("whole-again-1", "1", "调查 · 回访")
    assert form.default_language == "zh"
    assert lost == (Lost("g", "label", ("psu_id",)), Lost("g", "relevant", ("psu_id",)))


def test_labels_without_a_language_stand_beside_those_with_one() -> None:
    plain = FORM.replace("label::en (en)", "label").replace("| zh (zh) ", "| ")
    form, _ = short("g/age", of=plain)
    assert {*map(str, form.questions[-1].labels.values())} == {"Age", "年龄"}


def test_it_is_asked_first_whether_the_person_was_met() -> None:
    form, _ = short("rooms")
    met, seen, rooms = form.questions
    assert met.labels["zh"] == "见到第一次访谈的那个人了吗？"
    assert [choice.name for choice in met.choices] == ["met", "not_found", "moved", "refused"]
    relevant = {bind.path: bind.relevant for bind in form.binds}
    assert relevant[met.path] is None
    assert relevant[seen.path] is not None
    assert relevant[seen.path] == relevant[rooms.path]
    assert form.roles["first"] == "/data/second_visit_of"


def test_rules_stay_as_far_as_what_they_need_is_asked() -> None:
    _, whole = short("g/age", "g/inner/works", "g/inner/town", "rooms")
    assert {one.needs for one in whole} == {("psu_id",)}
    form, lost = short("g/inner/town", "rooms")
    assert set(lost) - set(whole) == {
        Lost("town", "relevant", ("works",)),
        Lost("town", "choice_filter", ("works",)),
        Lost("rooms", "constraint", ("age",)),
    }
    assert [choice.name for choice in form.questions[2].choices] == ["t1"]
    assert "About …" in [section.labels.get("en") for section in form.sections]
