"""Published estimates through the API: as the dashboard has them, and never what is hidden."""

from datetime import timedelta

import pytest

from scoring import pipeline, schemes
from scoring.announcements import refreshed
from scoring.models import Estimate, EstimateSet, Scheme
from surveys.api_tokens import Scope
from surveys.models import Role
from tests.factories import make_interview, make_member, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.surveys.api.caller import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme() -> Scheme:
    survey = make_survey("ours")
    version = make_version(survey)
    for code in ("S1", "S2", "S3", "S4"):
        site = make_site(survey, code)
        for _ in range(3 if code != "S4" else 1):
            make_interview(site, version, works="yes", hours="9")
    made = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    pipeline.sweep()
    return made


def test_estimates_are_the_published_ones(scheme: Scheme) -> None:
    asker = caller(make_member(scheme.survey, Role.ANALYST))
    (found,) = asker.get("surveys/ours/schemes")
    assert found == {"id": scheme.pk, "survey": "ours", "name": scheme.name, "is_default": True}
    told = asker.get(f"schemes/{scheme.pk}/estimates")
    stored = {(e.variable, e.by, e.level): e for e in Estimate.objects.all()}
    assert len(told["estimates"]) == len(stored)
    assert (told["wave"], told["interviews"]) == (1, 10)
    for row in told["estimates"]:
        estimate = stored[row["variable"], row["by"], row["level"]]
        assert row["estimate"] == estimate.estimate
        assert row["se"] == estimate.se


def test_a_hidden_number_is_not_told_even_where_it_is_stored(scheme: Scheme) -> None:
    Estimate.objects.update(suppressed="n<10", n=7, estimate=0.25, low=0.1, high=0.4)
    asker = caller(make_member(scheme.survey, Role.COORDINATOR))
    for row in asker.get(f"schemes/{scheme.pk}/estimates")["estimates"]:
        assert row["withheld"] == "Fewer than 10 people: one of them could be recognised."
        assert [row[name] for name in ("n", "estimate", "se", "low", "high")] == [None] * 5


def test_one_asks_for_a_few(scheme: Scheme) -> None:
    asker = caller(make_member(scheme.survey, Role.ANALYST))
    path = f"schemes/{scheme.pk}/estimates"
    everybody = asker.get(path, by="all")["estimates"]
    assert {row["by"] for row in everybody} == {"all"}
    name = everybody[0]["variable"]
    assert [row["variable"] for row in asker.get(path, by="all", variable=name)["estimates"]] == [
        name
    ]
    for wrong in ({"by": "shoe"}, {"variable": "shoe"}, {"wave": "shoe"}, {"shoe": "1"}):
        assert "“shoe”" in asker.get(path, 400, **wrong)["detail"]


def test_pages_follow_one_another_without_loss(scheme: Scheme) -> None:
    asker = caller(make_member(scheme.survey, Role.ANALYST))
    path = f"schemes/{scheme.pk}/estimates"
    pages = [page["estimates"] for page in asker.pages(path, limit=7)]
    assert {len(page) for page in pages[:-1]} == {7}
    assert [row for page in pages for row in page] == asker.get(path)["estimates"]
    assert "1000000" in asker.get(path, 400, limit="1000000")["detail"]
    assert asker.get(path, 400, after="x")["code"] == "unknown_place"


def test_it_needs_its_scope_and_the_survey(scheme: Scheme) -> None:
    person = make_member(scheme.survey, Role.ANALYST)
    unscoped = caller(person, (Scope.READ_INTERVIEWS,))
    unscoped.get(f"schemes/{scheme.pk}/estimates", 403)
    unscoped.get("surveys/ours/schemes", 403)
    stranger = caller(make_member(make_survey(), Role.ANALYST))
    stranger.get(f"schemes/{scheme.pk}/estimates", 404)
    stranger.get("surveys/ours/schemes", 404)


def test_without_any_interview_it_is_said() -> None:
    survey = make_survey("ours")
    make_version(survey)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    asker = caller(make_member(survey, Role.ANALYST))
    assert "No indicators yet" in asker.get(f"schemes/{scheme.pk}/estimates", 400)["detail"]


def test_webhooks_hear_of_new_estimates(scheme: Scheme) -> None:
    made = EstimateSet.objects.get()
    moment, second = made.computed_at, timedelta(seconds=1)
    assert list(refreshed(scheme.survey, moment, moment + second)) == [
        {"survey": "ours", "scheme": scheme.pk, "wave": 1}
    ]
    assert not list(refreshed(scheme.survey, moment - second, moment))
    assert not list(refreshed(make_survey(), moment, moment + second))
