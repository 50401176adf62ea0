"""The pages of weights: who reads how they were made, and who says which are used."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from scoring import schemes, weights
from surveys.fieldwork import current_wave
from surveys.models import Nudge, Role, Survey, WeightVersion
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.scoring.admin.people import LOOKERS, member, stranger
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db

LIST = "/admin/surveys/weightversion/"


@pytest.fixture
def survey() -> Survey:
    """One person in each of two strata, weighed twice; the second weights are current."""
    survey = make_survey("five", name="Five")
    version = make_version(survey)
    scheme = schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    for stratum in "ab":
        make_interview(make_site(survey, stratum=stratum), version)
    for name in ("first", "second"):
        weights.make(scheme, current_wave(survey), name, [])
    return survey


@pytest.fixture
def earlier(survey: Survey) -> WeightVersion:
    return WeightVersion.objects.get(name="first")


def address(version: WeightVersion) -> str:
    return reverse("admin:surveys_weightversion_change", args=(version.pk,))


def use(client: Client, version: WeightVersion) -> Any:
    return client.post(reverse("admin:surveys_weightversion_use", args=(version.pk,)), follow=True)


def by_action(client: Client, *chosen: WeightVersion) -> str:
    data = {"action": "make_current", "_selected_action": [version.pk for version in chosen]}
    return client.post(LIST, data, follow=True).content.decode()


def used() -> str:
    return WeightVersion.objects.get(is_current=True).name


@pytest.mark.parametrize("role", [Role.COORDINATOR, *LOOKERS])
def test_staff_read_how_they_were_made(earlier: WeightVersion, role: Role) -> None:
    html = member(earlier.wave.survey, role).get(address(earlier)).content.decode()
    for text in (
        "Those who did not respond",
        "Effective people",
        "use other weights now",
        "second",
    ):
        assert text in html
    assert ("Make current" in html) == (role is Role.COORDINATOR)


def test_current_weights_say_so_and_offer_nothing(survey: Survey) -> None:
    current = WeightVersion.objects.get(name="second")
    html = member(survey).get(address(current)).content.decode()
    assert "current: the indicators use them" in html
    assert "Make current" not in html


def test_weights_that_came_as_they_are_say_so(survey: Survey) -> None:
    WeightVersion.objects.update(is_current=False)
    given = WeightVersion.objects.create(wave=current_wave(survey), name="given")
    html = member(survey).get(address(given)).content.decode()
    assert "no stages are known" in html
    assert "use the design weights of the sites now" in html


def test_nobody_else_reads_them(earlier: WeightVersion, client: Client) -> None:
    assert stranger().get(address(earlier)).status_code == 404
    assert client.get(address(earlier)).status_code == 302
    enumerator = member(earlier.wave.survey, Role.ENUMERATOR)
    assert enumerator.get(address(earlier)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_coordinator_makes_earlier_weights_current(earlier: WeightVersion) -> None:
    html = use(member(earlier.wave.survey), earlier).content.decode()
    assert "first are the current weights of Five." in html
    assert "current: the indicators use them" in html
    assert used() == "first"
    assert Nudge.objects.filter(key="score").exists()


@pytest.mark.parametrize("role", LOOKERS)
def test_who_may_only_look_does_not(earlier: WeightVersion, role: Role) -> None:
    client = member(earlier.wave.survey, role)
    assert use(client, earlier).status_code == 403
    assert "only coordinators of Five" in by_action(client, earlier)
    assert used() == "second"


def test_a_stranger_does_not_even_find_them(earlier: WeightVersion) -> None:
    assert use(stranger(), earlier).status_code == 404
    assert used() == "second"


def test_looking_at_the_address_changes_nothing(earlier: WeightVersion) -> None:
    page = reverse("admin:surveys_weightversion_use", args=(earlier.pk,))
    assert member(earlier.wave.survey).get(page).status_code == 405
    assert used() == "second"


def test_weights_become_current_from_the_list(earlier: WeightVersion) -> None:
    html = by_action(member(earlier.wave.survey), earlier)
    assert "first are the current weights of Five." in html
    assert used() == "first"


def test_two_cannot_be_current(earlier: WeightVersion) -> None:
    other = WeightVersion.objects.get(name="second")
    assert "only one can be current" in by_action(member(earlier.wave.survey), earlier, other)
    assert used() == "second"
