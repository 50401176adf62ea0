"""All that is doubted of one interview: with its numbers, its times, its place and what it is like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.admin.answers import transcript_of
from surveys.admin.quality_page import form_for, row_of, words_at
from surveys.admin.remarks import Event
from surveys.asked import geopoints_in, places_in
from surveys.doubt_words import title_of
from surveys.models import AuditLog, Dismissal, Doubt, Inspection, Interview, User
from surveys.quality.finding import Check
from surveys.quality.places import metres as metres_between
from surveys.quantities import duration, metres
from surveys.seasons import point_in
from surveys.verdicts import decidable_by
from surveys.xforms.definition import FormDef

State = Doubt.State
MOST_ALIKE = 3
MOST_DOUBTS = 50


@dataclass(frozen=True)
class Took:
    """A section's time beside the median; the widths are of 100, on one scale for all sections."""

    title: str
    own: str
    usual: str
    own_width: float
    usual_width: float
    is_short: bool


@dataclass(frozen=True)
class Spot:
    """A place on the map, which is 200 by 200 with north up. `kind` is its class."""

    x: float
    y: float
    label: str
    kind: str


@dataclass(frozen=True)
class Map:
    spots: tuple[Spot, ...]
    scale_width: float
    scale: str
    to_site: str
    to_previous: str
    accuracy: str


@dataclass(frozen=True)
class Pair:
    name: str
    question: str
    own: str
    other: str
    is_equal: bool


@dataclass(frozen=True)
class Alike:
    """An earlier interview with nearly the same answers, side by side."""

    interview: Interview
    pairs: tuple[Pair, ...]
    equal: int


def evidence_of(interview: Interview, person: User) -> dict[str, Any]:
    """What the page of evidence shows to who may decide on the interview."""
    inspection = (
        Inspection.objects.filter(questionnaire=interview.questionnaire_id, wave=interview.wave_id)
        .select_related("questionnaire__current", "wave")
        .first()
    )
    form = form_for(inspection) if inspection else None
    doubts = _doubts(interview, person)
    rows = [row_of(doubt, form) for doubt in doubts]
    previous = _previous(interview, person)
    return {
        "inspection": inspection,
        "open": [row for row in rows if row.doubt.state == State.OPEN],
        "quiet": [row for row in rows if row.doubt.state == State.DISMISSED],
        "gone": [row for row in rows if row.doubt.state == State.GONE],
        "sections": list(_sections(interview, inspection, form)),
        "map": _map(interview, previous, form),
        "previous": previous,
        "alike": list(_alike(interview, doubts, person)),
        "happened": _history(doubts),
    }


def _doubts(interview: Interview, person: User) -> list[Doubt]:
    """Those about it or with it behind them, not those about a question as a whole."""
    visible = Doubt.objects.visible_to(person).filter(interviews=interview)
    found = visible.exclude(about="question").select_related("interview", "enumerator", "site")
    return list(found.order_by("-severity", "pk")[:MOST_DOUBTS])


def _sections(
    interview: Interview, inspection: Inspection | None, form: FormDef | None
) -> Iterator[Took]:
    """In the order of the log; nothing where none has come."""
    log = AuditLog.objects.filter(attachment__submission=interview.current_id).first()
    usual: Mapping[str, float | None] = inspection.results.get("sections", {}) if inspection else {}
    if log is None:
        return
    own = {name: taken for name, taken in log.section_seconds.items() if name}
    longest = max([*own.values(), *(usual.get(name) or 0 for name in own), 1])
    for name, taken in own.items():
        middle = usual.get(name)
        yield Took(
            title=words_at(form, name) or name,
            own=duration(taken),
            usual=duration(middle) if middle else "",
            own_width=round(100 * taken / longest, 1),
            usual_width=round(100 * (middle or 0) / longest, 1),
            is_short=bool(middle) and taken < 0.5 * (middle or 0),
        )


def _previous(interview: Interview, person: User) -> Interview | None:
    """What the enumerator did before it, if the reader may see it."""
    if interview.enumerator_id is None or interview.started_at is None:
        return None
    earlier = decidable_by(person).filter(
        enumerator=interview.enumerator_id,
        questionnaire__survey=interview.questionnaire.survey_id,
        started_at__lt=interview.started_at,
        is_practice=False,
    )
    return earlier.select_related("site").order_by("-started_at").first()


def _point(interview: Interview, form: FormDef | None) -> tuple[float, float, float] | None:
    places = geopoints_in(form) if form else ()
    return next((p for place in places if (p := point_in(interview.answers.get(place, "")))), None)


