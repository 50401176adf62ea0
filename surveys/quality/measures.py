"""What an interview gives away about how it was made: numbers an interview, NaN where unknown."""

from functools import cached_property

import numpy as np

from surveys.quality import durations, places, scales, similarity, timing
from surveys.quality.arrays import Booleans, Floats, Integers, median, ratio
from surveys.quality.fieldwork import Fieldwork, Kind, Question, State
from surveys.quality.thresholds import Thresholds

FEWEST_VALUES = 15  # different numbers, before their last digits say anything
WINDOW = 3.0  # standard deviations: how far single answers are taken to be from the mean
HONEST_TAIL = 4.5  # standard deviations above the median: hardly an honest pair is so much alike


class Measures:
    """Measures of the complete interviews of a season, each made when it is first asked for."""

    def __init__(self, fieldwork: Fieldwork, thresholds: Thresholds) -> None:
        self.fieldwork = fieldwork.complete
        self.thresholds = thresholds

    @cached_property
    def duration_s(self) -> Floats:
        return self.fieldwork.duration_s

    @cached_property
    def pace(self) -> Floats:
        """Beside the median of the same form version, on a logarithmic scale."""
        pace = durations.pace(self.duration_s, self.fieldwork.asked.astype(float))
        return pace - durations.usual(pace, self.fieldwork.version)

    @cached_property
    def short(self) -> Floats:
        version, part = self.fieldwork.version, self.thresholds.short_part
        return _where(
            durations.is_short(self.duration_s, version, part), np.isfinite(self.duration_s)
        )

    @cached_property
    def unevenness(self) -> Floats:
        """How far an interview's pace is from the median of its enumerator."""
        own = self.pace.copy()
        for members in self.fieldwork.enumerator.members():
            own[members] -= median(self.pace[members])
        return np.abs(own)

    @cached_property
    def late_pace(self) -> Floats:
        """Seconds a question in the later half of the form beside the earlier, logarithmic."""
        sections = [name for name in self._sections if name in self.fieldwork.section_s]
        if len(sections) < 2:
            return np.full(len(self.fieldwork), np.nan)
        early, late = sections[: len(sections) // 2], sections[len(sections) // 2 :]
        return self._section_pace(late) - self._section_pace(early)

    @cached_property
    def quick_turn(self) -> Floats:
        """Whether it began at once after the last one, of interviews on the same day."""
        taken = timing.steps(self.fieldwork)
        day = self.fieldwork.day
        same = (day[taken.earlier] == day[taken.later]) & (taken.gap_s >= 0)
        quick = np.full(len(self.fieldwork), np.nan)
        quick[taken.later[same]] = taken.gap_s[same] < self.thresholds.quick_turn_s
        return quick

    @cached_property
    def night(self) -> Floats:
        first, last = self.thresholds.first_hour, self.thresholds.last_hour
        is_night = timing.is_at_night(self.fieldwork, first, last)
        return _where(is_night, np.isfinite(self.fieldwork.local_s))

    @cached_property
    def overlap(self) -> Floats:
        """Whether the last one cannot have been over, had it taken as long as usual at the most."""
        usual = durations.usual(self.duration_s, self.fieldwork.version)
        taken = timing.steps(self.fieldwork, usual)
        overlapping = timing.is_overlapping(self.fieldwork, taken, self.thresholds.overlap_s)
        return _where(overlapping, np.isfinite(self.fieldwork.start))

    @cached_property
    def travel(self) -> Floats:
        taken = timing.steps(self.fieldwork)
        most, least = self.thresholds.most_kmh, self.thresholds.travel_m
        too_far = timing.is_too_far(self.fieldwork, taken, most, least)
        return _where(too_far, places.is_located(self.fieldwork.whereabouts))

    @cached_property
    def far(self) -> Floats:
        distance = places.from_site_m(self.fieldwork.whereabouts)
        return _where(distance > self.thresholds.far_m, np.isfinite(distance))

    @cached_property
    def distance(self) -> Floats:
        """From the site, logarithmic; what is nearer than 50 m is as good as there."""
        return np.log(50 + places.from_site_m(self.fieldwork.whereabouts))

    @cached_property
    def movement(self) -> Floats:
        """From the enumerator's last place, logarithmic, of interviews one after another."""
        taken = timing.steps(self.fieldwork)
        moved = np.full(len(self.fieldwork), np.nan)
        moved[taken.later] = np.log(10 + taken.moved_m)
        return moved

    @cached_property
    def repeated(self) -> Floats:
        where = self.fieldwork.whereabouts
        return _where(
            places.is_repeated(where, self.fieldwork.enumerator), places.is_located(where)
        )

    @cached_property
    def mocked(self) -> Floats:
        """Accuracy 0: what Collect notes where another application made the place up."""
        where = self.fieldwork.whereabouts
        return _where(where.accuracy_m == 0, places.is_located(where))

    @cached_property
    def lost(self) -> Floats:
        located = places.is_located(self.fieldwork.whereabouts)
        nobody = np.full(len(located), np.nan)
        return _where(~located, np.ones_like(located)) if located.any() else nobody

    @cached_property
    def answers(self) -> similarity.Answers | None:
        return similarity.compare(self.fieldwork, self.thresholds.compared_share)

    @cached_property
    def closest(self) -> similarity.Closest:
        if self.answers is None:
            size = len(self.fieldwork)
            return similarity.Closest(np.full(size, np.nan), np.full(size, -1))
        began, groups = self.fieldwork.local_s, self.fieldwork.enumerator.members()
        return similarity.closest(self.answers, began, groups)

    @cached_property
    def too_alike(self) -> float:
        """The share of equal answers that hardly any two honest interviews here have.

        From the lower half of the closest ones: the upper half may be full of copies.
        """
        share = self.closest.share[np.isfinite(self.closest.share)]
        if not share.size:
            return 1.0
        low, middle = np.percentile(share, (10, 50))
        return float(np.clip(middle + HONEST_TAIL * max((middle - low) / 1.2816, 0.01), 0.6, 0.98))

    @cached_property
    def copied(self) -> Floats:
        """Whether it is too much like one that was made before, by whomever.

        The same instant of starting makes it the same interview, sent twice by a device.
        """
        share, began = self.closest.share, self.fieldwork.start
        is_twice = began == began[self.closest.earlier]
        return _where((share >= self.too_alike) & ~is_twice, np.isfinite(share))

    @cached_property
    def sameness(self) -> Floats:
        """How much more it has in common with its enumerator's at other sites than with others'."""
        if self.answers is None:
            return np.full(len(self.fieldwork), np.nan)
        fieldwork = self.fieldwork
        return self.answers.typical(fieldwork.enumerator.members(), fieldwork.site.members())

    @cached_property
    def flatness(self) -> Floats:
        """How near to the mean its answers are: less the mean square of standardised answers."""
        standard = self.standard
        known = np.isfinite(standard)
        squares = np.where(known, standard, 0) ** 2
        return np.asarray(-squares.sum(axis=1) / np.maximum(known.sum(axis=1), 1))

    @cached_property
    def straight(self) -> Floats:
        return scales.straight_share(self.fieldwork)

    @cached_property
    def path(self) -> Floats:
        """The share of the form's questions that were asked."""
        asked, most = self.fieldwork.asked, max(len(self.fieldwork.questions), 1)
        return np.asarray(asked / most)

    @cached_property
    def ticks(self) -> Floats:
        """Options chosen a question, of those that allow several."""
        chosen, answered = np.zeros(len(self.fieldwork)), np.zeros(len(self.fieldwork))
        for question in self._of(Kind.CHOICES):
            known = question.is_answered
            bits = np.bitwise_count(np.where(known, question.values, 0).astype(np.int64))
            chosen += np.minimum(bits, 10)
            answered += known
        return ratio(chosen, answered)

    @cached_property
    def unsure(self) -> Floats:
        """The share of asked questions that were not known or refused."""
        unsure = self._counted(State.DONT_KNOW) + self._counted(State.REFUSED)
        return np.asarray(unsure / np.maximum(self.fieldwork.asked, 1))

    @cached_property
    def blank(self) -> Floats:
        return np.asarray(self._counted(State.BLANK) / np.maximum(self.fieldwork.asked, 1))

    @cached_property
    def round_numbers(self) -> Floats:
        """The share of an interview's numbers that are multiples of 5."""
        heaped, counted = np.zeros(len(self.fieldwork)), np.zeros(len(self.fieldwork))
        for question in self._of(Kind.NUMBER):
            known = question.is_answered & (question.values != 0)
            if len(np.unique(question.values[known])) >= FEWEST_VALUES:
                heaped += known & (question.values % 5 == 0)
                counted += known
        return ratio(heaped, counted)

    @cached_property
    def incoherence(self) -> Floats:
        """How little the answers go together as they do in all interviews.

        z'(R^-1 - I)z a question, of standardised answers with correlations R: about 0 where answers
        hang together as everybody's, above 0 where they were made up one by one.
        """
        standard = np.nan_to_num(self.standard)
        size, many = standard.shape
        if many < 2 or size < 3:
            return np.full(size, np.nan)
        shrunk = min(0.9, 0.1 + many / size)
        together = (1 - shrunk) * (standard.T @ standard) / size + shrunk * np.eye(many)
        excess = np.einsum(
            "ij,ij->i", standard @ (np.linalg.inv(together) - np.eye(many)), standard
        )
        return np.asarray(excess / many)

    @cached_property
    def standard(self) -> Floats:
        """(interviews, questions) answers of mean 0 and standard deviation 1, extremes brought in.

        Of all questions whose answers are in an order, with ranks for numbers.
        """
        columns = [_standard(question) for question in self.fieldwork.questions]
        kept = [column for column in columns if column is not None]
        return np.column_stack(kept) if kept else np.empty((len(self.fieldwork), 0))

    @cached_property
    def _sections(self) -> list[str]:
        return list(dict.fromkeys(question.section for question in self.fieldwork.questions))

    def _section_pace(self, sections: list[str]) -> Floats:
        seconds = sum((self.fieldwork.section_s[name] for name in sections), np.zeros(1))
        asked = np.zeros(len(self.fieldwork))
        for question in self.fieldwork.questions:
            if question.section in sections:
                asked += question.is_asked
        return np.where(asked > 0, np.log(np.maximum(seconds, 1) / np.maximum(asked, 1)), np.nan)

    def _of(self, kind: Kind) -> list[Question]:
        return [question for question in self.fieldwork.questions if question.kind is kind]

    def _counted(self, state: State) -> Integers:
        total = np.zeros(len(self.fieldwork), dtype=np.int64)
        for question in self.fieldwork.questions:
            total += question.states == state
        return total


def _where(holds: Booleans, is_known: Booleans) -> Floats:
    """1 where it holds, 0 where it does not, NaN where it is not known."""
    return np.where(is_known, holds.astype(float), np.nan)


def _standard(question: Question) -> Floats | None:
    """None where the answers have no order, or do not differ."""
    if question.kind is Kind.TEXT:
        return None
    known = question.is_answered
    values = question.values[known]
    if question.kind is Kind.CHOICES:
        values = np.bitwise_count(values.astype(np.int64)).astype(float)
    if question.kind is Kind.NUMBER:
        _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
        values = (np.cumsum(counts) - counts / 2)[places]
    if len(values) < 3 or values.std() == 0:
        return None
    standard = np.full(len(known), np.nan)
    standard[known] = np.clip((values - values.mean()) / values.std(), -WINDOW, WINDOW)
    return standard
