"""Questions that stayed without an answer."""

from surveys.quality import nonresponse
from surveys.quality.fieldwork import State
from surveys.quality.finding import About, Check
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import make_fieldwork, make_question

SIZE = 120


def test_a_question_that_many_do_not_know() -> None:
    states = dict.fromkeys(range(0, SIZE, 5), State.DONT_KNOW)
    values = [None if place in states else 1.0 for place in range(SIZE)]
    question = make_question("income", values, states=states)
    (found,) = nonresponse.find(make_fieldwork(SIZE, questions=[question]), Thresholds())
    assert (found.check, found.about, found.name) == (Check.DONT_KNOW, About.QUESTION, "income")
    assert (found.value, len(found.interviews)) == (0.2, 24)


def test_who_was_not_asked_does_not_count() -> None:
    values: list[float | None] = [1.0] * 30 + [None] * 90
    states = dict.fromkeys(range(30, 33), State.REFUSED)
    question = make_question("income", values, states=states)
    assert list(nonresponse.find(make_fieldwork(SIZE, questions=[question]), Thresholds())) == []


def test_one_enumerator_to_whom_many_refuse() -> None:
    enumerators = [f"E{place % 4}" for place in range(SIZE)]
    states = dict.fromkeys(range(0, 40, 4), State.REFUSED)  # ten of the thirty of E0
    values = [None if place in states else 1.0 for place in range(SIZE)]
    questions = [make_question("income", values, states=states)]
    fieldwork = make_fieldwork(SIZE, questions=questions, enumerator=enumerators)
    (found,) = nonresponse.find(fieldwork, Thresholds())
    assert (found.about, found.name, found.question) == (About.ENUMERATOR, "E0", "income")
    assert found.p is not None
    assert found.p < 1e-6
    assert found.expected == 0


def test_chance_is_not_held_against_anybody() -> None:
    enumerators = [f"E{place % 12}" for place in range(SIZE)]
    states = {0: State.REFUSED, 12: State.REFUSED}  # two of ten, of 12 people and 5 questions
    values = [None if place in states else 1.0 for place in range(SIZE)]
    questions = [make_question(f"q{place}", values, states=states) for place in range(5)]
    fieldwork = make_fieldwork(SIZE, questions=questions, enumerator=enumerators)
    assert list(nonresponse.find(fieldwork, Thresholds())) == []
