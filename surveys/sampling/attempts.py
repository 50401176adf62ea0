"""Attempts at a case: what they say has become of it, and when to come back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.sampling.outcomes import Group, Outcome

INTERVIEWS = (Group.COMPLETE, Group.PARTIAL)  # a complete one over a partial one, over all else


@dataclass(frozen=True)
class Attempt:
    """One try to interview somebody. All moments of a case have a time zone, or none has."""

    outcome: Outcome
    at: datetime
    again_at: datetime | None = None  # as agreed with whoever was met


@dataclass(frozen=True)
class CallBacks:
    """How long a survey goes on trying."""

    most: int = 6  # attempts at a case; a time that was agreed is kept beyond them
    gap: timedelta = timedelta(days=1)  # before the next, where no time was agreed


@dataclass(frozen=True)
class Standing:
    """What a case's attempts come to."""

    outcome: Outcome
    attempts: int
    last_at: datetime | None
    due_at: datetime | None  # of the next; None: at once where there was none yet, else never
    is_settled: bool  # nobody comes back: the outcome is final, or no attempt is left


def standing(attempts: Iterable[Attempt], rules: CallBacks = CallBacks()) -> Standing:
    """What became of a case so far, whatever the order in which its attempts arrived.

    A completed interview counts over all, then a partial one; then the latest final outcome; then the
    latest. Attempts at the same moment are told apart by their codes, so that no two servers differ.
    """
    made = sorted(attempts, key=lambda attempt: (attempt.at, attempt.outcome))
    if not made:
        return Standing(Outcome.NOT_ATTEMPTED, 0, None, None, is_settled=False)
    outcome = _deciding(made).outcome
    last = made[-1]
    is_given_up = len(made) >= rules.most and last.again_at is None
    is_settled = outcome.is_final or is_given_up
    due_at = None if is_settled else last.again_at or last.at + rules.gap
    return Standing(outcome, len(made), last.at, due_at, is_settled)


def _deciding(made: Sequence[Attempt]) -> Attempt:
    for group in INTERVIEWS:
        for attempt in reversed(made):
            if attempt.outcome.group is group:
                return attempt
    final = (attempt for attempt in reversed(made) if attempt.outcome.is_final)
    return next(final, made[-1])
