"""The ways an answer becomes an item score; an answer that cannot be judged is `MISSING`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from scoring.maths.formula import Formula
from surveys.formlogic.values import to_text

SCALE = 12
NOT_APPLICABLE = 254
MISSING = 255


@dataclass(frozen=True)
class Steps:
    """Scores by rising upper bounds: an amount below the first bound gets the first score."""

    bounds: tuple[Fraction, ...]
    scores: tuple[int, ...]  # one more than bounds: the last is for everything above

    def score(self, amount: float, per: float = 1) -> int:
        """The score of amount / per, compared by cross-multiplication; `per` is positive."""
        for bound, score in zip(self.bounds, self.scores, strict=False):
            if amount * bound.denominator < bound.numerator * per:
                return score
        return self.scores[-1]


@dataclass(frozen=True)
class ChoiceScores:
    """A choice has a score of its own, which may be `NOT_APPLICABLE`."""

    scores: Mapping[str, int]

    def score(self, answer: str, _answers: Mapping[str, str], _city: Mapping[str, float]) -> int:
        return self.scores.get(answer.strip(), MISSING)


@dataclass(frozen=True)
class Bands:
    """A number falls into a band."""

    steps: Steps

    def score(self, answer: str, _answers: Mapping[str, str], _city: Mapping[str, float]) -> int:
        amount = number(answer)
        return MISSING if amount is None else self.steps.score(amount)


@dataclass(frozen=True)
class PerPersonBands:
    """The answer to `area`, divided by the people answered here, falls into a band."""

    area: str
    steps: Steps

    def score(self, answer: str, answers: Mapping[str, str], _city: Mapping[str, float]) -> int:
        people = number(answer)
        area = number(answers.get(self.area, ""))
        if area is None or people is None or people <= 0:
            return MISSING
        return self.steps.score(area, per=people)


@dataclass(frozen=True)
class CountSelected:
    """How many of `options` were selected; the last of `scores` is for that many or more."""

    options: frozenset[str]
    none: str
    scores: tuple[int, ...]

    def score(self, answer: str, _answers: Mapping[str, str], _city: Mapping[str, float]) -> int:
        selected = set(answer.split())
        counted = len(selected & self.options)
        if not counted and self.none not in selected:
            return MISSING
        return self.scores[min(counted, len(self.scores) - 1)]


@dataclass(frozen=True)
class IncomeRatio:
    """An income band's midpoint against the city's average wage; 0 below its minimum wage."""

    midpoints: Mapping[str, float]
    average: str
    minimum: str
    steps: Steps

    def score(self, answer: str, _answers: Mapping[str, str], city: Mapping[str, float]) -> int:
        income = self.midpoints.get(answer.strip())
        average, minimum = city.get(self.average), city.get(self.minimum)
        if income is None or average is None or minimum is None or average <= 0:
            return MISSING
        return 0 if income < minimum else self.steps.score(income, per=average)


@dataclass(frozen=True)
class Calculated:
    """What an expression comes to: a number within 0..12, to the nearest whole one.

    Texts, dates, yes and no, and numbers beyond the scale are `MISSING`. `answers` are those that
    say something: without refusals, and without what was skipped.
    """

    formula: Formula

    @property
    def is_no_score(self) -> bool:
        """Whether no answers could make it a score: it says yes or no, or always the same."""
        is_same = self.formula.is_constant and self.score("", {}, {}) == MISSING
        return is_same or self.formula.is_condition

    def score(self, _answer: str, answers: Mapping[str, str], _city: Mapping[str, float]) -> int:
        amount = number(to_text(self.formula.value(answers)))
        if amount is None or not 0 <= amount <= SCALE:
            return MISSING
        return math.floor(amount + 0.5)


Rule: TypeAlias = ChoiceScores | Bands | PerPersonBands | CountSelected | IncomeRatio | Calculated


def number(text: str) -> float | None:
    """A stored number, or None where the text is no finite number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
