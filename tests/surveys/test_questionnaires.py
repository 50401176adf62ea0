"""Publishing: a workbook becomes a version, or nothing at all with the reasons."""

import pytest

from surveys import questionnaires
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.questionnaires import VersionTaken
from surveys.xforms.xform import UnsupportedForm
from surveys.xforms.xlsform import FormError
from tests.factories import SMALL_FORM, make_survey, make_version, workbook

pytestmark = pytest.mark.django_db


def test_a_published_version_is_current() -> None:
    version = make_version(make_survey())
    assert version.questionnaire.current == version
    assert version.questionnaire.title == "Small"
    assert questionnaires.form_of(version).form_id == "small"


def test_publishing_the_same_form_again_changes_nothing() -> None:
    survey = make_survey()
    assert make_version(survey) == make_version(survey)
    assert QuestionnaireVersion.objects.count() == 1


def test_a_version_is_never_replaced() -> None:
    survey = make_survey()
    make_version(survey)
    with pytest.raises(VersionTaken):
        make_version(survey, SMALL_FORM.replace("1. Age", "1. Your age"))
    assert "1. Age" in bytes(QuestionnaireVersion.objects.get().xml).decode()


def test_a_new_version_follows_the_old_one() -> None:
    survey = make_survey()
    first = make_version(survey)
    second = make_version(survey, SMALL_FORM.replace("| 1              |", "| 2              |"))
    assert first.questionnaire == second.questionnaire
    assert Questionnaire.objects.get().current == second


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (". <= 126", "foo(.)", "foo"),
        (". <= 126", ". > and 3", "not expected"),
        ("decimal ", "geotrace", "geotrace"),
        ("${works} = 'yes'", "${hours} = 3", "circle"),
    ],
)
def test_what_we_cannot_run_is_refused_by_name(before: str, after: str, words: str) -> None:
    with pytest.raises(UnsupportedForm, match=words):
        make_version(make_survey(), SMALL_FORM.replace(before, after))
    assert not Questionnaire.objects.exists()


def test_all_faults_are_told_at_once() -> None:
    table = SMALL_FORM.replace(". <= 126", "foo(.)").replace(". >= 16 and", "bar(.) and")
    with pytest.raises(UnsupportedForm) as caught:
        make_version(make_survey(), table)
    assert [fault.path for fault in caught.value.faults] == ["/data/g/age", "/data/g/hours"]


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(FormError):
        questionnaires.publish(content, make_survey())


def test_a_workbook_that_is_no_form_is_refused() -> None:
    table = "| people |\n| | name |\n| | Li |"
    with pytest.raises(FormError):
        questionnaires.publish(workbook(table), make_survey())
    assert not Questionnaire.objects.exists()
