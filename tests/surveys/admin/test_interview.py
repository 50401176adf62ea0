"""An interview to read: questions and answers in words, findings, evidence."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys.models import Interview, Membership, Role, Site, Submission, User
from tests.factories import (
    make_city,
    make_enumerator,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
)


@pytest.fixture
def interview(db: None) -> Interview:
    site = make_site(make_survey(), "S1", city=make_city("c01"))
    return make_interview(site, make_version(site.survey), age="12", works="no")


def client_of(interview: Interview, role: Role) -> Client:
    client = Client()
    client.force_login(make_member(interview.questionnaire.survey, role))
    return client


def page(interview: Interview, labels: str = "en", role: Role = Role.COORDINATOR) -> str:
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    return client_of(interview, role).get(address, {"labels": labels}).content.decode()


@pytest.mark.parametrize(
    ("labels", "question", "answer"),
    [("en", "2. Do you work?", "No"), ("zh", "2. 您工作吗？", "否")],
)
def test_answers_are_shown_in_words(
    interview: Interview, labels: str, question: str, answer: str
) -> None:
    shown = page(interview, labels)
    assert question in shown
    assert f"<b>{answer}</b>" in shown


def test_questions_that_did_not_apply_say_so(interview: Interview) -> None:
    assert "does not apply" in page(interview)


def test_findings_are_sentences(interview: Interview) -> None:
    shown = page(interview)
    assert "Outside what the form allows" in shown
    assert "(12)" in shown


def test_the_evidence_is_named_by_its_hash(interview: Interview) -> None:
    assert interview.current is not None
    assert interview.current.xml_sha256 in page(interview)
    assert "Download XML" in page(interview)
    assert "Download XML" not in page(interview, role=Role.ANALYST)


def test_nobody_changes_an_interview(interview: Interview) -> None:
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    client = client_of(interview, Role.COORDINATOR)
    assert client.post(address, {"state": "approved"}).status_code == 403
    assert client.get(reverse("admin:surveys_interview_add")).status_code == 403
    delete = reverse("admin:surveys_interview_delete", args=(interview.pk,))
    assert client.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state__exact": "submitted"}, 1),
        ({"state__exact": "rejected"}, 0),
        ({"outcome__exact": "completed"}, 1),
        ({"site": "nonsense"}, 1),
        ({"site": "²"}, 1),
        ({"site": "9" * 5000}, 1),
        ({"site": "0"}, 0),
    ],
)
def test_the_list_is_filtered(interview: Interview, query: dict[str, str], found: int) -> None:
    address = reverse("admin:surveys_interview_changelist")
    response = client_of(interview, Role.ANALYST).get(address, query)
    assert len(response.context["cl"].result_list) == found


def test_the_list_is_filtered_by_day(interview: Interview) -> None:
    address = reverse("admin:surveys_interview_changelist")
    query = {"received_at__year": "1999", "received_at__month": "1", "received_at__day": "1"}
    response = client_of(interview, Role.ANALYST).get(address, query)
    assert len(response.context["cl"].result_list) == 0


def test_analysts_lists_have_no_enumerator(interview: Interview) -> None:
    address = reverse("admin:surveys_interview_changelist")
    columns = client_of(interview, Role.ANALYST).get(address).context["cl"].list_display
    assert "enumerator_shown" not in columns


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPERVISOR])
def test_who_runs_one_survey_sees_no_names_of_another(interview: Interview, role: Role) -> None:
    """An analyst here who runs another survey sees that one's enumerators only."""
    own = make_site(make_survey())
    shown = make_enumerator(own, "SHOWN")
    hidden = make_member(interview.questionnaire.survey, Role.ENUMERATOR, "HIDDEN")
    theirs = make_interview(own, make_version(own.survey))
    Interview.objects.filter(pk=interview.pk).update(enumerator=hidden)
    Interview.objects.filter(pk=theirs.pk).update(enumerator=shown)
    client = client_of(interview, Role.ANALYST)
    reader = User.objects.get(pk=client.session["_auth_user_id"])
    Membership.objects.create(user=reader, survey=own.survey, role=role)
    listed = client.get(reverse("admin:surveys_interview_changelist")).content.decode()
    assert interview.root_uuid.removeprefix("uuid:")[:8] in listed
    assert "HIDDEN" not in listed
    assert "SHOWN" in listed
    address = reverse("admin:surveys_interview_change", args=(interview.pk,))
    assert "HIDDEN" not in client.get(address).content.decode()


@pytest.mark.parametrize("query", [{"enumerator": "1"}, {"answers__psu_id": "S1"}])
def test_a_list_is_not_filtered_by_what_it_does_not_show(
    interview: Interview, query: dict[str, str]
) -> None:
    address = reverse("admin:surveys_interview_changelist")
    assert client_of(interview, Role.ANALYST).get(address, query).status_code == 400


def test_a_file_is_named_safely(interview: Interview) -> None:
    Submission.objects.update(instance_id='uuid:a"; b\r\n表')
    address = reverse("admin:surveys_interview_xml", args=(interview.current_id,))
    answer = client_of(interview, Role.COORDINATOR).get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''a%22")


def test_a_list_page_asks_the_database_a_bounded_number_of_questions(
    interview: Interview, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = interview.current.version if interview.current else None
    site = interview.site
    assert version is not None
    assert isinstance(site, Site)
    for _ in range(10):
        make_interview(site, version)
    client = client_of(interview, Role.COORDINATOR)
    with django_assert_max_num_queries(20):
        client.get(reverse("admin:surveys_interview_changelist"))
