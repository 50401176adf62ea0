"""Strata's moments give every golden estimate, and what the PSUs themselves give."""

import csv
from functools import cache
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maths.cells import EVERYBODY, Cell, Cells, Domain, Weighed, site_cells
from scoring.maths.design import Design
from scoring.maths.estimate import LONELY_PSU, NO_DESIGN, ONE_PSU, Estimate, Totals, means
from scoring.maths.strata import by_cell
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
PRECISE = ("estimate", "se", "deff", "df", "low", "high", "t_low", "t_high", "n_eff")


@cache
def golden_estimates() -> dict[Cell, Estimate]:
    indexes = {name: golden.people(weights).index for name, weights in INDEXES.items()}
    weighed = [
        *golden.people().weighed(golden.person_weights()),
        Weighed(indexes, golden.person_weights()),
    ]
    return by_cell(golden.cells_of_sites(weighed, golden.domains()), golden.design())


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


def test_all_golden_contributions() -> None:
    path = golden.DATA / "golden_af_contributions.csv"
    everybody = {cell.variable: row for cell, row in golden_estimates().items() if cell.by == "all"}
    breadth = everybody["M0_1_3"].estimate or 0.0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            uncensored, censored, share = (everybody[f"{p}_{row['item']}"] for p in "UCX")
            found = {
                "uncensored_headcount_among_valid": uncensored.estimate,
                "uncensored_se": uncensored.se,
                "censored_headcount_all": censored.estimate,
                "censored_se": censored.se,
                "abs_contrib": (share.estimate or 0.0) * breadth,
                "pct_contrib": share.estimate,
                "pct_contrib_se": share.se,
            }
            for name, value in found.items():
                assert value == pytest.approx(float(row[name]), rel=1e-10), (row["item"], name)


@pytest.mark.parametrize("prefix", ["X_s", "XS_", "XC_"])
def test_shares_add_up_to_one_in_every_group(prefix: str) -> None:
    added: dict[tuple[str, str], float] = {}
    for cell, row in golden_estimates().items():
        if cell.variable.startswith(prefix):
            group = (cell.by, cell.level)
            added[group] = added.get(group, 0.0) + (row.estimate or 0.0)
    assert len(added) > 50
    assert added == pytest.approx(dict.fromkeys(added, 1.0), abs=1e-12)


def test_gaps_add_up_to_the_distance_from_full_integration() -> None:
    for (by, level, variable), row in golden_estimates().items():
        if variable == "index":
            gaps = [golden_estimates()[Cell(by, level, f"gap_S{d}")] for d in range(1, 6)]
            total = sum(gap.estimate or 0.0 for gap in gaps)
            assert total == pytest.approx(1 - (row.estimate or 0.0), abs=1e-12)


def test_a_certain_golden_share_has_an_interval_where_r_gives_none() -> None:
    ours = golden_estimates()[Cell("a1", "c12", "H_1_5")]
    assert (ours.estimate, ours.se, ours.deff, ours.high) == (1, 0, None, 1)
    assert ours.low == pytest.approx(0.929, abs=0.0005)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 4), st.booleans())
def test_strata_say_what_their_psus_say(
    seed: int, psus: int, strata: int, has_population: bool
) -> None:
    rng = np.random.default_rng(seed)
    stratum = np.sort(rng.integers(strata, size=psus))
    sampled = np.maximum(np.bincount(stratum, minlength=strata) + rng.integers(0, 2, strata), 1)
    population = sampled * rng.uniform(1.0, 3.0, size=strata) if has_population else None
    design = Design(stratum, sampled, population)
    totals = random_totals(rng, psus)
    made = by_cell([cells_of(totals, psu) for psu in range(psus)], design)
    for cell, theirs in enumerate(means(totals, design)):
        ours = made.get(Cell(*EVERYBODY, f"y{cell}"))
        if not theirs.n:
            assert ours is None
            continue
        assert ours is not None
        assert (ours.n, ours.flags) == (theirs.n, theirs.flags)
        for name in PRECISE:
            expected = getattr(theirs, name)
            wanted = expected if expected is None else pytest.approx(expected, rel=1e-7, abs=1e-9)
            assert getattr(ours, name) == wanted, name


def cells_of(totals: Totals, psu: int) -> Cells:
    """One PSU of the sums."""
    sums = np.stack(
        [getattr(totals, name)[psu] for name in ("n", "W", "T", "W2", "Q")], dtype=np.float64
    )
    names = tuple(f"y{number}" for number in range(sums.shape[1]))
    return Cells(names, (EVERYBODY,), sums[:, np.newaxis])


def random_totals(rng: np.random.Generator, psus: int, cells: int = 3) -> Totals:
    n = rng.integers(0, 9, size=(psus, cells))
    W = n * rng.uniform(0.5, 2.0, size=n.shape)
    y = rng.random(n.shape)
    return Totals(n, W, W * y, W * W / np.maximum(n, 1) * 1.1, W * y * y * 1.2)


def site(*y: float) -> Cells:
    return site_cells([Weighed({"y": np.array(y)}, np.ones(len(y)))], {})


EMPTY = Cells(("y",), (), np.zeros((5, 0, 1)))
KEY = Cell("all", "all", "y")


def test_a_site_without_interviews_is_still_a_sampled_psu() -> None:
    design = Design(np.zeros(3, dtype=np.int64), np.array([3]))
    ours = by_cell([site(0.2), EMPTY, site(0.6)], design)[KEY]
    assert ours.se == pytest.approx((3 / 2 * 2 * 0.1**2) ** 0.5)
    assert (ours.n, ours.df) == (2, 1)


def test_a_lonely_psu_is_centred_at_the_grand_mean_and_said_to_be() -> None:
    design = Design(np.array([0, 1, 1]), np.array([1, 2]))
    ours = by_cell([site(0.3, 0.5), site(0.2), site(0.9)], design)[KEY]
    z = (np.array([0.8, 0.2, 0.9]) - np.array([2, 1, 1]) * 0.475) / 4
    expected = z[0] ** 2 + 2 * ((z[1:] - z[1:].mean()) ** 2).sum()
    assert ours.se == pytest.approx(expected**0.5)
    assert ours.flags == {LONELY_PSU}


def test_one_psu_tells_nothing_of_the_others() -> None:
    design = Design(np.zeros(2, dtype=np.int64), np.array([2]))
    ours = by_cell([site(0.2, 0.4), EMPTY], design)[KEY]
    assert ours.estimate == pytest.approx(0.3)
    assert ours.se is None
    assert ours.flags == {ONE_PSU}


def test_a_convenience_sample_has_no_error() -> None:
    ours = by_cell([site(0.2), site(0.6)], None)[KEY]
    assert ours.estimate == pytest.approx(0.4)
    assert ours.se is None
    assert ours.flags == {NO_DESIGN}


@pytest.mark.parametrize("sites", [[], [EMPTY, EMPTY]])
def test_without_cells_there_are_no_estimates(sites: list[Cells]) -> None:
    assert by_cell(sites, None) == {}


def test_a_cell_that_a_stratum_lacks_counts_as_nobody() -> None:
    levels = {"sex": ["f", "m"]}
    both = site_cells([Weighed({"y": np.array([0.0, 1.0])}, np.ones(2))], levels)
    design = Design(np.array([0, 1, 1]), np.array([1, 2]))
    made = by_cell([site(0.5), both, both], design)
    assert made[Cell("sex", "f", "y")].n == 2
    assert made[Cell("all", "all", "y")].n == 5
    assert Domain("sex", "f") in both.domains
