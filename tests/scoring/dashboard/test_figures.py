"""How a number is shown: rounded, with people and interval, or hidden with its reason."""

import pytest

from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Figure, Scale, figure
from scoring.models import Estimate

QUERY = "variable=index&by=a1&level=%3C2"


def row(**fields: object) -> Estimate:
    return Estimate(
        **{
            "variable": "index",
            "by": "a1",
            "level": "<2",
            "n": 1185,
            "estimate": 0.5384,
            "low": 0.5055,
            "high": 0.5708,
            "deff": 10.33,
            "df": 56,
        }
        | fields
    )


@pytest.mark.parametrize(
    ("scale", "text", "interval"),
    [
        (SCORE, "53.8", "50.5–57.1"),
        (PERCENT, "53.8%", "50.5–57.1"),
        (SHARE, "0.538", "0.505–0.571"),
    ],
)
def test_a_number_is_rounded_on_its_scale(scale: Scale, text: str, interval: str) -> None:
    shown = figure(row(low=0.50549), scale)
    assert (shown.text, shown.interval) == (text, interval)
    assert (shown.people, shown.deff, shown.df) == ("n 1,185", "10.3", 56)
    assert shown.query == QUERY


@pytest.mark.parametrize(
    ("suppressed", "text", "reason"),
    [
        ("n<10", "n<10", "Fewer than 10 people"),
        ("psu<3", "hidden", "Fewer than 3 sampling areas"),
        ("poor<10", "hidden", "integrated are fewer than 10 people"),
        ("extreme", "hidden", "All of a few people have the same result"),
        ("later", "hidden", "somebody could be recognised"),
    ],
)
def test_a_suppressed_number_leaves_nothing_behind(suppressed: str, text: str, reason: str) -> None:
    shown = figure(row(suppressed=suppressed), SCORE)
    assert shown == Figure(text=text, reason=shown.reason, query=QUERY)
    assert reason in shown.reason
    assert figure(row(suppressed=suppressed, n=None, estimate=None), SCORE) == shown


@pytest.mark.parametrize(
    ("scale", "exact"), [(SCORE, 0.5383615), (PERCENT, 0.5383615), (SHARE, 0.5383615)]
)
def test_a_number_is_no_more_precise_than_its_text(scale: Scale, exact: float) -> None:
    shown = figure(row(estimate=exact, low=exact - 0.0123456, high=exact + 0.0123456), scale)
    assert shown.text == f"{shown.value}{scale.unit}"
    assert shown.interval == f"{shown.low}–{shown.high}"


def test_a_missing_number_is_no_zero() -> None:
    assert figure(None, SCORE).value is None
    assert figure(row(estimate=None), SCORE).text == "–"


def test_a_sample_without_inference_has_no_interval() -> None:
    shown = figure(row(), SCORE, has_interval=False)
    assert (shown.text, shown.n) == ("53.8", 1185)
    assert (shown.low, shown.high, shown.interval, shown.deff, shown.df) == (
        None,
        None,
        "",
        "",
        None,
    )


@pytest.mark.parametrize(
    ("flags", "n", "remark"),
    [
        ([], 29, ""),
        (["few_people", "wide"], 29, "n<30"),
        (["few_people", "wide"], 30, "n_eff<30"),
        (["wide"], 100, "wide"),
        (["few_df"], 100, ""),
    ],
)
def test_staff_are_told_what_is_weak(flags: list[str], n: int, remark: str) -> None:
    assert figure(row(flags=flags, n=n), SCORE).remark == remark


@pytest.mark.parametrize(
    ("scale", "text"), [(SCORE, "3.8 points"), (PERCENT, "3.8 percentage points"), (SHARE, "0.038")]
)
def test_a_distance_is_in_the_unit_of_its_numbers(scale: Scale, text: str) -> None:
    assert scale.apart(0.0380) == text


@pytest.mark.parametrize(
    ("estimate", "tenth"), [(0.0, 0), (0.0994, 0), (0.0999, 1), (0.5, 5), (1.0, 9)]
)
def test_a_score_as_shown_falls_into_a_tenth(estimate: float, tenth: int) -> None:
    assert figure(row(estimate=estimate), SCORE).bin == tenth


def test_the_margin_is_half_the_interval() -> None:
    assert figure(row(), SCORE).margin == "±3"
    assert figure(row(low=None, high=None), SCORE).margin == ""
