"""How alike interviews are."""

import numpy as np
import pytest

from surveys.quality import similarity
from surveys.quality.arrays import Floats
from surveys.quality.fieldwork import Fieldwork, Kind, State
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import make_fieldwork, make_question


def random_fieldwork(size: int, questions: int, seed: int = 1) -> Fieldwork:
    """Choices and numbers, a tenth not asked, a twentieth not known."""
    random = np.random.default_rng(seed)
    columns = []
    for place in range(questions):
        kind, most = (Kind.NUMBER, 200) if place % 3 == 0 else (Kind.CHOICE, 4)
        values = random.integers(0, most, size).astype(float)
        states = np.zeros(size, dtype=np.uint8)
        states[random.random(size) < 0.1] = State.NOT_ASKED
        states[random.random(size) < 0.05] = State.DONT_KNOW
        values[states != State.ANSWERED] = np.nan
        known = {int(n): State(int(states[n])) for n in np.flatnonzero(states)}
        columns.append(make_question(f"q{place}", values.tolist(), kind, known))
    return make_fieldwork(size, questions=columns)


def one_by_one(fieldwork: Fieldwork, least: int) -> Floats:
    """The closest earlier one's share by the definition, slowly."""
    best = np.full(len(fieldwork), np.nan)
    for later in range(len(fieldwork)):
        for former in range(later):
            pairs = [
                (q.states[later], q.states[former], q.values[later], q.values[former])
                for q in fieldwork.questions
                if State.NOT_ASKED not in (q.states[later], q.states[former])
            ]
            equal = sum(a == b and (x == y or np.isnan(x)) for a, b, x, y in pairs)
            share = equal / len(pairs) if len(pairs) >= least else -1
            if not share <= best[later]:
                best[later] = share
    return best


def test_the_closest_earlier_one_by_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "BLOCK", 7)
    monkeypatch.setattr(similarity, "BUCKETS", 1_000)
    fieldwork = random_fieldwork(40, 12)
    answers = similarity.compare(fieldwork, 0.5)
    assert answers is not None
    near = similarity.closest(answers, fieldwork.start, [])
    assert near.share == pytest.approx(one_by_one(fieldwork, answers.least_shared), nan_ok=True)
    assert (near.earlier < np.arange(40)).all()


def test_buckets_lead_to_one_that_is_nearly_as_close_with_its_exact_share() -> None:
    fieldwork = random_fieldwork(40, 12)
    answers = similarity.compare(fieldwork, 0.5)
    assert answers is not None
    near = similarity.closest(answers, fieldwork.start, [])
    lost = one_by_one(fieldwork, answers.least_shared) - near.share
    assert np.nanmin(lost) >= 0
    assert np.nanmean(lost) < 0.04


def test_too_many_are_compared_within_their_group_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "MOST_AT_ONCE", 10)
    fieldwork = random_fieldwork(40, 12)
    answers = similarity.compare(fieldwork, 0.5)
    assert answers is not None
    near = similarity.closest(answers, fieldwork.start, [np.arange(20), np.arange(20, 40)])
    assert near.earlier[20] == -1
    assert near.earlier[21:].min() >= 20


def test_a_copy_names_what_it_was_copied_from() -> None:
    fieldwork = random_fieldwork(60, 30)
    for question in fieldwork.questions[2:]:
        question.values[45], question.states[45] = question.values[10], question.states[10]
    answers = similarity.compare(fieldwork, 0.5)
    assert answers is not None
    near = similarity.closest(answers, fieldwork.start, [])
    (found,) = similarity.find(fieldwork, near, Thresholds())
    assert (found.name, found.interviews) == ("I45", ("I45", "I10"))
    assert found.value is not None
    assert found.value > 0.9


def test_interviews_that_were_asked_too_little_together_are_not_compared() -> None:
    first: list[float | None] = [1.0, 1.0, None]
    second: list[float | None] = [1.0, None, 1.0]
    questions = [make_question(f"a{n}", first) for n in range(4)]
    questions += [make_question(f"b{n}", second) for n in range(4)]
    fieldwork = make_fieldwork(3, questions=questions)
    answers = similarity.compare(fieldwork, 1.0)
    assert answers is not None
    near = similarity.closest(answers, fieldwork.start, [])
    assert near.earlier.tolist() == [-1, 0, 0]
    assert similarity.compare(make_fieldwork(3), 0.5) is None


def test_more_alike_than_others_at_other_sites() -> None:
    random = np.random.default_rng(5)
    who, site = np.arange(80) % 4, (np.arange(80) // 4) % 5
    columns = []
    for place in range(20):
        values = random.integers(0, 4, 80).astype(float)
        values[(who == 0) & (random.random(80) < 0.6)] = place % 4
        columns.append(make_question(f"q{place}", values.tolist()))
    fieldwork = make_fieldwork(
        80, questions=columns, enumerator=[f"E{n}" for n in who], site=[f"S{n}" for n in site]
    )
    answers = similarity.compare(fieldwork, 0.5)
    assert answers is not None
    excess = answers.typical(fieldwork.enumerator.members(), fieldwork.site.members())
    means = [excess[who == n].mean() for n in range(4)]
    assert means[0] > 0.15
    assert max(means[1:]) < 0.03
    alone = answers.typical(fieldwork.site.members(), fieldwork.site.members())
    assert np.isnan(alone).all()  # at one site only, there is nothing to compare with
