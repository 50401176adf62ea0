"""Why a published number is another than at an earlier moment, from interviews as they came in.

What was there "then" is read from what never changes: when each interview and each correction was
received, and the answers as they were sent. It is judged by today's definition, or by another scheme
that is named. What "then" cannot know, because nothing keeps it:

* when somebody rejected, quarantined or accepted an interview: it is taken to have been as it is now;
* which of several sets of weights was in use: the latest that existed is taken;
* sites' strata, sampling units and design weights, and cities' reference values: taken as they are now.

An interview that was rejected since is therefore in neither number. A change is not told where it concerns
1 to 9 people of the group, nor its parts where one of them does. Whoever compares groups or days with each
other may still find out about few: as for all numbers, nothing is promised across days.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import cast

import numpy as np
from django.db.models import Exists, OuterRef

from scoring import scores, weights
from scoring.maths import change, disclosure
from scoring.maths.answers import is_few
from scoring.maths.cells import ALL
from scoring.maths.cells import Cell as CellKey
from scoring.maths.change import Change, State, Step
from scoring.maths.disclosure import Row
from scoring.maths.matrix import Integers
from scoring.maths.person import sums
from scoring.models import Scheme
from scoring.people import NO_LEVEL, Column, People, Person, judged, numbers
from scoring.scores import Answered, Judged
from scoring.weights import ByCase
from surveys import readings
from surveys.keys.sealed import fetch_for, is_readable
from surveys.models import Interview, Submission, Wave, WeightVersion

COUNTED = (Interview.Outcome.COMPLETED, Interview.Outcome.PARTIAL)


class Cause(Enum):
    """What was replaced by what it is now, in this order."""

    ANSWERS = "answers"  # corrected, and with them interviews that no longer count
    INTERVIEWS = "interviews"  # received since
    WEIGHTS = "weights"
    DEFINITION = "definition"  # another scheme


class Silence(Enum):
    """Why a change is not told, or not in parts."""

    NOBODY = "nobody"  # counted at one of the moments
    HIDDEN_THEN = "hidden_then"  # the number would have been hidden
    FEW_CONCERNED = "few_concerned"  # it concerns 1 to 9 people, and would tell about them
    FEW_IN_A_STEP = "few_in_a_step"  # one of its parts does


@dataclass(frozen=True)
class Explained:
    """A change since a moment. Where it is silent, `change` has no steps, or there is none."""

    moment: datetime  # interviews received before it were there
    change: Change | None
    weights_then: str  # the weight version's name; blank for the sites' design weights
    weights_now: str
    silence: Silence | None = None
    reason: str = ""  # for `HIDDEN_THEN`, as in `Estimate.suppressed`

    @property
    def steps(self) -> dict[Cause, Step]:
        """What each replacement did; without the definition where it is the same."""
        found = self.change.steps if self.change else ()
        return dict(zip(Cause, found, strict=False))


@dataclass(frozen=True)
class Past:
    """The people of a moment, and who of them is there now too: with the answers of now."""

    then: People
    corrected: People
    now: People


def explain(
    scheme: Scheme,
    wave: Wave,
    key: CellKey,
    moment: datetime,
    *,
    now: People | None = None,
    scheme_then: Scheme | None = None,
) -> Explained:
    """Part the change of one number since a moment into what caused it.

    `now` are the people judged by `scheme`, where they are at hand already. Reads the XML of
    corrected interviews only.
    """
    now = judged(scheme, wave) if now is None else now
    earlier = scheme_then or scheme
    is_redefined = earlier.pk != scheme.pk
    past = _past(earlier, wave, moment, judged(earlier, wave) if is_redefined else now)
    versions = _weights_then(wave, moment), weights.current(wave)
    known_then, known_now = (weights.by_case(version) for version in versions)
    states = _states(past, key, known_then, known_now)
    if is_redefined:
        states.append(_state(_union(past), now, key, known_now))
    then, now_used = (version.name if version else "" for version in versions)
    told = Explained(moment, change.change(states), then, now_used)
    return _discreet(told, _withheld(past.then, key, known_then))


def _discreet(told: Explained, reason: str) -> Explained:
    """Without what would tell about a few people."""
    found = told.change
    if reason:
        return replace(told, change=None, silence=Silence.HIDDEN_THEN, reason=reason)
    if found is None:
        return replace(told, silence=Silence.NOBODY)
    if is_few(found.people):
        return replace(told, change=None, silence=Silence.FEW_CONCERNED)
    if any(is_few(step.people) for step in found.steps):
        whole = replace(found, steps=())
        return replace(told, change=whole, silence=Silence.FEW_IN_A_STEP)
    return told


def _past(scheme: Scheme, wave: Wave, moment: datetime, now: People) -> Past:
    received = Submission.objects.filter(interview__wave=wave, received_at__lt=moment)
    there = set(received.order_by().values_list("interview_id", flat=True))
    corrected = _corrected(wave, moment)
    older = _as_then(scheme, corrected, moment)
    known = there & set(now.interviews.tolist())
    unchanged = known - {interview.pk for interview in corrected}
    return Past(now.only(unchanged).joined(older), now.only(known), now)


def _corrected(wave: Wave, moment: datetime) -> list[Interview]:
    """Interviews that may count now, whose answers of then were replaced since."""
    older = Submission.objects.filter(interview=OuterRef("pk"), received_at__lt=moment)
    interviews = Interview.objects.standing().filter(
        Exists(older),
        wave=wave,
        current__received_at__gte=moment,
        site__isnull=False,
        is_practice=False,
    )
    return list(interviews.select_related("site__city"))


def _as_then(scheme: Scheme, corrected: Collection[Interview], moment: datetime) -> list[Person]:
    """The people of corrected interviews, judged by the answers that were current then."""
    older = Submission.objects.filter(interview__in=corrected, received_at__lt=moment)
    light = older.select_related("version", "questionnaire").defer(
        "version__workbook", "version__xml", "version__definition"
    )
    latest = {one.interview_id: one for one in light.order_by("received_at", "pk")}
    fetch_for(submission.xml for submission in latest.values())
    by_key = {interview.pk: interview for interview in corrected}
    answered = (
        _answered(by_key[pk], submission)
        for pk, submission in latest.items()
        if is_readable(submission.xml)
    )
    judged_then = scores.judged(scheme, [each for each in answered if each])
    return [_person(by_key[each.interview], each) for each in judged_then]


def _answered(interview: Interview, submission: Submission) -> Answered | None:
    """What an earlier submission answers, read again from its XML; None where it would not count."""
    fields = readings.reread(submission).fields
    if fields["outcome"] not in COUNTED:
        return None
    version, city = submission.version, interview.site.city if interview.site else None
    return Answered(
        interview=interview.pk,
        submission=submission.pk,
        answers=cast("Mapping[str, str]", fields["answers"]),
        skipped=cast("Sequence[str]", fields["skipped"]),
        version=version.pk if version else None,
        xml_md5=version.xml_md5 if version else None,
        average_wage=city.average_wage if city else None,
        minimum_wage=city.minimum_wage if city else None,
    )


def _person(interview: Interview, judged_then: Judged) -> Person:
    site = cast("int", interview.site_id)  # `_corrected` has asked for it
    return Person(interview.pk, judged_then.items, judged_then.levels, interview.case_id, site)


def _weights_then(wave: Wave, moment: datetime) -> WeightVersion | None:
    existing = WeightVersion.objects.filter(wave=wave, created_at__lt=moment)
    return existing.order_by("-created_at", "-pk").first()


def _states(past: Past, key: CellKey, then: ByCase, now: ByCase) -> list[State]:
    """Then; with the answers of now; with the interviews of now; with the weights of now."""
    everybody = _union(past)
    return [
        _state(everybody, past.then, key, then),
        _state(everybody, past.corrected, key, then),
        _state(everybody, past.now, key, then),
        _state(everybody, past.now, key, now),
    ]


def _union(past: Past) -> Integers:
    return np.union1d(past.then.interviews, past.now.interviews)


def _state(everybody: Integers, people: People, key: CellKey, known: ByCase) -> State:
    """The number's cases among people, as columns over everybody's interviews."""
    column = people.column(key.variable, people.weights_under(known))
    state = State(np.full(len(everybody), np.nan), np.zeros(len(everybody)))
    places = np.searchsorted(everybody, people.interviews)
    state.values[places] = np.where(people.members(key.by, key.level), column.values, np.nan)
    state.weights[places] = column.weights
    return state


def _withheld(people: People, key: CellKey, known: ByCase) -> str:
    """Why the number would have been hidden then, beside the others of its kind; or blank."""
    columns = people.columns(people.weights_under(known))
    ways = dict.fromkeys((ALL, key.by))
    rows = dict(chain.from_iterable(_rows(people, by, columns) for by in ways))
    return disclosure.withheld(rows, sums(people.spec)).get(key, "")


def _rows(people: People, by: str, columns: Mapping[str, Column]) -> Iterator[tuple[CellKey, Row]]:
    """All numbers of the levels of a way to divide people."""
    levels, psus = people.levels(by).tolist(), people.psus
    names, level = list(dict.fromkeys(levels)), numbers(levels)
    shape = (len(names), psus.max(initial=0) + 1)
    for variable, (values, weights_) in columns.items():
        valid = ~np.isnan(values)
        at = level[valid]
        cell = np.ravel_multi_index((at, psus[valid]), shape)
        met = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
        w = weights_[valid]
        W, T = (np.bincount(at, each, shape[0]) for each in (w, w * values[valid]))
        for number in np.flatnonzero(met.any(axis=1)).tolist():
            if names[number] != NO_LEVEL:
                mean = T[number] / W[number] if W[number] else None
                n, units = met[number].sum(), np.count_nonzero(met[number])
                yield CellKey(by, names[number], variable), Row(int(n), int(units), mean)
