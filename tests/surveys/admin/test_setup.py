"""Setting up a survey: every link of its checklist stays with the survey."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from surveys.admin.setup import tasks_of
from surveys.models import Assignment, Membership, Role, Survey, User
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
)


@pytest.fixture
def person(db: None) -> User:
    """Somebody who coordinates two surveys."""
    person = make_user()
    for code in ("ours", "more"):
        survey = make_survey(code)
        Membership.objects.create(user=person, survey=survey, role=Role.COORDINATOR)
    return person


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def survey(person: User) -> Survey:
    return Survey.objects.get(code="ours")


@pytest.fixture
def other(person: User) -> Survey:
    return Survey.objects.get(code="more")


def set_up(survey: Survey) -> None:
    make_version(survey)
    make_enumerator(make_site(survey))


def choices(client: Client, page: str, field: str, query: Mapping[str, int]) -> list[str]:
    """What a person may choose in a field of a page that adds a row."""
    form = client.get(reverse(f"admin:surveys_{page}_add"), query).context["adminform"].form
    return [label for value, label in form.fields[field].choices if value]


def test_every_link_carries_the_survey(survey: Survey) -> None:
    before = [task.address for task in tasks_of(survey)]
    set_up(survey)
    after = [task.address for task in tasks_of(survey)]
    for address in before + after:
        assert parse_qs(urlsplit(address).query)["survey"] == [str(survey.pk)]


def test_what_is_missing_can_be_done_in_other_ways(client: Client, survey: Survey) -> None:
    ways = [address for task in tasks_of(survey) for _title, address in task.others]
    assert [client.get(address).status_code for address in ways] == [200] * 4
    set_up(survey)
    assert not any(task.others for task in tasks_of(survey))


def test_a_link_to_what_is_there_leads_to_just_that(
    client: Client, survey: Survey, other: Survey
) -> None:
    set_up(survey)
    set_up(other)
    for task in tasks_of(survey):
        assert len(client.get(task.address).context["cl"].result_list) == task.step.count


def test_lists_of_one_survey_offer_no_filter(db: None) -> None:
    client = Client()
    client.force_login(make_member(make_survey("only"), Role.COORDINATOR))
    page = client.get(reverse("admin:surveys_site_changelist"))
    assert "By survey" not in page.content.decode()


def test_an_assignment_is_of_a_site_and_an_enumerator_of_the_survey(
    client: Client, survey: Survey, other: Survey
) -> None:
    make_enumerator(make_site(survey, "S1"), "ann")
    make_enumerator(make_site(other, "S1"), "bo")
    make_enumerator(make_site(make_survey(), "S1"), "stranger")
    query = {"survey": survey.pk}
    assert choices(client, "assignment", "site", query) == ["S1 · Ours"]
    assert choices(client, "assignment", "enumerator", query) == ["ann"]
    assert choices(client, "assignment", "site", {}) == ["S1 · More", "S1 · Ours"]
    assert choices(client, "assignment", "enumerator", {}) == ["ann", "bo"]


def test_an_assignment_keeps_its_person_whatever_became_of_them(
    client: Client, survey: Survey
) -> None:
    person = make_enumerator(make_site(survey, "S1"))
    person.memberships.all().delete()
    Membership.objects.create(user=person, survey=survey, role=Role.ANALYST)
    work = Assignment.objects.get()
    address = reverse("admin:surveys_assignment_change", args=(work.pk,))
    data = {"site": work.site_id, "enumerator": person.pk, "target": 7, "is_active": ""}
    assert client.post(address, data).status_code == 302
    work.refresh_from_db()
    assert (work.target, work.is_active) == (7, False)


def test_the_next_row_is_of_the_same_survey(client: Client, survey: Survey) -> None:
    address = f"{reverse('admin:surveys_site_add')}?survey={survey.pk}"
    data = {"survey": survey.pk, "code": "S1", "stratum": "a", "psu": "S1", "target": 1}
    more = {"design_weight": "1", "_addanother": "1"}
    assert client.post(address, data | more).headers["Location"] == address


def account(**fields: object) -> dict[str, Any]:
    return {
        "username": "E99",
        "password1": "long enough 1",
        "password2": "long enough 1",
        "usable_password": "true",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        **fields,
    }


def test_a_new_account_begins_as_an_enumerator_of_the_survey(
    client: Client, survey: Survey
) -> None:
    address = f"{reverse('admin:surveys_user_add')}?survey={survey.pk}"
    (inline,) = client.get(address).context["inline_admin_formsets"]
    assert inline.formset.forms[0].initial == {"survey": survey.pk, "role": Role.ENUMERATOR}
    role = {"memberships-0-survey": survey.pk, "memberships-0-role": "enumerator"}
    assert client.post(address, account(**role)).status_code == 302
    assert User.objects.get(username="E99").memberships.get().survey == survey


def new_survey(client: Client, code: str) -> Any:
    none = {
        f"{name}-{count}": "0"
        for name in ("waves", "memberships", "review_rules")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    data = {"code": code, "name": "New", "counts": "not_rejected", **none}
    return client.post(reverse("admin:surveys_survey_add"), data, follow=True)


def test_a_new_survey_says_what_is_to_be_done_next(client: Client) -> None:
    assert "Before fieldwork can start" in new_survey(client, "new").content.decode()


def test_the_way_to_a_page_does_not_say_surveys_twice(client: Client) -> None:
    html = client.get(reverse("admin:surveys_survey_changelist")).content.decode()
    found = re.search(
        rf'<a href="{reverse("admin:app_list", args=("surveys",))}"[^>]*>([^<]*)<', html
    )
    assert found is not None
    assert found[1].strip() == "Fieldwork"


def test_a_bad_code_is_refused_in_plain_words(client: Client) -> None:
    html = new_survey(client, "a new one").content.decode()
    assert "Use only the letters a to z, digits, - and _." in html
    assert "slug" not in html.partition("<form")[2]


def test_design_words_are_explained(client: Client) -> None:
    html = client.get(reverse("admin:surveys_site_add")).content.decode()
    assert "The area that was drawn first" in html
    assert "from which sites were drawn separately" in html
