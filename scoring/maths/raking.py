"""Raking of weights to several known margins, from sums over rake-cells instead of people.

A rake-cell is a class of every margin, such as women of 30 to 39. All its people get the same
factor exp(x'lambda), x being 1 for the cell's classes: Deville, Särndal and Sautory, Generalized
Raking Procedures in Survey Sampling (1993).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from scoring.maths.matrix import Floats, Integers
from scoring.maths.weighting import WeightingError, check_weights
from surveys.errors import gettext_noop

ROUNDING = 1e-9  # by so large a part may the totals of margins differ
TOLERANCE = 1e-12  # by so large a part may a class miss its target
MOST_ITERATIONS = 30  # fewer than it takes to push a cell towards weights of 0

RakeCell: TypeAlias = tuple[str, ...]  # a class of each margin, in the margins' order


@dataclass(frozen=True)
class Margin:
    """How many people there are in each class, such as of sex: {"f": 830_000, "m": 1_397_000}."""

    name: str
    targets: Mapping[str, float]


@dataclass(frozen=True)
class Raking:
    """The factors that make rake-cells meet their margins."""

    cells: tuple[RakeCell, ...]
    indicators: Floats  # (cells, classes of all margins), 1 where the cell is in the class
    factors: Floats  # (cells,), to multiply weights by
    iterations: int
    largest_difference: float  # of a class to its target, as a part of the target


def rake(margins: Sequence[Margin], cells: Sequence[RakeCell], W: Floats) -> Raking:
    """The factors of rake-cells with sums of weights W (cells,), by Newton's method.

    Margins may overlap or contain each other. Raises `WeightingError` where they are not numbers
    above 0 of one total, where a class has nobody or a cell is in none, and where no weights above
    0 meet them all.
    """
    targets = _targets(margins)
    x = _indicators(margins, cells)
    check_weights(W)
    _check_everybody_is_met(margins, W @ x)
    log_factors = np.full(len(cells), math.log(math.fsum(margins[0].targets.values()) / W.sum()))
    iterations, difference = 0, _differences(x, W, log_factors, targets)
    while np.abs(difference).max() > TOLERANCE:
        if iterations == MOST_ITERATIONS:
            raise _no_convergence(margins, difference)
        log_factors += _step(x, W * np.exp(log_factors), targets)
        iterations, difference = iterations + 1, _differences(x, W, log_factors, targets)
    largest = float(np.abs(difference).max())
    return Raking(tuple(cells), x, np.exp(log_factors), iterations, largest)


def numbered(cells: Sequence[RakeCell]) -> tuple[tuple[RakeCell, ...], Integers]:
    """The distinct rake-cells in order, and the number of each given one among them."""
    distinct = tuple(sorted(set(cells)))
    places = {cell: number for number, cell in enumerate(distinct)}
    return distinct, np.array([places[cell] for cell in cells], dtype=np.int64)


def _differences(x: Floats, W: Floats, log_factors: Floats, targets: Floats) -> Floats:
    """By what part each class is above its target."""
    return np.asarray((W * np.exp(log_factors)) @ x / targets - 1)


def _step(x: Floats, raked: Floats, targets: Floats) -> Floats:
    """What to add to the factors' logarithms (cells,).

    Damped as in Sun and Tran-Dinh, Generalized Self-Concordant Functions (2019), so that no step
    overshoots; the pseudo-inverse, because each margin gives the total once more.
    """
    hessian = x.T @ (raked[:, np.newaxis] * x)
    direction = x @ (np.linalg.pinv(hessian, hermitian=True) @ (targets - raked @ x))
    length = float(np.abs(direction).max())
    return np.asarray(direction * (math.log1p(length) / length if length else 1.0))


def _targets(margins: Sequence[Margin]) -> Floats:
    """The targets of all classes, margin by margin, rounding between the totals taken out."""
    if not margins:
        raise WeightingError(gettext_noop("Give at least one margin to rake to."))
    for place, margin in enumerate(margins):
        if margin.name in {before.name for before in margins[:place]}:
            raise WeightingError(
                gettext_noop("Margin “%(margin)s” is there twice; rename one."), margin=margin.name
            )
        _check_targets(margin)
    totals = _equal_totals(margins)
    return np.array(
        [
            target * (totals[0] / total)
            for margin, total in zip(margins, totals, strict=True)
            for target in margin.targets.values()
        ]
    )


def _equal_totals(margins: Sequence[Margin]) -> list[float]:
    totals = [math.fsum(margin.targets.values()) for margin in margins]
    for margin, total in zip(margins, totals, strict=True):
        if not math.isclose(total, totals[0], rel_tol=ROUNDING):
            raise WeightingError(
                gettext_noop(
                    "Margins “%(first)s” and “%(other)s” add up to %(first_total)s and "
                    "%(other_total)s; make the totals equal."
                ),
                first=margins[0].name,
                other=margin.name,
                first_total=totals[0],
                other_total=total,
            )
    return totals


def _check_targets(margin: Margin) -> None:
    if not margin.targets:
        raise WeightingError(
            gettext_noop("Margin “%(margin)s”: give it at least one class."), margin=margin.name
        )
    for level, target in margin.targets.items():
        if not 0 < target < math.inf:
            raise WeightingError(
                gettext_noop(
                    "Margin “%(margin)s”: class “%(level)s” is to have %(target)s people; "
                    "make it a number above 0."
                ),
                margin=margin.name,
                level=level,
                target=f"{target:.15g}",
            )


def _indicators(margins: Sequence[Margin], cells: Sequence[RakeCell]) -> Floats:
    places = {key: place for place, key in enumerate(_classes(margins))}
    x = np.zeros((len(cells), len(places)))
    for row, cell in enumerate(cells):
        for margin, level in zip(margins, cell, strict=True):
            if (margin.name, level) not in places:
                raise WeightingError(
                    gettext_noop(
                        "Margin “%(margin)s”: people are in “%(level)s”, which is none of its classes."
                    ),
                    margin=margin.name,
                    level=level,
                )
            x[row, places[margin.name, level]] = 1
    return x


def _classes(margins: Sequence[Margin]) -> list[tuple[str, str]]:
    return [(margin.name, level) for margin in margins for level in margin.targets]


def _check_everybody_is_met(margins: Sequence[Margin], sums: Floats) -> None:
    for (margin, level), found in zip(_classes(margins), sums.tolist(), strict=True):
        if not found:
            raise WeightingError(
                gettext_noop(
                    "Margin “%(margin)s”: nobody in class “%(level)s” has a weight; "
                    "merge it with another class."
                ),
                margin=margin,
                level=level,
            )


def _no_convergence(margins: Sequence[Margin], difference: Floats) -> WeightingError:
    worst = int(np.argmax(np.abs(difference)))
    margin, level = _classes(margins)[worst]
    return WeightingError(
        gettext_noop(
            "The margins cannot all be met: after %(iterations)s iterations class “%(level)s” of "
            "margin “%(margin)s” is still %(percent)s %% off. Merge classes of few people."
        ),
        iterations=MOST_ITERATIONS,
        margin=margin,
        level=level,
        percent=f"{100 * float(difference[worst]):+.2g}",
    )
