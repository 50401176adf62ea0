"""Who gets which page of the admin: anonymous, enumerator, analyst, a stranger, the coordinator."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from surveys.memberships import may_manage
from surveys.models import Interview, Job, Membership, Role, Survey, User
from tests.factories import (
    make_city,
    make_enumerator,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
)

LISTS = ("survey", "questionnaire", "region", "city", "site", "interview", "job")
PEOPLE_LISTS = ("user", "assignment")
PAGES = ("surveys_job_exports", "surveys_job_progress")
EDITOR_PAGES = (
    "surveys_questionnaire_publish",
    "surveys_survey_add",
    "surveys_site_add",
    "surveys_site_import",
    "surveys_city_add",
    "surveys_city_import",
    "surveys_assignment_add",
    "surveys_assignment_import",
    "surveys_user_add",
)


@dataclass(frozen=True)
class Field:
    """A survey at work, with everybody who may knock at the admin's door."""

    survey: Survey
    interview: Interview
    people: dict[str, User]

    def client(self, who: str) -> Client:
        client = Client()
        if who != "anonymous":
            client.force_login(self.people[who])
        return client


@pytest.fixture
def field(db: None) -> Field:
    survey = make_survey("ours")
    site = make_site(survey, "S1", city=make_city("c01"))
    interview = make_interview(site, make_version(survey))
    return Field(
        survey,
        interview,
        {
            "enumerator": make_enumerator(site, "E01"),
            "analyst": make_member(survey, Role.ANALYST),
            "supervisor": make_member(survey, Role.SUPERVISOR),
            "stranger": make_member(make_survey("theirs"), Role.COORDINATOR),
            "coordinator": make_member(survey, Role.COORDINATOR),
            "superuser": make_user("root", is_superuser=True),
        },
    )


def lists(*models: str) -> list[str]:
    return [f"surveys_{model}_changelist" for model in models]


@pytest.mark.parametrize("name", [*lists(*LISTS, *PEOPLE_LISTS), *PAGES, *EDITOR_PAGES])
@pytest.mark.parametrize("who", ["anonymous", "enumerator"])
def test_who_is_no_staff_is_sent_to_the_sign_in_page(field: Field, who: str, name: str) -> None:
    response = field.client(who).get(reverse(f"admin:{name}"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("name", [*lists(*LISTS), *PAGES])
@pytest.mark.parametrize("who", ["analyst", "supervisor", "stranger", "coordinator", "superuser"])
def test_staff_open_the_lists(field: Field, who: str, name: str) -> None:
    assert field.client(who).get(reverse(f"admin:{name}")).status_code == 200


@pytest.mark.parametrize("name", lists(*PEOPLE_LISTS))
def test_analysts_see_nobodys_name(field: Field, name: str) -> None:
    assert field.client("analyst").get(reverse(f"admin:{name}")).status_code == 403
    assert field.client("coordinator").get(reverse(f"admin:{name}")).status_code == 200


@pytest.mark.parametrize("name", EDITOR_PAGES)
def test_only_coordinators_set_up(field: Field, name: str) -> None:
    address = reverse(f"admin:{name}")
    answers = {who: field.client(who).get(address).status_code for who in field.people}
    assert answers["analyst"] == answers["supervisor"] == 403
    assert answers["coordinator"] == answers["superuser"] == 200


def rows_of(survey: Survey) -> dict[str, Callable[[], int]]:
    return {
        "survey": lambda: survey.pk,
        "questionnaire": lambda: survey.questionnaires.get().pk,
        "site": lambda: survey.sites.get().pk,
        "interview": lambda: Interview.objects.get().pk,
        "assignment": lambda: survey.sites.get().assignments.get().pk,
        "user": lambda: User.objects.get(username="E01").pk,
    }


@pytest.mark.parametrize(
    "model", ["survey", "questionnaire", "site", "interview", "assignment", "user"]
)
def test_a_row_is_for_its_own_survey(field: Field, model: str) -> None:
    address = reverse(f"admin:surveys_{model}_change", args=(rows_of(field.survey)[model](),))
    assert field.client("coordinator").get(address).status_code == 200
    assert field.client("superuser").get(address).status_code == 200
    assert field.client("stranger").get(address).status_code == 302  # as if it did not exist


@pytest.mark.parametrize("model", ["survey", "site", "interview", "questionnaire"])
def test_a_strangers_lists_are_empty(field: Field, model: str) -> None:
    response = field.client("stranger").get(reverse(f"admin:surveys_{model}_changelist"))
    codes = [str(row) for row in response.context["cl"].result_list]
    assert codes == (["Theirs"] if model == "survey" else [])


@pytest.mark.parametrize("model", ["site", "city"])
def test_analysts_change_nothing(field: Field, model: str) -> None:
    site = field.survey.sites.get()
    row = site if model == "site" else site.city
    assert row is not None
    address = reverse(f"admin:surveys_{model}_change", args=(row.pk,))
    assert field.client("analyst").get(address).status_code == 200
    assert field.client("analyst").post(address, {"code": "hacked"}).status_code == 403


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 404), ("analyst", 200), ("coordinator", 200)]
)
def test_history_is_read_by_those_who_see_the_row(field: Field, who: str, status: int) -> None:
    address = reverse("admin:surveys_site_history", args=(field.survey.sites.get().pk,))
    assert field.client(who).get(address).status_code == status


