"""What became of a case follows from its attempts, in whatever order they arrive."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.sampling.attempts import Attempt, CallBacks, standing
from surveys.sampling.outcomes import Outcome

MONDAY = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - no zone at all is allowed
DAY = timedelta(days=1)


def attempts(*outcomes: str) -> list[Attempt]:
    """One a day, from Monday on."""
    return [Attempt(Outcome(one), MONDAY + n * DAY) for n, one in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        (["away", "nobody_home"], "nobody_home"),
        (["refused", "away"], "refused"),
        (["put_off", "completed"], "completed"),
        (["completed", "refused", "not_eligible"], "completed"),
        (["partial", "refused"], "partial"),
        (["completed", "partial"], "completed"),
        (["refused", "moved_away"], "moved_away"),
        (["not_found", "away", "call_back"], "not_found"),
    ],
)
def test_the_most_that_was_reached_decides(made: list[str], outcome: str) -> None:
    assert standing(attempts(*made)).outcome is Outcome(outcome)


def test_a_case_that_nobody_tried_may_be_tried_at_once() -> None:
    case = standing([])
    assert (case.outcome, case.attempts, case.due_at) == (Outcome.NOT_ATTEMPTED, 0, None)
    assert not case.is_settled


def test_the_next_attempt_is_due_a_day_later_or_as_agreed() -> None:
    assert standing(attempts("away")).due_at == MONDAY + DAY
    agreed = Attempt(Outcome.CALL_BACK, MONDAY, MONDAY + 3 * DAY)
    assert standing([agreed]).due_at == MONDAY + 3 * DAY


def test_nobody_comes_back_after_a_final_outcome() -> None:
    case = standing(attempts("away", "refused"))
    assert (case.is_settled, case.due_at, case.attempts) == (True, None, 2)


def test_after_the_last_attempt_only_a_promise_is_kept() -> None:
    rules = CallBacks(most=2, gap=DAY)
    assert standing(attempts("away"), rules).due_at == MONDAY + DAY
    given_up = standing(attempts("away", "away"), rules)
    assert (given_up.is_settled, given_up.due_at) == (True, None)
    promised = Attempt(Outcome.CALL_BACK, MONDAY + DAY, MONDAY + 5 * DAY)
    assert standing([*attempts("away"), promised], rules).due_at == MONDAY + 5 * DAY


@given(st.lists(st.sampled_from(Outcome), max_size=6), st.data())
def test_the_order_of_arrival_does_not_matter(outcomes: list[Outcome], data: st.DataObject) -> None:
    made = [Attempt(one, MONDAY + data.draw(st.integers(0, 2)) * DAY) for one in outcomes]
    assert standing(made) == standing(data.draw(st.permutations(made)))
