"""How much of the answers' variance lies between enumerators rather than between people.

One-way analysis of variance; with areas, enumerators are compared within them, because who works
where is not left to chance (sums of squares adjusted for areas; Henderson's method 3).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from surveys.quality.arrays import Factor, Floats, Integers, named
from surveys.quality.fieldwork import Fieldwork, Kind
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.peers import holm
from surveys.quality.thresholds import Thresholds

NOISE = 1e-9  # of the interviews: a smaller eigenvalue is rounding


@dataclass(frozen=True)
class Effect:
    """`n0` is the interviews an enumerator that count, after areas; `deff` the design effect."""

    n: int
    enumerators: int
    n0: float
    between: float  # mean square
    within: float
    f: float
    df: tuple[int, int]
    p: float
    icc: float  # below 0 where enumerators differ less than chance has it
    deff: float  # 1 + (interviews an enumerator, weighted by themselves, - 1) ICC


def effect(values: Floats, enumerator: Factor, area: Factor | None = None) -> Effect | None:
    """None where enumerators cannot be told from areas, or nothing varies within them."""
    known = np.isfinite(values) & enumerator.is_known
    if area is not None:
        known &= area.is_known
    y = values[known]
    who = np.unique(enumerator.codes[known], return_inverse=True)[1]
    where = np.zeros(len(y), np.int64)
    if area is not None:
        where = np.unique(area.codes[known], return_inverse=True)[1]
    return _effect(y, who, where) if len(y) else None


def _effect(y: Floats, who: Integers, where: Integers) -> Effect | None:
    people, areas = int(who.max()) + 1, int(where.max()) + 1
    met = np.bincount(who * areas + where, minlength=people * areas).reshape(people, areas)
    met = met.astype(float)
    at = met.sum(axis=0)
    around = y - (np.bincount(where, y) / at)[where]
    adjusted = np.diag(met.sum(axis=1)) - (met / at) @ met.T
    sums = np.bincount(who, around, minlength=people)
    values, vectors = np.linalg.eigh(adjusted)
    kept = values > NOISE * len(y)
    rank, freedom = int(kept.sum()), len(y) - areas - int(kept.sum())
    if rank < 1 or freedom < 1:
        return None
    squares = float(((sums @ vectors[:, kept]) ** 2 / values[kept]).sum())
    rest = float((around**2).sum()) - squares
    n0 = float(values[kept].sum()) / rank
    return _ratios(len(y), met.sum(axis=1), squares, rest, (rank, freedom), n0)


def _ratios(
    size: int, n: Floats, squares: float, rest: float, df: tuple[int, int], n0: float
) -> Effect | None:
    between, within = squares / df[0], rest / df[1]
    if within <= 1e-12 * max(between, 1e-300):
        return None
    icc = (between - within) / (between + (n0 - 1) * within)
    f = between / within
    return Effect(
        n=size,
        enumerators=len(n),
        n0=n0,
        between=between,
        within=within,
        f=f,
        df=df,
        p=float(special.fdtrc(*df, f)),
        icc=icc,
        deff=1 + (float((n**2).sum() / n.sum()) - 1) * icc,
    )


def effects(fieldwork: Fieldwork) -> dict[str, Effect]:
    """Of every question whose answers are in an order, within areas where they are known."""
    complete = fieldwork.complete
    area = complete.psu if complete.psu.is_known.any() else None
    found = {
        question.name: effect(question.values, complete.enumerator, area)
        for question in complete.questions
        if question.kind in (Kind.NUMBER, Kind.CHOICE)
    }
    return {name: one for name, one in found.items() if one is not None}


def find(
    fieldwork: Fieldwork, found: dict[str, Effect], thresholds: Thresholds
) -> Iterator[Finding]:
    """Questions whose answers depend on who asks, p adjusted for all questions."""
    complete = fieldwork.complete
    answers = {question.name: question.is_answered for question in complete.questions}
    adjusted = holm(np.array([one.p for one in found.values()]))
    for (name, one), p in zip(found.items(), adjusted, strict=True):
        if p <= thresholds.effect_p and one.icc >= thresholds.effect_icc:
            yield Finding(
                Check.ENUMERATOR_EFFECT, Severity.NOTE, About.QUESTION, name,
                named(complete.ids, answers[name]), one.icc, 0.0, thresholds.effect_icc, float(p),
            )  # fmt: skip
