"""The upload page: published, or everything that is wrong at once and nothing stored."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys.models import Questionnaire, QuestionnaireVersion, Role, Survey
from tests.factories import SMALL_FORM, make_member, make_survey, make_version, workbook

TWO_FAULTS = """
| survey |              |      |       |          |
|        | type         | name | label | relevant |
|        | begin_repeat | r    | R     |          |
|        | text         | a    | A     |          |
|        | end_repeat   |      |       |          |
|        | image        | b    | B     |          |
| settings |         |         |
|          | form_id | version |
|          | faulty  | 1       |
"""


@pytest.fixture
def survey(db: None) -> Survey:
    return make_survey()


def upload(survey: Survey, content: bytes, name: str = "form.xlsx") -> Any:
    client = Client()
    client.force_login(make_member(survey, Role.COORDINATOR))
    data = {"survey": survey.pk, "workbook": SimpleUploadedFile(name, content)}
    return client.post(reverse("admin:surveys_questionnaire_publish"), data)


def test_a_good_form_is_published_and_described(survey: Survey) -> None:
    response = upload(survey, workbook(SMALL_FORM))
    page = response.content.decode()
    assert response.status_code == 200
    assert survey.questionnaires.get().current is not None
    for shown in ("<code>small</code>", "Version 1 is published", "en (en), zh (zh)", "<dd>4</dd>"):
        assert shown in page


def test_all_faults_are_shown_at_once_and_nothing_is_stored(survey: Survey) -> None:
    response = upload(survey, workbook(TWO_FAULTS))
    page = response.content.decode()
    assert response.status_code == 422
    assert "begin_repeat is not supported yet" in page
    assert "image/*" in page
    assert not Questionnaire.objects.exists()
    assert not QuestionnaireVersion.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "form.xlsx", "empty"),
        (b"a,b\n", "form.xlsx", "no Excel workbook"),
        (b"a,b\n", "form.csv", "no .xlsx file"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "form.xlsx", "old .xls workbook"),
        (workbook("| data |\n| | a |"), "form.xlsx", "no sheet `survey`"),
    ],
)
def test_what_is_no_form_is_refused_in_words(
    survey: Survey, content: bytes, name: str, sentence: str
) -> None:
    response = upload(survey, content, name)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Questionnaire.objects.exists()


def test_a_published_version_stays_as_it_is(survey: Survey) -> None:
    make_version(survey)
    response = upload(survey, workbook(SMALL_FORM.replace("1. Age", "1. Your age")))
    assert response.status_code == 422
    assert "is published and cannot change" in response.content.decode()


def test_nobody_publishes_in_a_survey_of_others(survey: Survey) -> None:
    client = Client()
    client.force_login(make_member(make_survey(), Role.COORDINATOR))
    data = {"survey": survey.pk, "workbook": SimpleUploadedFile("f.xlsx", workbook(SMALL_FORM))}
    response = client.post(reverse("admin:surveys_questionnaire_publish"), data)
    assert response.status_code == 422
    assert not Questionnaire.objects.exists()


def test_a_questionnaire_is_closed_and_opened_from_the_list(survey: Survey) -> None:
    questionnaire = make_version(survey).questionnaire
    client = Client()
    client.force_login(make_member(survey, Role.COORDINATOR))
    for action, state in (("close_forms", "closed"), ("open_forms", "open")):
        data = {"action": action, "_selected_action": questionnaire.pk}
        client.post(reverse("admin:surveys_questionnaire_changelist"), data)
        questionnaire.refresh_from_db()
        assert questionnaire.state == state


def test_the_state_is_changed_on_the_questionnaires_page(survey: Survey) -> None:
    questionnaire = make_version(survey).questionnaire
    client = Client()
    client.force_login(make_member(survey, Role.COORDINATOR))
    none = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    address = reverse("admin:surveys_questionnaire_change", args=(questionnaire.pk,))
    assert client.post(address, {"state": "closed", **none}).status_code == 302
    questionnaire.refresh_from_db()
    assert questionnaire.state == Questionnaire.State.CLOSED
