"""Whether a battery's statements measure one thing: alpha, omega, item-rest, agreement, floor."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from surveys.quality.arrays import Floats, named
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.scales import Battery, batteries
from surveys.quality.thresholds import Thresholds

ROUNDS = 2_000
LEAST_UNIQUE = 0.005  # of a statement's variance


@dataclass(frozen=True)
class Reliability:
    """Of a battery's statements, by interviews in which all are answered."""

    n: int
    alpha: float  # Cronbach's, of the answers
    standardised: float  # of standardised answers
    omega: float | None  # McDonald's, of one factor; None of fewer than three statements
    item_rest: tuple[float, ...]  # correlation of each with the sum of the others
    without: tuple[float, ...]  # alpha when each is left out


def alpha(covariance: Floats) -> float:
    """k / (k - 1) (1 - trace / sum)."""
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def omega(correlations: Floats) -> float | None:
    """(sum of loadings)^2 / ((sum of loadings)^2 + sum of what is unique), one factor.

    By maximum likelihood: with what is unique given, loadings are an eigenvector of correlations
    scaled by it, until nothing changes (Lawley and Maxwell 1971).
    """
    if len(correlations) < 3:
        return None
    unique, loadings = 1 / np.diag(np.linalg.pinv(correlations)), np.zeros(len(correlations))
    for _ in range(ROUNDS):
        root = np.sqrt(unique)
        values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
        loadings = root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0))
        before, unique = unique, np.clip(1 - loadings**2, LEAST_UNIQUE, 1)
        if np.abs(unique - before).max() < 1e-12:
            break
    common = loadings.sum() ** 2
    return float(common / (common + unique.sum()))


def reliability(answers: Floats) -> Reliability | None:
    """From (interviews, items), reversed ones turned round; None where an item is constant."""
    whole = answers[np.isfinite(answers).all(axis=1)]
    if len(whole) < 3 or whole.shape[1] < 2 or (np.ptp(whole, axis=0) == 0).any():
        return None
    covariance = np.cov(whole, rowvar=False)
    spread = np.sqrt(np.diag(covariance))
    shared = covariance.sum(axis=0) - np.diag(covariance)
    rest = covariance.sum() - 2 * covariance.sum(axis=0) + np.diag(covariance)
    return Reliability(
        n=len(whole),
        alpha=alpha(covariance),
        standardised=alpha(covariance / np.outer(spread, spread)),
        omega=omega(covariance / np.outer(spread, spread)),
        item_rest=tuple((shared / (spread * np.sqrt(rest))).tolist()),
        without=_without(covariance),
    )


def _without(covariance: Floats) -> tuple[float, ...]:
    """Nothing of two items: one has no alpha."""
    places = range(len(covariance)) if len(covariance) > 2 else ()
    return tuple(alpha(np.delete(np.delete(covariance, j, 0), j, 1)) for j in places)


@dataclass(frozen=True)
class Agreement:
    """Intraclass correlations of Shrout and Fleiss (1979): of one judge, and of k together."""

    icc1: float  # other judges for everybody
    icc2: float  # judges drawn from many
    icc3: float  # these judges only
    icc1_k: float
    icc2_k: float
    icc3_k: float


def agreement(ratings: Floats) -> Agreement:
    """From (people, judges), nothing missing."""
    n, k = ratings.shape
    mean = ratings.mean()
    rows = k * ((ratings.mean(axis=1) - mean) ** 2).sum() / (n - 1)
    columns = n * ((ratings.mean(axis=0) - mean) ** 2).sum() / (k - 1)
    total = ((ratings - mean) ** 2).sum()
    error = (total - rows * (n - 1) - columns * (k - 1)) / ((n - 1) * (k - 1))
    within = (total - rows * (n - 1)) / (n * (k - 1))
    return Agreement(
        icc1=float((rows - within) / (rows + (k - 1) * within)),
        icc2=float((rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)),
        icc3=float((rows - error) / (rows + (k - 1) * error)),
        icc1_k=float((rows - within) / rows),
        icc2_k=float((rows - error) / (rows + (columns - error) / n)),
        icc3_k=float((rows - error) / rows),
    )


def turned(battery: Battery) -> Floats:
    """(interviews, items) with reversed statements turned round within the battery's scale."""
    answers = battery.answers
    if not np.isfinite(answers).any():
        return answers
    ends = float(np.nanmin(answers)) + float(np.nanmax(answers))
    is_reversed = np.array([item.is_reversed for item in battery.items])
    return np.where(is_reversed, ends - answers, answers)


def reliabilities(fieldwork: Fieldwork) -> dict[str, Reliability]:
    """Of every battery."""
    found = {one.name: reliability(turned(one)) for one in batteries(fieldwork.complete)}
    return {name: one for name, one in found.items() if one is not None}


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Batteries in which too many are at the lowest or highest sum that there is."""
    complete = fieldwork.complete
    for battery in batteries(complete):
        answers = turned(battery)
        whole = np.isfinite(answers).all(axis=1)
        if whole.sum() < thresholds.fewest_answers:
            continue
        for check, end in ((Check.FLOOR, np.nanmin(answers)), (Check.CEILING, np.nanmax(answers))):
            at_end = whole & (answers == end).all(axis=1)
            share = float(at_end.sum() / whole.sum())
            if share > thresholds.floor_share:
                yield Finding(
                    check, Severity.NOTE, About.QUESTION, battery.name,
                    named(complete.ids, at_end), share, threshold=thresholds.floor_share,
                )  # fmt: skip
