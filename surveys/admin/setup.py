"""What a survey needs before its fieldwork can start, with the page where each is done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.models import Survey
from surveys.readiness import Step, steps_of

ADDING = {"questionnaire": "publish"}  # models whose rows are not added by the usual page


@dataclass(frozen=True)
class Task:
    """A step in the reader's language, and where to go for it."""

    step: Step
    title: str
    address: str


def tasks_of(survey: Survey) -> list[Task]:
    return [Task(step, _(step.title), _address(step)) for step in steps_of(survey)]


def _address(step: Step) -> str:
    page = "changelist" if step.is_done else ADDING.get(step.model, "add")
    return reverse(f"admin:surveys_{step.model}_{page}")
