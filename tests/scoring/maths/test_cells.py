"""Sites' sums give every golden estimate, in any order, to the same bits."""

from functools import cache
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths import cells
from scoring.maths.cells import Cell, SiteTotals, Sums, estimates, site_totals
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate
from tests.scoring.maths import golden

INDEXES = {
    "index_eq": "equal-v1",
    "index_rs": "drc-ranksum-v1",
    "index_roc": "drc-roc-v1",
}
COLUMNS = {
    "estimate": "estimate",
    "se": "se",
    "deff": "deff",
    "df": "df",
    "ci_low": "t_low",
    "ci_high": "t_high",
    "logit_low": "low",
    "logit_high": "high",
}


@cache
def golden_cells() -> list[SiteTotals]:
    indexes = {name: golden.people(weights).index for name, weights in INDEXES.items()}
    return golden.cells_of_sites(golden.people().variables() | indexes, golden.domains())


@cache
def golden_estimates() -> dict[Cell, Estimate]:
    return estimates(golden_cells(), golden.design())


@pytest.mark.parametrize("column", COLUMNS)
def test_all_golden_estimates(column: str) -> None:
    worst = 0.0
    for row in golden.rows("estimates"):
        variable = row["variable"].replace("poor_", "H_").replace("ck_", "M0_")
        ours = golden_estimates()[Cell(row["by"], row["level"], variable)]
        assert ours.n == int(row["n"])
        if row[column]:
            value = getattr(ours, COLUMNS[column])
            worst = max(
                worst, golden.relative_error(inf if value is None else value, float(row[column]))
            )
    assert worst < 1e-10


def test_cells_divided_to_save_memory_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = golden_estimates()
    monkeypatch.setattr(cells, "BLOCK", 1)
    divided = estimates(golden_cells(), golden.design())
    assert divided.keys() == whole.keys()
    for cell, expected in whole.items():
        found = divided[cell]
        assert (found.n, found.flags) == (expected.n, expected.flags)
        for name in ("estimate", "se", "deff", "low", "high", "n_eff"):
            value = getattr(expected, name)
            wanted = value if value is None else pytest.approx(value, rel=1e-9)
            assert getattr(found, name) == wanted, (cell, name)


def test_a_certain_golden_share_has_an_interval_where_r_gives_none() -> None:
    ours = golden_estimates()[Cell("a1", "c12", "H_1_5")]
    assert (ours.estimate, ours.se, ours.deff, ours.high) == (1, 0, None, 1)
    assert ours.low == pytest.approx(0.929, abs=0.0005)


def test_cells_agree_with_sums_over_people() -> None:
    everybody = golden_estimates()[Cell("all", "all", "c")]
    assert everybody.se == pytest.approx(golden.golden_mean(golden.people().c).se, rel=1e-13)


def test_a_cell_holds_its_valid_cases_only() -> None:
    y = np.array([0.5, np.nan, 1.0])
    totals = site_totals({"y": y}, np.array([2.0, 3.0, 4.0]), {"sex": ["m", "m", None]})
    assert totals == {
        Cell("all", "all", "y"): Sums(2, 6.0, 5.0, 20.0, 4.5),
        Cell("sex", "m", "y"): Sums(1, 2.0, 1.0, 4.0, 0.5),
    }


def test_a_cell_without_a_valid_case_is_left_out() -> None:
    assert site_totals({"y": np.array([np.nan])}, np.ones(1), {"sex": ["f"]}) == {}


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(20)))
def test_sums_do_not_depend_on_the_order_of_people(order: list[int]) -> None:
    members = next(iter(golden.sites().values()))[:20]
    variables = {name: y[members] for name, y in golden.people().variables().items()}
    weights = golden.person_weights()[members] / 7
    shuffled = {name: y[order] for name, y in variables.items()}
    assert site_totals(shuffled, weights[order], {}) == site_totals(variables, weights, {})


def test_every_domain_divides_the_survey() -> None:
    sums = [totals[Cell("all", "all", "M0_1_3")] for totals in golden_cells()]
    by_sex = [
        cell_sums
        for totals in golden_cells()
        for cell, cell_sums in totals.items()
        if (cell.by, cell.variable) == ("a3", "M0_1_3")
    ]
    assert sum(s.n for s in by_sex) == sum(s.n for s in sums)
    assert sum(s.T for s in by_sex) == pytest.approx(sum(s.T for s in sums), rel=1e-12)


def test_a_site_without_interviews_is_still_a_sampled_psu() -> None:
    design = Design(np.zeros(3, dtype=np.int64), np.array([3]))
    cell = Cell("all", "all", "y")
    sites: list[SiteTotals] = [
        {cell: Sums(1, 1.0, 0.2, 1.0, 0.04)},
        {},
        {cell: Sums(1, 1.0, 0.6, 1.0, 0.36)},
    ]
    ours = estimates(sites, design)[cell]
    assert ours.se == pytest.approx((3 / 2 * 2 * 0.1**2) ** 0.5)
    assert (ours.n, ours.df) == (2, 1)


@pytest.mark.parametrize("sites", [[], [{}, {}]])
def test_without_cells_there_are_no_estimates(sites: list[SiteTotals]) -> None:
    assert estimates(sites, None) == {}
