"""When interviews were made, and whether one person can have made them all."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from surveys.quality.arrays import Booleans, Factor, Floats, Integers, median, named
from surveys.quality.fieldwork import DAY_S, Fieldwork
from surveys.quality.finding import About, Check, Finding, Severity
from surveys.quality.places import between_m, in_turn
from surveys.quality.thresholds import Thresholds

HOUR_S = 3_600
BETWEEN = "\x1f"  # a code and a day


@dataclass(frozen=True)
class Steps:
    """Interviews of one enumerator in turn, an element a pair of neighbours."""

    earlier: Integers
    later: Integers
    gap_s: Floats  # from the end of one to the start of the next; negative where they overlap
    moved_m: Floats
    surely_m: Floats  # even where both receivers were off by as much as they said

    @property
    def speed_kmh(self) -> Floats:
        """At the least. NaN where they overlap: that is another doubt."""
        gap_h = np.where(self.gap_s > 0, self.gap_s, np.nan) / HOUR_S
        return self.surely_m / 1_000 / gap_h


def steps(fieldwork: Fieldwork, longest_s: Floats | None = None) -> Steps:
    """With `longest_s`, an interview is taken to have ended no later than that after its start.

    Some finish their forms in the evening: the end then says nothing of the interview.
    """
    earlier, later = in_turn(fieldwork)
    until = _busy_until(fieldwork)
    if longest_s is not None:
        until = np.fmin(until, fieldwork.start + longest_s)
    moved = between_m(fieldwork.whereabouts, earlier, later)
    accuracy = np.nan_to_num(fieldwork.whereabouts.accuracy_m)
    surely = np.maximum(moved - accuracy[earlier] - accuracy[later], 0)
    return Steps(earlier, later, fieldwork.start[later] - until[earlier], moved, surely)


def is_overlapping(fieldwork: Fieldwork, taken: Steps, least_s: float) -> Booleans:
    """Whether an interview began well before the enumerator's last one had ended.

    Only of complete interviews: a form left open and finished later is no second interview.
    """
    overlapping = np.zeros(len(fieldwork), dtype=np.bool_)
    both = fieldwork.is_complete[taken.earlier] & fieldwork.is_complete[taken.later]
    overlapping[taken.later[both & (taken.gap_s < -least_s)]] = True
    return overlapping


def is_too_far(fieldwork: Fieldwork, taken: Steps, most_kmh: float, least_m: float) -> Booleans:
    """Whether nobody can have come from the place of the last interview in time."""
    far = np.zeros(len(fieldwork), dtype=np.bool_)
    far[taken.later[(taken.speed_kmh > most_kmh) & (taken.surely_m > least_m)]] = True
    return far


def is_at_night(fieldwork: Fieldwork, first_hour: float, last_hour: float) -> Booleans:
    """Whether an interview began before the first or after the last hour of the survey's day."""
    hour = (fieldwork.local_s % DAY_S) / HOUR_S
    return np.isfinite(hour) & ((hour < first_hour) | (hour >= last_hour))


def days_of(fieldwork: Fieldwork) -> Factor:
    """Each enumerator's days, named by the enumerator's code and the day's number since 1970."""
    names, codes = fieldwork.enumerator.names, fieldwork.enumerator.codes
    known = fieldwork.enumerator.is_known & np.isfinite(fieldwork.day)
    return Factor.of(
        f"{names[code]}{BETWEEN}{day:.0f}" if is_known else None
        for code, day, is_known in zip(codes, fieldwork.day, known, strict=True)
    )


def _busy_until(fieldwork: Fieldwork) -> Floats:
    """The end, or the start where the end is not known or is before it."""
    return np.where(fieldwork.end > fieldwork.start, fieldwork.end, fieldwork.start)


def find(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """What nobody can have done alone, and days and hours that are out of the ordinary."""
    taken = steps(fieldwork)
    yield from _overlaps(fieldwork, taken, thresholds)
    yield from _travels(fieldwork, taken, thresholds)
    yield from _crowded(fieldwork.complete, thresholds)
    yield from _nights(fieldwork.complete, thresholds)


def _overlaps(fieldwork: Fieldwork, taken: Steps, thresholds: Thresholds) -> Iterator[Finding]:
    overlapping = is_overlapping(fieldwork, taken, thresholds.overlap_s)
    for step in np.flatnonzero(overlapping[taken.later] & (taken.gap_s < 0)):
        yield _between(
            fieldwork, taken, step, Check.OVERLAP, -float(taken.gap_s[step]), thresholds.overlap_s
        )


def _travels(fieldwork: Fieldwork, taken: Steps, thresholds: Thresholds) -> Iterator[Finding]:
    """The value is kilometres an hour."""
    too_far = is_too_far(fieldwork, taken, thresholds.most_kmh, thresholds.travel_m)
    for step in np.flatnonzero(too_far[taken.later] & (taken.speed_kmh > thresholds.most_kmh)):
        yield _between(
            fieldwork, taken, step, Check.TRAVEL, float(taken.speed_kmh[step]), thresholds.most_kmh
        )


def _between(
    fieldwork: Fieldwork, taken: Steps, step: np.int64, check: Check, value: float, limit: float
) -> Finding:
    later, earlier = fieldwork.ids[taken.later[step]], fieldwork.ids[taken.earlier[step]]
    return Finding(
        check, Severity.ALERT, About.INTERVIEW, later, (later, earlier), value, threshold=limit
    )


def _crowded(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """`doubt` is the day's number since 1970."""
    days = days_of(fieldwork)
    sizes = [len(members) for members in days.members()]
    usually = median(np.array(sizes, dtype=float))
    for name, members in zip(days.names, days.members(), strict=True):
        if len(members) > thresholds.most_a_day:
            enumerator, day = name.split(BETWEEN)
            yield Finding(
                Check.CROWDED_DAY, Severity.WATCH, About.ENUMERATOR, enumerator,
                named(fieldwork.ids, members), float(len(members)), usually, thresholds.most_a_day,
                doubt=day,
            )  # fmt: skip


def _nights(fieldwork: Fieldwork, thresholds: Thresholds) -> Iterator[Finding]:
    """The value is the hour at which it began."""
    hours = (fieldwork.local_s % DAY_S) / HOUR_S
    for place in np.flatnonzero(
        is_at_night(fieldwork, thresholds.first_hour, thresholds.last_hour)
    ):
        name, hour = fieldwork.ids[place], float(hours[place])
        is_early = hour < thresholds.first_hour
        limit = thresholds.first_hour if is_early else thresholds.last_hour
        yield Finding(
            Check.NIGHT, Severity.NOTE, About.INTERVIEW, name, (name,), hour, threshold=limit
        )
