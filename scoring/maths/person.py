"""Everything that is computed for each person, as columns with NaN for what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.maths import counting, index
from scoring.maths.matrix import Booleans, Bytes, Floats, ItemMatrix, side_by_side
from scoring.maths.scheme import SchemeSpec, k_name


@dataclass(frozen=True)
class PersonScores:
    """Scores of many people; floats are rounded once from exact integers, NaN is missing."""

    scheme: SchemeSpec
    standards: Floats  # (people, standards), 0..1
    index: Floats  # (people,), 0..1
    met: Floats  # (people,), number of standards met
    core_contents: Floats  # (people, core contents), 0..1
    c: Floats  # (people,), deprivation share
    c_low: Floats
    c_high: Floats
    poor: Booleans  # (people, thresholds); False where c is missing
    indeterminate: Booleans  # (people, thresholds)

    def variables(self) -> dict[str, Floats]:
        """The columns whose weighted means are published, by name; NaN is not a valid case.

        `S1`.., `index`, `c`; for each threshold k: `H_k` poor, `M0_k` = c x poor, `A_k` = c of the
        poor, `indet_k` undecided for missing answers; `met_0`.. the distribution of standards met;
        `core_..` the core contents. All lie in [0, 1].
        """
        return dict(self._variables())

    def _variables(self) -> Iterator[tuple[str, Floats]]:
        for standard, column in zip(self.scheme.standards, self.standards.T, strict=True):
            yield standard.name, column
        yield "index", self.index
        yield "c", self.c
        for k, poor, undecided in zip(
            self.scheme.k_list, self.poor.T, self.indeterminate.T, strict=True
        ):
            name = k_name(k)
            yield f"H_{name}", np.where(np.isnan(self.c), np.nan, poor)
            yield f"M0_{name}", np.where(poor, self.c, self.c * 0.0)
            yield f"A_{name}", np.where(poor, self.c, np.nan)
            yield f"indet_{name}", undecided.astype(np.float64)
        for number in range(len(self.scheme.weighted) + 1):
            yield f"met_{number}", np.where(np.isnan(self.met), np.nan, self.met == number)
        for core, column in zip(self.scheme.core_contents, self.core_contents.T, strict=True):
            yield f"core_{core.name}", column


def score_people(scheme: SchemeSpec, items: Bytes) -> PersonScores:
    """The scores of people from their item scores, uint8 (people, items)."""
    matrix = ItemMatrix.of(items)
    standards = index.standards(scheme, matrix)
    met, is_known = index.standards_met(scheme, standards)
    weights = counting.deprivation(scheme, matrix)
    return PersonScores(
        scheme=scheme,
        standards=standards.floats(),
        index=index.index(scheme, standards).floats(),
        met=np.where(is_known, met, np.nan),
        core_contents=index.core_contents(scheme, matrix).floats(),
        c=weights.c().floats(),
        c_low=weights.c_low().floats(),
        c_high=weights.c_high().floats(),
        poor=side_by_side(weights.poor(k) for k in scheme.k_list),
        indeterminate=side_by_side(weights.indeterminate(k) for k in scheme.k_list),
    )
