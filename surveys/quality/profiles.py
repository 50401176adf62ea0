"""Enumerators side by side: the figures of the page that compares them."""

from dataclasses import dataclass

import numpy as np

from surveys.quality.arrays import Floats, Integers, means_by, median
from surveys.quality.finding import Finding, Severity
from surveys.quality.measures import Measures


@dataclass(frozen=True)
class Profile:
    """One enumerator's complete interviews; None is not known. Shares are from 0 to 1."""

    enumerator: str
    interviews: int
    median_s: float | None
    pace: float | None  # seconds a question, as a multiple of the usual; 1 is usual
    unsure: float | None  # questions not known or refused
    straight: float | None  # batteries answered in a straight line
    blank: float | None
    far: float | None  # interviews further from their site than the limit
    findings: int  # alerts and watches about the enumerator or one of the interviews


def profiles(measures: Measures, findings: tuple[Finding, ...]) -> tuple[Profile, ...]:
    """By code, everybody with a complete interview."""
    fieldwork = measures.fieldwork
    flags = _flags(measures, findings)
    shares = {
        name: means_by(fieldwork.enumerator, getattr(measures, name))
        for name in ("unsure", "straight", "blank", "far")
    }
    return tuple(
        Profile(
            enumerator=name,
            interviews=len(members),
            median_s=_known(median(measures.duration_s[members])),
            pace=_known(float(np.exp(median(measures.pace[members])))),
            findings=flags.get(name, 0),
            **{share: _known(float(values[place])) for share, values in shares.items()},
        )
        for place, (name, members) in enumerate(_members(measures))
        if len(members)
    )


def histogram(seconds: Floats, bins: int = 20) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Counts and the edges between which they lie, of the middle 99 %; nothing of nothing."""
    known = seconds[np.isfinite(seconds)]
    if not known.size:
        return (), ()
    low, high = np.percentile(known, (0.5, 99.5))
    counts, edges = np.histogram(known, bins, (float(low), float(high)))
    return tuple(counts.tolist()), tuple(edges.tolist())


def _members(measures: Measures) -> list[tuple[str, Integers]]:
    enumerator = measures.fieldwork.enumerator
    return list(zip(enumerator.names, enumerator.members(), strict=True))


def _flags(measures: Measures, findings: tuple[Finding, ...]) -> dict[str, int]:
    """A finding counts once for its enumerator, or for whose interview it is first about."""
    fieldwork = measures.fieldwork
    codes = fieldwork.enumerator.codes
    made_by = {
        name: fieldwork.enumerator.names[code]
        for name, code in zip(fieldwork.ids, codes, strict=True)
        if code >= 0
    }
    counts: dict[str, int] = {}
    for finding in findings:
        who = finding.name if finding.about == "enumerator" else made_by.get(finding.name)
        if who is not None and finding.severity > Severity.NOTE:
            counts[who] = counts.get(who, 0) + 1
    return counts


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
