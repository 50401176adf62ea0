"""One interview judged by its form: what applied, what was answered, what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.formlogic.evaluation import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import answers_of, find, relative

MISSING_CODES = frozenset({"dk", "rf"})  # asked, and no answer to be had
REFUSING = frozenset({"no", "0", "false"})


@dataclass(frozen=True)
class Evaluation:
    """`answers` and `skipped` are keyed by path below the root, `problems` by absolute path."""

    answers: dict[str, str]
    skipped: tuple[str, ...]
    problems: tuple[Problem, ...]
    outcome: str


def evaluate(form: FormDef, root: Element, environment: Environment) -> Evaluation:
    """Check a whole instance against its form. The instance is not changed."""
    outcome = form.logic.check(root, environment)
    answers = answers_of(root, outcome.skipped)
    skipped = tuple(
        relative(question.path) for question in form.questions if question.path in outcome.skipped
    )
    problems = (*outcome.problems, *_choice_problems(form, root, outcome.skipped))
    return Evaluation(answers, skipped, problems, _outcome(form, answers, problems))


def _choice_problems(form: FormDef, root: Element, skipped: frozenset[str]) -> Iterator[Problem]:
    for question in form.questions:
        if not question.is_select or question.path in skipped:
            continue
        element = find(root, question.path)
        if element is not None and not question.offers(element.text):
            yield Problem(question.path, "choice")


def _outcome(form: FormDef, answers: dict[str, str], problems: tuple[Problem, ...]) -> str:
    """Refused without consent, partial where it broke off before the end, else completed."""
    consent = form.roles.get("consent")
    if consent and answers.get(relative(consent)) in REFUSING:
        return "refused"
    blank = {relative(problem.path) for problem in problems if problem.kind == "required"}
    return "partial" if _broke_off(form, answers, blank) else "completed"


def _broke_off(form: FormDef, answers: dict[str, str], blank: set[str]) -> bool:
    """Whether required questions are blank up to the end, or the last section is all refusals."""
    sections = (
        [
            path
            for q in section.questions()
            if (path := relative(q.path)) in answers or path in blank
        ]
        for section in reversed(form.sections)
    )
    last = next(filter(None, sections), None)
    if last is None:
        return False
    return last[-1] in blank or all(answers.get(path) in MISSING_CODES for path in last)
