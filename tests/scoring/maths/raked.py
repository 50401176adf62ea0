"""The golden survey raked to its sex x age margins, in the parts of sites that rake-cells make."""

import json
from functools import cache
from typing import Any

import numpy as np

from scoring.maths.calibration import RakedDesign, calibrate
from scoring.maths.estimate import Totals
from scoring.maths.matrix import Floats, Integers
from scoring.maths.raking import Margin, RakeCell
from tests.scoring.maths import golden


@cache
def reference() -> Any:
    return json.loads((golden.DATA / "golden_raking.json").read_text())


@cache
def margins() -> list[Margin]:
    """The file names R's columns, from which each factor's first class is left out."""
    totals = reference()["totals"]
    people, men = totals["(Intercept)"], totals["sexm"]
    ages = {age: totals[f"age4{age}"] for age in ("30-39", "40-49", "50+")}
    return [
        Margin("sex", {"f": people - men, "m": men}),
        Margin("age", {"16-29": people - sum(ages.values()), **ages}),
    ]


@cache
def people_cells() -> list[RakeCell]:
    sexes, ages = golden.domains()["a3"], golden.domains()["age"]
    return [(str(sex), str(age)) for sex, age in zip(sexes, ages, strict=True)]


def parted(psus: Integers, cells: list[RakeCell]) -> tuple[Integers, list[RakeCell], Integers]:
    """The PSU and the rake-cell of each part, and the number of each person's part."""
    pairs = list(zip(psus.tolist(), cells, strict=True))
    parts = sorted(set(pairs))
    places = {part: number for number, part in enumerate(parts)}
    return (
        np.array([psu for psu, _ in parts]),
        [cell for _, cell in parts],
        np.array([places[pair] for pair in pairs]),
    )


@cache
def parts() -> tuple[Integers, list[RakeCell], Integers]:
    return parted(golden.psus(), people_cells())


def summed(weights: Floats, part: Integers) -> Floats:
    """The sum of weights of each part."""
    return np.bincount(part, weights).astype(np.float64)


@cache
def design() -> RakedDesign:
    psu, cells, part = parts()
    W = summed(golden.person_weights(), part)
    return calibrate(golden.design(), margins(), psu, cells, W)


def totals(values: Floats) -> Totals:
    psu, _, part = parts()
    return golden.totals(values, golden.person_weights(), part, len(psu))
