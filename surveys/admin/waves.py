"""A wave as an address names it, among those to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from surveys.admin.access import chosen_survey, key_in, surveys_for
from surveys.fieldwork import current_wave
from surveys.models import Role, Survey, Wave


@dataclass(frozen=True)
class WaveChoice:
    survey: Survey
    surveys: Sequence[Survey]
    wave: Wave
    waves: Sequence[Wave]


def chosen_wave(request: HttpRequest, roles: Sequence[Role]) -> WaveChoice | None:
    """Else the current one of the person's first survey, None where there is none; a survey in
    which the person has none of the roles is not found.
    """
    surveys = surveys_for(request, roles)
    survey = chosen_survey(request, surveys)
    if survey is None:
        return None
    waves = list(survey.waves.select_related("survey"))
    key = key_in(request.GET.get("wave"))
    wave = next((one for one in waves if one.pk == key), None) or current_wave(survey)
    return WaveChoice(survey, list(surveys), wave, waves)
