"""Raked estimates and their errors are those of R's `calibrate`, and of people taken one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.calibration import calibrate, calibrated_mean, calibrated_means
from scoring.maths.design import Design
from scoring.maths.estimate import (
    LONELY_PSU,
    ONE_PSU,
    Estimate,
    Totals,
    covariances,
    difference,
    mean,
    ratio,
    total,
)
from scoring.maths.matrix import Booleans, Floats, Integers
from scoring.maths.raking import Margin, RakeCell
from tests.scoring.maths import golden, raked

SEX = Margin("sex", {"f": 40.0, "m": 60.0})
COUPLES: list[RakeCell] = [("f",), ("m",), ("f",), ("m",)]


def in_city(name: str) -> Booleans:
    return np.array([city == name for city in golden.domains()["a1"]])


def linearised(y: Floats, weights: Floats) -> Floats:
    """(y - mean) / sum of weights, (people,); 0 for who has no y."""
    valid = ~np.isnan(y)
    total = weights[valid].sum()
    return np.where(valid, (y - (weights * y)[valid].sum() / total) / total, 0)


def error_by_people(u: Floats, raked_weights: Floats) -> float:
    """The SE of a linearised value (people,), from people's own least squares on the golden data."""
    cells = raked.people_cells()
    w, x = golden.person_weights(), np.array([_indicators(cell) for cell in cells])
    slopes = np.linalg.lstsq(np.sqrt(w)[:, np.newaxis] * x, np.sqrt(w) * u, rcond=None)[0]
    z = raked.summed(raked_weights * (u - x @ slopes), golden.psus())
    return float(np.sqrt(golden.design().variance(z)))


def _indicators(cell: RakeCell) -> list[bool]:
    levels = [
        (place, level) for place, margin in enumerate(raked.margins()) for level in margin.targets
    ]
    return [cell[place] == level for place, level in levels]


def raked_weights() -> Floats:
    design, (_, _, part) = raked.design(), raked.parts()
    return np.asarray(golden.person_weights() * design.raking.factors[design.cell[part]])


def test_the_golden_raked_index() -> None:
    ours = calibrated_mean(raked.totals(golden.people().index), raked.design())
    assert ours.estimate == pytest.approx(raked.reference()["mean"], rel=1e-12)
    assert ours.se == pytest.approx(raked.reference()["se"], rel=1e-11)
    assert (ours.n, ours.df) == (1185, 56)


@pytest.mark.parametrize("row", raked.reference()["by_city"], ids=lambda row: row["city"])
def test_the_golden_raked_index_of_each_city(row: dict[str, float]) -> None:
    y = np.where(in_city(str(row["city"])), golden.people().index, np.nan)
    ours = calibrated_mean(raked.totals(y), raked.design())
    assert ours.estimate == pytest.approx(row["estimate"], rel=1e-11)
    assert ours.se == pytest.approx(row["se"], rel=1e-11)
    assert ours.df == 4


@pytest.mark.parametrize("name", sorted(golden.people().variables()))
def test_every_variable_agrees_with_people_taken_one_by_one(name: str) -> None:
    y = golden.people().variables()[name]
    ours = calibrated_mean(raked.totals(y), raked.design())
    expected = error_by_people(linearised(y, raked_weights()), raked_weights())
    assert ours.se == pytest.approx(expected, rel=1e-11)


def test_differences_and_ratios_are_raked_too() -> None:
    variables, weights, design = golden.people().variables(), raked_weights(), raked.design()
    a, b = (np.where(in_city(city), variables["c"], np.nan) for city in ("c01", "c02"))
    in_a, in_b = (design.raked(raked.totals(y)) for y in (a, b))
    expected = error_by_people(linearised(a, weights) - linearised(b, weights), weights)
    assert difference(in_a, in_b, design).se == pytest.approx(expected, rel=1e-11)

    names = ("M0_1_3", "H_1_3", "A_1_3")
    m0, h, intensity = (design.raked(raked.totals(variables[name])) for name in names)
    of_the_poor = calibrated_mean(raked.totals(variables["A_1_3"]), design)
    assert ratio(m0, h, design).se == pytest.approx(of_the_poor.se, rel=1e-11)
    assert mean(intensity, design) == of_the_poor


