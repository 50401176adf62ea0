"""The first page: my sites and drafts, starting an interview, and what is refused there."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from surveys import drafts, questionnaires
from surveys.models import Draft, Questionnaire, QuestionnaireVersion, Role, Site, User
from tests.factories import make_enumerator, make_member, make_site, make_survey
from tests.surveys.webform.conftest import COMPLETE


def test_my_sites_show_their_progress_and_what_can_be_started(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    make_site(site.survey, "S2")
    html = phone.get("/").content.decode()
    assert "<b>0</b> of 24" in html
    assert "24 to go" in html
    assert f'action="/fill/{version.questionnaire_id}/"' in html
    assert ">S2<" not in html


def test_cities_have_their_name_in_the_language_chosen(
    phone: Client, version: QuestionnaireVersion
) -> None:
    phone.cookies["django_language"] = "zh-hans"
    assert "第一城" in phone.get("/").content.decode()


def test_drafts_are_resumed_at_the_first_unfinished_section(phone: Client, draft: Draft) -> None:
    drafts.save(draft, {"/data/consent": "yes"})
    html = phone.get("/").content.decode()
    assert f'href="/interview/{draft.pk}/2/"' in html
    assert "4 of 12 answered" in html
    assert f'href="/interview/{draft.pk}/discard/"' in html


def test_what_was_sent_is_listed_with_its_receipt(phone: Client, draft: Draft) -> None:
    drafts.save(draft, COMPLETE)
    receipt = drafts.finish(draft)
    assert f'href="/receipts/{receipt.submission.pk}/"' in phone.get("/").content.decode()


def test_a_page_of_many_sites_asks_the_database_as_often_as_one_of_few(
    phone: Client,
    enumerator: User,
    site: Site,
    version: QuestionnaireVersion,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        more = make_site(site.survey, f"M{number:02}")
        more.assignments.create(enumerator=enumerator)
    with django_assert_max_num_queries(12):
        phone.get("/")


def test_starting_opens_the_first_section(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    response = phone.post(f"/fill/{version.questionnaire_id}/", {"site": "S1"})
    assert response["Location"] == f"/interview/{Draft.objects.get().pk}/1/"


def test_reading_the_address_starts_nothing(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    html = phone.get(f"/fill/{version.questionnaire_id}/?site=S1").content.decode()
    assert 'value="S1" required checked' in html
    assert not Draft.objects.exists()


def test_a_site_of_somebody_else_is_refused(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    make_enumerator(make_site(site.survey, "S2"))
    response = phone.post(f"/fill/{version.questionnaire_id}/", {"site": "S2"})
    assert response.status_code == 403
    assert "Site S2 is not assigned to you." in response.content.decode()
    assert not Draft.objects.exists()


def test_a_closed_questionnaire_is_not_offered_and_not_started(
    phone: Client, site: Site, version: QuestionnaireVersion
) -> None:
    questionnaires.set_state(version.questionnaire, Questionnaire.State.CLOSED)
    assert "No questionnaire is open here now." in phone.get("/").content.decode()
    response = phone.post(f"/fill/{version.questionnaire_id}/", {"site": "S1"})
    assert response.status_code == 409
    assert "This questionnaire is closed." in response.content.decode()


@pytest.mark.every_stack
@pytest.mark.parametrize("code", ["S9", "' or 1", "S\x009"])
def test_a_site_that_does_not_exist_is_not_found(
    phone: Client, version: QuestionnaireVersion, code: str
) -> None:
    assert phone.post(f"/fill/{version.questionnaire_id}/", {"site": code}).status_code == 404


def test_a_questionnaire_of_another_survey_is_not_found(
    client: Client, version: QuestionnaireVersion
) -> None:
    stranger = make_enumerator(make_site(make_survey(), "X1"))
    client.force_login(stranger)
    assert client.post(f"/fill/{version.questionnaire_id}/", {"site": "S1"}).status_code == 404


def test_staff_without_sites_are_led_to_the_office_pages(client: Client, site: Site) -> None:
    coordinator = make_member(site.survey, Role.COORDINATOR)
    client.force_login(coordinator)
    html = client.get("/").content.decode()
    assert 'href="/admin/"' in html
    assert "No site is assigned to you." in html