def _map(interview: Interview, previous: Interview | None, form: FormDef | None) -> Map | None:
    """None where the interview has no place, or nothing to be compared with."""
    here, site = _point(interview, form), interview.site
    if here is None:
        return None
    there = {"here": (here[0], here[1], _("this interview"))}
    if site is not None and site.latitude is not None and site.longitude is not None:
        there["site"] = (site.latitude, site.longitude, _("site %(code)s") % {"code": site.code})
    before = _point(previous, form) if previous else None
    if before:
        there["before"] = (before[0], before[1], _("interview before"))
    if len(there) < 2:
        return None
    return _drawn(there, here[2])


def _drawn(there: Mapping[str, tuple[float, float, str]], accuracy: float) -> Map:
    """On a plane around the interview, all places within the picture."""
    north, east, _label = there["here"]
    flat = {
        kind: (_away(north, east, north, x), _away(north, east, y, east))
        for kind, (y, x, _name) in there.items()
    }
    reach = max(max(abs(x), abs(y)) for x, y in flat.values()) or 1.0
    unit = 80 / reach
    spots = tuple(
        Spot(round(100 + x * unit, 1), round(100 - y * unit, 1), there[kind][2], kind)
        for kind, (x, y) in flat.items()
    )
    length = 10 ** np.floor(np.log10(reach))
    return Map(
        spots=spots,
        scale_width=round(float(length * unit), 1),
        scale=metres(float(length)),
        to_site=_distance(there, "site"),
        to_previous=_distance(there, "before"),
        accuracy=metres(accuracy) if np.isfinite(accuracy) else "",
    )


def _away(north: float, east: float, to_north: float, to_east: float) -> float:
    """Metres, negative to the south or west."""
    sign = -1 if to_north < north or to_east < east else 1
    return sign * _metres(north, east, to_north, to_east)


def _metres(north: float, east: float, to_north: float, to_east: float) -> float:
    points = (np.array([one]) for one in (north, east, to_north, to_east))
    return float(metres_between(*points)[0])


def _distance(there: Mapping[str, tuple[float, float, str]], kind: str) -> str:
    if kind not in there:
        return ""
    return metres(_metres(*there["here"][:2], *there[kind][:2]))


def _alike(interview: Interview, doubts: Sequence[Doubt], person: User) -> Iterator[Alike]:
    """The interviews that it is nearly identical to, with the answers of both."""
    near = [one.pk for one in doubts if one.check_name == Check.NEAR_IDENTICAL]
    others = decidable_by(person).filter(doubts__in=near).exclude(pk=interview.pk).distinct()
    found = (
        list(
            others.select_related("current__version", "site", "enumerator", "questionnaire")[
                :MOST_ALIKE
            ]
        )
        if near
        else []
    )
    for other in found:
        pairs = tuple(_pairs(interview, other))
        yield Alike(other, pairs, sum(pair.is_equal for pair in pairs))


def _pairs(interview: Interview, other: Interview) -> Iterator[Pair]:
    """The answers of both, those that differ first."""
    language = get_language() or ""
    own, theirs = transcript_of(interview, language), transcript_of(other, language)
    if own is None or theirs is None:
        return
    compared = places_in(own.form)
    answers = [
        {row.place: row for section in one.sections(()) for row in section.answers}
        for one in (own, theirs)
    ]
    pairs = [
        Pair(
            row.name,
            row.question,
            row.words,
            answers[1][place].words if place in answers[1] else "",
            place in answers[1] and row.stored == answers[1][place].stored,
        )
        for place, row in answers[0].items()
        if row.stored and place in compared
    ]
    yield from sorted(pairs, key=lambda pair: pair.is_equal)


def _history(doubts: Sequence[Doubt]) -> list[Event]:
    """When it was first doubted, and what was said to that; the latest first."""
    said = Dismissal.objects.filter(doubt__in=[one.pk for one in doubts])
    events = [
        Event(one.first_seen, _("First found"), title_of(one.check_name), None) for one in doubts
    ]
    for one in said.select_related("by", "doubt"):
        title = f"{_('Dismissed')}: {title_of(one.doubt.check_name)}"
        events.append(Event(one.made_at, title, one.reason, one.by))
        if one.ended_at:
            events.append(
                Event(one.ended_at, _("Open again"), title_of(one.doubt.check_name), None)
            )
    return sorted(events, key=lambda event: event.at, reverse=True)
