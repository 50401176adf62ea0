"""A second visit with some of the questions: what was answered differently, by whom and how much.

Definitions are those of IPA's `ipabcstats`. Type 1 are questions whose answer cannot change (age,
whether there was an interview at all), type 2 those that need skill to ask, type 3 those that may be
unstable or hard to understand. Tests of stability and reliability are for types 2 and 3.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from scipy import special

from surveys.quality.arrays import Factor, Floats

Value: TypeAlias = float | str | None


class Type(IntEnum):
    FIXED = 1
    SKILL = 2
    UNSTABLE = 3


class Outcome(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True)
class Tolerance:
    """How far a second answer may be from the first: in its unit, or as a part of the first."""

    below: float = 0.0
    above: float = 0.0
    is_relative: bool = False

    def allows(self, first: float, second: float) -> bool:
        unit = abs(first) if self.is_relative else 1.0
        slack = 1e-9 * max(abs(first), 1.0)
        low, high = first - self.below * unit - slack, first + self.above * unit + slack
        return low <= second <= high


@dataclass(frozen=True)
class Question:
    """How a question is compared. The values are those of the second visit."""

    name: str
    type: Type
    tolerance: Tolerance = Tolerance()
    no_difference: frozenset[Value] = frozenset()  # never count as different
    excluded: frozenset[Value] = frozenset()  # are not compared
    is_loose: bool = False  # texts are the same whatever their case, blanks and symbols


@dataclass(frozen=True)
class Visit:
    """An interview, or the second visit for one; both have the interview's id."""

    id: str
    by: str  # the enumerator, or the back-checker
    day: int | None = None  # since 1970
    team: str = ""
    answers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """One question of one interview, as it was answered twice."""

    id: str
    enumerator: str
    team: str
    backchecker: str
    question: str
    type: Type
    first: Value
    second: Value
    outcome: Outcome
    days: int | None  # from the first visit to the second


@dataclass(frozen=True)
class Comparisons:
    rows: tuple[Comparison, ...]
    only_second: tuple[str, ...]  # ids of second visits without an interview
    interviews: int
    visits: int  # second visits with an interview


def compare(
    interviews: Iterable[Visit],
    visits: Iterable[Visit],
    questions: Sequence[Question],
    *,
    excludes_missing: bool = False,
) -> Comparisons:
    """Second visits paired with their interviews by id.

    A missing answer differs from one that is given, unless missing ones are excluded. Raises
    ValueError where an id occurs twice among the interviews or among the visits.
    """
    first, second = _by_id(interviews), _by_id(visits)
    paired = [(first[one.id], one) for one in second.values() if one.id in first]
    rows = [
        _compare(interview, visit, question, excludes_missing=excludes_missing)
        for interview, visit in paired
        for question in questions
    ]
    only = tuple(sorted(second.keys() - first.keys()))
    return Comparisons(tuple(rows), only, len(first), len(paired))


def _by_id(visits: Iterable[Visit]) -> dict[str, Visit]:
    given = list(visits)
    twice = [one for one, many in Counter(visit.id for visit in given).items() if many > 1]
    if twice:
        raise ValueError(f"more than one visit with the id {twice[0]}")
    return {visit.id: visit for visit in given}


def _compare(
    interview: Visit, visit: Visit, question: Question, *, excludes_missing: bool
) -> Comparison:
    first, second = interview.answers.get(question.name), visit.answers.get(question.name)
    known = interview.day is not None and visit.day is not None
    return Comparison(
        id=interview.id,
        enumerator=interview.by,
        team=interview.team,
        backchecker=visit.by,
        question=question.name,
        type=question.type,
        first=first,
        second=second,
        outcome=outcome(question, first, second, excludes_missing=excludes_missing),
        days=(visit.day or 0) - (interview.day or 0) if known else None,
    )


def outcome(
    question: Question, first: Value, second: Value, *, excludes_missing: bool = False
) -> Outcome:
    """Whether two answers to a question are the same, as the question is compared."""
    is_missing = first is None or second is None
    if second in question.excluded or (excludes_missing and is_missing):
        return Outcome.NOT_COMPARED
    if second in question.no_difference or _same(question, first, second):
        return Outcome.SAME
    return Outcome.DIFFERENT


def _same(question: Question, first: Value, second: Value) -> bool:
    if isinstance(first, int | float) and isinstance(second, int | float):
        return question.tolerance.allows(first, second)
    if question.is_loose and isinstance(first, str) and isinstance(second, str):
        return _loosened(first) == _loosened(second)
    return first == second


