"""The versions of a questionnaire: who published what when, how much it was used, what changed."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.models import QuestionnaireVersion, Role, Survey
from tests.factories import SMALL_FORM, make_interview, make_site, make_survey, make_version
from tests.surveys.admin.office import client_in

SECOND = SMALL_FORM.replace("| 1              |", "| 2              |")


@pytest.fixture
def survey(db: None) -> Survey:
    return make_survey()


@pytest.fixture
def versions(survey: Survey) -> tuple[QuestionnaireVersion, QuestionnaireVersion]:
    first = make_version(survey)
    make_interview(make_site(survey), first)
    return first, make_version(survey, SECOND.replace("1. Age", "1. Your age"))


def difference(version: QuestionnaireVersion) -> str:
    return reverse("admin:surveys_questionnaire_difference", args=(version.pk,))


def test_versions_are_listed_with_their_interviews(
    survey: Survey, versions: tuple[QuestionnaireVersion, QuestionnaireVersion]
) -> None:
    questionnaire = versions[0].questionnaire
    address = reverse("admin:surveys_questionnaire_change", args=(questionnaire.pk,))
    page = client_in(survey).get(address)
    (inline,) = page.context["inline_admin_formsets"]
    rows = [form.instance for form in inline.formset.forms]
    shown = [(row.version, inline.opts.interviews(row)) for row in rows]
    assert shown == [("2", "0"), ("1", "1")]
    html = page.content.decode()
    assert all(version.xml_md5 in html for version in versions)


def test_a_first_version_differs_from_nothing(
    survey: Survey, versions: tuple[QuestionnaireVersion, QuestionnaireVersion]
) -> None:
    first, second = versions
    address = reverse("admin:surveys_questionnaire_change", args=(first.questionnaire_id,))
    html = client_in(survey).get(address).content.decode()
    assert difference(second) in html
    assert difference(first) not in html


def test_the_difference_to_the_version_before_is_told(
    survey: Survey, versions: tuple[QuestionnaireVersion, QuestionnaireVersion]
) -> None:
    first, second = versions
    client = client_in(survey, Role.ANALYST)
    html = client.get(difference(second)).content.decode()
    assert "What changes from 1" in html
    assert "<del>1. Age</del>" in html
    assert "<ins>1. Your age</ins>" in html
    assert "This is the first version." in client.get(difference(first)).content.decode()


@pytest.mark.parametrize("who", ["anonymous", "stranger"])
def test_the_difference_is_for_the_surveys_staff(
    versions: tuple[QuestionnaireVersion, QuestionnaireVersion], who: str
) -> None:
    client = Client() if who == "anonymous" else client_in(make_survey())
    assert client.get(difference(versions[1])).status_code == (302 if who == "anonymous" else 404)


@pytest.mark.parametrize(("role", "is_told"), [(Role.COORDINATOR, True), (Role.ANALYST, False)])
def test_a_survey_tells_its_coordinator_what_is_left_to_do(
    survey: Survey, role: Role, is_told: bool
) -> None:
    page = client_in(survey, role).get(reverse("admin:surveys_survey_change", args=(survey.pk,)))
    assert ("Before fieldwork can start" in page.content.decode()) == is_told
    assert (reverse("admin:surveys_questionnaire_publish") in page.content.decode()) == is_told
