"""Answers that depend on who asks."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from surveys.quality import effects
from surveys.quality.arrays import Factor, Floats
from surveys.quality.fieldwork import Kind
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import make_fieldwork, make_question

DATA = Path(__file__).parents[2] / "data" / "quality"
REFERENCE = json.loads((DATA / "reliability.json").read_text(encoding="utf-8"))["enumerator_icc"]


def test_the_analysis_of_variance_is_that_of_the_reference() -> None:
    with (DATA / "enumerator.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    values = np.array([float(row["y"]) for row in rows])
    found = effects.effect(values, Factor.of(row["enumerator"] for row in rows))
    assert found is not None
    assert (found.n, found.enumerators) == (REFERENCE["n"], REFERENCE["k"])
    assert found.df == (11, 184)
    for name, own in (
        ("n0", found.n0), ("MSB", found.between), ("MSW", found.within), ("F", found.f),
        ("p", found.p), ("icc_anova", found.icc), ("deff_int", found.deff),
    ):  # fmt: skip
        assert own == pytest.approx(REFERENCE[name], abs=1e-9), name


def people_in_areas() -> tuple[Floats, Factor, Factor]:
    """Areas differ, enumerators do not; each works in two of the areas."""
    random = np.random.default_rng(3)
    area = np.repeat(np.arange(8), 50)
    who = (area + random.integers(0, 2, 400)) % 8
    values = random.normal(0, 1, 400) + 2 * area
    return values, Factor.of(f"E{one}" for one in who), Factor.of(f"P{one}" for one in area)


def test_areas_are_not_held_against_who_works_there() -> None:
    values, who, area = people_in_areas()
    alone, within = effects.effect(values, who), effects.effect(values, who, area)
    assert alone is not None
    assert within is not None
    assert alone.icc > 0.5
    assert abs(within.icc) < 0.05
    assert within.p > 0.05


def test_an_effect_within_areas_is_estimated() -> None:
    values, who, area = people_in_areas()
    shift = np.random.default_rng(4).normal(0, 0.5, 8)
    found = effects.effect(values + shift[who.codes], who, area)
    assert found is not None
    expected = shift.var(ddof=1) / (shift.var(ddof=1) + 1)
    assert found.icc == pytest.approx(expected, abs=0.08)


def test_enumerators_that_are_their_areas_cannot_be_told_apart() -> None:
    values, _, area = people_in_areas()
    assert effects.effect(values, area, area) is None
    assert effects.effect(np.full(3, np.nan), Factor.of("aab")) is None
    assert effects.effect(np.array([1.0, 1.0, 2.0]), Factor.of("aab")) is None  # no variance within


def test_a_question_with_an_effect_is_found() -> None:
    values, who, area = people_in_areas()
    shifted = values + np.where(who.codes == 0, 2.0, 0.0)
    questions = [
        make_question(name, column.tolist(), Kind.NUMBER)
        for name, column in (("plain", values), ("shifted", shifted))
    ]
    names = [who.names[code] for code in who.codes], [area.names[code] for code in area.codes]
    fieldwork = make_fieldwork(400, questions=questions, enumerator=names[0], psu=names[1])
    (found,) = effects.find(fieldwork, effects.effects(fieldwork), Thresholds())
    assert found.name == "shifted"
