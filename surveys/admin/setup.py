"""What a survey needs before its fieldwork can start, with the page where each is done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys.models import Questionnaire, Role, Survey
from surveys.readiness import Step, steps_of

ADDING = {"questionnaire": "publish"}  # models whose rows are not added by the usual page
ONLY: dict[str, dict[str, str]] = {  # of a model's rows, those that a step counts
    "questionnaire": {"state__exact": Questionnaire.State.OPEN},
    "user": {"memberships__role__exact": Role.ENUMERATOR},
    "assignment": {"is_active__exact": "1"},
}


@dataclass(frozen=True)
class Task:
    """A step in the reader's language, and where to go for it."""

    step: Step
    title: str
    address: str


def tasks_of(survey: Survey) -> list[Task]:
    return [Task(step, _(step.title), _address(step, survey)) for step in steps_of(survey)]


def _address(step: Step, survey: Survey) -> str:
    page = "changelist" if step.is_done else ADDING.get(step.model, "add")
    only = ONLY.get(step.model, {}) if step.is_done else {}
    query = urlencode({"survey": str(survey.pk), **only})
    return f"{reverse(f'admin:surveys_{step.model}_{page}')}?{query}"
