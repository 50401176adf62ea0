"""Invented respondents who answer a form by its own rules, for demonstrations and tests."""

from collections.abc import Iterator, Mapping
from random import Random

from surveys.formlogic.evaluation import Environment
from surveys.formlogic.tree import Element
from surveys.xforms.definition import FormDef, Question
from surveys.xforms.evaluation import MISSING_CODES
from surveys.xforms.instance import blank_instance, fill, find

TRIES = 200
NO_ANSWER_RATE = 0.03


class Unanswerable(Exception):
    """No value was found that the question's constraint allows."""


def answer_form(
    form: FormDef, known: Mapping[str, str], environment: Environment, random: Random
) -> Element:
    """An instance in which every question that applies is answered and no rule is broken."""
    root = blank_instance(form)
    fill(root, known)
    for question in form.questions:
        element = find(root, question.path)
        if element is None or element.text or not question.takes_answer:
            continue
        if question.path not in form.logic.check(root, environment).skipped:
            _answer(form, question, element, environment, random)
    return root


def _answer(
    form: FormDef, question: Question, element: Element, environment: Environment, random: Random
) -> None:
    root = element
    while root.parent is not None:
        root = root.parent
    for text in _guesses(question, environment, random):
        element.text = text
        problems = form.logic.check(root, environment).problems
        if all(problem.path != question.path for problem in problems):
            return
    raise Unanswerable(question.path)


def _guesses(question: Question, environment: Environment, random: Random) -> Iterator[str]:
    """Ever wider guesses at an answer, most of them plausible."""
    for attempt in range(TRIES):
        if question.is_select:
            yield _choose(question, random)
        elif question.kind == "integer":
            yield str(random.randint(0, 60) if attempt < TRIES // 2 else random.randint(0, 10_000))
        elif question.kind == "decimal":
            yield f"{random.uniform(0, 40):.1f}"
        elif question.kind == "text":
            yield "".join(random.choices("ABCDEFGH0123456789", k=random.randint(3, 8)))
        else:
            yield _moment(question, environment)


def _choose(question: Question, random: Random) -> str:
    names = [choice.name for choice in question.choices]
    missing = [name for name in names if name in MISSING_CODES]
    if missing and random.random() < NO_ANSWER_RATE:
        return random.choice(missing)
    real = [name for name in names if name not in MISSING_CODES]
    if question.kind == "select_one":
        return random.choice(real)
    chosen = set(random.sample(real, random.randint(1, min(3, len(real)))))
    return " ".join(name for name in real if name in chosen)


def _moment(question: Question, environment: Environment) -> str:
    now = environment.now
    formats = {"date": "%Y-%m-%d", "time": "%H:%M:00.000"}
    if question.kind == "datetime":
        return now.isoformat(timespec="milliseconds")
    return "OK" if question.kind == "acknowledge" else now.strftime(formats[question.kind])
