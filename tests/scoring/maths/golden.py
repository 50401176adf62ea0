"""The golden survey: 1,200 synthetic interviews with the results an independent program got."""

import csv
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import scoring
from scoring.maths.cells import Cells, Weighed, site_cells
from scoring.maths.design import Design
from scoring.maths.estimate import Estimate, Totals, mean
from scoring.maths.items import levels, score_items
from scoring.maths.matrix import Bytes, Floats, Integers
from scoring.maths.person import PersonScores, score_people
from scoring.maths.scheme import SchemeSpec, parse_scheme
from surveys.demo import INSTRUMENTS

DATA = Path(__file__).parents[2] / "data" / "golden"
DEMO = INSTRUMENTS / "demo"  # the answers themselves are the demo's
IN_DEMO = {"raw": DEMO / "respondents.csv", "city_reference": DEMO / "cities.csv"}
WORKING = ("employee", "casual", "own", "boss", "family")
HIRED = ("employee", "casual")
SCHOOLS_HERE = ("public", "bought", "private")
WITH_LANDLORD = ("rent_w", "rent_s", "dorm", "pub")
Row = Mapping[str, str]


@cache
def rows(name: str) -> list[dict[str, str]]:
    path = IN_DEMO.get(name, DATA / f"golden_{name}.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def reference() -> Any:
    return json.loads((DATA / "golden_reference.json").read_text())


@cache
def document() -> dict[str, Any]:
    path = Path(scoring.__file__).parent / "instruments" / "five_standards.json"
    parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return parsed


@cache
def scheme(weights: str = "equal-v1") -> SchemeSpec:
    return parse_scheme(document(), weights)


@cache
def cities() -> dict[str, dict[str, float]]:
    return {
        row["city"]: {
            "average_wage": float(row["avg_wage"]),
            "minimum_wage": float(row["min_wage"]),
        }
        for row in rows("city_reference")
    }


def skipped(row: Row) -> frozenset[str]:
    """The questions that did not apply, from the questionnaire's relevance written out by hand.

    Where the interview broke off, the file knows what would still have been asked: it marks that
    as refused and leaves the rest blank.
    """
    if broke_off(row):
        return frozenset(question for question, answer in row.items() if not answer)
    work, has_pupils = row["a10"], int(row["a9"] or 0) > 0
    applies = {
        "a11": work in WORKING,
        "s1_5": work == "employee",
        "s1_6": has_pupils,
        "s1_7": has_pupils and row["s1_6"] in SCHOOLS_HERE,
        "s2_2": work == "employee",
        "s2_3": work in WORKING,
        "s2_4": work != "olf",
        "s2_5": work in HIRED,
        "s2_6": work in WORKING,
        "s2_7": work in WORKING,
        "s2_8": work != "olf",
        "s4_3": row["s4_1"] in WITH_LANDLORD,
        "s5_1": work in HIRED,
        "s5_2": work in HIRED,
    }
    applies |= dict.fromkeys(("s3_2", "s3_3", "s3_4", "s3_6"), row["s3_1"] != "done")
    return frozenset(question for question, does in applies.items() if not does)


def broke_off(row: Row) -> bool:
    return all(row[f"p{number}"] == "rf" for number in range(1, 8))


def score_row(row: Row) -> bytes:
    return score_items(scheme(), row, skipped(row), cities()[row["a1"]])


@cache
def items() -> Bytes:
    scored = b"".join(map(score_row, rows("raw")))
    return np.frombuffer(scored, dtype=np.uint8).reshape(len(rows("raw")), -1)


@cache
def people(weights: str = "equal-v1") -> PersonScores:
    return score_people(scheme(weights), items())


@cache
def sites() -> dict[str, list[int]]:
    """The places of each site's people, by its code."""
    members: dict[str, list[int]] = {}
    for number, row in enumerate(rows("raw")):
        members.setdefault(row["psu_id"], []).append(number)
    return members


@cache
def design() -> Design:
    stratum_of = {row["psu_id"]: row["stratum"] for row in rows("raw")}
    names = sorted(set(stratum_of.values()))
    stratum = np.array([names.index(stratum_of[site]) for site in sites()])
    return Design(stratum, np.bincount(stratum))


@cache
def person_weights() -> Floats:
    return np.array([float(row["w"]) for row in rows("raw")])


def cells_of_sites(weighed: list[Weighed], domains: Mapping[str, list[str | None]]) -> list[Cells]:
    return [
        site_cells(
            [
                Weighed({name: y[members] for name, y in columns.items()}, weights[members])
                for columns, weights in weighed
            ],
            {by: [level[i] for i in members] for by, level in domains.items()},
        )
        for members in sites().values()
    ]


@cache
def domains() -> dict[str, list[str | None]]:
    people_levels = [levels(scheme(), row, skipped(row), row) for row in rows("raw")]
    return {by.name: [level[by.name] for level in people_levels] for by in scheme().disaggregations}


def totals(values: Floats, weights: Floats, psus: Integers, count: int) -> Totals:
    """The sums of `count` PSUs from people's values, NaN where not valid, and their PSU numbers."""
    valid = ~np.isnan(values)
    y, w, psu = values[valid], weights[valid], psus[valid]

    def by_psu(column: Floats) -> Floats:
        return np.bincount(psu, column, minlength=count).astype(np.float64)

    n = np.bincount(psu, minlength=count)
    return Totals(n, by_psu(w), by_psu(w * y), by_psu(w * w), by_psu(w * y * y))


@cache
def psus() -> Integers:
    """The number of each person's site."""
    numbers = np.empty(len(rows("raw")), dtype=np.int64)
    for number, members in enumerate(sites().values()):
        numbers[members] = number
    return numbers


def golden_totals(values: Floats) -> Totals:
    return totals(values, person_weights(), psus(), len(sites()))


def golden_mean(values: Floats) -> Estimate:
    return mean(golden_totals(values), design())


def relative_error(ours: float, theirs: float) -> float:
    return abs(ours - theirs) / abs(theirs) if theirs else abs(ours)
