"""Weights of people: from their chances of being selected, and what a set of weights looks like."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.maths.matrix import Floats
from surveys.errors import SurveyError, gettext_noop


class WeightingError(SurveyError):
    """Weights that cannot be made, and what stands in the way."""


@dataclass(frozen=True)
class Stage:
    """The weights of everybody who has one, after one stage of their making."""

    name: str
    people: int  # with a weight above 0
    sum: float
    min: float
    median: float
    max: float
    kish: float  # effective sample size, in people
    cv: float  # standard deviation / mean

    @property
    def design_effect(self) -> float:
        """What unequal weights multiply a variance by: 1 + cv^2 (Kish 1965)."""
        return self.people / self.kish


def design_weights(probabilities: Mapping[str, Floats]) -> Floats:
    """People each person stands for, array (people,): 1 / the product of the stages' probabilities.

    `probabilities` gives each stage's chances of selection by its name. Raises `WeightingError` at
    one that is not above 0 and at most 1.
    """
    if not probabilities:
        raise WeightingError(
            gettext_noop("Give the selection probabilities of at least one stage.")
        )
    for stage, p in probabilities.items():
        _check_probabilities(stage, p)
    return 1 / np.asarray(math.prod(probabilities.values()))


def stage(name: str, weights: Floats) -> Stage:
    """A stage's record, from its weights (people,); 0 is no weight."""
    check_weights(weights)
    w = weights[weights > 0]
    kish = effective_size(w)
    return Stage(
        name=name,
        people=len(w),
        sum=math.fsum(w),
        min=float(w.min()),
        median=float(np.median(w)),
        max=float(w.max()),
        kish=kish,
        cv=math.sqrt(max(len(w) / kish - 1, 0)),
    )


def effective_size(weights: Floats) -> float:
    """Kish's effective sample size (sum w)^2 / sum w^2, in people."""
    check_weights(weights)
    w = weights / weights.max()  # squares of large weights stay finite
    return math.fsum(w) ** 2 / math.fsum(w * w)


def design_effect(weights: Floats) -> float:
    """What unequal weights multiply a variance by: n sum w^2 / (sum w)^2, n with a weight above 0."""
    return float(np.count_nonzero(weights)) / effective_size(weights)


def check_weights(weights: Floats) -> None:
    """Raises `WeightingError` unless all are finite, none is negative and one is above 0."""
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise WeightingError(
            gettext_noop("Weight number %(number)s is %(value)s; make it a number from 0 up."),
            number=int(wrong[0]) + 1,
            value=float(weights[wrong[0]]),
        )
    if not weights.any():
        raise WeightingError(gettext_noop("Nobody has a weight above 0."))


def _check_probabilities(stage: str, p: Floats) -> None:
    p = np.atleast_1d(p)
    wrong = np.flatnonzero(~((p > 0) & (p <= 1)))
    if len(wrong):
        raise WeightingError(
            gettext_noop(
                "Stage “%(stage)s”: selection probability number %(number)s is %(value)s; "
                "make it above 0 and at most 1."
            ),
            stage=stage,
            number=int(wrong[0]) + 1,
            value=float(p[wrong[0]]),
        )
