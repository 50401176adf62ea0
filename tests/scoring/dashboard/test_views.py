"""The dashboard as people meet it: who sees it, what it says when empty, and the live numbers."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring import schemes
from scoring.models import Estimate, EstimateSet, SiteCells
from surveys.models import Inspection, Role, Survey, Wave
from tests.factories import (
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_user,
    make_version,
)
from tests.scoring.admin.people import signed_in
from tests.scoring.dashboard.rows import SCHEME, make_golden, make_set

pytestmark = pytest.mark.django_db

DASHBOARD = "/admin/"
FIGURES = "/admin/dashboard/figures"


@pytest.fixture
def survey() -> Survey:
    return make_survey("five", name="Five", name_zh="五条")


def test_the_coordinator_sees_the_numbers(survey: Survey) -> None:
    make_golden(survey)
    make_site(survey, target=1440)
    html = signed_in(make_member(survey, Role.COORDINATOR)).get(DASHBOARD).content.decode()
    for text in ("1,200", "of 1,440", "53.8", "50.6–57.1", "47.6%", "0.239", "equal-v1", "df 56"):
        assert text in html
    assert "proposals for expert review" in html


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ANALYST, Role.SUPERVISOR])
def test_staff_of_the_survey_see_it(survey: Survey, role: Role) -> None:
    make_golden(survey)
    response = signed_in(make_member(survey, role)).get(FIGURES, {"survey": "five"})
    assert response.json()["page"]["index"]["text"] == "53.8"


def test_a_superuser_sees_every_survey(survey: Survey) -> None:
    make_golden(survey)
    client = signed_in(make_user(is_superuser=True))
    assert client.get(FIGURES, {"survey": "five"}).json()["page"]["index"]["text"] == "53.8"


def test_nobody_signed_in_sees_nothing(client: Client) -> None:
    assert client.get(DASHBOARD).status_code == 302
    assert client.get(FIGURES).status_code == 403


def test_an_enumerator_sees_nothing(survey: Survey) -> None:
    make_golden(survey)
    client = signed_in(make_member(survey, Role.ENUMERATOR))
    assert client.get(DASHBOARD).status_code == 302
    assert client.get(FIGURES, {"survey": "five"}).status_code == 403


@pytest.mark.parametrize("address", [DASHBOARD, FIGURES])
def test_another_surveys_analyst_does_not_see_it(survey: Survey, address: str) -> None:
    make_golden(survey)
    client = signed_in(make_member(make_survey("other"), Role.ANALYST))
    assert client.get(address, {"survey": "five"}).status_code == 404
    assert "53.8" not in client.get(address).content.decode()


def test_more_rows_cost_no_more_queries(survey: Survey) -> None:
    made = make_golden(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    client.get(DASHBOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(DASHBOARD)
    Estimate.objects.bulk_create(
        Estimate(set=made, variable="index", by="a1", level=f"x{i}", n=50, estimate=0.5)
        for i in range(200)
    )
    with CaptureQueriesContext(connection) as many:
        client.get(DASHBOARD)
    assert len(many) == len(few)


def test_nothing_personal_is_read(survey: Survey) -> None:
    make_golden(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    with CaptureQueriesContext(connection) as queries:
        client.get(FIGURES)
    read = " ".join(query["sql"] for query in queries)
    for table in ("surveys_interview", "surveys_submission", "surveys_case", "scoring_score"):
        assert f'"{table}"' not in read


def no_scheme(survey: Survey) -> None:
    """A survey as it was created."""


def no_interviews(survey: Survey) -> None:
    schemes.add(survey, SCHEME, "equal-v1", is_default=True)


def no_counted_interviews(survey: Survey) -> None:
    make_set(survey, interviews=0)


def no_counted_interviews_left(survey: Survey) -> None:
    made = make_set(survey, interviews=0)
    SiteCells.objects.create(scheme=made.scheme, wave=made.wave, site=make_site(survey))


def no_estimates(survey: Survey) -> None:
    schemes.add(survey, SCHEME, "equal-v1", is_default=True)
    make_interview(make_site(survey), make_version(survey))


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        (no_scheme, "Indicators need a scoring scheme"),
        (no_scheme, "manage.py scheme FILE.json --survey five"),
        (no_scheme, "the first interview received shows here"),
        (no_interviews, "No interviews yet"),
        (no_counted_interviews, "No interviews yet"),
        (no_counted_interviews_left, "No interviews yet"),
        (no_estimates, "The first numbers are being computed"),
    ],
)
def test_an_empty_page_says_what_to_do_next(
    survey: Survey, arrange: Callable[[Survey], None], sentence: str
) -> None:
    arrange(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    assert sentence in client.get(DASHBOARD).content.decode()
    assert client.get(FIGURES).json()["page"] is None


def test_a_new_survey_leads_its_coordinator_to_what_is_missing(survey: Survey) -> None:
    publishing = f"/admin/surveys/questionnaire/publish/?survey={survey.pk}"
    pages = {
        role: signed_in(make_member(survey, role)).get(DASHBOARD).content.decode()
        for role in (Role.COORDINATOR, Role.ANALYST)
    }
    assert [role for role, page in pages.items() if publishing in page] == [Role.COORDINATOR]


def test_coordinators_read_about_whom_to_ask(survey: Survey) -> None:
    make_golden(survey)
    reason = {"sign": "short", "value": 0.4, "expected": 0.02, "interviews": 20}
    doubted = {"enumerator": "Marco", "verdict": "suspect", "interviews": 50, "reasons": [reason]}
    Inspection.objects.create(
        questionnaire=make_version(survey).questionnaire,
        wave=survey.waves.get(),
        checked_at=timezone.now(),
        results={"suspicions": [{**doubted, "proofs": []}]},
    )
    pages = {
        role: signed_in(make_member(survey, role)).get(DASHBOARD).content.decode()
        for role in (Role.COORDINATOR, Role.SUPERVISOR, Role.ANALYST)
    }
    assert [role for role, page in pages.items() if "Marco" in page] == [Role.COORDINATOR]
    assert "enumerator=Marco" in pages[Role.COORDINATOR]
    assert "Short interviews 40.0 %" in pages[Role.COORDINATOR]


def test_without_a_scheme_the_fieldwork_is_shown(survey: Survey) -> None:
    site, version = make_site(survey, "S1", target=8), make_version(survey)
    for _ in range(3):
        make_interview(site, version)
    make_interview(site, version, psu_id="nowhere")
    client = signed_in(make_member(survey, Role.COORDINATOR))
    fieldwork = client.get(DASHBOARD).context["fieldwork"]
    progress = fieldwork.progress
    assert (progress.done, progress.target, progress.today) == (3, 8, 3)
    assert [day.interviews for day in fieldwork.days] == [3]
    assert fieldwork.quarantined == 1
    listed = client.get(fieldwork.quarantine).context["cl"].result_list
    assert [row.state for row in listed] == ["quarantined"]
    assert "of 8" in client.get(FIGURES, {"since": "before"}).json()["html"]


def test_who_sees_no_interview_counts_none_in_quarantine(survey: Survey) -> None:
    make_interview(make_site(survey), make_version(survey), psu_id="nowhere")
    client = signed_in(make_member(survey, Role.SUPERVISOR, team="north"))
    assert client.get(DASHBOARD).context["fieldwork"].quarantined == 0


def test_looking_begins_no_wave(survey: Survey) -> None:
    no_interviews(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    client.get(DASHBOARD)
    client.get(FIGURES)
    assert not survey.waves.exists()


def test_a_wave_without_interviews_leaves_the_numbers_of_the_last(survey: Survey) -> None:
    made = make_golden(survey)
    wave = Wave.objects.create(survey=survey, number=2)
    EstimateSet.objects.create(scheme=made.scheme, wave=wave, computed_at=timezone.now())
    client = signed_in(make_member(survey, Role.COORDINATOR))
    assert client.get(FIGURES).json()["page"]["progress"]["done"] == 1200


def test_a_superuser_without_surveys_is_told_how_to_begin() -> None:
    client = signed_in(make_user(is_superuser=True))
    assert "Create a survey" in client.get(DASHBOARD).content.decode()


def test_nothing_new_is_an_empty_answer(survey: Survey) -> None:
    make_golden(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    stamp = client.get(FIGURES).json()["stamp"]
    assert client.get(FIGURES, {"since": stamp}).status_code == 204


def test_new_numbers_are_the_whole_page(survey: Survey) -> None:
    made = make_golden(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    stamp = client.get(FIGURES).json()["stamp"]
    EstimateSet.objects.filter(pk=made.pk).update(interviews=1201, computed_at=timezone.now())
    answer = client.get(FIGURES, {"since": stamp})
    assert answer.json()["page"]["progress"]["done"] == 1201
    assert "1,201" in answer.json()["html"]
    assert "no-store" in answer["Cache-Control"]


def test_a_hidden_number_is_in_no_answer(survey: Survey) -> None:
    made = make_golden(survey)
    made.estimates.filter(by="a1", level="c12").update(suppressed="n<10", estimate=0.987654)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    for address in (DASHBOARD, FIGURES):
        assert "98.7" not in client.get(address).content.decode()
        assert "0.98" not in client.get(address).content.decode()


def test_the_page_is_read_in_chinese(survey: Survey) -> None:
    make_golden(survey)
    client = signed_in(make_member(survey, Role.COORDINATOR))
    html = client.get(DASHBOARD, headers={"accept-language": "zh-hans"}).content.decode()
    assert "五条" in html
    assert "有稳定的工作" in html


def test_another_scheme_of_the_survey_can_be_chosen(survey: Survey) -> None:
    make_golden(survey)
    make_set(survey, "drc-roc-v1")
    answer = (
        signed_in(make_member(survey, Role.COORDINATOR))
        .get(FIGURES, {"scheme": "drc-roc-v1"})
        .json()
    )
    assert answer["page"]["provenance"]["weights"]["S1"] == "45.67%"


def test_a_convenience_sample_has_a_banner_and_no_intervals(survey: Survey) -> None:
    survey.is_probability_sample = False
    survey.save()
    make_golden(survey)
    html = signed_in(make_member(survey, Role.COORDINATOR)).get(DASHBOARD).content.decode()
    assert "Not a probability sample" in html
    assert "50.6–57.1" not in html
    assert "no interval" in html


class Inline(HTMLParser):
    """Finds what a page would run that is in no file."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.data_blocks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_data = values.get("type") == "application/json"
        self.data_blocks += is_data
        if tag == "script" and "src" not in values and not is_data:
            self.found.append(str(self.get_starttag_text()))
        self.found += [f"{tag} {name}" for name in values if name.startswith("on")]


def test_the_page_has_no_inline_script(survey: Survey) -> None:
    make_golden(survey)
    html = signed_in(make_member(survey, Role.COORDINATOR)).get(DASHBOARD).content.decode()
    inline = Inline()
    inline.feed(html)
    assert inline.data_blocks == 1
    assert inline.found == []
    _, _, content = html.partition('id="dashboard"')
    assert "style=" not in content.partition("</main>")[0].partition("dashboard-data")[0]


def test_the_side_bar_leads_to_what_a_person_may_open(survey: Survey) -> None:
    html = signed_in(make_member(survey, Role.COORDINATOR)).get(DASHBOARD).content.decode()
    assert "/admin/surveys/interview/" in html
    assert "/admin/surveys/site/" in html
