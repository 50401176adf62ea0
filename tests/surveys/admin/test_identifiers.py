"""Who somebody is, on the pages of the office: shown to those with the right, to nobody else."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys import jobs, ledger
from surveys.exports import standout
from surveys.models import Audience, DisclosureReport, Interview, Job, Membership, Role, Survey
from tests.factories import make_member, make_survey, make_version
from tests.surveys.admin.office import client_in, client_of, text
from tests.surveys.exports.analysed import FORM, make_house, tagged

QUOTING = FORM.replace(
    "| Age                 | 年龄           |                  |",
    "| Age of ${姓名}      | 年龄           |                  |",
    1,
)


@pytest.fixture
def survey(db: None, settings: Settings, tmp_path: object) -> Survey:
    settings.MEDIA_ROOT = tmp_path
    survey = make_survey("ours")
    make_house(survey, tagged(QUOTING))
    interview = Interview.objects.get(root_uuid="uuid:1")
    person = make_member(survey, Role.COORDINATOR)
    changed = {"姓名": "李明", "age": "32", "member[1]/who": "Anna"}
    ledger.correct(interview.pk, changed, by=person, reason="x", seen=interview.current_id)
    return survey


def page_of(client: Client) -> str:
    interview = Interview.objects.get(root_uuid="uuid:1")
    return text(client, reverse("admin:surveys_interview_change", args=(interview.pk,)))


def seeing(survey: Survey) -> Client:
    person = make_member(survey, Role.ANALYST)
    Membership.objects.filter(user=person).update(sees_identifiers=True)
    return client_of(person)


def test_an_interviews_page_names_nobody_to_who_has_no_right(survey: Survey) -> None:
    """Not among the answers, their corrections, what labels quote, nor what checks found."""
    shown = page_of(client_in(survey, Role.ANALYST))
    assert [name for name in ("李", "Ann", "31.23") if name in shown] == []
    assert "Age of …" in shown
    assert ">32<" in shown


@pytest.mark.parametrize("role", [Role.COORDINATOR, None])
def test_it_does_to_who_has_the_right(survey: Survey, role: Role | None) -> None:
    shown = page_of(client_in(survey, role) if role else seeing(survey))
    assert "李明" in shown
    assert "Anna" in shown
    assert "Age of 李明" in shown


def test_a_coordinator_gives_the_right_and_it_is_remembered(survey: Survey) -> None:
    person = make_member(survey, Role.ANALYST)
    membership = person.memberships.get()
    membership.sees_identifiers = True
    membership.save()
    assert list(membership.history.values_list("sees_identifiers", flat=True)) == [True, False]
    shown = text(client_in(survey), reverse("admin:surveys_user_change", args=(person.pk,)))
    assert "sees_identifiers" in shown


def test_coordinators_make_audiences_and_nobody_sees_a_key(survey: Survey) -> None:
    client = client_in(survey)
    address = reverse("admin:surveys_audience_add")
    given = {"survey": survey.pk, "name": "Ministry", "dates": "month", "place": "city"}
    bad = client.post(address, {**given, "bands": "years 5\nage x"})
    assert "no number is asked there" in bad.content.decode()
    twice = client.post(address, {**given, "bands": "age 5\nage 10"})
    assert "“age” is there twice." in twice.content.decode()
    assert Audience.objects.count() == 0
    client.post(address, {**given, "decimals": "", "bands": "age 5"})
    audience = Audience.objects.get(name="Ministry")
    assert (audience.widths, audience.decimals, len(bytes(audience.key))) == ({"age": 5}, None, 32)
    shown = text(client, reverse("admin:surveys_audience_change", args=(audience.pk,)))
    assert bytes(audience.key).hex() not in shown
    assert "age 5" in shown
    other = client_in(make_survey("theirs"))
    answer = other.get(reverse("admin:surveys_audience_change", args=(audience.pk,)))
    assert answer.status_code in (302, 403, 404)


def test_who_stands_out_is_counted_by_a_worker_and_shown_with_its_date(survey: Survey) -> None:
    client, questionnaire = client_in(survey), survey.questionnaires.get()
    address = reverse("admin:surveys_job_standout")
    assert "Nobody has counted yet" in text(client, address)
    assert "is tagged as an indirect identifier" not in text(client, address)
    audience = survey.audiences.get()
    client.post(address, {"least": 2, "sensitive": ["works"]})
    job = Job.objects.get(kind=standout.KIND)
    assert "Being counted" in text(client, address)
    jobs.run(job.pk)
    results = DisclosureReport.objects.get(audience=audience).results
    assert results["found_by"] == ["site", "city", "age", "edu", "born"]
    assert (results["people"], results["k"], results["at_risk"], results["alone"]) == (3, 1, 3, 3)
    assert [one["key"] for one in results["learned"]] == ["works"]
    shown = text(client, address)
    assert "<b>3</b> (100.0%)" in shown
    assert "in bands of 5" in shown
    assert "other data by now" not in shown
    audience.widths = {"age": 50}
    audience.save()
    assert "other data by now" in text(client, address)
    assert standout.latest(audience, questionnaire)


def test_a_form_that_tags_nothing_is_no_safer_for_it(db: None) -> None:
    survey = make_survey("untagged")
    make_version(survey)
    shown = text(client_in(survey), reverse("admin:surveys_job_standout"))
    assert "No question is tagged as an indirect identifier" in shown


def test_the_page_reads_what_is_stored(
    survey: Survey, django_assert_max_num_queries: object
) -> None:
    client = client_in(survey)
    text(client, reverse("admin:surveys_job_standout"))
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        text(client, reverse("admin:surveys_job_standout"))


def test_only_coordinators_are_asked_for_whom_a_file_is(survey: Survey) -> None:
    address = reverse("admin:surveys_job_exports")
    assert "Who gets the file" in text(client_in(survey), address)
    shown = text(client_in(survey, Role.ANALYST), address)
    assert "Who gets the file" not in shown
    assert "pseudonyms in the place of ids" in shown
    assert "pseudonyms in the place of ids" not in text(seeing(survey), address)
