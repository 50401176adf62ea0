"""How people answered an item, told so that fewer than ten of them are never told of.

How many were not asked or did not answer is told in every group of a way to divide people, or in none: where a
class has 1 to 9 people in one of them, it would follow from the others and everybody. What each scored is told
in shares of those scored, by weight, where no class in the group is that small; of fewer than 30 people it is
not told at all, since the answers that nobody gave would say something about each one. Nor is it told where the
share who lack the item is hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from scoring.maths.disclosure import FEWEST_AT_EXTREME, FEWEST_PEOPLE, FEWEST_PSUS
from scoring.maths.kinds import Kind
from scoring.maths.matrix import Booleans, Bytes, Floats, Integers
from scoring.maths.person import PersonScores
from scoring.maths.rules import MISSING, NOT_APPLICABLE, SCALE
from scoring.maths.scheme import ItemSpec
from scoring.maths.variable import Meaning


class Loss(Enum):
    """Why a person of a group does not enter a number."""

    NOT_APPLICABLE = "not_applicable"  # none of its items applies
    TOO_LITTLE = "too_little"  # too little was answered
    INTEGRATED = "integrated"  # the number is about the others only


BY_KIND: Mapping[Kind, tuple[Loss, ...]] = {
    Kind.COUNT: (),
    Kind.UNDECIDED: (),
    Kind.STANDARD: (Loss.NOT_APPLICABLE, Loss.TOO_LITTLE),
    Kind.CORE: (Loss.NOT_APPLICABLE, Loss.TOO_LITTLE),
    Kind.UNCENSORED: (Loss.NOT_APPLICABLE, Loss.TOO_LITTLE),
    Kind.INTENSITY: (Loss.INTEGRATED, Loss.TOO_LITTLE),
    Kind.PART_OF_ITEM: (Loss.INTEGRATED, Loss.TOO_LITTLE),
    Kind.PART_OF_STANDARD: (Loss.INTEGRATED, Loss.TOO_LITTLE),
    Kind.PART_OF_CORE: (Loss.INTEGRATED, Loss.TOO_LITTLE),
}


class Detail(Enum):
    """How finely the scores of an item may be told."""

    SCORES = "scores"  # each score
    SIDES = "sides"  # below the cutoff and not
    FEW_PEOPLE = "few_people"  # not at all: fewer than 30, or fewer than 3 sampling areas
    FEW_ALIKE = "few_alike"  # not at all: fewer than 10 on one side
    WITHHELD = "withheld"  # not at all: the share who lack it is hidden


class Answers(NamedTuple):
    """The answers of a group's people to one item, arrays (people,)."""

    codes: Bytes  # as `score_items` returns them
    weights: Floats
    psus: Integers  # the numbers of their primary sampling units


@dataclass(frozen=True)
class Band:
    """The share of those scored, by weight, who have a score from `low` to `high`."""

    low: int
    high: int
    share: float


@dataclass(frozen=True)
class ItemAnswers:
    """How some people answered one item; None is a number that must not be told."""

    place: int  # in the scheme
    cutoff: int
    scored: int | None
    missing: int | None
    not_applicable: int | None
    detail: Detail
    mean: float | None = None  # by weight, 0..12
    bands: tuple[Band, ...] = ()

    @property
    def below(self) -> float | None:
        """The share of those scored, by weight, who lie below the cutoff."""
        return (
            sum(band.share for band in self.bands if band.high < self.cutoff)
            if self.bands
            else None
        )


def reasons(meaning: Meaning) -> tuple[Loss, ...]:
    """Why people may not enter a number; the first that holds is a person's."""
    return BY_KIND.get(meaning.kind, (Loss.TOO_LITTLE,))


def losses(meaning: Meaning, people: PersonScores, is_lost: Booleans) -> dict[Loss, Booleans]:
    """Of those lost, who is for which reason, arrays (people,); each for one."""
    codes = people.items.codes[list(meaning.items)]
    holds = {
        Loss.NOT_APPLICABLE: ~(codes != NOT_APPLICABLE).any(axis=0),
        Loss.INTEGRATED: ~np.isnan(people.c),
        Loss.TOO_LITTLE: np.ones_like(is_lost),
    }
    found, left = {}, is_lost
    for why in reasons(meaning):
        found[why] = left & holds[why]
        left = left & ~holds[why]
    return found


def counts_told(counts: Sequence[int]) -> list[int | None]:
    """Parts of a known whole, if none of them is of 1 to 9; otherwise no part is told."""
    return [None] * len(counts) if any(map(is_few, counts)) else list(counts)


def is_few(people: int) -> bool:
    return 0 < people < FEWEST_PEOPLE


def item_answers(
    place: int, item: ItemSpec, group: Answers, division: Sequence[Bytes], *, is_withheld: bool
) -> ItemAnswers:
    """What may be told of how a group answered.

    `division` are the item scores of all groups into which people are divided, with those who are in
    none; `is_withheld` says that the share who lack the item is hidden in this group.
    """
    codes, weights = group.codes, group.weights
    scored, missing, beyond = _told(codes, division)
    detail = Detail.WITHHELD if is_withheld else _detail(item, group)
    if detail not in (Detail.SCORES, Detail.SIDES):
        if is_withheld:
            scored, missing, beyond = None, None, None
        return ItemAnswers(place, item.cutoff, scored, missing, beyond, detail)
    is_scored = codes <= SCALE
    known, w = codes[is_scored], weights[is_scored]
    whole = w.sum()
    return ItemAnswers(
        place=place,
        cutoff=item.cutoff,
        scored=scored,
        missing=missing,
        not_applicable=beyond,
        detail=detail,
        mean=float((w * known).sum() / whole) if whole else None,
        bands=_bands(item, known, w, detail) if whole else (),
    )


def _told(codes: Bytes, division: Sequence[Bytes]) -> tuple[int | None, int | None, int | None]:
    """How many are scored, missing, not applicable, as far as it may be told."""
    few = [any(map(is_few, classes)) for classes in zip(*map(_classes, division), strict=True)]
    few_scored, few_missing, few_beyond = few
    scored, missing, beyond = _classes(codes)
    return (
        None if any(few) else scored,
        None if few_scored or few_missing else missing,
        None if few_scored or few_beyond else beyond,
    )


def _classes(codes: Bytes) -> tuple[int, int, int]:
    missing, beyond = (int(np.count_nonzero(codes == code)) for code in (MISSING, NOT_APPLICABLE))
    return len(codes) - missing - beyond, missing, beyond


def _detail(item: ItemSpec, group: Answers) -> Detail:
    is_scored = group.codes <= SCALE
    known = group.codes[is_scored]
    if len(known) < FEWEST_AT_EXTREME or len(np.unique(group.psus[is_scored])) < FEWEST_PSUS:
        return Detail.FEW_PEOPLE
    if not any(map(is_few, np.bincount(known).tolist())):
        return Detail.SCORES
    below = int(np.count_nonzero(known < item.cutoff))
    if is_few(below) or is_few(len(known) - below):
        return Detail.FEW_ALIKE
    return Detail.SIDES


def _bands(item: ItemSpec, known: Bytes, weights: Floats, detail: Detail) -> tuple[Band, ...]:
    by_score = np.bincount(known, weights, minlength=SCALE + 1)
    whole = by_score.sum()
    if detail is Detail.SCORES:
        return tuple(
            Band(score, score, float(share / whole))
            for score, share in enumerate(by_score)
            if share
        )
    below = float(by_score[: item.cutoff].sum() / whole)
    return (Band(0, item.cutoff - 1, below), Band(item.cutoff, SCALE, 1 - below))