def test_only_editors_bring_the_past_back(field: Field) -> None:
    site = field.survey.sites.get()
    old = site.history.first()
    assert old is not None
    address = reverse("admin:surveys_site_simple_history", args=(site.pk, old.pk))
    assert field.client("analyst").get(address).status_code == 200
    assert field.client("analyst").post(address).status_code == 403


def test_a_form_offers_only_surveys_that_one_coordinates(field: Field) -> None:
    response = field.client("coordinator").get(reverse("admin:surveys_site_add"))
    choices = response.context["adminform"].form.fields["survey"].queryset
    assert list(choices) == [field.survey]


def test_raw_xml_names_the_enumerator_so_analysts_do_not_get_it(field: Field) -> None:
    address = reverse("admin:surveys_interview_xml", args=(field.interview.current_id,))
    answers = {
        who: field.client(who).get(address) for who in ("analyst", "stranger", "coordinator")
    }
    assert [answers["analyst"].status_code, answers["stranger"].status_code] == [404, 404]
    assert field.interview.current is not None
    assert answers["coordinator"].content == bytes(field.interview.current.xml)


@pytest.mark.parametrize("kind", ["xml", "xlsx"])
def test_published_files_are_for_the_surveys_staff(field: Field, kind: str) -> None:
    version = field.survey.questionnaires.get().current
    assert version is not None
    address = reverse("admin:surveys_questionnaire_file", args=(version.pk, kind))
    assert field.client("analyst").get(address).status_code == 200
    assert field.client("stranger").get(address).status_code == 404


def test_a_supervisor_sees_the_own_team(db: None) -> None:
    survey = make_survey()
    site = make_site(survey)
    make_member(survey, Role.ENUMERATOR, "north", team="north")
    make_member(survey, Role.ENUMERATOR, "south", team="south")
    for name in ("north", "south"):
        site.assignments.create(enumerator=User.objects.get(username=name))
    client = Client()
    client.force_login(make_member(survey, Role.SUPERVISOR, "boss", team="north"))
    people = client.get(reverse("admin:surveys_user_changelist")).context["cl"].result_list
    work = client.get(reverse("admin:surveys_assignment_changelist")).context["cl"].result_list
    assert {person.username for person in people} == {"boss", "north"}
    assert {row.enumerator.username for row in work} == {"north"}


def test_accounts_with_rights_elsewhere_are_not_ones_own_to_change(db: None) -> None:
    ours, theirs = make_survey(), make_survey()
    coordinator = make_member(ours, Role.COORDINATOR)
    person = make_member(ours, Role.ENUMERATOR)
    assert may_manage(coordinator, person)
    Membership.objects.create(user=person, survey=theirs, role=Role.ANALYST)
    assert not may_manage(coordinator, person)
    root = make_user(is_superuser=True)
    Membership.objects.create(user=root, survey=ours, role=Role.ANALYST)
    assert not may_manage(coordinator, root)


def test_a_coordinator_cannot_set_the_password_of_a_superuser(field: Field) -> None:
    root = field.people["superuser"]
    Membership.objects.create(user=root, survey=field.survey, role=Role.ANALYST)
    address = reverse("admin:auth_user_password_change", args=(root.pk,))
    assert field.client("coordinator").get(address).status_code == 403


