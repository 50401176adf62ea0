"""One interview judged by its form: what applied, what was answered, what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Outcome, Problem
from surveys.formlogic.reading import Reading
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef, without_places
from surveys.xforms.fitting import misfit
from surveys.xforms.instance import relative

MISSING_CODES = frozenset({"dk", "rf"})  # asked, and no answer to be had
REFUSING = frozenset({"no", "0", "false"})
BEFORE_MISFITS = frozenset({"required", "type", "irrelevant"})  # kinds that are said instead


@dataclass(frozen=True)
class Evaluation:
    """`answers` and `skipped` are keyed by place below the root, `problems` by absolute place."""

    answers: dict[str, str]
    skipped: tuple[str, ...]
    problems: tuple[Problem, ...]
    outcome: str


def evaluate(form: FormDef, root: Element, environment: Environment) -> Evaluation:
    """Check a whole instance that was finished against its form. The instance is not changed."""
    reading = form.logic.read(root, environment, is_finished=True)
    outcome = judge(form, reading)
    answers = reading.answers()
    skipped = tuple(
        relative(copy.place)
        for question in form.questions
        for copy in reading.by_path.get(question.path, ())
        if not copy.applies
    )
    return Evaluation(answers, skipped, outcome.problems, _outcome(form, answers, outcome.problems))


def check(form: FormDef, root: Element, environment: Environment) -> Outcome:
    """What does not apply and what is wrong in an interview that goes on. It is not changed."""
    return judge(form, form.logic.read(root, environment))


def judge(form: FormDef, reading: Reading) -> Outcome:
    """One problem a place: what the kind of question does not allow goes before constraints."""
    outcome = form.logic.judge(reading)
    misfits = dict(_misfits(form, reading))
    for problem in outcome.problems:
        if problem.kind in BEFORE_MISFITS or problem.path not in misfits:
            misfits[problem.path] = problem.kind
    problems = tuple(Problem(place, kind) for place, kind in misfits.items())
    return Outcome(outcome.skipped, problems)


def _misfits(form: FormDef, reading: Reading) -> Iterator[tuple[str, str]]:
    for question in form.questions:
        for copy in reading.by_path.get(question.path, ()):
            kind = misfit(question, copy, reading) if copy.text else ""
            if kind:
                yield copy.place, kind


def _outcome(form: FormDef, answers: dict[str, str], problems: tuple[Problem, ...]) -> str:
    """Refused without consent, partial where it broke off before the end, else completed."""
    consent = form.roles.get("consent")
    if consent and answers.get(relative(consent)) in REFUSING:
        return "refused"
    blank = {relative(problem.path) for problem in problems if problem.kind == "required"}
    return "partial" if _broke_off(form, answers, blank) else "completed"


def _broke_off(form: FormDef, answers: dict[str, str], blank: set[str]) -> bool:
    """Whether required questions are blank up to the end, or the last section is all refusals."""
    places: dict[str, list[str]] = {}
    for place in (*answers, *(blank - answers.keys())):
        places.setdefault(without_places(place), []).append(place)
    sections = (
        [place for q in section.questions() for place in places.get(relative(q.path), ())]
        for section in reversed(form.sections)
    )
    last = next(filter(None, sections), None)
    if last is None:
        return False
    return last[-1] in blank or all(answers.get(place) in MISSING_CODES for place in last)
