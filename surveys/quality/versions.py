"""Interviews made with a form that had been replaced."""

from collections.abc import Iterator

import numpy as np

from surveys.quality.arrays import Booleans, Floats
from surveys.quality.fieldwork import Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds


def replaced_at(fieldwork: Fieldwork) -> Floats:
    """When the next version after an interview's was published; NaN where there is none."""
    published = sorted(fieldwork.published.values())
    after = {
        name: next((instant for instant in published if instant > own), np.nan)
        for name, own in fieldwork.published.items()
    }
    ends = np.array([*(after.get(name, np.nan) for name in fieldwork.version.names), np.nan])
    return ends[fieldwork.version.codes]


def is_old(fieldwork: Fieldwork, grace_s: float) -> Booleans:
    """Whether it began when the next version had been out for longer than that."""
    return np.asarray(fieldwork.start > replaced_at(fieldwork) + grace_s)


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    late = fieldwork.start - replaced_at(fieldwork)
    for place in np.flatnonzero(is_old(fieldwork, thresholds.new_form_s)):
        name = fieldwork.ids[place]
        version = fieldwork.version.names[fieldwork.version.codes[place]]
        yield Finding(
            Check.OLD_FORM, Severity.NOTE, About.INTERVIEW, name, (name,), float(late[place]),
            threshold=thresholds.new_form_s, question=version,
        )  # fmt: skip
