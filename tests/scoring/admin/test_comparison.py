"""The pages of comparisons and of waves: who may see them, and what they say."""

from collections.abc import Callable

import pytest
from django.test import Client

from scoring import comparisons
from scoring.models import GroupComparison, Scheme
from surveys.models import Role, Survey
from tests.factories import make_user
from tests.scoring.admin.people import LOOKERS, member, signed_in, stranger
from tests.scoring.divided import make_divided
from tests.scoring.test_waves import asked_twice

pytestmark = pytest.mark.django_db

WAVES = "/admin/scoring/groupcomparison/waves/"


def compared(scheme: Scheme) -> str:
    """The address of the regions compared."""
    kept = comparisons.compare(scheme.estimate_sets.get(wave__number=1), "stratum", seed=1)
    assert kept is not None
    return f"/admin/scoring/groupcomparison/{kept.pk}/change/"


def enumerator() -> Client:
    return member(Survey.objects.get(), Role.ENUMERATOR)


@pytest.mark.parametrize("role", [*LOOKERS, Role.COORDINATOR])
def test_staff_see_what_changed(role: Role) -> None:
    scheme = asked_twice()
    page = member(scheme.survey, role).get(WAVES, {"survey": scheme.survey.code})
    html = page.content.decode()
    assert "What changed between the waves" in html
    assert "+12.5" in html
    assert "8 sampling areas are in both;" in html


@pytest.mark.parametrize(("who", "status"), [(stranger, 404), (enumerator, 302), (Client, 302)])
def test_nobody_else_does(who: Callable[[], Client], status: int) -> None:
    survey = make_divided().survey
    assert who().get(WAVES, {"survey": survey.code}).status_code == status


def test_one_wave_says_what_is_missing() -> None:
    survey = make_divided().survey
    html = member(survey).get(WAVES).content.decode()
    assert "There is nothing to compare yet" in html
    assert "interviews in two waves" in html


def test_without_any_survey_there_is_the_same_answer() -> None:
    html = signed_in(make_user(is_superuser=True)).get(WAVES).content.decode()
    assert "There is nothing to compare yet" in html


def test_the_dashboard_leads_there_once_there_are_two_waves() -> None:
    scheme = asked_twice()
    coordinator = member(scheme.survey)
    assert WAVES in coordinator.get("/admin/").content.decode()
    scheme.estimate_sets.filter(wave__number=1).delete()
    assert WAVES not in coordinator.get("/admin/").content.decode()


def test_a_comparison_tells_why_two_groups_differ() -> None:
    scheme = make_divided()
    address, coordinator = compared(scheme), member(scheme.survey)
    html = coordinator.get(address).content.decode()
    assert "b less a: +41.7 points" in html
    assert (
        "a less b: −41.7 points" in coordinator.get(address, {"a": "a", "b": "b"}).content.decode()
    )
    assert "Choose two different groups" in coordinator.get(address, {"b": "b"}).content.decode()


def test_groups_that_are_not_everybody_add_up_to_nothing() -> None:
    scheme = make_divided()
    scheme.estimate_sets.get().estimates.filter(by="stratum", level="a", variable="M0_1_3").update(
        suppressed="beside", estimate=None
    )
    html = member(scheme.survey).get(compared(scheme)).content.decode()
    assert "the parts would not add up" in html


def test_a_comparison_of_an_older_release_is_shown_without_it() -> None:
    scheme = make_divided()
    address = compared(scheme)
    kept = GroupComparison.objects.get()
    del kept.findings["contrasts"], kept.findings["portions"]
    kept.save()
    html = member(scheme.survey).get(address).content.decode()
    assert "Differences that are more than chance" in html
    assert "Why two groups differ" not in html
