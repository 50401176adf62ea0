"""What a survey still needs before its fieldwork can start."""

import pytest

from surveys import questionnaires, readiness
from surveys.models import Questionnaire, Role, Survey
from tests.factories import make_enumerator, make_member, make_site, make_survey, make_version

pytestmark = pytest.mark.django_db


def counts(survey: Survey) -> dict[str, int]:
    return {step.model: step.count for step in readiness.steps_of(survey)}


def test_a_new_survey_needs_everything() -> None:
    assert not any(step.is_done for step in readiness.steps_of(make_survey()))


def test_what_is_there_is_counted_in_its_own_survey() -> None:
    survey, other = make_survey(), make_survey()
    make_version(survey)
    make_enumerator(make_site(survey))
    make_member(survey, Role.ENUMERATOR)
    make_enumerator(make_site(other))
    assert counts(survey) == {"questionnaire": 1, "site": 1, "user": 2, "assignment": 1}


def test_what_is_closed_or_has_left_does_not_count() -> None:
    survey = make_survey()
    questionnaires.set_state(make_version(survey).questionnaire, Questionnaire.State.CLOSED)
    person = make_enumerator(make_site(survey))
    person.is_active = False
    person.save()
    assert counts(survey) == {"questionnaire": 0, "site": 1, "user": 0, "assignment": 0}
