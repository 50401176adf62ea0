"""Rates agree with published ones, and are None where there is nothing to say."""

from dataclasses import asdict
from itertools import pairwise, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.sampling.outcomes import Outcome
from surveys.sampling.rates import Rates, Tally, rates, rates_by

# The worked example of the R package outcomerate 1.0.1 (rOpenSci): 12 people, to three places.
EXAMPLE = Tally(
    complete=4,
    partial=2,
    refusal=1,
    non_contact=1,
    other=1,
    unknown_household=1,
    unknown_other=1,
    not_eligible=1,
)
PUBLISHED = Rates(
    *(0.9, 0.364, 0.545, 0.370, 0.556, 0.444, 0.667),  # e, RR1 to RR6
    *(0.500, 0.750, 0.571, 0.857),  # COOP
    *(0.091, 0.093, 0.111),  # REF
    *(0.727, 0.741, 0.889),  # CON
)


def test_all_rates_are_the_published_ones() -> None:
    found = {name: round(rate, 3) for name, rate in asdict(rates(EXAMPLE)).items()}
    assert found == asdict(PUBLISHED)


def test_weighted_rates_are_the_published_ones() -> None:
    """I P I UO R I with weight 1.3, NC I O P UH with 2.5: RR2 is 0.50, CON1 0.69."""
    light = ["completed", "partial", "completed", "unscreened", "refused", "completed"]
    heavy = ["away", "completed", "unable", "partial", "not_found"]
    cases = [
        *zip(map(Outcome, light), repeat(1.3), strict=False),
        *zip(map(Outcome, heavy), repeat(2.5), strict=False),
    ]
    found = rates(Tally.of(cases))
    assert (round(found.rr2 or 0, 2), round(found.con1 or 0, 2)) == (0.5, 0.69)


def test_a_given_e_is_used() -> None:
    assert rates(EXAMPLE, e=0).rr3 == rates(EXAMPLE).rr5
    assert rates(EXAMPLE, e=1).rr4 == rates(EXAMPLE).rr2


def test_nothing_is_divided_by_nothing() -> None:
    assert set(asdict(rates(Tally())).values()) == {None}


def test_without_e_only_what_needs_it_is_unknown() -> None:
    found = rates(Tally(unknown_household=3))
    assert found.e is None
    assert (found.rr1, found.ref1, found.con1) == (0, 0, 0)
    assert (found.rr3, found.rr5, found.coop1) == (None, None, None)


def test_where_all_is_known_e_does_not_matter() -> None:
    found = rates(Tally(complete=100, non_contact=20), e=0.5)
    assert found.rr1 == found.rr3 == found.rr5 == 100 / 120


def test_groups_have_their_own_rates_and_may_share_e() -> None:
    cases = [
        ("s1", Outcome.COMPLETED, 1.0),
        ("s1", Outcome.NOT_ATTEMPTED, 1.0),
        ("s2", Outcome.VACANT, 1.0),
        ("s2", Outcome.NOT_FOUND, 1.0),
    ]
    own = rates_by(cases)
    assert (own["s1"].rr3, own["s2"].rr3) == (0.5, None)
    assert rates_by(cases, e=0.5)["s1"].rr3 == 1 / 1.5
    assert rates_by(cases, e=0.5)["s2"].rr3 == 0


@given(st.lists(st.sampled_from(Outcome), min_size=1))
def test_rates_lie_between_0_and_1_and_stricter_ones_below(outcomes: list[Outcome]) -> None:
    found: Rates = rates(Tally.of((outcome, 1.0) for outcome in outcomes))
    known = [rate for rate in asdict(found).values() if rate is not None]
    assert all(0 <= rate <= 1 for rate in known)
    for strict, middle, kind in [
        (found.rr1, found.rr3, found.rr5),
        (found.rr2, found.rr4, found.rr6),
        (found.ref1, found.ref2, found.ref3),
        (found.con1, found.con2, found.con3),
    ]:
        ordered = [rate for rate in (strict, middle, kind) if rate is not None]
        assert all(low <= high + 1e-12 for low, high in pairwise(ordered))


@pytest.mark.parametrize("size", [1, 7])
def test_counts_and_equal_weights_say_the_same(size: int) -> None:
    outcomes = [Outcome.COMPLETED, Outcome.REFUSED, Outcome.VACANT, Outcome.NOT_FOUND]
    weighted = rates(Tally.of((outcome, float(size)) for outcome in outcomes))
    assert weighted.rr3 == pytest.approx(rates(Tally.of((one, 1.0) for one in outcomes)).rr3)
