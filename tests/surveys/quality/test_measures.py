"""What an interview gives away."""

import numpy as np

from surveys.quality.fieldwork import Kind, State
from surveys.quality.measures import Measures
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import NOON, floats, make_fieldwork, make_question


def test_ticks_are_counted_by_question() -> None:
    questions = [
        make_question("q", [0b101, 0b1, None], Kind.CHOICES),
        make_question("r", [0b1, 0, None], Kind.CHOICES),
    ]
    measures = Measures(make_fieldwork(3, questions=questions), Thresholds())
    assert measures.ticks[:2].tolist() == [1.5, 0.5]
    assert np.isnan(measures.ticks[2])


def test_shares_are_of_what_was_asked() -> None:
    questions = [
        make_question("q", [1.0, None, None], states={1: State.DONT_KNOW, 2: State.BLANK}),
        make_question("r", [1.0, None, 1.0], states={1: State.REFUSED}),
        make_question("s", [1.0, 1.0, None]),
    ]
    measures = Measures(make_fieldwork(3, questions=questions), Thresholds())
    assert measures.path.tolist() == [1, 1, 2 / 3]
    assert measures.unsure.tolist() == [0, 2 / 3, 0]
    assert measures.blank.tolist() == [0, 0, 0.5]


def test_the_later_half_is_beside_the_earlier_one() -> None:
    questions = [make_question(f"{s}{n}", [1.0] * 2, section=s) for s in "abcd" for n in range(3)]
    seconds = {name: floats([60, 60]) for name in "ab"} | {name: floats([60, 15]) for name in "cd"}
    fieldwork = make_fieldwork(2, questions=questions, section_s=seconds)
    assert Measures(fieldwork, Thresholds()).late_pace.tolist() == [0, np.log(15 / 60)]
    without = make_fieldwork(2, questions=questions)
    assert np.isnan(Measures(without, Thresholds()).late_pace).all()


def test_at_once_after_the_last_one_is_known_of_the_same_day_only() -> None:
    start = [NOON, NOON + 3_620, NOON + 9_000, NOON + 90_000]
    fieldwork = make_fieldwork(4, start=start, end=[instant + 3_600 for instant in start])
    quick = Measures(fieldwork, Thresholds()).quick_turn
    assert quick[1:3].tolist() == [1, 0]
    assert np.isnan(quick[[0, 3]]).all()


def test_answers_made_up_one_by_one_do_not_go_together() -> None:
    random = np.random.default_rng(1)
    inclined = random.normal(0, 1, 400)
    columns = [inclined + random.normal(0, 0.7, 400) for _ in range(15)]
    for column in columns:
        column[:40] = random.normal(0, column.std(), 40)
    questions = [make_question(f"q{n}", c.tolist(), Kind.NUMBER) for n, c in enumerate(columns)]
    incoherence = Measures(make_fieldwork(400, questions=questions), Thresholds()).incoherence
    assert incoherence[:40].mean() > incoherence[40:].mean() + 0.5
    assert abs(incoherence[40:].mean()) < 0.3


def test_texts_have_no_order() -> None:
    questions = [make_question("q", [1.0, 2.0, 3.0, 1.0], Kind.TEXT)]
    assert Measures(make_fieldwork(4, questions=questions), Thresholds()).standard.shape == (4, 0)


def test_forms_finished_in_the_evening_do_not_overlap() -> None:
    start = [NOON + 7_200 * place for place in range(12)]
    end = [NOON + 90_000 + n if n < 5 else instant + 3_600 for n, instant in enumerate(start)]
    fieldwork = make_fieldwork(12, start=start, end=end)
    assert Measures(fieldwork, Thresholds()).overlap.sum() == 0
    at_once = make_fieldwork(
        12, start=[instant - 6_000 * (n % 2) for n, instant in enumerate(start)]
    )
    assert Measures(at_once, Thresholds()).overlap.tolist() == [0, 1] * 6


def test_an_interview_sent_twice_is_no_copy() -> None:
    random = np.random.default_rng(2)
    columns = [random.integers(0, 4, 30).astype(float) for _ in range(20)]
    for column in columns:
        column[20:22] = column[3]
    start = [NOON + 7_200.0 * place for place in range(30)]
    start[20] = start[3]
    questions = [make_question(f"q{n}", column.tolist()) for n, column in enumerate(columns)]
    measures = Measures(make_fieldwork(30, questions=questions, start=start), Thresholds())
    assert np.flatnonzero(measures.copied == 1).tolist() == [21]


def test_numbers_of_which_there_are_few_are_not_rounded() -> None:
    random = np.random.default_rng(3)
    hours = random.integers(20, 80, 60).astype(float)
    questions = [
        make_question("hours", hours.tolist(), Kind.NUMBER),
        make_question("children", (hours % 5).tolist(), Kind.NUMBER),
    ]
    measures = Measures(make_fieldwork(60, questions=questions), Thresholds())
    assert measures.round_numbers.tolist() == (hours % 5 == 0).astype(float).tolist()
