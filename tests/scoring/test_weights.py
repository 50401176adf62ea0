"""Weights in stages: who refused is stood for by others of the stratum."""

import pytest

from scoring import schemes, weights
from scoring.maths.weighting import WeightingError
from surveys.fieldwork import current_wave
from surveys.models import Interview, Survey, Weight, WeightVersion
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    """Three interviews in stratum a, one of them refused, and one in b; none is scored yet."""
    survey = make_survey()
    version = make_version(survey)
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    a = make_site(survey, "A1", stratum="a", design_weight=2.0)
    b = make_site(survey, "B1", stratum="b", design_weight=5.0)
    refused, *_ = [make_interview(site, version) for site in (a, a, a, b)]
    Interview.objects.filter(pk=refused.pk).update(outcome=Interview.Outcome.REFUSED)
    return survey


def made(survey: Survey, name: str = "first", **margins: dict[str, float]) -> WeightVersion:
    return weights.make(schemes.find(survey), current_wave(survey), name, margins)


def test_who_refused_is_stood_for_in_the_stratum(survey: Survey) -> None:
    version = made(survey)
    values = Weight.objects.filter(version=version).values_list("value", flat=True)
    assert sorted(values) == [3.0, 3.0, 5.0]
    assert [(stage["name"], stage["sum"]) for stage in version.stages] == [
        ("design", 11.0),
        ("response", 11.0),
    ]


def test_a_margin_of_the_design_is_met(survey: Survey) -> None:
    version = made(survey, stratum={"a": 60.0, "b": 40.0})
    values = Weight.objects.filter(version=version).values_list("value", flat=True)
    assert sorted(values) == pytest.approx([30.0, 30.0, 40.0])


def test_a_name_is_given_once_and_what_fails_changes_nothing(survey: Survey) -> None:
    first = made(survey)
    with pytest.raises(WeightingError, match="first"):
        made(survey)
    with pytest.raises(WeightingError):
        made(survey, "second", stratum={"a": 60.0, "c": 40.0})
    assert WeightVersion.objects.get() == first
    assert first.is_current
