"""What a survey needs before its fieldwork can start, with the page where each is done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.models import Survey
from surveys.readiness import Step, steps_of

ADDING = {"questionnaire": "publish"}  # models whose rows are not added by the usual page
OF_A_SURVEY = ("questionnaire", "site")  # whose pages ask for the survey


@dataclass(frozen=True)
class Task:
    """A step in the reader's language, and where to go for it."""

    step: Step
    title: str
    address: str


def tasks_of(survey: Survey) -> list[Task]:
    return [Task(step, _(step.title), _address(step, survey)) for step in steps_of(survey)]


def _address(step: Step, survey: Survey) -> str:
    if step.is_done:
        return reverse(f"admin:surveys_{step.model}_changelist")
    address = reverse(f"admin:surveys_{step.model}_{ADDING.get(step.model, 'add')}")
    return f"{address}?survey={survey.pk}" if step.model in OF_A_SURVEY else address
