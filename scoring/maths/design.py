"""The sample's design: strata, primary sampling units, and the variance of what they sum to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.maths.matrix import Booleans, Floats, Integers


@dataclass(frozen=True)
class Design:
    """Where each primary sampling unit (PSU) belongs, and how many were sampled of how many.

    `stratum` gives the stratum's number for each PSU (0, 1, ...); `sampled` the number n_h of PSUs
    sampled in each stratum, those without any interview too; `population` the number N_h there
    are, where the sample is a sizeable part of them.
    """

    stratum: Integers  # (PSUs,)
    sampled: Integers  # (strata,)
    population: Floats | None = None  # (strata,)

    def covariance(self, a: Floats, b: Floats) -> Floats:
        """Taylor covariance of two estimates from their linearised PSU values, arrays (PSUs, ..).

        sum over h of (1 - f_h) n_h / (n_h - 1) sum over i of (a_hi - mean a_h)(b_hi - mean b_h),
        over all n_h sampled PSUs: one that is not listed has the value 0. A stratum of one PSU is
        centred at the grand mean, which is 0 ("adjust" of R's survey package).
        """
        total = np.zeros(np.broadcast_shapes(a.shape[1:], b.shape[1:]))
        for h, rows in self._strata():
            total += self._scale(h) * self._cross(a[rows], b[rows], int(self.sampled[h]))
        return total

    @property
    def rows(self) -> int:
        """How many rows the arrays have that it takes."""
        return len(self.stratum)

    def in_psus(self, rows: Floats | Booleans) -> Floats | Booleans:
        """Sums of rows by their PSU, array (PSUs, ..): each row is one here."""
        return rows

    def variance(self, z: Floats) -> Floats:
        return self.covariance(z, z)

    def degrees_of_freedom(self, present: Booleans) -> Integers:
        """PSUs with a valid case less strata with one, from an array (PSUs, ..) of who has any."""
        strata = sum(present[rows].any(axis=0).astype(np.int64) for _, rows in self._strata())
        return np.asarray(present.sum(axis=0) - strata, dtype=np.int64)

    def has_lonely(self, present: Booleans) -> Booleans:
        """Whether a stratum of which one PSU was sampled, but not all there are, takes part."""
        is_lonely = np.array([self.sampled[h] == 1 and self._scale(h) > 0 for h in self.stratum])
        return np.asarray(present[is_lonely].any(axis=0))

    def _strata(self) -> Iterator[tuple[int, Integers]]:
        for h in range(len(self.sampled)):
            yield h, np.flatnonzero(self.stratum == h)

    def _scale(self, h: int) -> float:
        sampled = int(self.sampled[h])
        rest = 1.0 if self.population is None else 1 - sampled / float(self.population[h])
        return rest * sampled / (sampled - 1) if sampled > 1 else rest

    @staticmethod
    def _cross(a: Floats, b: Floats, sampled: int) -> Floats:
        if sampled == 1:
            return np.asarray((a * b).sum(axis=0))
        mean_a, mean_b = a.sum(axis=0) / sampled, b.sum(axis=0) / sampled
        listed = ((a - mean_a) * (b - mean_b)).sum(axis=0)
        return np.asarray(listed + (sampled - len(a)) * mean_a * mean_b)
