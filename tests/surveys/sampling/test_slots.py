"""A target is shared out once, and what was done beyond is told apart."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.sampling.slots import Finished, Holding, free, grant, reconcile

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
HOLDINGS = st.lists(
    st.builds(
        Holding,
        reserved=st.integers(0, 9),
        used=st.integers(0, 9),
        waiting=st.integers(0, 9),
        expires_at=st.sampled_from([None, LATER, EARLIER]),
    )
)


@pytest.mark.parametrize(
    ("holding", "outstanding"),
    [
        (Holding(reserved=5), 5),
        (Holding(reserved=5, used=2), 3),
        (Holding(reserved=5, used=7), 0),
        (Holding(reserved=5, used=2, waiting=1), 3),
        (Holding(reserved=5, used=2, waiting=4), 4),
        (Holding(reserved=5, waiting=2, expires_at=EARLIER), 2),
        (Holding(reserved=5, waiting=2, expires_at=NOW), 2),
        (Holding(reserved=5, waiting=2, expires_at=LATER), 5),
    ],
)
def test_what_may_still_come_from_a_device(holding: Holding, outstanding: int) -> None:
    assert holding.outstanding(NOW) == outstanding


def test_what_nobody_holds_is_free() -> None:
    holdings = [Holding(reserved=5, used=2, expires_at=LATER), Holding(waiting=1)]
    assert free(20, 9, holdings, NOW) == 7
    assert free(10, 9, holdings, NOW) == 0


def test_a_grant_is_what_is_wanted_within_what_is_free() -> None:
    assert grant(20, 9, [], NOW, wanted=4, most=10) == 4
    assert grant(20, 9, [], NOW, wanted=30, most=10) == 10
    assert grant(20, 9, [Holding(reserved=8)], NOW, wanted=5, most=10) == 3
    assert grant(20, 25, [], NOW, wanted=5, most=10) == 0
    assert grant(20, 9, [], NOW, wanted=-2, most=10) == 0


@given(st.integers(0, 50), st.integers(0, 60), HOLDINGS, st.integers(-2, 20), st.integers(0, 20))
def test_grants_never_go_beyond_the_target(
    target: int, done: int, holdings: list[Holding], wanted: int, most: int
) -> None:
    given_now = grant(target, done, holdings, NOW, wanted=wanted, most=most)
    outstanding = sum(one.outstanding(NOW) for one in holdings)
    assert 0 <= given_now <= max(most, 0)
    assert given_now == 0 or done + outstanding + given_now <= target


def test_the_first_to_be_finished_fill_the_target() -> None:
    interviews = [
        Finished(4, LATER),
        Finished(3, NOW),
        Finished(1, None),
        Finished(2, NOW),
        Finished(5, EARLIER),
    ]
    found = reconcile(3, interviews)
    assert (found.within, found.beyond) == ((5, 2, 3), (4, 1))


@given(st.integers(0, 6), st.lists(st.sampled_from([None, NOW, LATER])), st.data())
def test_the_order_of_arrival_does_not_matter(
    target: int, times: list[datetime | None], data: st.DataObject
) -> None:
    interviews = [Finished(number, time) for number, time in enumerate(times)]
    found = reconcile(target, interviews)
    assert found == reconcile(target, data.draw(st.permutations(interviews)))
    assert len(found.within) == min(target, len(times))
    assert sorted(found.within + found.beyond) == list(range(len(times)))
