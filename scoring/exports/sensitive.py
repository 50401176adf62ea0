"""Answers that nobody should learn of somebody: those that a scheme judges."""

from collections.abc import Iterator

from scoring.schemes import default_of, spec_of
from surveys.models import Questionnaire
from surveys.questionnaires import form_of
from surveys.xforms.instance import relative


def judged_answers(questionnaire: Questionnaire) -> Iterator[str]:
    """The keys of what the survey's default scheme makes its items of; nothing without one."""
    scheme = default_of(questionnaire.survey)
    if scheme is None or questionnaire.current is None:
        return
    names = spec_of(scheme).questions
    for question in form_of(questionnaire.current).questions:
        if question.name in names:
            yield relative(question.path)
