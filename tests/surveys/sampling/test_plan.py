"""What stands against a draw is told before it, all of it."""

import json
import math
from dataclasses import replace

import pytest

from surveys.sampling.draws import draw
from surveys.sampling.frame import FrameUnit
from surveys.sampling.plan import Against, Allocation, Method, Order, Plan, PlanFault, plan_faults
from tests.surveys.sampling.frames import frame

FRAME = frame({"a": [1, 2, 3], "b": [4, 5]})
FIXED = Plan(Method.SIMPLE, allocation=Allocation.FIXED)


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        (Plan(Method.SIMPLE, 5), []),
        (Plan(Method.SIMPLE, 6), [PlanFault(Against.TOO_MANY, "", "5")]),
        (Plan(Method.SIMPLE, 1), [PlanFault(Against.TOO_FEW, "", "2")]),
        (Plan(Method.SIMPLE, 3, fewest=2), [PlanFault(Against.TOO_FEW, "", "4")]),
        (Plan(Method.SIMPLE, 3, fewest=0), [PlanFault(Against.BAD_COUNT, "", "fewest")]),
        (Plan(Method.PPS, 3, replacements=-1), [PlanFault(Against.BAD_COUNT, "", "replacements")]),
        (replace(FIXED, fixed={"a": 3, "b": 1}), []),
        (
            replace(FIXED, fixed={"a": 4, "b": 0}),
            [PlanFault(Against.TOO_MANY, "a", "3"), PlanFault(Against.TOO_FEW, "b", "1")],
        ),
        (
            replace(FIXED, fixed={"a": 1, "c": 1}),
            [PlanFault(Against.UNKNOWN_STRATUM, "c"), PlanFault(Against.MISSING_STRATUM, "b")],
        ),
        (
            Plan(Method.PPS, 3, Allocation.NEYMAN, spread={"a": math.nan, "b": -1}),
            [
                PlanFault(Against.BAD_SPREAD, "a", "nan"),
                PlanFault(Against.BAD_SPREAD, "b", "-1"),
            ],
        ),
    ],
)
def test_a_plan_fits_the_frame_or_its_faults_are_told(plan: Plan, faults: list[PlanFault]) -> None:
    assert list(plan_faults(FRAME, plan)) == faults


@pytest.mark.parametrize(
    "plan", [Plan(Method.PPS, 1), Plan(Method.SIMPLE, 1, Allocation.SIZE)], ids=["pps", "size"]
)
def test_who_is_drawn_by_size_has_one(plan: Plan) -> None:
    units = [FrameUnit("a1", "a", size=3), FrameUnit("a2", "a"), FrameUnit("a3", "a", size=0)]
    assert plan_faults(units, plan) == (
        PlanFault(Against.NO_SIZE, "a", "a2"),
        PlanFault(Against.NO_SIZE, "a", "a3"),
    )


def test_a_code_is_there_once_in_all_strata() -> None:
    units = [FrameUnit("1", "a"), FrameUnit("1", "b")]
    faults = plan_faults(units, Plan(Method.SIMPLE, 2))
    assert faults == (PlanFault(Against.REPEATED_UNIT, "b", "1"),)


def test_nothing_is_drawn_from_nothing() -> None:
    assert plan_faults([], Plan(Method.SIMPLE, 1)) == (PlanFault(Against.NO_UNITS),)


def test_a_draw_refuses_a_plan_with_faults() -> None:
    with pytest.raises(ValueError, match="too_many"):
        draw(FRAME, Plan(Method.SIMPLE, 6), seed=1)


def test_a_plan_is_kept_as_json() -> None:
    plan = replace(FIXED, fixed={"a": 2, "b": 1}, order=Order.SHUFFLED, replacements=2)
    kept = Plan.read(json.loads(json.dumps(plan.document())))
    assert kept == plan
    assert isinstance(kept.allocation, Allocation)
    with pytest.raises(ValueError, match="guess"):
        Plan.read({"method": "guess"})
