"""AAPOR's outcome rates, from how many cases there are of each group of dispositions.

Formulas of AAPOR, Standard Definitions, 9th edition (2016). With `e`, the share of cases
of unknown eligibility that are taken to be eligible:

    known   = (I + P) + (R + NC + O)        unknown = UH + UO
    RR1, RR2   = I, I + P over known + unknown          COOP1, COOP2 = I, I + P over I + P + R + O
    RR3, RR4   = I, I + P over known + e unknown        COOP3, COOP4 = I, I + P over I + P + R
    RR5, RR6   = I, I + P over known
    REF1 .. REF3 = R, and CON1 .. CON3 = I + P + R + O, over the denominators of RR1, RR3 and RR5
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Self, TypeVar

from surveys.sampling.outcomes import Outcome

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Tally:
    """How many cases, or what sum of weights, each group has."""

    complete: float = 0
    partial: float = 0
    refusal: float = 0
    non_contact: float = 0
    other: float = 0
    unknown_household: float = 0
    unknown_other: float = 0
    not_eligible: float = 0

    @classmethod
    def of(cls, cases: Iterable[tuple[Outcome, float]]) -> Self:
        """From cases' outcomes and weights; 1 counts them."""
        sums: dict[str, float] = defaultdict(float)
        for outcome, weight in cases:
            sums[outcome.group.name.lower()] += weight
        return cls(**sums)

    @property
    def interviews(self) -> float:
        return self.complete + self.partial

    @property
    def known(self) -> float:
        """Cases known to be eligible."""
        return self.interviews + self.refusal + self.non_contact + self.other

    @property
    def unknown(self) -> float:
        """Cases of whom nobody knows whether they are eligible."""
        return self.unknown_household + self.unknown_other

    @property
    def eligibility(self) -> float | None:
        """e by proportional allocation: the share of eligible cases among those where it is known."""
        return _share(self.known, self.known + self.not_eligible)


@dataclass(frozen=True)
class Rates:
    """Shares from 0 to 1, None where there is nothing to divide by or `e` is wanted and unknown."""

    e: float | None
    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


def rates(tally: Tally, e: float | None = None) -> Rates:
    """All rates of a tally; `e` is estimated from the tally itself where none is given."""
    e = tally.eligibility if e is None else e
    interviews, complete, refusal = tally.interviews, tally.complete, tally.refusal
    contacts = interviews + refusal + tally.other
    everybody = tally.known + tally.unknown
    expected = _expected(tally, e)
    return Rates(
        e=e,
        rr1=_share(complete, everybody),
        rr2=_share(interviews, everybody),
        rr3=_share(complete, expected),
        rr4=_share(interviews, expected),
        rr5=_share(complete, tally.known),
        rr6=_share(interviews, tally.known),
        coop1=_share(complete, contacts),
        coop2=_share(interviews, contacts),
        coop3=_share(complete, interviews + refusal),
        coop4=_share(interviews, interviews + refusal),
        ref1=_share(refusal, everybody),
        ref2=_share(refusal, expected),
        ref3=_share(refusal, tally.known),
        con1=_share(contacts, everybody),
        con2=_share(contacts, expected),
        con3=_share(contacts, tally.known),
    )


def rates_by(
    cases: Iterable[tuple[Key, Outcome, float]], e: float | None = None
) -> dict[Key, Rates]:
    """The rates of every group of cases: (group, outcome, weight), 1 to count them.

    Without `e`, each group's own is estimated; give the survey's where groups are small.
    """
    groups: dict[Key, list[tuple[Outcome, float]]] = defaultdict(list)
    for key, outcome, weight in cases:
        groups[key].append((outcome, weight))
    return {key: rates(Tally.of(some), e) for key, some in groups.items()}


def _expected(tally: Tally, e: float | None) -> float | None:
    """How many cases are taken to be eligible."""
    if not tally.unknown:
        return tally.known
    return None if e is None else tally.known + e * tally.unknown


def _share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
