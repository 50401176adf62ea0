"""What a survey needs before its fieldwork can start, with the page where each is done."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.models import Questionnaire, Role, Survey
from surveys.readiness import Step, steps_of

ADDING = {"questionnaire": "publish"}  # models whose rows are not added by the usual page
ONLY: dict[str, dict[str, str]] = {  # of a model's rows, those that a step counts
    "questionnaire": {"state__exact": Questionnaire.State.OPEN},
    "user": {"memberships__role__exact": Role.ENUMERATOR},
    "assignment": {"is_active__exact": "1"},
}
OTHERS: dict[str, dict[str, Promise]] = {  # more ways to do a step, by the name of their page
    "site": {
        "surveys_draw_new": gettext_lazy("Draw them from a sampling frame"),
        "surveys_site_import": gettext_lazy("Import a file"),
    },
    "assignment": {
        "surveys_draw_changelist": gettext_lazy("Share out a sample"),
        "surveys_assignment_import": gettext_lazy("Import a file"),
    },
}


@dataclass(frozen=True)
class Task:
    """A step in the reader's language, and where to go for it; `others` are more ways to do it."""

    step: Step
    title: str
    address: str
    others: tuple[tuple[Promise, str], ...] = ()


def tasks_of(survey: Survey) -> list[Task]:
    return [
        Task(step, _(step.title), _address(step, survey), tuple(_others(step, survey)))
        for step in steps_of(survey)
    ]


def _others(step: Step, survey: Survey) -> Iterator[tuple[Promise, str]]:
    pages = {} if step.is_done else OTHERS.get(step.model, {})
    for page, title in pages.items():
        yield title, f"{reverse(f'admin:{page}')}?{urlencode({'survey': survey.pk})}"


def _address(step: Step, survey: Survey) -> str:
    page = "changelist" if step.is_done else ADDING.get(step.model, "add")
    only = ONLY.get(step.model, {}) if step.is_done else {}
    query = urlencode({"survey": str(survey.pk), **only})
    return f"{reverse(f'admin:surveys_{step.model}_{page}')}?{query}"
