"""The pages of schemes: who reads them, what they say, and which scheme comes first."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import schemes
from scoring.maths.scheme import parse_scheme
from scoring.models import Estimate, Scheme
from scoring.workbooks.reading import read_judgement
from surveys import demo, questionnaires
from surveys.models import Role, Survey
from tests.factories import make_survey
from tests.scoring.admin.people import LOOKERS, make_scheme, member, stranger
from tests.scoring.dashboard.rows import make_golden, make_set

pytestmark = pytest.mark.django_db

LIST = "/admin/scoring/scheme/"
COMPARE = "/admin/scoring/scheme/compare/"


@pytest.fixture
def survey() -> Survey:
    return make_survey("five", name="Five")


@pytest.fixture
def scheme(survey: Survey) -> Scheme:
    return make_scheme(survey)


def address(scheme: Scheme) -> str:
    return reverse("admin:scoring_scheme_change", args=(scheme.pk,))


def make_first(client: Client, scheme: Scheme) -> int:
    return client.post(reverse("admin:scoring_scheme_default", args=(scheme.pk,))).status_code


def by_action(client: Client, *chosen: Scheme) -> str:
    data = {"action": "take_first", "_selected_action": [scheme.pk for scheme in chosen]}
    return client.post(LIST, data, follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.COORDINATOR, *LOOKERS])
def test_staff_read_the_scheme(scheme: Scheme, role: Role) -> None:
    html = member(scheme.survey, role).get(address(scheme)).content.decode()
    for text in ("Stable work", "20%", "proposals for expert review", scheme.sha256, "1/3"):
        assert text in html
    assert ("Copy with other weights" in html) == (role is Role.COORDINATOR)


def test_nobody_else_reads_it(scheme: Scheme, client: Client) -> None:
    assert stranger().get(address(scheme)).status_code == 404
    assert client.get(address(scheme)).status_code == 302
    assert member(scheme.survey, Role.ENUMERATOR).get(address(scheme)).status_code == 302


def test_nobody_edits_it(scheme: Scheme) -> None:
    member(scheme.survey).post(address(scheme), {"name": "other"})
    assert Scheme.objects.get().name == "equal-v1"


def test_staff_take_it_away_as_a_workbook(scheme: Scheme) -> None:
    questionnaires.publish(demo.WORKBOOK.read_bytes(), scheme.survey)
    page = reverse("admin:scoring_scheme_workbook", args=(scheme.pk,))
    response = member(scheme.survey, Role.ANALYST).get(page)
    assert 'filename="five equal-v1.xlsx"' in response["Content-Disposition"]
    judgement = read_judgement(response.content)
    assert parse_scheme(judgement.document, weights="equal-v1") == schemes.spec_of(scheme)
    assert stranger().get(page).status_code == 404


def test_what_no_workbook_can_say_is_said_on_the_page(scheme: Scheme) -> None:
    survey = scheme.survey
    document = {**scheme.document, "missing_codes": ["no answer"]}  # codes are parted by blanks
    odd = schemes.add(
        survey, {**document, "weights": {"odd": scheme.document["weights"]["equal-v1"]}}, "odd"
    )
    page = reverse("admin:scoring_scheme_workbook", args=(odd.pk,))
    html = member(survey).get(page, follow=True).content.decode()
    assert "no answer" in html


def test_the_list_shows_weights_and_the_way_to_compare(scheme: Scheme) -> None:
    html = member(scheme.survey).get(LIST).content.decode()
    assert "S1 20%" in html
    assert COMPARE in html


def test_the_coordinator_makes_a_scheme_the_first(scheme: Scheme) -> None:
    other = make_scheme(scheme.survey, "drc-roc-v1")
    assert make_first(member(scheme.survey), other) == 302
    assert schemes.find(scheme.survey) == other


@pytest.mark.parametrize("role", LOOKERS)
def test_who_may_only_look_does_not(scheme: Scheme, role: Role) -> None:
    other = make_scheme(scheme.survey, "drc-roc-v1")
    client = member(scheme.survey, role)
    assert make_first(client, other) == 403
    assert "stays as it is" in by_action(client, other)
    assert schemes.find(scheme.survey) == scheme


def test_a_stranger_does_not_even_find_it(scheme: Scheme) -> None:
    assert make_first(stranger(), make_scheme(scheme.survey, "drc-roc-v1")) == 404


def test_a_scheme_becomes_the_first_from_the_list(scheme: Scheme) -> None:
    other = make_scheme(scheme.survey, "drc-roc-v1")
    assert "drc-roc-v1 is the default scheme of Five now." in by_action(
        member(scheme.survey), other
    )
    assert schemes.find(scheme.survey) == other


def test_two_cannot_be_first(scheme: Scheme) -> None:
    other = make_scheme(scheme.survey, "drc-roc-v1")
    assert "only one can be first" in by_action(member(scheme.survey), other, scheme)
    assert schemes.find(scheme.survey) == scheme


@pytest.mark.parametrize("role", [Role.COORDINATOR, *LOOKERS])
def test_staff_compare_schemes(survey: Survey, role: Role) -> None:
    make_golden(survey)
    make_set(survey, "drc-roc-v1")
    html = member(survey, role).get(COMPARE, {"survey": "five"}).content.decode()
    for text in ("drc-roc-v1", "53.8", "50.6–57.1", "47.6%", "0.239", "45.67%"):
        assert text in html


def test_nobody_else_compares_them(survey: Survey, client: Client) -> None:
    make_golden(survey)
    assert client.get(COMPARE).status_code == 302
    other = stranger()
    assert other.get(COMPARE, {"survey": "five"}).status_code == 404
    assert "53.8" not in other.get(COMPARE).content.decode()


def test_a_hidden_number_stays_hidden(survey: Survey) -> None:
    made = make_golden(survey)
    Estimate.objects.filter(set=made, variable="index", by="all").update(suppressed="n<10")
    html = member(survey).get(COMPARE).content.decode()
    assert "53.8" not in html
    assert "Fewer than 10 people" in html


def test_groups_of_another_division_on_demand(survey: Survey) -> None:
    make_golden(survey)
    html = member(survey).get(COMPARE, {"survey": "five", "by": "a3"}).content.decode()
    assert "Index by Sex" in html


def test_a_survey_without_schemes_or_numbers_says_so(survey: Survey) -> None:
    client = member(survey)
    assert "no scheme to compare yet" in client.get(COMPARE).content.decode()
    make_scheme(survey)
    assert "only the weights can be compared" in client.get(COMPARE).content.decode()


def test_more_schemes_cost_no_more_queries(survey: Survey) -> None:
    make_golden(survey)
    client = member(survey)
    client.get(COMPARE)
    with CaptureQueriesContext(connection) as few:
        client.get(COMPARE)
    for weights in ("drc-roc-v1", "drc-ranksum-v1"):
        make_set(survey, weights)
    client.get(COMPARE)  # parses the new ones, once a process
    with CaptureQueriesContext(connection) as many:
        client.get(COMPARE)
    assert len(many) == len(few)


def test_the_dashboard_leads_there_where_there_is_something_to_compare(survey: Survey) -> None:
    make_golden(survey)
    client = member(survey)
    assert COMPARE not in client.get("/admin/").content.decode()
    make_set(survey, "drc-roc-v1")
    assert f"{COMPARE}?survey=five" in client.get("/admin/").content.decode()
