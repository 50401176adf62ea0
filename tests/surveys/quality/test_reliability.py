"""Alpha, item-rest and agreement, beside R's."""

import json
from pathlib import Path

import numpy as np
import pytest

from surveys.quality import reliability
from surveys.quality.finding import Check
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import NAN, make_fieldwork, make_question

DATA = Path(__file__).parents[2] / "data" / "quality"
REFERENCE = json.loads((DATA / "reliability.json").read_text(encoding="utf-8"))
ATTITUDE = np.genfromtxt(DATA / "attitude.csv", delimiter=",", skip_header=1)


def test_alpha_and_item_rest_are_those_of_the_reference() -> None:
    expected = REFERENCE["attitude"]
    found = reliability.reliability(np.vstack([ATTITUDE, np.full(7, NAN)]))
    assert found is not None
    assert found.n == 30
    assert found.alpha == pytest.approx(expected["raw_alpha"], abs=1e-9)
    assert found.standardised == pytest.approx(expected["std_alpha"], abs=1e-9)
    assert found.item_rest == pytest.approx(expected["r_drop"], abs=1e-9)
    assert found.without == pytest.approx(expected["alpha_if_dropped"], abs=1e-9)


def test_omega_finds_the_loadings_that_made_the_correlations() -> None:
    loadings = np.array([0.9, 0.7, 0.6, 0.4, 0.5])
    correlations = np.outer(loadings, loadings)
    np.fill_diagonal(correlations, 1)
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert reliability.omega(correlations) == pytest.approx(expected, abs=1e-9)
    assert reliability.omega(np.eye(2)) is None
    assert reliability.omega(np.eye(4)) == pytest.approx(0, abs=1e-9)


def test_agreement_is_that_of_the_reference() -> None:
    expected = REFERENCE["ICC_shrout_fleiss"]
    found = reliability.agreement(np.array(expected["data"], dtype=float))
    names = ("icc1", "icc2", "icc3", "icc1_k", "icc2_k", "icc3_k")
    for name, result in zip(names, expected["results"], strict=True):
        assert getattr(found, name) == pytest.approx(result["ICC"], abs=1e-9), name


def test_a_statement_that_all_answer_alike_has_no_reliability() -> None:
    assert reliability.reliability(np.array([[1, 2], [1, 3], [1, 4.0]])) is None
    assert reliability.reliability(np.array([[1, 2.0]])) is None


def test_reversed_statements_are_turned_round_before_the_ends_are_counted() -> None:
    rows = [[3, 3, 0]] * 10 + [[0, 0, 3]] * 5 + [[1, 2, 1]] * 25
    items = [
        make_question(f"p{n}", [float(row[n]) for row in rows], battery="g", is_reversed=n == 2)
        for n in range(3)
    ]
    found = list(reliability.find(make_fieldwork(40, questions=items), Thresholds()))
    assert [(one.check, one.name, one.value) for one in found] == [(Check.CEILING, "g", 0.25)]
    assert reliability.reliabilities(make_fieldwork(40, questions=items))["g"].alpha > 0.9


def test_a_battery_that_few_or_none_answered_has_no_ends() -> None:
    for values in ([1.0] * 5, [None] * 5):
        items = [make_question(f"p{n}", values, battery="g") for n in range(3)]
        fieldwork = make_fieldwork(5, questions=items)
        assert list(reliability.find(fieldwork, Thresholds())) == []
        assert reliability.reliabilities(fieldwork) == {}
