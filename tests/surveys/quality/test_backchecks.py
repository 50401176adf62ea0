"""Second visits beside the interviews."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from surveys.quality import backchecks
from surveys.quality.arrays import Factor
from surveys.quality.backchecks import Outcome, Question, Tolerance, Type, Value, Visit
from tests.surveys.quality.small import NAN, floats

AGE = Question("age", Type.FIXED)
HOURS = Question("hours", Type.SKILL, Tolerance(below=5, above=10))
WAGE = Question("wage", Type.UNSTABLE, Tolerance(below=0.1, above=0.1, is_relative=True))


@pytest.mark.parametrize(
    ("question", "first", "second", "expected"),
    [
        (AGE, 30.0, 30.0, Outcome.SAME),
        (AGE, 30.0, 31.0, Outcome.DIFFERENT),
        (AGE, None, 31.0, Outcome.DIFFERENT),
        (AGE, None, None, Outcome.SAME),
        (HOURS, 40.0, 35.0, Outcome.SAME),
        (HOURS, 40.0, 34.0, Outcome.DIFFERENT),
        (HOURS, 40.0, 50.0, Outcome.SAME),
        (HOURS, 40.0, 51.0, Outcome.DIFFERENT),
        (WAGE, 3_000.0, 3_300.0, Outcome.SAME),
        (WAGE, 3_000.0, 3_301.0, Outcome.DIFFERENT),
        (Question("q", Type.SKILL, no_difference=frozenset({"dk"})), "yes", "dk", Outcome.SAME),
        (Question("q", Type.SKILL, no_difference=frozenset({"dk"})), "dk", "yes", Outcome.DIFFERENT),
        (Question("q", Type.SKILL, excluded=frozenset({"rf"})), "yes", "rf", Outcome.NOT_COMPARED),
        (Question("q", Type.SKILL), "No. 5,  Main St", "no 5 main st", Outcome.DIFFERENT),
        (Question("q", Type.SKILL, is_loose=True), "No. 5,  Main St", "no 5 main st", Outcome.SAME),
    ],
)  # fmt: skip
def test_outcomes(question: Question, first: Value, second: Value, expected: Outcome) -> None:
    assert backchecks.outcome(question, first, second) is expected


def test_missing_answers_can_be_left_out() -> None:
    assert backchecks.outcome(AGE, None, 1.0, excludes_missing=True) is Outcome.NOT_COMPARED


def compared() -> backchecks.Comparisons:
    answers = [(30, 40, 3_000), (40, 50, 4_000), (50, 60, 5_000)]
    interviews = [
        Visit(
            f"I{n}",
            f"E{n // 2}",
            100 + n,
            "T1",
            dict(zip(("age", "hours", "wage"), row, strict=True)),
        )
        for n, row in enumerate(answers)
    ]
    visits = [
        Visit("I0", "B1", 107, answers={"age": 30, "hours": 44, "wage": 3_000}),
        Visit("I1", "B1", 107, answers={"age": 41, "hours": 80, "wage": 4_100}),
        Visit("I2", "B2", None, answers={"age": 50, "hours": 60, "wage": 9_000}),
        Visit("I9", "B2", 107),
    ]
    return backchecks.compare(interviews, visits, [AGE, HOURS, WAGE])


def test_visits_are_paired_by_id() -> None:
    found = compared()
    assert (found.interviews, found.visits, found.only_second) == (3, 3, ("I9",))
    assert len(found.rows) == 9
    assert [row.days for row in found.rows[::3]] == [7, 6, None]
    assert found.rows[4].outcome is Outcome.DIFFERENT
    assert (found.rows[4].first, found.rows[4].second, found.rows[4].backchecker) == (50, 80, "B1")


def test_rates_by_whatever_is_asked_for() -> None:
    rows = compared().rows
    by_enumerator = backchecks.rates(rows, lambda row: row.enumerator)
    assert by_enumerator["E0", Type.FIXED] == backchecks.Rate(2, 1, 2)
    assert by_enumerator["E0", Type.SKILL].share == 0.5
    assert by_enumerator["E1", Type.UNSTABLE] == backchecks.Rate(1, 1, 1)
    by_question = backchecks.rates(rows, lambda row: row.question)
    assert by_question["wage", Type.UNSTABLE] == backchecks.Rate(3, 1, 3)
    assert backchecks.Rate(0, 0, 0).share is None
    left_out = [replace(row, outcome=Outcome.NOT_COMPARED) for row in rows]
    assert backchecks.rates(left_out, lambda row: row.question) == {}


def test_an_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="I0"):
        backchecks.compare([Visit("I0", "E1"), Visit("I0", "E2")], [], [AGE])


def test_stability_is_that_of_the_formulas() -> None:
    random = np.random.default_rng(1)
    first = random.integers(0, 6, 40).astype(float)
    second = np.where(random.random(40) < 0.6, first, random.integers(0, 7, 40))
    found = backchecks.stability(np.append(first, NAN), np.append(second, 1))
    assert found is not None
    assert found.n == 40
    t = stats.ttest_rel(first, second)
    assert found.t == pytest.approx(t.statistic)
    assert found.t_p == pytest.approx(t.pvalue)
    ranked = stats.wilcoxon(first - second, zero_method="pratt", method="approx")
    assert found.rank_p == pytest.approx(float(ranked.pvalue))
    half = (first - second).var(ddof=1) / 2
    assert found.response_variance == pytest.approx(half)
    assert found.reliability == pytest.approx(1 - half / second.var(ddof=1))
    assert found.share_z is None


def test_shares_are_compared_as_of_two_samples() -> None:
    found = backchecks.stability(floats([1] * 30 + [0] * 70), floats([1] * 45 + [0] * 55))
    assert found is not None
    assert found.share_z == pytest.approx((0.3 - 0.45) / np.sqrt(0.375 * 0.625 * 2 / 100))
    assert found.share_p == pytest.approx(0.02846, abs=1e-4)


def test_what_cannot_be_computed_is_none() -> None:
    assert backchecks.stability(floats([None]), floats([1])) is None
    one = backchecks.stability(floats([1]), floats([1]))
    assert one is not None
    assert (one.reliability, one.t, one.rank_z, one.share_z) == (None, None, None, None)
    same = backchecks.stability(floats([1, 2]), floats([1, 2]))
    assert same is not None
    assert (same.response_variance, same.reliability, same.t_p) == (0, 1, None)


def test_pairs_of_a_question() -> None:
    first, second = backchecks.pairs(compared().rows, "hours")
    assert (first.tolist(), second.tolist()) == ([40, 50, 60], [44, 80, 60])
    assert backchecks.pairs([], "hours")[0].size == 0


def test_a_share_of_each_enumerators_is_drawn() -> None:
    enumerator = Factor.of(["E1"] * 20 + ["E2"] * 3 + [None])
    ids = [f"I{place}" for place in range(24)]
    drawn = backchecks.draw(ids, enumerator, 0.1, np.random.default_rng(4))
    assert len(drawn) == 3
    assert len([one for one in drawn if int(one[1:]) < 20]) == 2
    assert drawn == backchecks.draw(ids, enumerator, 0.1, np.random.default_rng(4))
    assert drawn != backchecks.draw(ids, enumerator, 0.1, np.random.default_rng(5))


def test_rounds_draw_a_share_whatever_their_sizes() -> None:
    for seed in range(20):
        random, before, drawn = np.random.default_rng(seed), 0, 0
        start = random.random()
        for size in (1, 4, 0, 7, 2, 26):
            ids = [str(before + place) for place in range(size)]
            found = backchecks.round_of(ids, before=before, share=0.1, start=start, random=random)
            assert set(found) <= set(ids)
            before, drawn = before + size, drawn + len(found)
        assert drawn == 4


def test_every_interview_has_the_same_chance() -> None:
    counts = np.zeros(12)
    for seed in range(3_000):
        random, before = np.random.default_rng(seed), 0
        start = random.random()
        for size in (2, 3, 7):
            ids = [str(before + place) for place in range(size)]
            for one in backchecks.round_of(
                ids, before=before, share=0.25, start=start, random=random
            ):
                counts[int(one)] += 1
            before += size
    assert np.abs(counts / 3_000 - 0.25).max() < 0.03  # over three standard errors
