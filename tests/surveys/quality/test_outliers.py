"""Numbers far from the others'."""

from dataclasses import replace

import numpy as np
import pytest

from surveys.quality import outliers
from surveys.quality.arrays import Factor
from surveys.quality.fieldwork import Fieldwork, Kind
from surveys.quality.finding import Check
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import make_fieldwork, make_question

NUMBERS = [float(number) for number in range(1, 100)]


def fieldwork_of(values: list[float]) -> Fieldwork:
    return make_fieldwork(len(values), questions=[make_question("n", values, Kind.NUMBER)])


def test_bounds() -> None:
    values = np.array(NUMBERS)
    assert outliers.quartile_bounds(values, 1.5) == (25.5 - 73.5, 50, 74.5 + 73.5)
    spread = values.std(ddof=1)
    assert outliers.deviation_bounds(values, 3) == (50 - 3 * spread, 50, 50 + 3 * spread)


@pytest.mark.parametrize(("times", "expected"), [(1.5, ["I99", "I100"]), (2.0, ["I100"])])
def test_the_multiplier_is_used(times: float, expected: list[str]) -> None:
    fieldwork = fieldwork_of([*NUMBERS, 160, 180])
    thresholds = replace(Thresholds(), iqr_times=times, sd_times=20)
    found = list(outliers.find(fieldwork, thresholds))
    assert [one.name for one in found] == expected
    assert {one.check for one in found} == {Check.OUTLIER_IQR}


def test_far_from_the_mean_is_found_once() -> None:
    (found,) = outliers.find(fieldwork_of([*NUMBERS, 5_000]), Thresholds())
    assert (found.check, found.name, found.question) == (Check.OUTLIER_SD, "I99", "n")


def test_most_numbers_being_the_same_the_others_are_not_all_far() -> None:
    values = [0.0] * 80 + [1.0] * 20
    assert list(outliers.find(fieldwork_of(values), Thresholds())) == []


def test_what_is_usual_in_one_group_is_far_in_another() -> None:
    values = [*NUMBERS[:50], *[number + 1_000 for number in NUMBERS[:50]], 1_025.0]
    groups = Factor.of(["a"] * 50 + ["b"] * 50 + ["a"])
    fieldwork = fieldwork_of(values)
    assert list(outliers.find(fieldwork, Thresholds())) == []
    found = {one.name for one in outliers.find(fieldwork, Thresholds(), groups)}
    assert found == {"I100"}


def test_choices_are_no_numbers() -> None:
    question = make_question("q", [*NUMBERS, 5_000], Kind.CHOICE)
    assert list(outliers.find(make_fieldwork(100, questions=[question]), Thresholds())) == []
