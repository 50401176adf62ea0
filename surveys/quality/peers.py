"""One enumerator beside the others: at the same sites where they met, and no surer than it can be.

Honest people differ: in pace, in places, in what they are told. So an enumerator is not compared
with a sampling error but with how far the others are from one another, by median and median
deviation, which a third of fabricators cannot move far; more than half of them become the measure.
The distance of few people may come out small by luck: it is never taken to be less than what is usual
between honest people. Student's t allows for those further off than a normal distribution has them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import special

from surveys.quality.arrays import (
    Booleans,
    Factor,
    Floats,
    Integers,
    counts_by,
    deviation,
    median,
    ratio,
    sums_by,
)

MET = 8  # interviews of others at a site that weigh as much as all sites together
FREEDOM = 12  # degrees of freedom of Student's t
FURTHEST = 4  # median deviations: single interviews count as no further than that


@dataclass(frozen=True)
class Standing:
    """Each enumerator in one measure; NaN where there are too few interviews."""

    n: Integers
    value: Floats
    expected: Floats  # from the others, at the same sites
    scale: Floats  # standard deviation of an honest enumerator's value around the expected one

    @classmethod
    def unknown(cls, n: Integers, value: Floats) -> Self:
        """Nobody to compare with."""
        return cls(n, value, np.full(len(n), np.nan), np.full(len(n), np.nan))

    @property
    def z(self) -> Floats:
        """How many such deviations above the expected."""
        return (self.value - self.expected) / self.scale

    def p(self, *, is_high: bool) -> Floats:
        """Of an honest enumerator so far above (or below); NaN where not known."""
        away = -self.z if is_high else self.z
        return np.asarray(special.stdtr(FREEDOM, away))


@dataclass(frozen=True)
class Peers:
    """Who is compared, where they worked, and who may serve as a measure for the others."""

    enumerator: Factor
    site: Factor
    is_trusted: Booleans  # by enumerator
    fewest: int

    def standing(self, measure: Floats, *, spread: float, floor: float) -> Standing:
        """Enumerators by a number an interview.

        `spread` is the usual standard deviation between honest people, `floor` the least that
        single interviews are taken to vary by.
        """
        clipped = _clipped(measure)
        n = counts_by(self.enumerator, np.isfinite(clipped))
        value = ratio(sums_by(self.enumerator, clipped), n)
        is_known = n >= self.fewest
        if not (is_known & self.is_trusted).any():
            return Standing.unknown(n, value)
        usual = self._usual(clipped, median(value[is_known & self.is_trusted]))
        away = np.where(is_known, value - usual, np.nan)
        error = max(floor, self._within(clipped, value)) ** 2 / np.maximum(n, 1)
        return self._judged(n, value, away, error, spread)

    def _judged(
        self, n: Integers, value: Floats, away: Floats, error: Floats, spread: float
    ) -> Standing:
        """With `away`, the distance from what is usual, and the variance of its sampling."""
        is_measure = self.is_trusted & np.isfinite(away)
        if not is_measure.any():
            return Standing.unknown(n, value)
        centre = median(away[is_measure])
        found = deviation(away[is_measure]) ** 2 - median(error[is_measure])
        between = max(found, spread**2)
        return Standing(n, value, value - (away - centre), np.sqrt(error + between))

    def _usual(self, measure: Floats, everywhere: float) -> Floats:
        """What the others' interviews at the same sites come to, drawn towards all sites'.

        The mean over each enumerator's interviews.
        """
        kept = np.isfinite(measure) & self.site.is_known & self.enumerator.is_known
        usual = np.where(np.isfinite(measure), everywhere, np.nan)
        shape = (len(self.enumerator.names), len(self.site.names))
        place = np.ravel_multi_index((self.enumerator.codes[kept], self.site.codes[kept]), shape)
        own_n = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
        own = np.bincount(place, measure[kept], minlength=shape[0] * shape[1]).reshape(shape)
        trusted = self.is_trusted[:, None]
        n = (own_n * trusted).sum(axis=0) - own_n * trusted
        total = (own * trusted).sum(axis=0) - own * trusted
        table = (total + MET * everywhere) / (n + MET)
        usual[kept] = table.ravel()[place]
        counted = counts_by(self.enumerator, np.isfinite(measure))
        return ratio(sums_by(self.enumerator, usual), counted)

    def _within(self, measure: Floats, value: Floats) -> float:
        """The standard deviation of a trusted enumerator's interviews around their own mean."""
        kept = np.isfinite(measure) & self.enumerator.is_known
        kept[kept] &= self.is_trusted[self.enumerator.codes[kept]]
        around = measure[kept] - value[self.enumerator.codes[kept]]
        freedom = kept.sum() - len(np.unique(self.enumerator.codes[kept]))
        return float(np.sqrt((around**2).sum() / freedom)) if freedom > 0 else 0.0

    def unlike(self, measures: list[Floats], *, spread: float) -> Standing:
        """Enumerators by how far all their means are from the others', on a logarithmic scale.

        The mean square of the standings in every measure: a sum of many small differences.
        """
        standings = [self.standing(one, spread=0.0, floor=1e-6) for one in measures]
        squares = np.array([one.z**2 for one in standings if np.isfinite(one.z).any()])
        n = counts_by(self.enumerator)
        if not squares.size:
            return Standing.unknown(n, np.full(len(n), np.nan))
        known = np.isfinite(squares)
        total = np.where(known, np.minimum(squares, 100), 0).sum(axis=0)
        many = known.sum(axis=0)
        mean = np.where(many > len(squares) / 2, total / np.maximum(many, 1), np.nan)
        value = np.log(mean + 0.05)
        error = 4 / np.maximum(many, 1)  # twice that of independent squares: questions are related
        return self._judged(n, value, value - median(value[self.is_trusted]), error, spread)


def _clipped(measure: Floats) -> Floats:
    """Single interviews brought in, so that one that stood open overnight does not decide."""
    spread = FURTHEST * deviation(measure)
    if not spread > 0:
        return measure
    centre = median(measure)
    return np.clip(measure, centre - spread, centre + spread)


def holm(p: Floats) -> Floats:
    """p-values adjusted for all that were asked together (Holm 1979); NaN is not asked."""
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p)[: np.isfinite(p).sum()]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1) if len(order) else steps
    return adjusted
