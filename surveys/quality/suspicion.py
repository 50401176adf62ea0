"""Who may have made interviews up: evidence of several kinds, each beside the others' work.

One kind of evidence alone is a question, not an accusation: somebody honest may be quick, or may
work where nothing can be received. A suspicion needs two kinds that have nothing to do with each
other, or what no honest work can bring about: copies, or two interviews at once.

With m kinds judged and p(r) the r-th smallest of their p-values, an honest enumerator is so unlucky
with a chance of P(Beta(r, m - r + 1) <= p(r)). The smaller of those for r = 2 and 3, two strong
kinds or three weaker ones, is doubled for the choice and adjusted by Holm for all enumerators.

Nobody is cleared by this. Who invents with care, at the right place and in the usual time, or only
some of the interviews, is found less often; a reason says from which value on it would have been
noticed. Only a second visit tells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from scipy import special

from surveys.quality.arrays import Booleans, Floats, counts_by, median, named, ratio, sums_by
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.measures import Measures
from surveys.quality.peers import FREEDOM, Peers, Standing, holm
from surveys.quality.signs import PROOFS, SIGNS, UNLIKE, Kind, Sign
from surveys.quality.thresholds import Thresholds

ROUNDS = 3  # in each, who is suspected no longer serves as a measure for the others
FEWEST_PEERS = 3  # to measure anybody by
FEWEST_PROOFS = 3  # interviews that cannot be honest
HONEST_SLIPS = 0.05  # of interviews look impossible by mistake: a form left open, a clock set
PROOF_P = 0.001


class Verdict(StrEnum):
    TOO_FEW = "too_few"
    CLEAR = "clear"
    LOOK = "look"  # one kind of evidence: a question to ask
    SUSPECT = "suspect"


@dataclass(frozen=True)
class Reason:
    """One sign of an enumerator. A sign is noticed by itself from `noticed` on: its power."""

    sign: str
    kind: Kind
    interviews: int  # in which it could be seen
    value: float
    expected: float
    noticed: float
    p: float


@dataclass(frozen=True)
class Suspicion:
    """What the evidence about one enumerator comes to; reasons, the strongest first."""

    enumerator: str
    verdict: Verdict
    interviews: int
    p: float | None  # for all enumerators; of a LOOK, only for all kinds; None of TOO_FEW
    kinds: tuple[Kind, ...]  # that could be judged
    reasons: tuple[Reason, ...] = field(default=())
    proofs: tuple[str, ...] = ()  # ids of interviews that no honest work brings about


@dataclass(frozen=True)
class _Evidence:
    """One sign's standing of every enumerator."""

    sign: Sign
    standing: Standing

    @cached_property
    def p(self) -> Floats:
        return self.standing.p(is_high=self.sign.is_high)


def suspicions(measures: Measures, thresholds: Thresholds) -> tuple[Suspicion, ...]:
    """Of every enumerator, those with the most evidence first."""
    enumerator = measures.fieldwork.enumerator
    trusted = np.ones(len(enumerator.names), dtype=np.bool_)
    found = _weigh(measures, thresholds, trusted)
    for _ in range(ROUNDS - 1):
        suspected = {one.enumerator for one in found if one.verdict is Verdict.SUSPECT}
        known = [name not in suspected for name in enumerator.names]
        still = trusted & np.array(known, dtype=np.bool_)
        if still.sum() == trusted.sum() or still.sum() < FEWEST_PEERS:
            break
        trusted = still
        found = _weigh(measures, thresholds, trusted)
    return tuple(sorted(found, key=_weight))


def _weigh(measures: Measures, thresholds: Thresholds, trusted: Booleans) -> list[Suspicion]:
    fieldwork = measures.fieldwork
    peers = Peers(fieldwork.enumerator, fieldwork.site, trusted, int(thresholds.fewest_interviews))
    scales = _Scales(measures, thresholds, _gather(measures, peers))
    return [scales.suspicion(place) for place in np.flatnonzero(scales.interviews).tolist()]


def _gather(measures: Measures, peers: Peers) -> list[_Evidence]:
    evidence = [
        _Evidence(
            sign,
            peers.standing(getattr(measures, sign.measure), spread=sign.spread, floor=sign.floor),
        )
        for sign in SIGNS
    ]
    unlike = peers.unlike(list(measures.standard.T), spread=UNLIKE.spread)
    return [*evidence, _Evidence(UNLIKE, unlike)]


def of_kind(p: Floats, weights: Floats) -> Floats:
    """(signs, enumerators) the smallest p, shared out by weights (signs,): weighted Bonferroni."""
    weight = weights[:, None] * np.isfinite(p)
    least = np.where(weight > 0, ratio(p, ratio(weight, weight.sum(axis=0))), np.inf).min(axis=0)
    return np.where(np.isfinite(least), np.minimum(least, 1), np.nan)


def several_kinds(by_kind: Floats) -> Floats:
    """(kinds, enumerators) the chance of two or three so small ones; NaN of less than two kinds."""
    known = np.isfinite(by_kind)
    many = known.sum(axis=0)
    in_order = np.sort(np.where(known, by_kind, 1), axis=0)
    chances = [
        np.where(many >= r, special.betainc(r, np.maximum(many - r + 1, 1), in_order[r - 1]), 1)
        for r in (2, 3)
        if r <= len(by_kind)
    ]
    return np.where(many > 1, np.minimum(len(chances) * np.min(chances, axis=0), 1), np.nan)


