"""All checks of a season together: `assess` is the whole package's one way in."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.quality import (
    clocks,
    digits,
    duplicates,
    durations,
    effects,
    nonresponse,
    outliers,
    places,
    reliability,
    rules,
    scales,
    similarity,
    suspicion,
    timing,
    versions,
)
from surveys.quality.arrays import Factor
from surveys.quality.effects import Effect
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import Finding
from surveys.quality.measures import Measures
from surveys.quality.profiles import Profile, profiles
from surveys.quality.reliability import Reliability
from surveys.quality.suspicion import Suspicion
from surveys.quality.thresholds import Thresholds


@dataclass(frozen=True)
class Assessment:
    """What is found: the worst first, then what concerns the most interviews."""

    findings: tuple[Finding, ...]
    suspicions: tuple[Suspicion, ...]
    profiles: tuple[Profile, ...]
    effects: Mapping[str, Effect]  # by question
    reliabilities: Mapping[str, Reliability]  # by battery


def assess(
    fieldwork: Fieldwork, thresholds: Thresholds, numbers_by: Factor | None = None
) -> Assessment:
    """Every check over all interviews; numbers are compared within groups, where some are given.

    The same interviews in any order give the same findings. 20,000 interviews of 60 questions take
    some seconds and 140 MB.
    """
    measures = Measures(fieldwork, thresholds)
    by_question = effects.effects(fieldwork)
    suspected = suspicion.suspicions(measures, thresholds)
    found = [
        *duplicates.find(fieldwork),
        *nonresponse.find(fieldwork, thresholds),
        *outliers.find(fieldwork, thresholds, numbers_by),
        *rules.find(fieldwork),
        *durations.find(fieldwork, thresholds),
        *scales.find(fieldwork, thresholds),
        *digits.find(fieldwork, thresholds),
        *effects.find(fieldwork, by_question, thresholds),
        *timing.find(fieldwork, thresholds),
        *clocks.find(fieldwork, thresholds),
        *versions.find(fieldwork, thresholds),
        *places.find(fieldwork, thresholds),
        *similarity.find(fieldwork, measures.closest, thresholds),
        *reliability.find(fieldwork, thresholds),
        *suspicion.find(measures, suspected),
    ]
    findings = tuple(sorted(found, key=_order))
    return Assessment(
        findings,
        suspected,
        profiles(measures, findings),
        by_question,
        reliability.reliabilities(fieldwork),
    )


def _order(finding: Finding) -> tuple[int, int, str, str, str, str]:
    size = len(finding.interviews)
    return (
        -finding.severity, -size, finding.check, finding.name, finding.question, finding.doubt,
    )  # fmt: skip
