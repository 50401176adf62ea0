"""How alike interviews are: the share of answers that two of them have in common.

After Kuriakose and Robbins (Statistical Journal of the IAOS 32, 2016): for each interview the
closest one, here of those made before it, so that who was copied is not taken for who copied. Answers
are equal where both were asked and gave the same; what either was not asked does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from surveys.quality.arrays import Booleans, Floats, Integers, median, ratio
from surveys.quality.fieldwork import Fieldwork, Question
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds

Singles: TypeAlias = NDArray[np.float32]

BLOCK = 2048  # interviews: a block of pairs takes 17 MB
BUCKETS = 8  # of a question with more answers: equal ones stay equal, to find the closest by
MOST_AT_ONCE = 30_000  # interviews compared with all others; beyond, only within enumerators


@dataclass(frozen=True)
class Closest:
    """Each interview's closest earlier one; NaN and -1 where there is none to compare with."""

    share: Floats  # of the questions that both were asked
    earlier: Integers  # its place


class Answers:
    """Interviews as zeros and ones, so that a product of matrices counts equal answers."""

    def __init__(self, questions: tuple[Question, ...], least_shared: int) -> None:
        asked = np.column_stack([question.is_asked for question in questions])
        self.codes = np.column_stack([_codes(question) for question in questions])
        self.is_asked = np.asarray(asked)
        self.least_shared = least_shared

    @cached_property
    def ones(self) -> Singles:
        columns = [
            _indicators(codes, asked)
            for codes, asked in zip(self.codes.T, self.is_asked.T, strict=True)
        ]
        return np.ascontiguousarray(np.concatenate(columns, axis=1))

    @cached_property
    def asked(self) -> Singles:
        return self.is_asked.astype(np.float32)

    def shares(self, rows: Integers | slice, columns: Integers | slice) -> Singles:
        """(rows, columns) shares of equal answers, -1 where too little was asked of both."""
        both = self.asked[rows] @ self.asked[columns].T
        equal = self.ones[rows] @ self.ones[columns].T
        return np.where(both >= self.least_shared, equal / np.maximum(both, 1), np.float32(-1))

    def exact(self, rows: Integers, others: Integers) -> Floats:
        """The shares of pairs, without buckets."""
        both = self.is_asked[rows] & self.is_asked[others]
        equal = both & (self.codes[rows] == self.codes[others])
        return np.asarray(equal.sum(axis=1) / np.maximum(both.sum(axis=1), 1))

    def typical(self, enumerators: list[Integers], sites: list[Integers]) -> Floats:
        """How alike an interview is to its enumerator's at other sites, less to everybody else's.

        People of one site are alike; what somebody heard at several sites should not be. NaN where
        an enumerator has been at one site only.
        """
        site = np.full(len(self.codes), -1)
        for place, members in enumerate(sites):
            site[members] = place
        everything = self._shared(slice(None), slice(None))
        excess = np.full(len(self.codes), np.nan)
        for members in enumerators:
            own = self._shared(members, members)
            for here in np.unique(site[members]):
                rows = members[site[members] == here]
                elsewhere = own[:, site[members] == here] - self._shared(rows, rows)
                others = everything[:, rows] - own[:, site[members] == here]
                excess[rows] = ratio(*elsewhere) - ratio(*others)
        return excess

    def _shared(self, rows: Integers | slice, group: Integers | slice) -> Floats:
        """(2, rows) equal answers, and questions asked of both, of each row with a group in all."""
        equal = self.ones[rows] @ self.ones[group].sum(axis=0, dtype=float)
        both = self.asked[rows] @ self.asked[group].sum(axis=0, dtype=float)
        return np.stack([equal, both])


def compare(fieldwork: Fieldwork, least_share_asked: float) -> Answers | None:
    """The answers of interviews to be compared; None without two questions or interviews.

    Two interviews are compared where both were asked at least this share of the questions that an
    interview is usually asked.
    """
    if len(fieldwork) < 2 or len(fieldwork.questions) < 2:
        return None
    return Answers(
        fieldwork.questions, int(np.ceil(least_share_asked * np.median(fieldwork.asked)))
    )


def closest(answers: Answers, began: Floats, groups: list[Integers]) -> Closest:
    """The closest of all earlier ones, or of the same group where there are too many to compare.

    The work grows with the square of the interviews, the memory only with their number.
    """
    size = len(answers.codes)
    best, earlier = np.full(size, -1, dtype=np.float32), np.full(size, -1)
    everybody = [np.arange(size)] if size <= MOST_AT_ONCE else groups
    for rows, columns in _blocks([one[np.argsort(began[one], kind="stable")] for one in everybody]):
        shares = answers.shares(rows, columns)
        if rows is columns:
            shares[np.triu_indices(len(rows))] = -1
        place = shares.argmax(axis=1)
        found = shares[np.arange(len(rows)), place]
        better = found > best[rows]
        best[rows[better]], earlier[rows[better]] = found[better], columns[place[better]]
    share = np.full(size, np.nan)
    has = np.flatnonzero(earlier >= 0)
    share[has] = answers.exact(has, earlier[has])
    return Closest(share, earlier)


def _blocks(groups: list[Integers]) -> Iterator[tuple[Integers, Integers]]:
    """Blocks of each group, each with itself and with those before it."""
    for members in groups:
        parts = np.array_split(members, max(1, -(-len(members) // BLOCK)))
        for place, rows in enumerate(parts):
            yield from ((rows, columns) for columns in parts[: place + 1])


def _codes(question: Question) -> Integers:
    """Answers and the ways not to answer as numbers from 0; equal is equal."""
    answered = question.is_answered
    codes = np.full(len(answered), 0)
    _, places = np.unique(question.values[answered], return_inverse=True)
    codes[answered] = places + 8
    codes[~answered] = question.states[~answered]
    return codes


def _indicators(codes: Integers, asked: Booleans) -> Singles:
    """A column of zeros and ones for each code."""
    buckets = np.where(codes >= 8 + BUCKETS, 8 + codes % BUCKETS, codes)
    used, places = np.unique(buckets, return_inverse=True)
    ones = np.zeros((len(codes), len(used)), dtype=np.float32)
    ones[np.arange(len(codes)), places] = asked
    return ones


def find(fieldwork: Fieldwork, near: Closest, thresholds: Thresholds) -> Iterator[Finding]:
    """Of complete interviews: those nearly the same as one before, with that one behind them."""
    complete, usually = fieldwork.complete, median(near.share)
    for place in np.flatnonzero(near.share >= thresholds.near_identical_share):
        name, earlier = complete.ids[place], complete.ids[near.earlier[place]]
        yield Finding(
            Check.NEAR_IDENTICAL, Severity.ALERT, About.INTERVIEW, name, (name, earlier),
            float(near.share[place]), usually, thresholds.near_identical_share,
        )  # fmt: skip
