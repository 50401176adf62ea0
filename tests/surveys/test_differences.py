"""A new version is compared with what is published, and the answers at risk are counted."""

import pytest

from surveys import differences
from surveys.models import Interview, QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.xforms.linting.linter import review
from tests.factories import (
    SMALL_FORM,
    make_interview,
    make_site,
    make_survey,
    make_version,
    workbook,
)

pytestmark = pytest.mark.django_db

SECOND = SMALL_FORM.replace("| 1              |", "| 2              |")
HOUSE = """
| survey   |                     |         |        |
|          | type                | name    | label  |
|          | text                | psu_id  | Site   |
|          | begin_repeat        | member  | Member |
|          | integer             | age     | Age    |
|          | select_multiple can | can     | Can    |
|          | end_repeat          |         |        |
| choices  |                     |         |        |
|          | list_name           | name    | label  |
|          | can                 | walk    | Walk   |
|          | can                 | walk_up | Climb  |
| settings |                     |         |        |
|          | form_title          | form_id | version |
|          | House               | house   | 1      |
"""


@pytest.fixture
def version() -> QuestionnaireVersion:
    version = make_version(make_survey())
    site = make_site(version.questionnaire.survey)
    make_interview(site, version)
    make_interview(site, version, works="yes", hours="8")
    make_interview(site, version, works="yes", hours="9")
    return version


def counted(old: QuestionnaireVersion, table: str) -> dict[str, int | None]:
    new = review(workbook(table)).form
    assert new is not None
    return {one.change.code: one.interviews for one in differences.consequences(old, new)}


def test_the_answers_to_what_is_gone_are_counted(version: QuestionnaireVersion) -> None:
    row = next(line for line in SECOND.splitlines() if "| hours " in line)
    found = counted(version, SECOND.replace(row + "\n", ""))
    assert found["question-removed"] == 2


def test_the_choices_of_what_is_gone_are_counted(version: QuestionnaireVersion) -> None:
    row = next(line for line in SECOND.splitlines() if "| rf " in line)
    assert counted(version, SECOND.replace(row + "\n", ""))["choice-removed"] == 0
    row = next(line for line in SECOND.splitlines() if "| no " in line)
    assert counted(version, SECOND.replace(row + "\n", ""))["choice-removed"] == 1


def test_answers_under_an_older_name_are_counted(version: QuestionnaireVersion) -> None:
    assert counted(version, SECOND.replace("| hours   |", "| worked  |"))["renamed"] == 2


def test_answers_within_repeats_are_counted_once_an_interview() -> None:
    version = make_version(make_survey(), HOUSE)
    other = make_version(make_survey())
    make_interview(make_site(other.questionnaire.survey), other)
    answers = {"member[1]/age": "30", "member[1]/can": "walk_up", "member[2]/age": "5"}
    Interview.objects.update(questionnaire=version.questionnaire, answers=answers)
    new = HOUSE.replace("| 1       |", "| 2       |")
    without_age = "\n".join(line for line in new.splitlines() if "| age " not in line)
    assert counted(version, without_age)["question-removed"] == 1
    for choice, count in (("walk ", 0), ("walk_up", 1)):
        fewer = "\n".join(line for line in new.splitlines() if f"| {choice}" not in line)
        assert counted(version, fewer)["choice-removed"] == count


def test_other_words_put_nothing_at_risk(version: QuestionnaireVersion) -> None:
    found = counted(version, SECOND.replace("3. Hours", "3. How many hours"))
    assert found == {"reworded": None}


def test_the_older_version_is_the_one_before() -> None:
    survey = make_survey()
    first, second = make_version(survey), make_version(survey, SECOND)
    assert differences.previous_to(second) == first
    assert differences.previous_to(first) is None
    assert form_of(first).version == "1"