class _Scales:
    """All evidence about everybody, weighed; arrays have an element an enumerator."""

    def __init__(
        self, measures: Measures, thresholds: Thresholds, evidence: Sequence[_Evidence]
    ) -> None:
        self.measures, self.thresholds, self.evidence = measures, thresholds, evidence
        self.enumerator = measures.fieldwork.enumerator
        self.interviews = counts_by(self.enumerator)
        self.by_kind = np.array([self._of_kind(kind) for kind in Kind])
        self.combined = holm(several_kinds(self.by_kind))
        self.proved = holm(self._slips())

    def suspicion(self, place: int) -> Suspicion:
        """What the evidence about one enumerator comes to."""
        is_proved = bool(self.proved[place] <= PROOF_P)
        verdict, p = self._verdict(place, is_proved=is_proved)
        return Suspicion(
            enumerator=self.enumerator.names[place],
            verdict=verdict,
            interviews=int(self.interviews[place]),
            p=p,
            kinds=tuple(k for k, p in zip(Kind, self.by_kind[:, place], strict=True) if p <= 1),
            reasons=self._reasons(place),
            proofs=self._proofs(place) if is_proved else (),
        )

    def _of_kind(self, kind: Kind) -> Floats:
        own = [one for one in self.evidence if one.sign.kind is kind]
        weights = np.array([one.sign.weight for one in own], dtype=float)
        return of_kind(np.array([one.p for one in own]), weights)

    def _slips(self) -> Floats:
        """The chance of so many impossible interviews by mistake, for all proofs together."""
        chances = [self._slips_of(getattr(self.measures, name)) for name in PROOFS]
        return np.asarray(np.minimum(np.min(chances, axis=0) * len(PROOFS), 1))

    def _slips_of(self, holds: Floats) -> Floats:
        """Where most have many, as where phones are handed round, it takes twice as many."""
        n = counts_by(self.enumerator, np.isfinite(holds))
        many = sums_by(self.enumerator, holds)
        usual = min(max(HONEST_SLIPS, 2 * median(ratio(many, n))), 1.0)
        return np.where(many >= FEWEST_PROOFS, special.bdtrc(many - 1, n, usual), 1.0)

    def _verdict(self, place: int, *, is_proved: bool) -> tuple[Verdict, float | None]:
        """With its p: that of several kinds or of proofs, else that of the strongest kind."""
        several = self._several(place, is_proved=is_proved)
        if is_proved or several <= self.thresholds.suspicion_p:
            return Verdict.SUSPECT, several
        known = self.by_kind[np.isfinite(self.by_kind[:, place]), place]
        if not known.size:
            return Verdict.TOO_FEW, None
        strongest = min(float(known.min()) * known.size, 1.0)
        if strongest <= self.thresholds.look_p:
            return Verdict.LOOK, strongest
        return Verdict.CLEAR, several

    def _several(self, place: int, *, is_proved: bool) -> float:
        """1 where there is less than two kinds and no proof."""
        combined = float(np.nan_to_num(self.combined[place], nan=1.0))
        return min(combined, float(self.proved[place])) if is_proved else combined

    def _reasons(self, place: int) -> tuple[Reason, ...]:
        seen = [one for one in self.evidence if one.p[place] <= self.thresholds.look_p]
        reasons = (self._reason(one.sign, one.standing, float(one.p[place]), place) for one in seen)
        return tuple(sorted(reasons, key=lambda reason: reason.p))

    def _reason(self, sign: Sign, standing: Standing, p: float, place: int) -> Reason:
        away = -float(special.stdtrit(FREEDOM, self.thresholds.look_p))
        reach = away * float(standing.scale[place])
        expected = float(standing.expected[place])
        return Reason(
            sign=sign.measure,
            kind=sign.kind,
            interviews=int(standing.n[place]),
            value=float(standing.value[place]),
            expected=expected,
            noticed=expected + reach if sign.is_high else expected - reach,
            p=p,
        )

    def _proofs(self, place: int) -> tuple[str, ...]:
        impossible = np.any([getattr(self.measures, name) == 1 for name in PROOFS], axis=0)
        return named(self.measures.fieldwork.ids, impossible & (self.enumerator.codes == place))


def _weight(suspicion: Suspicion) -> tuple[int, float, str]:
    order = (Verdict.SUSPECT, Verdict.LOOK, Verdict.CLEAR, Verdict.TOO_FEW)
    p = 1.0 if suspicion.p is None else suspicion.p
    return order.index(suspicion.verdict), p, suspicion.enumerator


def find(measures: Measures, suspected: Sequence[Suspicion]) -> Iterator[Finding]:
    """A finding for everybody who is suspected or worth a look; behind it, what shows it."""
    enumerator = measures.fieldwork.enumerator
    for one in suspected:
        if one.verdict not in (Verdict.SUSPECT, Verdict.LOOK):
            continue
        own = enumerator.codes == enumerator.names.index(one.enumerator)
        yield Finding(
            Check.SUSPICION,
            Severity.ALERT if one.verdict is Verdict.SUSPECT else Severity.WATCH,
            About.ENUMERATOR,
            one.enumerator,
            named(measures.fieldwork.ids, _shown(measures, one, own)),
            p=one.p,
            doubt=one.verdict,
        )


def _shown(measures: Measures, suspicion: Suspicion, own: Booleans) -> Booleans:
    """The own interviews with a sign that an interview has or has not; all, where there is none."""
    has = np.zeros(len(own), dtype=np.bool_)
    for reason in suspicion.reasons:
        measure: Floats = getattr(measures, reason.sign, np.zeros(len(own)))
        if np.isin(measure[np.isfinite(measure)], (0, 1)).all():
            has |= measure == 1
    return own & has if (own & has).any() else own
