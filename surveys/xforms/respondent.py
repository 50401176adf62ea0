"""Invented respondents who answer a form by its own rules, for demonstrations and tests."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from surveys.formlogic.context import Environment
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_boolean
from surveys.xforms import filling
from surveys.xforms.definition import FILES, FormDef, Question
from surveys.xforms.evaluation import MISSING_CODES, check
from surveys.xforms.instance import elements_at

TRIES = 200
NO_ANSWER_RATE = 0.03
MOST_ADDED = 2  # instances of a repeat that the respondent adds


class Unanswerable(Exception):
    """No value was found that the question's constraint allows."""


def answer_form(
    form: FormDef, known: Mapping[str, str], environment: Environment, random: Random
) -> Element:
    """An instance in which every question that applies is answered and no rule is broken."""
    root = filling.begin(form, environment, known=known)
    for path in form.repeats:
        if path not in form.counted:
            _add_instances(form, root, path, environment, random)
    for question in form.questions:
        for element in elements_at(root, question.path.split("/")[2:]):
            if question.takes_answer and not element.text:
                _answer(form, question, element, environment, random)
    return root


def _add_instances(
    form: FormDef, root: Element, path: str, environment: Environment, random: Random
) -> None:
    above, _, name = path.rpartition("/")
    for parent in elements_at(root, above.split("/")[2:]):
        for _ in range(random.randint(0, MOST_ADDED)):
            filling.add(form, root, f"{parent.path(form.repeats)}/{name}", environment)


def _answer(
    form: FormDef, question: Question, element: Element, environment: Environment, random: Random
) -> None:
    """Answer a question where it applies and can be answered."""
    root = element
    while root.parent is not None:
        root = root.parent
    names = _names(form, question, root, element, environment)
    if names is None:
        return
    place = element.path(form.repeats)
    for text in _guesses(question, names, environment, random):
        filling.change(form, root, {place: text}, environment)
        problems = check(form, root, environment).problems
        if all(problem.path != place for problem in problems):
            return
    raise Unanswerable(question.path)


def _names(
    form: FormDef, question: Question, root: Element, element: Element, environment: Environment
) -> list[str] | None:
    """What may be chosen, nothing where nothing is; None where nothing is to be answered."""
    reading = form.logic.read(root, environment)
    copies = reading.by_path.get(question.path, ())
    copy = next((copy for copy in copies if copy.original is element), None)
    rules = next((rules for rules in form.logic.rules if rules.path == question.path), None)
    if copy is None or not copy.applies or rules is None or rules.calculate is not None:
        return None
    context = reading.context(copy)
    if rules.readonly is not None and to_boolean(rules.readonly(context)):
        return None
    if question.kind in FILES and not (rules.required and to_boolean(rules.required(context))):
        return None
    choices = filling.offered(form, question, element, environment) if question.is_select else []
    return [choice.name for choice in choices] if choices or not question.is_select else None


def _guesses(
    question: Question, names: list[str], environment: Environment, random: Random
) -> Iterator[str]:
    """Ever wider guesses at an answer, most of them plausible."""
    for attempt in range(TRIES):
        if question.is_select:
            yield _choose(question, names, random)
        elif question.kind == "integer":
            yield str(random.randint(0, 60) if attempt < TRIES // 2 else random.randint(0, 10_000))
        else:
            yield ANSWERS.get(question.kind, _words)(question, environment, random)


def _choose(question: Question, names: list[str], random: Random) -> str:
    missing = [name for name in names if name in MISSING_CODES]
    if missing and random.random() < NO_ANSWER_RATE:
        return random.choice(missing)
    real = [name for name in names if name not in MISSING_CODES] or names
    if question.kind == "select_one":
        return random.choice(real)
    if question.kind == "rank":
        return " ".join(random.sample(real, len(real)))
    chosen = set(random.sample(real, random.randint(1, min(3, len(real)))))
    return " ".join(name for name in real if name in chosen)


def _words(question: Question, environment: Environment, random: Random) -> str:
    return "".join(random.choices("ABCDEFGH0123456789", k=random.randint(3, 8)))


def _range(question: Question, environment: Environment, random: Random) -> str:
    start, step = (float(question.parameters.get(name, "1")) for name in ("start", "step"))
    end = float(question.parameters.get("end", "10"))
    number = start + step * random.randint(0, int(abs(end - start) / step))
    return str(int(number)) if number == int(number) else str(round(number, 6))


def _point(random: Random) -> str:
    return f"{random.uniform(-60, 60):.6f} {random.uniform(-170, 170):.6f} 0 5"


def _trace(question: Question, environment: Environment, random: Random) -> str:
    points = [_point(random) for _ in range(3)]
    return ";".join([*points, points[0]] if question.kind == "geoshape" else points)


def _moment(form: str) -> Callable[[Question, Environment, Random], str]:
    return lambda question, environment, random: environment.now.strftime(form)


ANSWERS: Mapping[str, Callable[[Question, Environment, Random], str]] = {
    "decimal": lambda question, environment, random: f"{random.uniform(0, 40):.1f}",
    "date": _moment("%Y-%m-%d"),
    "time": _moment("%H:%M:00.000"),
    "datetime": lambda question, environment, random: filling.moment_text(environment.now),
    "acknowledge": lambda question, environment, random: "OK",
    "range": _range,
    "geopoint": lambda question, environment, random: _point(random),
    "geotrace": _trace,
    "geoshape": _trace,
    **dict.fromkeys(FILES, lambda question, environment, random: f"{random.getrandbits(32)}.jpg"),
}