def test_a_new_account_begins_with_a_role(field: Field) -> None:
    client = field.client("coordinator")
    account = {
        "username": "E99",
        "password1": "long enough 1",
        "password2": "long enough 1",
        "usable_password": "true",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-survey": "",
        "memberships-0-role": "",
    }
    address = reverse("admin:surveys_user_add")
    assert client.post(address, account).status_code == 200
    assert not User.objects.filter(username="E99").exists()
    role = {"memberships-0-survey": str(field.survey.pk), "memberships-0-role": "enumerator"}
    assert client.post(address, account | role).status_code == 302
    assert User.objects.get(username="E99").memberships.get().survey == field.survey


def test_whoever_makes_a_survey_coordinates_it(field: Field) -> None:
    none = {
        f"{name}-{count}": "0"
        for name in ("waves", "memberships", "review_rules")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    survey = {"code": "new", "name": "New", "counts": "not_rejected", **none}
    response = field.client("coordinator").post(reverse("admin:surveys_survey_add"), survey)
    assert response.status_code == 302
    membership = Membership.objects.get(survey__code="new")
    assert (membership.user, membership.role) == (field.people["coordinator"], Role.COORDINATOR)


def test_enumerators_are_told_where_their_work_is(field: Field) -> None:
    credentials = {"username": "E01", "password": "correct horse battery"}
    response = Client().post(reverse("admin:login"), credentials)
    assert "Enumerators sign in on the start page" in response.content.decode()


def test_a_file_is_only_for_whom_it_was_made(field: Field) -> None:
    job = Job.objects.create(
        kind="submissions_csv", survey=field.survey, requested_by=field.people["analyst"]
    )
    for name in ("surveys_job_download", "surveys_job_change"):
        address = reverse(f"admin:{name}", args=(job.pk,))
        assert field.client("coordinator").get(address).status_code in (302, 404)
    cancel = reverse("admin:surveys_job_cancel", args=(job.pk,))
    assert field.client("coordinator").post(cancel).status_code == 404
    assert field.client("analyst").post(cancel).status_code == 302
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_only_those_who_may_publish_are_shown_the_way(field: Field) -> None:
    address = reverse("admin:surveys_questionnaire_changelist")
    way = reverse("admin:surveys_questionnaire_publish")
    assert way in field.client("coordinator").get(address).content.decode()
    assert way not in field.client("analyst").get(address).content.decode()


def test_the_list_of_jobs_leads_to_the_exports(field: Field) -> None:
    page = field.client("analyst").get(reverse("admin:surveys_job_changelist"))
    assert reverse("admin:surveys_job_exports") in page.content.decode()


@pytest.mark.django_db
def test_a_blank_name_of_a_field_is_refused(client: Client) -> None:
    """As `make hostile` sent it once in 114,801 requests."""
    survey = make_survey()
    client.force_login(make_user(is_superuser=True))
    page = reverse("admin:surveys_survey_change", args=(survey.pk,))
    assert client.get(page, {"_to_field": ""}).status_code == 400
    assert client.post(page, {"_to_field": ""}).status_code == 400
    assert client.get(page).status_code == 200


@pytest.mark.django_db
def test_a_key_that_no_row_can_have_is_refused_and_may_be_searched_for(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    page = reverse("admin:surveys_audience_changelist")
    for beyond in ("9" * 20, "-99999999999999999999", "9_9" * 9):
        refused = client.get(page, {"survey__exact": beyond})
        assert (refused.status_code, refused["Location"]) == (302, f"{page}?e=1")
    assert client.get(page, {"survey__in": f"1,{'9' * 20}"}).status_code == 302
    assert client.get(f"{page}?e=1").status_code == 200
    site = reverse("admin:surveys_site_changelist")
    assert client.get(site, {"q": "9" * 20}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["2026-11-28T00:00:00", "null", "\x00", "9" * 18])
def test_an_address_may_fill_a_form_in_with_anything(client: Client, key: str) -> None:
    client.force_login(make_user(is_superuser=True))
    page = reverse("admin:surveys_assignment_add")
    assert client.get(page, {"site": key, "enumerator": key}).status_code == 200


@pytest.mark.django_db
def test_a_file_of_a_list_is_in_whatever_order_an_address_says(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    page = reverse("admin:surveys_assignment_export")
    for order in ("1", "-2.1", "99", "a"):
        assert client.get(page, {"o": order}).status_code == 200
