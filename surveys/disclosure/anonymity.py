"""How well people hide among each other: k-anonymity and l-diversity of a table of answers.

Sources: P. Samarati, L. Sweeney, Protecting Privacy when Disclosing Information (1998); A.
Machanavajjhala et al., l-Diversity: Privacy Beyond k-Anonymity (2007), distinct l-diversity.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Codes: TypeAlias = NDArray[np.int32]  # of a question, (people,): the same number, the same answer
Integers: TypeAlias = NDArray[np.int64]


class Anonymity(NamedTuple):
    """`k`: in the smallest cell; `at_risk`: people in cells of fewer than was asked for; `alone`:
    those whom nobody is like. Nobody at all has k 0.
    """

    people: int
    cells: int
    k: int
    at_risk: int
    alone: int

    @property
    def share(self) -> float:
        """Of people at risk, 0..1."""
        return self.at_risk / self.people if self.people else 0.0


class Diversity(NamedTuple):
    """`l`: different answers in the cell that has fewest; `at_risk`: people in cells of fewer than
    was asked for, whose answer whoever finds the cell may know.
    """

    l: int  # noqa: E741 - what the literature calls it
    at_risk: int


def cells_of(columns: Sequence[Codes], people: int) -> Integers:
    """The number of each person's cell, 0, 1, ...: together are those with the same answers to all.

    Shape (people,). Without questions all are in one cell. Codes are of any size, in time of people
    times questions.
    """
    cells: Integers = np.zeros(people, np.int64)
    for column in columns:
        _values, codes = np.unique(column, return_inverse=True)
        width = int(codes.max(initial=0)) + 1
        _pairs, cells = np.unique(cells * width + codes, return_inverse=True)
    return cells


def anonymity(columns: Sequence[Codes], people: int, least: int) -> Anonymity:
    """Of a table in which people are found by all of `columns`; cells under `least` are at risk."""
    sizes = np.bincount(cells_of(columns, people))
    if not people:
        return Anonymity(0, 0, 0, 0, 0)
    return Anonymity(
        people=people,
        cells=len(sizes),
        k=int(sizes.min()),
        at_risk=int(sizes[sizes < least].sum()),
        alone=int((sizes == 1).sum()),
    )


def diversity(cells: Integers, answers: Codes, least: int) -> Diversity:
    """Of the answers to a question that nobody should learn of somebody; `answers` may be -1 for
    none, which tells nothing and counts as no answer.

    A cell in which nobody answers gives nothing away.
    """
    told = answers >= 0
    if not told.any():
        return Diversity(0, 0)
    pairs = np.unique(np.column_stack([cells[told], answers[told]]), axis=0)
    several = np.bincount(pairs[:, 0], minlength=int(cells.max()) + 1)
    has_any = several > 0
    sizes = np.bincount(cells[told], minlength=len(several))
    risky = has_any & (several < least)
    return Diversity(int(several[has_any].min()), int(sizes[risky].sum()))


class Gain(NamedTuple):
    """What it would bring to make the question at a place coarser, or to leave it out."""

    place: int
    way: str
    after: Anonymity


def gains(
    columns: Sequence[Codes],
    ways: Sequence[tuple[int, str, Codes | None]],
    people: int,
    least: int,
) -> list[Gain]:
    """For each of the `ways`, a place among the columns, what is done and what it becomes (None where
    it is left out), the table after it; those first that leave fewest at risk.
    """
    found = []
    for place, way, instead in ways:
        others = [column for at, column in enumerate(columns) if at != place]
        changed = others if instead is None else [*others, instead]
        found.append(Gain(place, way, anonymity(changed, people, least)))
    return sorted(found, key=lambda gain: (gain.after.at_risk, -gain.after.k, gain.place))


class Codebook:
    """Texts as numbers, in the order in which they are met; -1 for a blank one."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {"": -1}

    def code(self, text: str) -> int:
        return self._codes.setdefault(text, len(self._codes) - 1)

    @property
    def texts(self) -> list[str]:
        """What was met, by code."""
        return [text for text, code in self._codes.items() if code >= 0]


def recoded(codes: Codes, texts: Sequence[str], coarser: Callable[[str], str]) -> Codes:
    """The column after each of its texts became a coarser one; blanks stay apart."""
    book = Codebook()
    table = np.array([*(book.code(coarser(text)) for text in texts), -1], np.int32)
    return table[codes]  # -1 finds the last
