"""Segments of people within two groups, put together where they are few.

What is told of a segment rests on at least as many people and primary sampling units (PSUs) in
either group as any number that is published.
"""

from collections.abc import Sequence

import numpy as np

from scoring.maths import disclosure
from scoring.maths.matrix import Integers


def told_apart(a: Integers, b: Integers) -> list[list[int]]:
    """Which segments stay for themselves and which become one, as places among them.

    `a` and `b` are the numbers of people in both groups, arrays (PSUs, segments). Segments of few
    people in either group become one, which takes in the next smallest until it is not few itself.
    A single list is left where nothing can be told apart.
    """
    found = np.flatnonzero((a + b).sum(axis=0)).tolist()
    together = [place for place in found if _is_few(a, b, [place])]
    apart = sorted(set(found).difference(together), key=lambda place: (_fewest(a, b, place), place))
    while together and apart and _is_few(a, b, together):
        together.append(apart.pop(0))
    return [[place] for place in sorted(apart)] + ([sorted(together)] if together else [])


def _fewest(a: Integers, b: Integers, place: int) -> int:
    return int(min(a[:, place].sum(), b[:, place].sum()))


def _is_few(a: Integers, b: Integers, places: Sequence[int]) -> bool:
    """Whether either group has too few people of these segments."""
    for group in (a, b):
        people = group[:, places].sum(axis=1)
        if disclosure.suppression(int(people.sum()), int(np.count_nonzero(people))):
            return True
    return False
