"""How long interviews, sections and questions took, beside others of the same form version."""

from collections.abc import Iterator

import numpy as np

from surveys.quality.arrays import Booleans, Factor, Floats, median, ratio
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds

FEWEST = 10  # interviews of a version before it has a median of its own
MANY = 100  # before a percentile is more than the shortest one
LEAST_S = {"section": 30.0, "question": 3.0}  # usual times too short to be shorter than them


def usual(seconds: Floats, version: Factor) -> Floats:
    """Each interview's median of the same form version; of all, where the version has too few."""
    expected = np.full(len(seconds), median(seconds))
    for members in version.members():
        if np.isfinite(seconds[members]).sum() >= FEWEST:
            expected[members] = median(seconds[members])
    return expected


def shortest(seconds: Floats, version: Factor, *, part: float, percentile: float) -> Floats:
    """Each interview's limit: a part of the usual time, or a percentile where that is longer.

    The percentile is used from so many interviews of a version on: below, it is only the shortest.
    """
    limit = part * usual(seconds, version)
    for members in version.members():
        known = seconds[members][np.isfinite(seconds[members])]
        if percentile > 0 and known.size >= MANY:
            low = float(np.percentile(known, percentile))
            limit[members] = np.maximum(limit[members], low)
    return limit


def is_short(seconds: Floats, version: Factor, part: float) -> Booleans:
    """Whether less than a part of the usual time was taken."""
    return np.asarray(seconds < part * usual(seconds, version))


def pace(seconds: Floats, asked: Floats) -> Floats:
    """The logarithm of the seconds a question, ten questions' time being for hello and goodbye."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(asked > 0, np.log(seconds / (asked + 10)), np.nan)


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Of complete interviews: too short or long altogether, in a section, at many questions."""
    complete = fieldwork.complete
    yield from _short(complete, thresholds)
    yield from _long(complete, thresholds)
    for name, seconds in complete.section_s.items():
        yield from _short_section(complete, name, seconds, thresholds)
    yield from _short_questions(complete, thresholds)


def _short(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """An alert below a part of the median, a note where it is only among the shortest."""
    seconds, version = fieldwork.duration_s, fieldwork.version
    part, percentile = thresholds.short_part, thresholds.short_percentile
    expected = usual(seconds, version)
    limits = shortest(seconds, version, part=part, percentile=percentile)
    for place in np.flatnonzero(seconds < limits):
        is_far = seconds[place] < part * expected[place]
        severity = Severity.ALERT if is_far else Severity.NOTE
        yield _about(fieldwork, place, Check.SHORT_INTERVIEW, severity, seconds, expected, limits)


def _long(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    seconds = fieldwork.duration_s
    expected = usual(seconds, fieldwork.version)
    limits = thresholds.long_times * expected
    for place in np.flatnonzero(seconds > limits):
        yield _about(
            fieldwork, place, Check.LONG_INTERVIEW, Severity.NOTE, seconds, expected, limits
        )


def _short_section(
    fieldwork: Fieldwork, name: str, seconds: Floats, thresholds: Thresholds
) -> Iterator[Finding]:
    """Beside the usual time a question that was asked, because who is asked less is done sooner."""
    asked = np.zeros(len(fieldwork))
    for question in fieldwork.questions:
        asked += question.is_asked & (question.section == name)
    expected = usual(ratio(seconds, asked), fieldwork.version) * asked
    limits = thresholds.short_section_part * expected
    for place in np.flatnonzero((seconds < limits) & (expected >= LEAST_S["section"])):
        yield _about(
            fieldwork, place, Check.SHORT_SECTION, Severity.WATCH, seconds, expected, limits, name
        )


def _short_questions(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Interviews in which the question was hardly on the screen, at a share of the questions."""
    short, timed = np.zeros(len(fieldwork)), np.zeros(len(fieldwork))
    for question in fieldwork.questions:
        if question.seconds is not None:
            expected = usual(question.seconds, fieldwork.version)
            is_timed = np.isfinite(question.seconds) & (expected >= LEAST_S["question"])
            timed += is_timed
            short += is_timed & (question.seconds < thresholds.short_question_part * expected)
    share = ratio(short, timed)
    limits = np.full(len(share), thresholds.short_questions_share)
    expected = np.full(len(share), median(share))
    for place in np.flatnonzero((share > limits) & (timed >= FEWEST)):
        yield _about(
            fieldwork, place, Check.SHORT_QUESTION, Severity.WATCH, share, expected, limits
        )


def _about(
    fieldwork: Fieldwork,
    place: np.int64,
    check: Check,
    severity: Severity,
    values: Floats,
    expected: Floats,
    limits: Floats,
    question: str = "",
) -> Finding:
    name = fieldwork.ids[place]
    value, usually, limit = (float(one[place]) for one in (values, expected, limits))
    return Finding(
        check, severity, About.INTERVIEW, name, (name,), value, usually, limit, question=question
    )
