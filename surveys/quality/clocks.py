"""Devices whose clock was wrong: what they say of times is worth little."""

from collections.abc import Iterator

import numpy as np

from surveys.quality.arrays import Floats
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds


def ahead_s(fieldwork: Fieldwork) -> Floats:
    """How long after it was received an interview says it ended."""
    last = np.fmax(fieldwork.start, fieldwork.end)
    return np.asarray(last - fieldwork.received)


def backwards_s(fieldwork: Fieldwork) -> Floats:
    """How long before its start it says it ended."""
    return np.asarray(fieldwork.start - fieldwork.end)


def before_form_s(fieldwork: Fieldwork) -> Floats:
    """How long before its form was published it says it began."""
    names = fieldwork.version.names
    since = np.array([*(fieldwork.published.get(name, np.nan) for name in names), np.nan])
    return np.asarray(since[fieldwork.version.codes] - fieldwork.start)


WRONGS = {"ahead": ahead_s, "backwards": backwards_s, "before_form": before_form_s}


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """`doubt` says which: "ahead", "backwards" or "before_form"; the value is seconds."""
    for doubt, measure in WRONGS.items():
        off = measure(fieldwork)
        least = 0.0 if doubt == "backwards" else thresholds.clock_s
        for place in np.flatnonzero(off > least):
            name = fieldwork.ids[place]
            yield Finding(
                Check.CLOCK, Severity.WATCH, About.INTERVIEW, name, (name,), float(off[place]),
                threshold=least, doubt=doubt,
            )  # fmt: skip
