"""Statements judged on one scale: the same answer to all of them, also to the reversed ones."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from surveys.quality.arrays import Booleans, Floats, Integers, median, ratio
from surveys.quality.fieldwork import Fieldwork, Question
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.thresholds import Thresholds

FEWEST = 3  # statements that make a battery


@dataclass(frozen=True)
class Battery:
    name: str
    items: tuple[Question, ...]

    @property
    def has_reversed(self) -> bool:
        """Whether one answer to all contradicts itself."""
        return 0 < sum(item.is_reversed for item in self.items) < len(self.items)

    @property
    def answers(self) -> Floats:
        """(interviews, items) as they were given, not turned round."""
        return np.column_stack([item.values for item in self.items])


def batteries(fieldwork: Fieldwork) -> Iterator[Battery]:
    """The batteries of the form, those with too few statements left out."""
    names = dict.fromkeys(question.battery for question in fieldwork.questions if question.battery)
    for name in names:
        items = tuple(question for question in fieldwork.questions if question.battery == name)
        if len(items) >= FEWEST:
            yield Battery(name, items)


def longest_run(answers: Floats) -> Integers:
    """The longest row of equal answers one after another of each interview (`longstring`)."""
    longest = np.zeros(len(answers), dtype=np.int64)
    run = np.zeros(len(answers), dtype=np.int64)
    previous = np.full(len(answers), np.nan)
    for column in answers.T:
        run = np.where(np.isnan(column), 0, np.where(column == previous, run + 1, 1))
        longest = np.maximum(longest, run)
        previous = column
    return longest


def is_straight(answers: Floats) -> Booleans:
    """Whether all statements have the same answer; not where one has none."""
    return np.asarray(longest_run(answers) == answers.shape[1])


def straight_share(fieldwork: Fieldwork) -> Floats:
    """The share of an interview's batteries with one answer; NaN where none is answered."""
    counted, straight = np.zeros(len(fieldwork)), np.zeros(len(fieldwork))
    for battery in batteries(fieldwork):
        answers = battery.answers
        counted += ~np.isnan(answers).any(axis=1)
        straight += is_straight(answers)
    return ratio(straight, counted)


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """Runs of equal answers: a note, and more where one answer to all contradicts itself."""
    complete = fieldwork.complete
    for battery in batteries(complete):
        answers = battery.answers
        runs, straight = longest_run(answers), is_straight(answers)
        usually = median(runs.astype(np.float64))
        least = min(thresholds.straight_run, len(battery.items))
        for place in np.flatnonzero(runs >= least):
            contradicts = straight[place] and battery.has_reversed
            name = complete.ids[place]
            yield Finding(
                Check.STRAIGHT_LINE,
                Severity.WATCH if contradicts else Severity.NOTE,
                About.INTERVIEW,
                name,
                (name,),
                float(runs[place]),
                usually,
                float(least),
                question=battery.name,
            )
