"""Confidence intervals of 95 %: symmetric, on the logit scale, and for shares of 0 and 1."""

import numpy as np
from scipy import special

from scoring.maths.matrix import Floats, Integers

TAIL = 0.025


def t_limits(estimate: Floats, se: Floats, df: Integers) -> tuple[Floats, Floats]:
    """estimate -/+ t x SE; NaN without a degree of freedom."""
    half = _t(df) * se
    return estimate - half, estimate + half


def share_limits(p: Floats, se: Floats, df: Integers, n_eff: Floats) -> tuple[Floats, Floats]:
    """Limits within [0, 1]: on the logit scale, or at 0 and 1 those of Korn and Graubard."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = _t(df) * se / (p * (1 - p))
        low = special.expit(special.logit(p) - half)
        high = special.expit(special.logit(p) + half)
    never, always = np.flatnonzero(p == 0), np.flatnonzero(p == 1)
    high[never] = _furthest_from_certain(df[never], n_eff[never])
    low[never] = high[never] * 0.0  # or not available
    low[always] = 1 - _furthest_from_certain(df[always], n_eff[always])
    high[always] = low[always] * 0.0 + 1.0
    return low, high


def _furthest_from_certain(df: Integers, n_eff: Floats) -> Floats:
    """The upper limit of a share of 0 (Korn and Graubard 1998).

    The beta quantile of Clopper and Pearson with n* = n_eff (t_{n-1} / t_df)^2 cases.
    """
    cases = n_eff * (_t(n_eff - 1) / _t(df)) ** 2
    return np.asarray(-np.expm1(np.log(TAIL) / cases))


def _t(df: Integers | Floats) -> Floats:
    """The upper quantile of Student's t; NaN without a degree of freedom."""
    different, place = np.unique(df, return_inverse=True)
    quantiles = special.stdtrit(np.where(different > 0, different, np.nan), 1 - TAIL)
    return np.asarray(quantiles[place])
