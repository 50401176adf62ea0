"""Frames that are drawn from in tests."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from surveys.sampling.frame import FrameUnit
from surveys.sampling.plan import Allocation, Method, Order, Plan

SIZES = st.floats(min_value=0.01, max_value=10_000)


def frame(sizes: Mapping[str, Sequence[float]]) -> list[FrameUnit]:
    """Units a1, a2, .. of stratum a and so on, with their measures of size."""
    return [
        FrameUnit(f"{stratum}{place}", stratum, size=size)
        for stratum, some in sizes.items()
        for place, size in enumerate(some, start=1)
    ]


def frames() -> st.SearchStrategy[list[FrameUnit]]:
    strata = st.lists(st.lists(SIZES, min_size=1, max_size=12), min_size=1, max_size=3)
    return strata.map(lambda some: frame(dict(zip("abc", some, strict=False))))


@st.composite
def plans(pick: st.DrawFn, units: Sequence[FrameUnit]) -> Plan:
    """Any plan that the frame can be drawn by."""
    strata = {unit.stratum for unit in units}
    return Plan(
        method=pick(st.sampled_from(Method)),
        units=pick(st.integers(len(strata), len(units))),
        allocation=pick(
            st.sampled_from([one for one in Allocation if one is not Allocation.FIXED])
        ),
        spread={stratum: pick(st.floats(0, 100)) for stratum in strata},
        replacements=pick(st.integers(0, 4)),
        order=pick(st.sampled_from(Order)),
    )
