"""What is read for the first page: everything of the chosen group, little of the others."""

import pytest
from django.test import Client
from django.utils import timezone

from scoring.dashboard.selection import page_of, select, shown
from scoring.models import EstimateSet
from surveys.models import Role, Survey, Wave
from tests.factories import make_member, make_survey
from tests.scoring.dashboard.rows import make_golden, spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> EstimateSet:
    made = make_golden(make_survey("five"))
    for by, level in (("all", "all"), ("a3", "f"), ("a3", "m")):
        made.estimates.create(variable="X_s1_1", by=by, level=level, n=50, estimate=0.1)
    return made


@pytest.mark.parametrize(
    ("people", "levels"), [("", {"all"}), ("a3=f", {"all", "f"}), ("nonsense", {"all"})]
)
def test_details_are_read_of_the_chosen_group_alone(
    made: EstimateSet, people: str, levels: set[str]
) -> None:
    found = shown(made, spec(), people)
    assert {row.level for row in found if row.variable == "X_s1_1"} == levels
    assert found.filter(variable="index").count() == made.estimates.filter(variable="index").count()


def test_nothing_that_is_shown_is_missing(made: EstimateSet) -> None:
    user = make_member(Survey.objects.get(), Role.ANALYST)
    page = page_of(select(user, {"people": "a3=f"}))
    assert page is not None
    assert page.composition is not None
    assert all(threshold.headcount.value is not None for threshold in page.thresholds)
    item = page.composition.first[0]
    assert (item.name, item.share.text) == ("s1_1", "10.0%")
    assert page.waves == 1


def test_the_panel_is_plain_html(made: EstimateSet) -> None:
    """Ten questions, the others folded away, and hidden numbers with their reason."""
    client = Client()
    client.force_login(make_member(Survey.objects.get(), Role.ANALYST))
    assert "Show 25 more questions" not in client.get("/admin/").content.decode()
    for name, share, suppressed in (("XS_S1", 0.333, ""), ("XS_S2", 0.777, "poor<10")):
        made.estimates.create(
            variable=name, by="all", level="all", n=50, estimate=share, suppressed=suppressed
        )
    html = client.get("/admin/").content.decode()
    panel = html[html.index("What lack of integration is made of") :]
    assert "33.3%" in panel
    assert "77.7" not in html
    assert "Those not integrated are fewer than 10 people" in panel
    assert "Show 25 more questions" in panel


def test_a_second_wave_is_counted_when_it_has_interviews(made: EstimateSet) -> None:
    wave = Wave.objects.create(survey=made.scheme.survey, number=2)
    EstimateSet.objects.create(
        scheme=made.scheme, wave=wave, interviews=10, computed_at=timezone.now()
    )
    user = make_member(Survey.objects.get(), Role.ANALYST)
    page = page_of(select(user, {}))
    assert page is not None
    assert page.waves == 2
    EstimateSet.objects.filter(wave=wave).update(interviews=0)
    page = page_of(select(user, {}))
    assert page is not None
    assert page.waves == 1
