"""Last digits that people round to, and first digits that amounts usually have."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from surveys.quality.arrays import Factor, Floats, Integers, named, ratio
from surveys.quality.fieldwork import Fieldwork, Kind, Question
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.peers import holm
from surveys.quality.thresholds import Thresholds

EXPECTED = 0.2  # of whole numbers are multiples of 5
FEWEST_VALUES = 15  # different ones
FEWEST_AMOUNTS = 100
ORDERS = 2.0  # of magnitude that amounts must span
BENFORD = np.log10(1 + 1 / np.arange(1, 10))
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class FirstDigits:
    """How often each digit from 1 to 9 comes first, beside Benford's law."""

    counts: Integers
    chi2: float  # 8 degrees of freedom
    p: float
    mad: float  # mean distance of the shares (Nigrini)


def first_digits(amounts: Floats) -> FirstDigits:
    """Of positive numbers; others are left out."""
    positive = amounts[np.isfinite(amounts) & (amounts > 0)]
    digits = np.floor(positive / 10 ** np.floor(np.log10(positive)) + 1e-9).astype(np.int64)
    counts = np.bincount(np.clip(digits, 1, 9), minlength=10)[1:]
    expected = BENFORD * counts.sum()
    chi2 = float(ratio((counts - expected) ** 2, expected).sum())
    mad = float(np.abs(ratio(counts, counts.sum()) - BENFORD).mean())
    return FirstDigits(counts, chi2, float(special.chdtrc(8, chi2)), mad)


def is_amount(values: Floats) -> bool:
    """Whether Benford's law can be expected: many positive numbers over two orders of magnitude.

    The middle 98 % of them, so that one slip of the keyboard does not make an amount of an age.
    """
    positive = values[np.isfinite(values) & (values > 0)]
    if positive.size < FEWEST_AMOUNTS:
        return False
    low, high = np.percentile(positive, (1, 99))
    return bool(np.log10(high / low) >= ORDERS)


def heaping(values: Floats) -> float:
    """How many times the expected share of numbers are multiples of 5, from 0 to 5 (Whipple)."""
    known = values[np.isfinite(values) & (values != 0)]
    return float(np.mean(known % 5 == 0)) / EXPECTED if known.size else float("nan")


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Of a question, and of an enumerator who rounds more than the others do."""
    complete = fieldwork.complete
    for question in complete.questions:
        if question.kind is Kind.NUMBER:
            yield from _first(complete, question, thresholds)
            if _can_heap(question.values, thresholds):
                yield from _heaped(complete, question, thresholds)
                yield from _heaped_by(complete, question, complete.enumerator, thresholds)


def _first(fieldwork: Fieldwork, question: Question, thresholds: Thresholds) -> Iterator[Finding]:
    if not is_amount(question.values):
        return
    found = first_digits(question.values)
    if found.p <= thresholds.digits_p and found.mad > thresholds.digits_mad:
        yield Finding(
            Check.FIRST_DIGITS, Severity.NOTE, About.QUESTION, question.name,
            named(fieldwork.ids, question.is_answered), found.mad, 0.0, thresholds.digits_mad,
            found.p,
        )  # fmt: skip


def _can_heap(values: Floats, thresholds: Thresholds) -> bool:
    known = values[np.isfinite(values) & (values != 0)]
    return known.size >= thresholds.fewest_answers and len(np.unique(known)) >= FEWEST_VALUES


def _heaped(fieldwork: Fieldwork, question: Question, thresholds: Thresholds) -> Iterator[Finding]:
    times = heaping(question.values)
    if times > thresholds.heaping_times:
        rounded = (question.values != 0) & (question.values % 5 == 0)
        yield Finding(
            Check.HEAPING, Severity.NOTE, About.QUESTION, question.name,
            named(fieldwork.ids, rounded), times, 1.0, thresholds.heaping_times,
        )  # fmt: skip


def _heaped_by(
    fieldwork: Fieldwork, question: Question, factor: Factor, thresholds: Thresholds
) -> Iterator[Finding]:
    """Beside the others' share of multiples of 5, p adjusted for all enumerators."""
    known = np.isfinite(question.values) & (question.values != 0) & factor.is_known
    rounded = known & (question.values % 5 == 0)
    size = len(factor.names)
    n = np.bincount(factor.codes[known], minlength=size)
    many = np.bincount(factor.codes[rounded], minlength=size)
    others = ratio(many.sum() - many, n.sum() - n)
    chance = special.bdtrc(many - 1.0, n, np.clip(others, EXPECTED, 1))
    p = holm(np.where((many > 0) & (n < n.sum()), chance, np.nan))
    times = ratio(many, n) / EXPECTED
    is_found = (p <= SIGNIFICANT) & (times > thresholds.heaping_times)
    for group in np.flatnonzero(is_found & (n >= thresholds.fewest_interviews)):
        yield Finding(
            Check.HEAPING,
            Severity.WATCH,
            About.ENUMERATOR,
            factor.names[group],
            named(fieldwork.ids, rounded & (factor.codes == group)),
            float(times[group]),
            float(others[group] / EXPECTED),
            thresholds.heaping_times,
            float(p[group]),
            question.name,
        )