def test_many_cells_are_estimated_as_each_one_is() -> None:
    names = ("c", "A_1_3", "H_1_3")
    each = [raked.totals(golden.people().variables()[name]) for name in names]
    sums = ("n", "W", "T", "W2", "Q")
    together = Totals(*(np.stack([getattr(one, k) for one in each], axis=1) for k in sums))
    ours = calibrated_means(together, raked.design())
    for one, estimate in zip(each, ours, strict=True):
        alone = calibrated_mean(one, raked.design())
        assert estimate.estimate == pytest.approx(alone.estimate, rel=1e-14)
        assert estimate.se == pytest.approx(alone.se, rel=1e-12)
    joint = covariances(raked.design().raked(together), raked.design())
    errors = [estimate.se for estimate in ours]
    assert np.sqrt(np.diag(joint)).tolist() == pytest.approx(errors, rel=1e-12)


@pytest.mark.parametrize("level", ["f", "16-29", "50+"])
def test_what_is_known_from_the_margins_has_no_error(level: str) -> None:
    y = np.array([1.0 if level in cell else 0.0 for cell in raked.people_cells()])
    sums, design = raked.totals(y), raked.design()
    ours, people_there = calibrated_mean(sums, design), total(design.raked(sums), design)
    targets = {level: n for margin in raked.margins() for level, n in margin.targets.items()}
    people = raked.reference()["totals"]["(Intercept)"]
    assert ours.estimate == pytest.approx(targets[level] / people, rel=1e-12)
    assert ours.se == pytest.approx(0, abs=1e-14)
    assert people_there.estimate == pytest.approx(targets[level], rel=1e-12)
    assert people_there.se == pytest.approx(0, abs=1e-7)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(0.1, 10))
def test_raking_to_one_class_changes_no_error(seed: int, scale: float) -> None:
    """The ratio mean has its total in it already."""
    random = np.random.default_rng(seed)
    psus, w, y = random.integers(0, 6, 30), random.lognormal(0, 1, 30), random.random(30)
    design = Design(np.array([0, 0, 0, 1, 1, 1]), np.array([3, 4]))
    plain = mean(golden.totals(y, w, psus, 6), design)
    to_one = [Margin("all", {"all": float(w.sum()) * scale})]
    ours = mean_raked(y, w, psus, [("all",)] * 30, to_one, design)
    assert ours.estimate == pytest.approx(plain.estimate, rel=1e-12)
    assert ours.se == pytest.approx(plain.se, rel=1e-10)


def mean_raked(
    y: Floats,
    w: Floats,
    psus: Integers,
    cells: list[RakeCell],
    margins: list[Margin],
    design: Design,
) -> Estimate:
    psu, part_cells, part = raked.parted(psus, cells)
    weighted = calibrate(design, margins, psu, part_cells, raked.summed(w, part))
    return calibrated_mean(golden.totals(y, w, part, len(psu)), weighted)


def test_a_domain_inside_one_psu_has_no_standard_error() -> None:
    psus = np.array([0, 0, 1, 2])
    y = np.array([0.2, 0.6, np.nan, np.nan])
    design = Design(np.zeros(3, dtype=np.int64), np.array([3]))
    ours = mean_raked(y, np.ones(4), psus, COUPLES, [SEX], design)
    assert ours.estimate == pytest.approx(0.4 * 0.2 + 0.6 * 0.6)
    assert (ours.se, ours.low, ours.t_high, ours.n_eff) == (None, None, None, None)
    assert (ours.n, ours.df) == (2, 0)
    assert ours.flags == {ONE_PSU}


def test_a_lonely_psu_is_flagged() -> None:
    psus = np.array([0, 0, 1, 2])
    design = Design(np.array([0, 1, 1]), np.array([1, 2]))
    ours = mean_raked(np.array([0.2, 0.6, 0.1, 0.3]), np.ones(4), psus, COUPLES, [SEX], design)
    assert ours.flags == {LONELY_PSU}
    assert ours.se is not None


def test_people_without_a_valid_answer_are_raked_with_the_others() -> None:
    cells: list[RakeCell] = [("f",), ("m",), ("m",), ("f",), ("m",)]
    y = np.array([0.0, 1.0, np.nan, 0.5, 1.0])
    design = Design(np.zeros(2, dtype=np.int64), np.array([2]))
    ours = mean_raked(y, np.ones(5), np.array([0, 0, 0, 1, 1]), cells, [SEX], design)
    assert ours.n == 4
    assert ours.estimate == pytest.approx((20 * 0 + 20 * 0.5 + 20 * 1 + 20 * 1) / 80)
