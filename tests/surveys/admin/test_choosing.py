"""Sites and people are looked up by a word: no form lists them all, and nobody is offered others'."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys.models import Membership, ReviewRule, Role, Site, Survey
from tests.factories import make_enumerator, make_member, make_site, make_survey, make_user
from tests.surveys.admin.office import client_in, client_of

pytestmark = pytest.mark.django_db
LOOK_UP = "/admin/autocomplete/"
SITE = {"model_name": "assignment", "field_name": "site"}
MEMBER = {"model_name": "membership", "field_name": "user"}
HELD = {"model_name": "reviewrule", "field_name": "enumerators"}


@pytest.fixture
def survey() -> Survey:
    return make_survey("river", name="River")


@pytest.fixture
def site(survey: Survey) -> Site:
    make_site(make_survey("other"), "S1")
    return make_site(survey, "S1")


def offered(client: Client, term: str = "", **given: Any) -> list[str]:
    answer = client.get(LOOK_UP, {"app_label": "surveys", "term": term, **given})
    assert answer.status_code == 200
    return [row["text"] for row in answer.json()["results"]]


def test_a_form_lists_no_sites_and_looks_them_up_in_its_survey(site: Site, survey: Survey) -> None:
    page = client_in(survey).get(reverse("admin:surveys_assignment_add"), {"survey": survey.pk})
    text = page.content.decode()
    assert "S1 · River" not in text
    assert f'data-ajax--url="{LOOK_UP}?survey={survey.pk}"' in text


def test_a_change_names_its_site_and_person_and_offers_those_of_its_survey(site: Site) -> None:
    make_enumerator(site, "E01")
    row = site.assignments.get()
    page = client_in(site.survey).get(reverse("admin:surveys_assignment_change", args=(row.pk,)))
    text = page.content.decode()
    for words in ("S1 · River", ">E01<", f"{LOOK_UP}?survey={site.survey_id}"):
        assert words in text


def test_sites_are_found_by_a_word_with_their_survey(site: Site, survey: Survey) -> None:
    client = client_in(survey)
    make_site(survey, "S2")
    assert offered(client, **SITE) == ["S1 · River", "S2 · River"]
    assert offered(client, "s2", **SITE) == ["S2 · River"]
    assert offered(client, "\x00", **SITE) == ["S1 · River", "S2 · River"]


def test_of_two_surveys_only_the_one_in_the_address(site: Site, survey: Survey) -> None:
    both = make_user()
    for one in Survey.objects.all():
        Membership.objects.create(user=both, survey=one, role=Role.COORDINATOR)
    client = client_of(both)
    assert len(offered(client, **SITE)) == 2
    assert offered(client, **SITE, survey=survey.pk) == ["S1 · River"]


def test_people_are_those_whom_the_reader_sees(site: Site, survey: Survey) -> None:
    make_enumerator(site, "E01")
    make_enumerator(Site.objects.get(survey__code="other"), "E02")
    client = client_in(survey)
    assert offered(client, "E0", **MEMBER) == ["E01"]
    assert offered(client, "E0", **HELD) == ["E01"]


@pytest.mark.parametrize(
    "field",
    [
        {"model_name": "interview", "field_name": "questionnaire"},
        {"model_name": "site", "field_name": "city"},
        {"model_name": "interview", "field_name": "nothing"},
    ],
)
def test_what_no_form_looks_up_nobody_does(survey: Survey, field: dict[str, str]) -> None:
    assert client_in(survey).get(LOOK_UP, {"app_label": "surveys", **field}).status_code == 403


@pytest.mark.parametrize("field", [SITE, MEMBER, HELD])
def test_an_analyst_looks_up_nobody_and_nothing(
    site: Site, survey: Survey, field: dict[str, str]
) -> None:
    make_enumerator(site, "E01")
    client = client_in(survey, Role.ANALYST)
    answer = client.get(LOOK_UP, {"app_label": "surveys", **field})
    assert answer.status_code == 403 or answer.json()["results"] == []


def test_a_surveys_page_shows_some_members_and_asks_for_no_name_twice(
    survey: Survey, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_in(survey)
    for number in range(30):
        make_member(survey, Role.ENUMERATOR, f"E{number:02}")
    rule = ReviewRule.objects.create(survey=survey, picks=ReviewRule.Picks.ENUMERATORS)
    rule.enumerators.set(
        survey.memberships.values_list("user", flat=True).filter(user__username="E29")
    )
    address = reverse("admin:surveys_survey_change", args=(survey.pk,))
    client.get(address)  # the kinds of content are known from now on
    with django_assert_max_num_queries(20):
        text = client.get(address).content.decode()
    assert text.count(">E05<") == 1
    assert ">E25<" not in text
    assert ">E29<" in text
    later = client.get(address, {"memberships-page": "3"}).content.decode()
    assert ">E25<" in later


def test_members_of_a_later_page_are_saved_there(survey: Survey) -> None:
    client = client_in(survey)
    for number in range(30):
        make_member(survey, Role.ENUMERATOR, f"E{number:02}")
    address = f"{reverse('admin:surveys_survey_change', args=(survey.pk,))}?memberships-page=3"
    sent = posted(client.get(address).context)
    people = {value: name for name, value in sent.items() if name.endswith("-user")}
    sent[people[key_of("E25")].replace("-user", "-team")] = "north"
    assert client.post(address, sent).status_code == 302
    assert [one.user.username for one in survey.memberships.filter(team="north")] == ["E25"]
    assert survey.memberships.count() == 31


def key_of(username: str) -> int:
    return Membership.objects.get(user__username=username).user_id


def posted(context: Any) -> dict[str, Any]:
    """What the page would send as it is."""
    sent: dict[str, Any] = {}
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(one.management_form for one in formsets)]
    for form in [*forms, *(row for one in formsets for row in one.initial_forms)]:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = value
    return sent
