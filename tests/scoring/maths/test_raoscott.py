"""Tables and their tests against R's survey package, and under a null hypothesis with clustered people."""

import csv
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scoring.maths.crosstab import NOWHERE, Crossed, Sampled, averaged, crossed
from scoring.maths.design import Design
from scoring.maths.matrix import Floats, Integers
from scoring.maths.raoscott import Association

DATA = Path(__file__).parents[2] / "data" / "crosstab"
ROWS, COLUMNS = "abc", "klmn"


@cache
def people() -> list[dict[str, str]]:
    with (DATA / "people.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers_in(text: str) -> dict[str, float]:
    pairs = (line.strip().rpartition(" ") for line in text.splitlines())
    return {name.strip(): float(number) for name, _, number in pairs}


@cache
def reference() -> dict[str, float]:
    return numbers_in((DATA / "reference.txt").read_text("utf-8"))


def column(name: str) -> Floats:
    return np.array([float(row[name]) for row in people()])


def places(name: str, levels: str) -> Integers:
    return np.array([levels.find(row[name]) for row in people()], dtype=np.int64)


@cache
def sampled() -> Sampled:
    psus = dict.fromkeys((row["stratum"], row["psu"]) for row in people())
    strata = list(dict.fromkeys(stratum for stratum, _ in psus))
    stratum = np.array([strata.index(stratum) for stratum, _ in psus])
    place = {key: number for number, key in enumerate(psus)}
    psu = np.array([place[row["stratum"], row["psu"]] for row in people()])
    return Sampled(psu, column("weight"), len(psus), Design(stratum, np.bincount(stratum)))


def table(rows: str = ROWS) -> Crossed:
    shape = (len(rows), len(COLUMNS))
    return crossed(sampled(), places("row", rows), places("column", COLUMNS), shape)


def check(number: float | None, name: str) -> None:
    assert number == pytest.approx(reference()[name], rel=1e-9), name


def test_shares_of_rows_are_those_of_r() -> None:
    for row, shares in zip(ROWS, table().shares("row"), strict=True):
        for name, share in zip(COLUMNS, shares, strict=True):
            check(share.estimate, f"row {row} {name}")
            check(share.se, f"row_se {row} {name}")
            check(share.low, f"row_low {row} {name}")
            check(share.high, f"row_high {row} {name}")


def test_shares_of_columns_and_of_everybody_are_those_of_r() -> None:
    made = table()
    for name, share in zip(COLUMNS, made.shares("column")[0], strict=True):
        check(share.estimate, f"column a {name}")
        check(share.se, f"column_se a {name}")
    for row, shares in zip(ROWS, made.shares("all"), strict=True):
        for name, share in zip(COLUMNS, shares, strict=True):
            check(share.estimate, f"all {row} {name}")
            check(share.se, f"all_se {row} {name}")


def test_margins_add_up_to_everybody() -> None:
    made = table()
    assert sum(share.estimate or 0 for share in made.along_rows()) == pytest.approx(1)
    assert sum(share.estimate or 0 for share in made.along_columns()) == pytest.approx(1)
    assert {share.n for share in made.along_rows()} == {made.people.sum()}


def test_the_corrected_test_is_that_of_r() -> None:
    tested = table().tested()
    assert isinstance(tested, Association)
    check(tested.f, "F")
    check(tested.df, "ndf")
    check(tested.df_error, "ddf")
    check(tested.p, "p")
    assert tested.chi2 == pytest.approx(tested.f * tested.df)
    assert tested.pearson > tested.chi2


def test_whoever_is_in_no_row_is_left_out_as_a_subset_of_r() -> None:
    tested = table("ab").tested()
    assert isinstance(tested, Association)
    check(tested.f, "F_fewer")
    check(tested.df, "ndf_fewer")
    check(tested.p, "p_fewer")


def test_an_empty_row_changes_no_test() -> None:
    assert table("abcz").tested() == table().tested()


def test_means_of_groups_and_their_test_are_those_of_r() -> None:
    made = averaged(sampled(), column("score"), places("row", ROWS), len(ROWS))
    for row, mean in zip(ROWS, made.means(), strict=True):
        check(mean.estimate, f"mean {row}")
        check(mean.se, f"mean_se {row}")
    tested = made.tested()
    assert tested is not None
    check(tested.f, "wald")
    check(tested.df, "wald_df")
    check(tested.df_error, "wald_ddf")
    check(tested.p, "wald_p")


def test_nothing_is_tested_where_there_is_nothing_to_tell_apart() -> None:
    assert table("a").tested() is None
    nobody = np.full(len(people()), NOWHERE)
    assert crossed(sampled(), nobody, nobody, (2, 2)).tested() is None
    one = averaged(sampled(), column("score"), places("row", "a"), 1)
    assert one.tested() is None
    convenience = Sampled(sampled().psu, column("weight"), sampled().psus, None)
    assert (
        crossed(convenience, places("row", "ab"), places("column", "kl"), (2, 2)).tested() is None
    )


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not here")
def test_r_says_the_same_today() -> None:
    program = shutil.which("Rscript")
    assert program
    said = subprocess.run(
        [program, str(DATA / "reference.R"), str(DATA / "people.csv")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "survey" in said.stderr:
        pytest.skip("R has no package survey")
    found = numbers_in(said.stdout)
    assert found == {name: pytest.approx(number) for name, number in reference().items()}


def test_under_independence_one_in_twenty_is_rejected_though_people_are_alike_where_they_live() -> (
    None
):
    """1,000 samples of 30 PSUs: the uncorrected chi-square rejects far more than 5 %."""
    rng = np.random.default_rng(8)
    stratum = np.repeat(np.arange(3), 10)
    design = Design(stratum, np.bincount(stratum))
    psu = np.repeat(np.arange(30), 15)
    rejected = plain = 0
    for _ in range(1000):
        row = _alike(rng, psu)
        column = _alike(rng, psu)
        sample = Sampled(psu, rng.uniform(1, 3, len(psu)), 30, design)
        tested = crossed(sample, row, column, (2, 2)).tested()
        assert tested is not None
        rejected += tested.p < 0.05
        plain += tested.pearson > 3.841
    assert 30 <= rejected <= 75
    assert plain > 200


def _alike(rng: np.random.Generator, psu: Integers) -> Integers:
    """An answer that many people of the same PSU give."""
    share = rng.beta(0.7, 0.7, psu.max() + 1)[psu]
    return np.asarray(rng.uniform(size=len(psu)) < share, dtype=np.int64)