def _loosened(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


@dataclass(frozen=True)
class Rate:
    """How many answers were compared, and how many were different."""

    compared: int
    different: int
    visits: int  # with an answer that was compared

    @property
    def share(self) -> float | None:
        return self.different / self.compared if self.compared else None


def rates(
    rows: Iterable[Comparison], by: Callable[[Comparison], str]
) -> dict[tuple[str, Type], Rate]:
    """Error rates by type and by what a row is asked for, such as its enumerator or question."""
    grouped: dict[tuple[str, Type], list[Comparison]] = {}
    for row in rows:
        if row.outcome is not Outcome.NOT_COMPARED:
            grouped.setdefault((by(row), row.type), []).append(row)
    return {key: _rate(found) for key, found in sorted(grouped.items())}


def _rate(rows: Sequence[Comparison]) -> Rate:
    different = sum(row.outcome is Outcome.DIFFERENT for row in rows)
    return Rate(len(rows), different, len({row.id for row in rows}))


@dataclass(frozen=True)
class Stability:
    """Of one question's pairs of numbers. What cannot be computed is None.

    The simple response variance is half the variance of the differences; the reliability ratio is
    one less it as a part of the second visits' variance, which are taken to be nearer the truth.
    """

    n: int
    mean_first: float
    mean_second: float
    response_variance: float | None
    reliability: float | None
    t: float | None  # paired, n - 1 degrees of freedom
    t_p: float | None
    rank_z: float | None  # signed ranks with zeros ranked and left out (Pratt), no correction
    rank_p: float | None
    share_z: float | None  # two shares, where all answers are 0 or 1
    share_p: float | None


def stability(first: Floats, second: Floats) -> Stability | None:
    """Of pairs, those with a NaN left out; None without a pair."""
    whole = np.isfinite(first) & np.isfinite(second)
    a, b = first[whole], second[whole]
    if not a.size:
        return None
    variance, ratio = _response(a, b)
    return Stability(
        len(a), float(a.mean()), float(b.mean()), variance, ratio,
        *_paired(a - b), *_ranked(a - b), *_shares(a, b),
    )  # fmt: skip


def pairs(rows: Iterable[Comparison], question: str) -> tuple[Floats, Floats]:
    """A question's numbers of the first and of the second visits, where they were compared."""
    found = [
        (_number(row.first), _number(row.second))
        for row in rows
        if row.question == question and row.outcome is not Outcome.NOT_COMPARED
    ]
    both = np.array(found, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _response(a: Floats, b: Floats) -> tuple[float | None, float | None]:
    if len(a) < 2:
        return None, None
    response, variance = float((a - b).var(ddof=1)) / 2, float(b.var(ddof=1))
    return response, 1 - response / variance if variance > 0 else None


def _paired(difference: Floats) -> tuple[float | None, float | None]:
    n = len(difference)
    spread = float(difference.std(ddof=1)) if n > 1 else 0.0
    if spread == 0:
        return None, None
    t = float(difference.mean()) / (spread / math.sqrt(n))
    return t, float(2 * special.stdtr(n - 1, -abs(t)))


def _ranked(difference: Floats) -> tuple[float | None, float | None]:
    """As Stata's `signrank`: the normal approximation with adjustment for ties and zeros."""
    if not difference.any():
        return None, None
    signed = _midranks(np.abs(difference)) * np.sign(difference)
    z = float(signed.sum() / math.sqrt((signed**2).sum()))
    return z, float(2 * special.ndtr(-abs(z)))


def _midranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of theirs. All of scipy's statistics would be 60 MB more."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared: Floats = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return shared


def _shares(a: Floats, b: Floats) -> tuple[float | None, float | None]:
    """As Stata's `prtest`: the two visits as two samples, pooled under equality."""
    if not np.isin(np.concatenate([a, b]), (0, 1)).all():
        return None, None
    pooled = float(a.mean() + b.mean()) / 2
    if pooled in (0, 1):
        return None, None
    z = float(a.mean() - b.mean()) / math.sqrt(pooled * (1 - pooled) * 2 / len(a))
    return z, float(2 * special.ndtr(-abs(z)))


def draw(
    ids: Sequence[str], enumerator: Factor, share: float, random: Generator, least: int = 1
) -> tuple[str, ...]:
    """Interviews to visit again: a share of each enumerator's, at random, at least so many.

    In the order of the ids. The same generator's state draws the same ones.
    """
    chosen: list[int] = []
    for members in enumerator.members():
        many = min(len(members), max(least, math.ceil(share * len(members) - 1e-9)))
        chosen.extend(random.choice(members, many, replace=False).tolist() if many else ())
    return tuple(ids[place] for place in sorted(chosen))


def round_of(
    ids: Sequence[str], *, before: int, share: float, start: float, random: Generator
) -> tuple[str, ...]:
    """Of an enumerator's new interviews those to visit again, `before` having been looked at earlier.

    Over all rounds a share of them, within one, and each with the same chance whenever it came: how
    many is a systematic sample of their count from a random `start` in [0, 1), which they are is
    drawn anew. In the order of the ids.
    """
    many = math.floor(share * (before + len(ids)) + start) - math.floor(share * before + start)
    chosen = random.choice(len(ids), min(many, len(ids)), replace=False) if ids else ()
    return tuple(ids[place] for place in sorted(chosen))
