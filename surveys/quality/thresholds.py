"""From where on something is a finding: one number a check, which each survey may change."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


def _limit(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True)
class Thresholds:
    """Shares are from 0 to 1, times in seconds or hours, distances in metres.

    The defaults are usual in the field; none fits every survey.
    """

    blank_share: float = _limit(0.10, 0, 1)
    dont_know_share: float = _limit(0.10, 0, 1)
    refused_share: float = _limit(0.10, 0, 1)
    other_share: float = _limit(0.10, 0, 1)
    fewest_answers: float = _limit(30, 1, 10_000)  # before a share or a spread is judged
    iqr_times: float = _limit(1.5, 0.5, 20)
    sd_times: float = _limit(3, 1, 20)
    short_part: float = _limit(0.5, 0, 1)  # of the median of the same form version
    short_percentile: float = _limit(1, 0, 20)
    long_times: float = _limit(3, 1, 100)
    short_section_part: float = _limit(0.25, 0, 1)
    short_question_part: float = _limit(0.15, 0, 1)
    short_questions_share: float = _limit(0.25, 0, 1)  # of an interview's questions
    straight_run: float = _limit(5, 2, 100)  # equal answers, one after another
    heaping_times: float = _limit(1.5, 1, 5)  # of the expected share of multiples of 5
    digits_p: float = _limit(0.001, 1e-9, 0.5)
    digits_mad: float = _limit(0.015, 0, 1)  # Nigrini's limit of no conformity
    effect_p: float = _limit(0.01, 1e-9, 0.5)
    effect_icc: float = _limit(0.05, 0, 1)
    floor_share: float = _limit(0.15, 0, 1)
    near_identical_share: float = _limit(0.90, 0.5, 1)
    compared_share: float = _limit(0.5, 0.1, 1)  # of the usual questions, asked in both
    far_m: float = _limit(1_000, 1, 1_000_000)
    most_kmh: float = _limit(120, 1, 1_000)
    travel_m: float = _limit(1_000, 1, 1_000_000)  # shorter ways are no doubt
    overlap_s: float = _limit(60, 0, 86_400)
    quick_turn_s: float = _limit(60, 0, 3_600)  # from one interview to the next
    most_a_day: float = _limit(15, 1, 200)
    first_hour: float = _limit(6, 0, 24)
    last_hour: float = _limit(22, 0, 24)
    clock_s: float = _limit(300, 0, 86_400)  # a device may be ahead of the server
    new_form_s: float = _limit(86_400, 0, 31_536_000)  # to get a new version to every device
    fewest_interviews: float = _limit(8, 3, 1_000)  # before an enumerator is judged
    suspicion_p: float = _limit(0.10, 1e-9, 0.5)  # of accusing anybody of an honest team
    look_p: float = _limit(0.05, 1e-9, 0.5)


@dataclass(frozen=True)
class ThresholdFault:
    """Why a threshold cannot be used; `low` and `high` say what it may be, where it has a name."""

    name: str
    problem: str  # "unknown", "not_a_number", "too_small" or "too_large"
    low: float | None = None
    high: float | None = None


def parse(raw: Mapping[str, object]) -> tuple[Thresholds, tuple[ThresholdFault, ...]]:
    """Thresholds with those of a survey put in place of the defaults, and what is wrong with them.

    What has a fault keeps its default. None and blank mean the default.
    """
    known = {one.name: one.metadata for one in fields(Thresholds)}
    kept: dict[str, float] = {}
    faults: list[ThresholdFault] = []
    for name, given in raw.items():
        if given is None or given == "":
            continue
        number = _number(given)
        if name not in known:
            faults.append(ThresholdFault(name, "unknown"))
        elif problem := _problem(number, known[name]["low"], known[name]["high"]):
            faults.append(ThresholdFault(name, problem, known[name]["low"], known[name]["high"]))
        else:
            kept[name] = float(number or 0)
    return Thresholds(**kept), tuple(faults)


def _number(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        number = float(given)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _problem(number: float | None, low: float, high: float) -> str:
    if number is None:
        return "not_a_number"
    if number < low:
        return "too_small"
    return "too_large" if number > high else ""
