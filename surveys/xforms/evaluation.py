"""One interview judged by its form: what applied, what was answered, what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.formlogic.evaluation import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef, Group, Question
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
    return Evaluation(answers, skipped, problems, _outcome(form, answers, skipped))


def _choice_problems(form: FormDef, root: Element, skipped: frozenset[str]) -> Iterator[Problem]:
    for question in form.questions:
        if not question.is_select or question.path in skipped:
            continue
        element = find(root, question.path)
        if element is not None and not _is_offered(question, element.text):
            yield Problem(question.path, "choice")


def _is_offered(question: Question, text: str) -> bool:
    offered = {choice.name for choice in question.choices}
    chosen = text.split() if question.kind == "select_multiple" else [text] if text else []
    return all(name in offered for name in chosen)


def _outcome(form: FormDef, answers: dict[str, str], skipped: tuple[str, ...]) -> str:
    """Refused without consent; partial where the last section that applies has no real answer."""
    consent = form.roles.get("consent")
    if consent and answers.get(relative(consent)) in REFUSING:
        return "refused"
    last = _last_section(form, skipped)
    reached = last is None or any(
        answers.get(relative(question.path), "rf") not in MISSING_CODES
        for question in last.questions()
    )
    return "completed" if reached else "partial"


def _last_section(form: FormDef, skipped: tuple[str, ...]) -> Group | None:
    applicable = (
        section
        for section in reversed(form.sections)
        if any(q.takes_answer and relative(q.path) not in skipped for q in section.questions())
    )
    return next(applicable, None)
