"""Surveys that a token opens."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from surveys.api.access import holder_of, survey_for
from surveys.api.asked import require_known
from surveys.models import Survey

router = Router(tags=["Surveys"])


class SurveyOut(Schema):
    code: str
    name: str
    is_probability_sample: bool
    waves: list["WaveOut"]


class WaveOut(Schema):
    number: int
    name: str
    starts_on: str | None
    ends_on: str | None


@router.get("/surveys", response=list[SurveyOut], summary="Surveys of the token")
def list_surveys(request: HttpRequest) -> list[dict[str, Any]]:
    require_known(request)
    found = holder_of(request).surveys.prefetch_related("waves").order_by("code")
    return [_told(survey) for survey in found]


@router.get("/surveys/{slug:code}", response=SurveyOut, summary="One survey")
def get_survey(request: HttpRequest, code: str) -> dict[str, Any]:
    require_known(request)
    return _told(survey_for(holder_of(request), code))


def _told(survey: Survey) -> dict[str, Any]:
    return {
        "code": survey.code,
        "name": str(survey),
        "is_probability_sample": survey.is_probability_sample,
        "waves": [
            {
                "number": wave.number,
                "name": str(wave),
                "starts_on": wave.starts_on and wave.starts_on.isoformat(),
                "ends_on": wave.ends_on and wave.ends_on.isoformat(),
            }
            for wave in survey.waves.all()
        ],
    }
