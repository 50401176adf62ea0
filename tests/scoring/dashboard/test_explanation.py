"""The page of a number: who may open it, what it says in words, and what it must not say."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from scoring import pipeline, schemes
from scoring.dashboard.explanation_change import yesterday
from scoring.dashboard.variables import variable_of, variables_of
from scoring.explanations import UnknownNumber
from scoring.maths.scheme import parse_scheme
from scoring.models import Estimate
from surveys.models import Interview, Role, Submission, Survey
from tests.factories import (
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
)
from tests.scoring.admin.people import signed_in
from tests.scoring.dashboard.rows import make_golden
from tests.scoring.dashboard.test_views import Inline
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db

EXPLAIN = "/admin/dashboard/explain"
INDEX = {"survey": "five", "variable": "index"}
SPEC = parse_scheme(schemes.five_standards())


@pytest.fixture
def survey() -> Survey:
    """Four sites with ten interviews each from before yesterday, and three of today in the first."""
    survey = make_survey("five", name="Five", name_zh="五条")
    version = make_version(survey)
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    sites = [make_site(survey, stratum=stratum) for stratum in "aabb"]
    for site in sites:
        for person in range(10):
            make_interview(site, version, works=("yes", "no")[person % 2])
    before = timezone.now() - timedelta(days=3)
    Interview.objects.update(received_at=before)
    Submission.objects.update(received_at=before)
    pipeline.catch_up()
    return survey


@pytest.fixture
def client(survey: Survey) -> Client:
    return signed_in(make_member(survey, Role.COORDINATOR))


def page(client: Client, language: str = "en", **params: str) -> str:
    response = client.get(EXPLAIN, INDEX | params, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def add_today(survey: Survey, many: int) -> None:
    version = survey.questionnaires.get().versions.get()
    for _ in range(many):
        make_interview(survey.sites.order_by("pk")[0], version, works="yes")
    pipeline.catch_up()


def test_it_says_how_the_number_came_about(client: Client) -> None:
    html = page(client)
    for text in (
        "Integration index",
        "50.0",
        "Interviews received in this wave",
        "2. Do you work?",
        "Form version 1",
        "40 interviews",
        "design weights of the sites",
        "Sampling areas (PSUs)",
    ):
        assert text in html


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ANALYST, Role.SUPERVISOR])
def test_staff_of_the_survey_may_open_it(survey: Survey, role: Role) -> None:
    assert "50.0" in page(signed_in(make_member(survey, role)))


def test_a_superuser_may_open_it(survey: Survey) -> None:
    assert "50.0" in page(signed_in(make_user(is_superuser=True)))


def test_nobody_signed_in_and_no_enumerator_may(survey: Survey) -> None:
    for client in (Client(), signed_in(make_member(survey, Role.ENUMERATOR))):
        assert client.get(EXPLAIN, INDEX).status_code == 302


def test_another_surveys_analyst_does_not_find_it(survey: Survey) -> None:
    client = signed_in(make_member(make_survey("other"), Role.ANALYST))
    assert client.get(EXPLAIN, INDEX).status_code == 404


@pytest.mark.parametrize(
    "params",
    [
        {"variable": "nothing"},
        {"variable": "gap_S1"},
        {"by": "stratum", "level": "z"},
        {"variable": "interviews", "by": "outcome", "level": "completed"},
    ],
)
def test_a_number_that_is_not_there_is_not_found(client: Client, params: dict[str, str]) -> None:
    assert client.get(EXPLAIN, INDEX | params).status_code == 404


def test_a_survey_without_numbers_has_nothing_to_explain() -> None:
    client = signed_in(make_member(make_survey("new"), Role.COORDINATOR))
    assert client.get(EXPLAIN, {"survey": "new"}).status_code == 404


def test_of_a_hidden_number_nothing_but_the_rule_is_shown(client: Client) -> None:
    html = page(client, by="stratum", level="a")
    assert "Fewer than 3 sampling areas" in html
    assert "Numbers are hidden where somebody could be recognised" in html
    for text in ("Who enters", "The answers", "Why it changed", "Do you work?", "50.0"):
        assert text not in html


def test_a_count_of_people_has_no_parts_to_tell(client: Client) -> None:
    shown = client.get(EXPLAIN, INDEX | {"variable": "interviews"}).context["page"]
    assert (shown.figure.text, shown.change, shown.answers) == ("40", None, [])
    assert [step.left for step in shown.steps] == ["40"] * 4


def test_why_it_changed_is_told_in_parts_that_add_up(survey: Survey, client: Client) -> None:
    add_today(survey, 10)
    change = client.get(EXPLAIN, INDEX).context["page"].change
    assert (change.then, change.total, change.now) == ("50.0", "+10.0", "60.0")
    assert [(cause.amount, cause.share, cause.people) for cause in change.causes] == [
        ("0", "", "0"),
        ("+10.0", "100%", "10"),
        ("0", "", "0"),
    ]


def test_a_change_of_few_people_shows_no_number(survey: Survey, client: Client) -> None:
    add_today(survey, 3)
    html = page(client)
    assert "the change concerns 1 to 9 people" in html
    assert "50.0" not in html  # what it was


@pytest.mark.parametrize("since", ["", "nonsense", "2026-02-31", "2999-01-01"])
def test_a_day_that_has_not_ended_or_is_none_is_yesterday(client: Client, since: str) -> None:
    shown = client.get(EXPLAIN, INDEX | {"since": since}).context["page"].change
    assert shown.since == yesterday()


def test_a_day_and_a_scheme_can_be_chosen(survey: Survey, client: Client) -> None:
    document = SMALL_SCHEME | {"weights": {"other": {"W": 10_000}}, "default_weights": "other"}
    schemes.add(survey, document, "other")
    pipeline.catch_up()
    html = page(client, since="2020-01-01", then="other")
    assert "Nobody was counted in it then" in html
    shown = client.get(EXPLAIN, INDEX | {"then": "other"}).context["page"].change
    assert [cause.title for cause in shown.causes][-1] == "Another scheme"


def test_it_is_read_in_chinese(client: Client) -> None:
    html = page(client, "zh-hans")
    assert "五条" in html
    assert "2. 您工作吗？" in html
    assert "95% 区间" in html


def test_more_people_cost_no_more_queries(survey: Survey, client: Client) -> None:
    client.get(EXPLAIN, INDEX)
    with CaptureQueriesContext(connection) as few:
        client.get(EXPLAIN, INDEX)
    add_today(survey, 12)
    with CaptureQueriesContext(connection) as many:
        client.get(EXPLAIN, INDEX)
    assert len(many) == len(few)


def test_the_page_brings_no_script_and_no_style_of_its_own(client: Client) -> None:
    inline = Inline()
    _, _, content = page(client).partition('class="dashboard explain"')
    inline.feed(content.partition("</main>")[0])
    assert inline.found == []
    assert "style=" not in content.partition("{%")[0].partition("</section></div>")[0]


def test_every_number_of_a_group_can_be_opened(survey: Survey, client: Client) -> None:
    response = client.get(EXPLAIN, {"survey": "five"})
    sections = response.context["page"].sections
    numbers = [number for of in sections.values() for number in of]
    published = Estimate.objects.filter(by="all").values_list("variable", flat=True)
    assert len(numbers) == len(published)
    for number in numbers:
        opened = client.get(f"{EXPLAIN}?survey=five&{number.figure.query}")
        assert opened.context["page"].title == number.title
    hidden = client.get(EXPLAIN, {"survey": "five", "people": "stratum=a"}).content.decode()
    assert "50.0" not in hidden


def test_the_dashboard_leads_to_it(survey: Survey) -> None:
    golden = make_golden(make_survey("golden"))
    client = signed_in(make_member(golden.scheme.survey, Role.COORDINATOR))
    html = client.get("/admin/").content.decode()
    address = reverse("dashboard-explain")
    query = "survey=golden&amp;scheme=equal-v1&amp;variable="
    for number in ("index&amp;by=all&amp;level=all", "S1&amp;by=all&amp;level=all"):
        assert f'href="{address}?{query}{number}"' in html


def test_a_command_says_the_same_in_words(survey: Survey) -> None:
    add_today(survey, 10)
    out = StringIO()
    call_command("explain", survey="five", variable="index", stdout=out)
    said = out.getvalue()
    for text in (
        "Integration index\n60.0",
        "Enter this number",
        "+10.0   100% New interviews (10)",
    ):
        assert text in said
    with pytest.raises(CommandError, match="has no number"):
        call_command("explain", survey="five", variable="nothing")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_variable_has_words(language: str) -> None:
    with translation.override(language):
        for name, variable in variables_of(SPEC).items():
            texts = (variable.title(), variable.sentence(), variable.formula())
            assert all(texts), name
            assert not any("%(" in text for text in texts), name


def test_a_variable_speaks_of_what_it_is_about() -> None:
    assert variable_of(SPEC, "S2").title() == "S2 Stable work"
    assert variable_of(SPEC, "H_1_3").title() == "H: not integrated, k = 1/3"
    assert (
        variable_of(SPEC, "met_2").sentence().startswith("Of 100 people, how many meet exactly 2")
    )
    assert "below 12 of 12" in variable_of(SPEC, "U_s1_3").sentence()
    assert [item.name for item in variable_of(SPEC, "X_s1_3").items] == ["s1_3"]
    with pytest.raises(UnknownNumber, match="has no number"):
        variable_of(SPEC, "nothing")
