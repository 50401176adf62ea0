"""Numbers far from the others', by quartiles and by standard deviations, also within groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from surveys.quality.arrays import Factor, Floats
from surveys.quality.fieldwork import Fieldwork, Kind, Question
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds


@dataclass(frozen=True)
class Bounds:
    """Each interview's limits and the middle between which they lie; NaN where none can be told."""

    low: Floats
    middle: Floats
    high: Floats


def quartile_bounds(values: Floats, times: float) -> tuple[float, float, float]:
    """So many times the distance of the quartiles below and above them, and the median."""
    lower, middle, upper = np.percentile(values, (25, 50, 75))
    reach = times * (upper - lower)
    return float(lower - reach), float(middle), float(upper + reach)


def deviation_bounds(values: Floats, times: float) -> tuple[float, float, float]:
    """So many standard deviations (n - 1) around the mean."""
    mean, reach = float(values.mean()), times * float(values.std(ddof=1))
    return mean - reach, mean, mean + reach


METHODS = {Check.OUTLIER_IQR: quartile_bounds, Check.OUTLIER_SD: deviation_bounds}


def bounds(values: Floats, by: Factor, check: Check, times: float, fewest: float) -> Bounds:
    """Limits of the interview's group, of all where the group has too few numbers or is unknown."""
    limits = np.full((3, len(values)), np.nan)
    for rows in (np.arange(len(values)), *by.members()):
        known = values[rows][np.isfinite(values[rows])]
        if known.size >= fewest and np.ptp(known) > 0:
            limits[:, rows] = np.array(METHODS[check](known, times))[:, None]
    return Bounds(*limits)


def find(
    fieldwork: Fieldwork, thresholds: Thresholds, by: Factor | None = None
) -> Iterator[Finding]:
    """A finding an interview and question; `by` compares within groups of interviews.

    Half of the numbers being the same, quartiles say nothing: only the standard deviation is used.
    """
    groups = Factor.unknown(len(fieldwork)) if by is None else by
    complete = fieldwork.complete
    groups = groups.take(fieldwork.is_complete)
    for question in complete.questions:
        if question.kind is Kind.NUMBER:
            yield from _of_question(complete, question, groups, thresholds)


def _of_question(
    fieldwork: Fieldwork, question: Question, by: Factor, thresholds: Thresholds
) -> Iterator[Finding]:
    seen = np.zeros(len(fieldwork), dtype=np.bool_)
    times = {Check.OUTLIER_IQR: thresholds.iqr_times, Check.OUTLIER_SD: thresholds.sd_times}
    for check in (Check.OUTLIER_SD, Check.OUTLIER_IQR):
        values, fewest = question.values, thresholds.fewest_answers
        limits = bounds(values, by, check, times[check], fewest)
        is_flat = (limits.low >= limits.middle) | (limits.high <= limits.middle)
        is_out = ((values < limits.low) | (values > limits.high)) & ~is_flat & ~seen
        seen |= is_out
        severity = Severity.WATCH if check is Check.OUTLIER_SD else Severity.NOTE
        for place in np.flatnonzero(is_out):
            value, middle = float(values[place]), float(limits.middle[place])
            limit = limits.high[place] if value > middle else limits.low[place]
            name = fieldwork.ids[place]
            yield Finding(
                check, severity, About.INTERVIEW, name, (name,), value, middle, float(limit),
                question=question.name,
            )  # fmt: skip
