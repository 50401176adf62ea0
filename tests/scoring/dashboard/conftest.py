"""The survey whose numbers the dashboard's tests read."""

import pytest

from scoring.models import EstimateSet
from tests.factories import make_survey, make_version
from tests.scoring.dashboard.rows import CITY_FORM, make_golden


@pytest.fixture
def made() -> EstimateSet:
    """The golden numbers of a survey whose questionnaire names its cities."""
    survey = make_survey("five", name="Five")
    made = make_golden(survey)
    make_version(survey, CITY_FORM)
    return made
