"""Levels carry the words of the form, of the cities and of the scheme, in the reader's language."""

import pytest
from django.utils import translation

from scoring.dashboard.names import Dimension, dimensions_of
from scoring.dashboard.questions import questions_of
from surveys.models import Survey
from tests.factories import make_city, make_survey, make_version
from tests.scoring.dashboard.rows import CITY_FORM, spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    survey = make_survey()
    make_version(survey, CITY_FORM)
    make_city("c01", name_zh="城市一")
    return survey


def dimension(survey: Survey, name: str) -> Dimension:
    return next(each for each in dimensions_of(spec(), questions_of(survey)) if each.name == name)


@pytest.mark.parametrize(
    ("language", "title", "levels"),
    [("en", "Sex", ["Male", "Female"]), ("zh-hans", "性别", ["男", "女"])],
)
def test_choices_have_the_forms_labels(
    survey: Survey, language: str, title: str, levels: list[str]
) -> None:
    with translation.override(language):
        sex = dimension(survey, "a3")
    assert (sex.title, list(sex.levels.values())) == (title, levels)


def test_cities_have_their_own_names_before_the_forms(survey: Survey) -> None:
    with translation.override("zh-hans"):
        cities = dimension(survey, "a1")
    assert cities.is_city
    assert [cities.title_of(code) for code in ("c01", "c02", "c99")] == ["城市一", "第二", "c99"]


def test_bands_stand_in_the_schemes_order(survey: Survey) -> None:
    years = dimension(survey, "yrs")
    assert years.ordered(["10+", "x", "<2", "5-9"]) == ["<2", "5-9", "10+", "x"]


def test_strata_have_the_names_of_regions(survey: Survey) -> None:
    assert dimension(survey, "stratum").title_of("east") == "East"
