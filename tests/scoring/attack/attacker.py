"""Somebody who reads all published tables, and works out in which range each hidden count must lie."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from scipy import optimize, sparse

from scoring.maths.matrix import Floats

Cell: TypeAlias = frozenset[tuple[str, str]]  # who is counted: the level of each way
EVERYBODY: Cell = frozenset()


@dataclass
class Attacker:
    """Counts that were read, and what is known to add up to what."""

    known: dict[Cell, int] = field(default_factory=dict)
    sums: set[tuple[Cell, frozenset[Cell]]] = field(default_factory=set)
    unknown: dict[Cell, int] = field(default_factory=dict)  # its place

    def read(self, cell: Cell, count: int | None) -> None:
        """A count, None where it is hidden. Two tables that say different things are no tables."""
        if count is None:
            return
        assert self.known.setdefault(cell, count) == count, cell

    def adds_up(self, whole: Cell, parts: Iterable[Cell]) -> None:
        self.sums.add((whole, frozenset(parts)))

    def system(self) -> tuple["sparse.csr_matrix", Floats]:
        """Equations of the counts that are not known."""
        rows: list[dict[int, float]] = []
        right = []
        for whole, parts in self.sums:
            terms: dict[int, float] = {}
            rest = 0.0
            for cell, sign in [(whole, -1), *((part, 1) for part in parts)]:
                if cell in self.known:
                    rest -= sign * self.known[cell]
                else:
                    place = self.unknown.setdefault(cell, len(self.unknown))
                    terms[place] = terms.get(place, 0) + sign
            if terms:
                rows.append(terms)
                right.append(rest)
        entries = [(r, c, v) for r, terms in enumerate(rows) for c, v in terms.items()]
        r, c, v = zip(*entries, strict=True)
        shape = (len(rows), len(self.unknown))
        return sparse.csr_matrix((v, (r, c)), shape=shape), np.array(right)

    def highest(self, wanted: Mapping[Cell, float], tries: int) -> dict[Cell, float]:
        """How high each of some counts may be, at least: those that reach what is wanted are let go.

        Many are raised together, and those that stay low one by one.
        """
        matrix, right = self.system()
        best = dict.fromkeys(wanted, -1.0)
        rng = np.random.default_rng(5)
        for number in range(tries):
            pending = [cell for cell in wanted if best[cell] < wanted[cell] - 1e-6]
            if not pending:
                break
            some = pending if number == 0 else _half(pending, rng)
            self._raise(some, matrix, right, best)
        for cell in [cell for cell in wanted if best[cell] < wanted[cell] - 1e-6]:
            self._raise([cell], matrix, right, best)
        return best

    def _raise(
        self,
        some: Sequence[Cell],
        matrix: "sparse.csr_matrix",
        right: Floats,
        best: dict[Cell, float],
    ) -> None:
        goal = np.zeros(len(self.unknown))
        goal[[self.unknown[cell] for cell in some]] = -1
        equations: Any = matrix  # sparse, which scipy's stubs do not know
        found = optimize.linprog(goal, A_eq=equations, b_eq=right, bounds=(0, None), method="highs")
        assert found.x is not None, found.message
        for cell in best:
            best[cell] = max(best[cell], float(found.x[self.unknown[cell]]))


def _half(cells: Sequence[Cell], rng: np.random.Generator) -> list[Cell]:
    chosen = rng.permutation(len(cells))[: max(1, len(cells) // 2)]
    return [cells[place] for place in chosen.tolist()]
