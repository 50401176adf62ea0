"""Questions left blank, not known, refused or answered "other": by question and by whom."""

from collections.abc import Iterator

import numpy as np
from scipy import special

from surveys.quality.arrays import Booleans, Factor, Floats, named, ratio
from surveys.quality.fieldwork import Fieldwork, Question, State
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.peers import holm
from surveys.quality.thresholds import Thresholds

KINDS = {
    Check.BLANK: State.BLANK,
    Check.DONT_KNOW: State.DONT_KNOW,
    Check.REFUSED: State.REFUSED,
    Check.OTHER: State.OTHER,
}
SIGNIFICANT = 0.01
LEAST_SHARE = 0.01  # of the others: nothing is so rare that one in a hundred would be odd


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """By question, and by enumerator and team where theirs is far from the others'."""
    complete = fieldwork.complete
    groups = ((complete.enumerator, About.ENUMERATOR), (complete.team, About.TEAM))
    for check, state in KINDS.items():
        most = float(getattr(thresholds, f"{check}_share"))
        yield from _by_question(complete, check, state, most, thresholds.fewest_answers)
        for factor, about in groups:
            yield from _by_group(complete, factor, about, check, state, most, thresholds)


def _by_question(
    fieldwork: Fieldwork, check: Check, state: State, most: float, fewest: float
) -> Iterator[Finding]:
    for question in fieldwork.questions:
        is_so = question.states == state
        asked = int(question.is_asked.sum())
        if asked >= fewest and is_so.sum() / asked > most:
            ids = named(fieldwork.ids, is_so)
            share = len(ids) / asked
            yield Finding(
                check, Severity.WATCH, About.QUESTION, question.name, ids, share, threshold=most
            )


def _by_group(
    fieldwork: Fieldwork,
    factor: Factor,
    about: About,
    check: Check,
    state: State,
    most: float,
    thresholds: Thresholds,
) -> Iterator[Finding]:
    """Each group and question beside the other groups, p adjusted for all of them together."""
    if len(factor.names) < 2 or not fieldwork.questions:
        return
    counted = [_beside_others(factor, question, state) for question in fieldwork.questions]
    share, expected, asked, p = (np.array(column) for column in zip(*counted, strict=True))
    adjusted = holm(np.where(asked.ravel() > 0, p.ravel(), np.nan)).reshape(p.shape)
    is_found = (adjusted <= SIGNIFICANT) & (share > most) & (asked >= thresholds.fewest_interviews)
    for place, group in zip(*np.nonzero(is_found), strict=True):
        question = fieldwork.questions[place]
        behind = (question.states == state) & (factor.codes == group)
        yield Finding(
            check,
            Severity.WATCH,
            about,
            factor.names[group],
            named(fieldwork.ids, behind),
            float(share[place, group]),
            float(expected[place, group]),
            most,
            float(adjusted[place, group]),
            question.name,
        )


def _beside_others(
    factor: Factor, question: Question, state: State
) -> tuple[Floats, Floats, Floats, Floats]:
    """By group: the share, the others' share, how many were asked, p of so many or more."""
    asked = _counts(factor, question.is_asked)
    many = _counts(factor, question.states == state)
    others = ratio(many.sum() - many, asked.sum() - asked)
    usual = np.clip(np.nan_to_num(others), LEAST_SHARE, 1)
    p = np.where(many > 0, special.bdtrc(many - 1, asked.astype(np.int64), usual), 1.0)
    return ratio(many, asked), others, asked, p


def _counts(factor: Factor, where: Booleans) -> Floats:
    codes = factor.codes[where & factor.is_known]
    return np.bincount(codes, minlength=len(factor.names)).astype(float)
