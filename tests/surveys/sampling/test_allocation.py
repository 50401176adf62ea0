"""Units are shared out among strata as published, within what there is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.sampling.allocation import allocate
from surveys.sampling.frame import by_stratum
from surveys.sampling.plan import Allocation, Method, Plan
from tests.surveys.sampling.frames import frame, frames, plans


def allocated(counts: dict[str, int], plan: Plan) -> dict[str, int]:
    return allocate(by_stratum(frame({name: [1.0] * n for name, n in counts.items()})), plan)


def test_proportional_is_exact_where_it_can_be() -> None:
    counts = {"a": 50, "b": 30, "c": 20}
    assert allocated(counts, Plan(Method.SIMPLE, 10)) == {"a": 5, "b": 3, "c": 2}


def test_every_stratum_has_the_fewest_and_none_more_than_there_are() -> None:
    counts = {"a": 1000, "b": 10, "c": 1}
    assert allocated(counts, Plan(Method.SIMPLE, 20, fewest=2)) == {"a": 17, "b": 2, "c": 1}


def test_equal_shares_differ_by_one_the_first_first() -> None:
    plan = Plan(Method.SIMPLE, 10, Allocation.EQUAL)
    assert allocated({"c": 9, "a": 9, "b": 9}, plan) == {"a": 4, "b": 3, "c": 3}
    assert allocated({"a": 2, "b": 9, "c": 9}, plan) == {"a": 2, "b": 4, "c": 4}


def test_neyman_goes_by_units_times_spread() -> None:
    plan = Plan(Method.SIMPLE, 12, Allocation.NEYMAN, spread={"a": 1, "b": 3})
    assert allocated({"a": 60, "b": 20}, plan) == {"a": 6, "b": 6}
    assert allocated({"a": 30, "b": 30}, plan) == {"a": 3, "b": 9}


def test_a_further_unit_goes_where_it_lowers_the_variance_most() -> None:
    """With 3 and 1: 100^2 / 3 + 55^2 = 6358; with 2 and 2 it would be 6513."""
    assert allocated({"a": 100, "b": 55}, Plan(Method.SIMPLE, 4)) == {"a": 3, "b": 1}


def test_neyman_goes_by_size_times_spread_with_pps() -> None:
    plan = Plan(Method.PPS, 8, Allocation.NEYMAN, spread={"a": 1, "b": 1})
    strata = by_stratum(frame({"a": [10.0] * 6, "b": [30.0] * 6}))
    assert allocate(strata, plan) == {"a": 2, "b": 6}


def test_size_goes_by_the_sum_of_sizes() -> None:
    strata = by_stratum(frame({"a": [10.0] * 6, "b": [30.0] * 6}))
    assert allocate(strata, Plan(Method.SIMPLE, 8, Allocation.SIZE)) == {"a": 2, "b": 6}


def test_neyman_makes_the_variance_smallest() -> None:
    """Against every other way to share out the units: V = sum of (N S)^2 / n, but for a constant."""
    plan = Plan(Method.SIMPLE, 9, Allocation.NEYMAN, spread={"a": 2.5, "b": 1.1, "c": 0.7})
    weights = {"a": 14 * 2.5, "b": 25 * 1.1, "c": 40 * 0.7}
    ours = allocated({"a": 14, "b": 25, "c": 40}, plan)
    others = [{"a": a, "b": b, "c": 9 - a - b} for a in range(1, 8) for b in range(1, 9 - a)]
    variances = [sum(weights[name] ** 2 / n for name, n in other.items()) for other in others]
    assert ours == others[variances.index(min(variances))]


@settings(max_examples=40)
@given(st.data())
def test_all_units_are_shared_out(data: st.DataObject) -> None:
    units = data.draw(frames())
    plan = data.draw(plans(units))
    strata = by_stratum(units)
    numbers = allocate(strata, plan)
    assert sum(numbers.values()) == plan.units
    assert all(1 <= numbers[name] <= len(some) for name, some in strata.items())
