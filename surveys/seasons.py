"""A questionnaire's interviews of a wave, read into the columns that the checks look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from surveys.asked import Asked, asked_in, geopoints_in, places_in
from surveys.keys.sealed import readable
from surveys.models import AuditLog, Finding, Inspection, Interview
from surveys.models.interview import InterviewQuerySet
from surveys.models.survey import enumerators_of
from surveys.quality.arrays import Factor, Floats
from surveys.quality.fieldwork import FACTORS, Broken, Fieldwork, Question, State, Whereabouts
from surveys.questionnaires import form_of
from surveys.xforms.definition import FormDef

MOST_INTERVIEWS = 40_000  # compared at once, the newest; more would take more than 300 MB
A_DAY = timedelta(days=1)
CHUNK = 1_000  # interviews read at a time
PERSON = frozenset({"phone", "mobile", "telephone", "id_number", "national_id", "passport"})
BROKEN = (Finding.Kind.REQUIRED, Finding.Kind.CONSTRAINT, Finding.Kind.CHOICE, Finding.Kind.TYPE)
COLUMNS = (
    "pk", "answers", "skipped", "outcome", "started_at", "ended_at", "received_at",
    "enumerator_id", "enumerator__username", "site__code", "site__psu", "site__latitude",
    "site__longitude", "case__code", "current__version__version",
)  # fmt: skip


class Row(NamedTuple):
    """An interview as it is read: `COLUMNS`."""

    pk: int
    answers: Mapping[str, str]
    skipped: Sequence[str]
    outcome: str
    started_at: datetime | None
    ended_at: datetime | None
    received_at: datetime
    enumerator_id: int | None
    enumerator: str | None
    site: str | None
    psu: str | None
    latitude: float | None
    longitude: float | None
    case: str | None
    version: str | None


@dataclass(frozen=True)
class Season:
    """`left_out` are older interviews, beyond those that can be compared at once."""

    fieldwork: Fieldwork
    left_out: int = 0


@dataclass
class _Notes:
    """What is noted of each interview in turn, beside its answers."""

    ids: list[str] = field(default_factory=list)
    complete: list[bool] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)
    received: list[float] = field(default_factory=list)
    factors: dict[str, list[str | None]] = field(default_factory=dict)
    places: list[tuple[float, ...]] = field(default_factory=list)


class _Reader:
    """Reads interviews one by one into columns of a known length."""

    def __init__(self, forms: Mapping[str, FormDef], teams: Mapping[int, str], size: int) -> None:
        newest_first = list(forms.values())
        self.asked = asked_in(newest_first)
        self.places = {name: places_in(form) for name, form in forms.items()}
        self.points = tuple(dict.fromkeys(p for form in newest_first for p in geopoints_in(form)))
        self.teams, self.notes = teams, _Notes()
        self.values = np.full((len(self.asked), size), np.nan)
        self.states = np.full((len(self.asked), size), State.NOT_ASKED, dtype=np.uint8)

    def read(self, row: Row) -> None:
        at, notes = len(self.notes.ids), self.notes
        notes.ids.append(str(row.pk))
        notes.complete.append(row.outcome == Interview.Outcome.COMPLETED)
        notes.start.append(_seconds(row.started_at))
        notes.end.append(_seconds(row.ended_at))
        notes.received.append(_seconds(row.received_at))
        notes.places.append((*self._point(row.answers), *_known(row.latitude, row.longitude)))
        for name, value in self._factors(row).items():
            notes.factors.setdefault(name, []).append(value)
        skipped, asked = frozenset(row.skipped), self.places.get(row.version or "", frozenset())
        for number, one in enumerate(self.asked):
            text = row.answers.get(one.place, "")
            if text and one.place not in skipped:
                self.values[number, at], self.states[number, at] = one.read(text)
            elif one.place in asked and one.place not in skipped:
                self.states[number, at] = State.BLANK

    def _factors(self, row: Row) -> dict[str, str | None]:
        return {
            "enumerator": row.enumerator,
            "site": row.site,
            "team": self.teams.get(row.enumerator_id or 0),
            "psu": row.psu,
            "version": row.version,
            "case": row.case,
            "person": _person(row.answers),
        }

    def _point(self, answers: Mapping[str, str]) -> tuple[float, float, float]:
        return next(
            (p for place in self.points if (p := point_in(answers.get(place, "")))), _NOWHERE
        )


_NOWHERE = (np.nan, np.nan, np.nan)


def read(inspection: Inspection, until: datetime | None = None) -> Season:
    """The interviews that are compared: read through once, in bounded memory. With `until`, those
    that had come by that moment.
    """
    rows = looked_at(inspection)
    rows = rows.filter(received_at__lte=until) if until else rows
    total = rows.count()
    size = min(total, MOST_INTERVIEWS)
    keys = rows.order_by("-received_at", "-pk")[:size]
    reader = _Reader(_forms(inspection), _teams(inspection), size)
    answered = map(Row._make, keys.values_list(*COLUMNS).iterator(chunk_size=CHUNK))
    while some := list(islice(answered, CHUNK)):
        answers = readable([row.answers for row in some])  # telephones are compared, and places
        for row, can_be_read in zip(some, answers, strict=True):
            reader.read(row._replace(answers=can_be_read))
    return Season(_fieldwork(reader, inspection, until or timezone.now()), total - size)


def looked_at(inspection: Inspection) -> InterviewQuerySet:
    """Neither practice, nor rejected, nor sealed, nor an edit that waits beside its original."""
    beside = Finding.objects.filter(kind=Finding.Kind.EDIT)
    return (
        Interview.objects.filter(
            questionnaire=inspection.questionnaire_id,
            wave=inspection.wave_id,
            is_practice=False,
            current__is_encrypted=False,
        )
        .exclude(state=Interview.State.REJECTED)
        .exclude(current__in=beside.values("submission"))
    )


def point_in(text: str) -> tuple[float, float, float] | None:
    """Latitude, longitude and accuracy in metres of a geopoint; NaN where it says no accuracy."""
    parts = text.split()
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if len(numbers) < 2 or not (abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180):
        return None
    return numbers[0], numbers[1], numbers[3] if len(numbers) > 3 else np.nan


def _forms(inspection: Inspection) -> dict[str, FormDef]:
    """The forms of the versions, the newest first, by what they call themselves."""
    versions = inspection.questionnaire.versions.light().order_by("-published_at", "-pk")
    return {version.version: form_of(version) for version in versions}


def _teams(inspection: Inspection) -> dict[int, str]:
    members = enumerators_of(inspection.questionnaire.survey_id).exclude(team="")
    return dict(members.values_list("user", "team"))


def _fieldwork(reader: _Reader, inspection: Inspection, now: datetime) -> Fieldwork:
    notes, size = reader.notes, len(reader.notes.ids)
    at = {name: place for place, name in enumerate(notes.ids)}
    seconds, sections = _times(inspection, reader.asked, at)
    factors: dict[str, Any] = {name: Factor.of(notes.factors.get(name, ())) for name in FACTORS}
    offset = timezone.get_default_timezone().utcoffset(now.replace(tzinfo=None))
    columns = np.array(notes.places, dtype=np.float64).reshape(size, len(fields(Whereabouts)))
    return Fieldwork(
        ids=tuple(notes.ids),
        start=np.array(notes.start, dtype=np.float64),
        end=np.array(notes.end, dtype=np.float64),
        received=np.array(notes.received, dtype=np.float64),
        is_complete=np.array(notes.complete, dtype=np.bool_),
        questions=tuple(_questions(reader, seconds)),
        whereabouts=Whereabouts(*columns.T),
        section_s=sections,
        published=_published(inspection),
        broken=tuple(_broken(inspection, at)),
        utc_offset_s=offset.total_seconds() if offset else 0.0,
        **factors,
    )


def _questions(reader: _Reader, seconds: Mapping[str, Floats]) -> Iterator[Question]:
    """Columns as long as interviews were read: some may have been deleted after they were counted."""
    size = len(reader.notes.ids)
    for number, one in enumerate(reader.asked):
        yield Question(
            one.place,
            one.kind,
            reader.values[number, :size],
            reader.states[number, :size],
            section=one.section,
            battery=one.battery,
            is_reversed=one.is_reversed,
            seconds=seconds.get(one.place),
        )


def _times(
    inspection: Inspection, asked: Sequence[Asked], at: Mapping[str, int]
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Seconds by question and by section, of what the devices' logs say."""
    places, names = {one.place for one in asked}, {one.section for one in asked} - {""}
    by_question: dict[str, Floats] = {}
    by_section: dict[str, Floats] = {}
    found = AuditLog.objects.filter(
        attachment__submission__current_of__in=looked_at(inspection).values("pk")
    ).values_list("attachment__submission__current_of", "seconds", "section_seconds")
    for pk, seconds, sections in found.iterator(chunk_size=CHUNK):
        row = at.get(str(pk))
        if row is not None:
            _put(by_question, seconds, places, row, len(at))
            _put(by_section, sections, names, row, len(at))
    return by_question, by_section


def _put(
    columns: dict[str, Floats], given: Mapping[str, float], known: set[str], row: int, size: int
) -> None:
    for name in known.intersection(given):
        columns.setdefault(name, np.full(size, np.nan))[row] = given[name]


def _published(inspection: Inspection) -> dict[str, float]:
    """When each version was out; well before what came with it, where that is older, as of a season
    that was imported.
    """
    versions = inspection.questionnaire.versions.annotate(first=Min("submissions__received_at"))
    return {
        name: (first - A_DAY if first and first < published_at else published_at).timestamp()
        for name, published_at, first in versions.values_list("version", "published_at", "first")
    }


def _broken(inspection: Inspection, at: Mapping[str, int]) -> Iterator[Broken]:
    """Whoever breaks off leaves blank what comes after: that breaks no rule."""
    is_whole = Q(submission__current_of__outcome=Interview.Outcome.COMPLETED)
    found = Finding.objects.filter(
        is_whole | ~Q(kind=Finding.Kind.REQUIRED),
        kind__in=BROKEN,
        submission__current_of__in=looked_at(inspection).values("pk"),
    ).order_by("pk")
    for pk, path, kind in found.values_list("submission__current_of", "path", "kind").iterator():
        if str(pk) in at:
            yield Broken(str(pk), path, kind)


def _person(answers: Mapping[str, str]) -> str | None:
    """Stands for somebody's telephone or identity number, which cannot be read off it."""
    for place in answers:
        if place.rpartition("/")[2].lower() in PERSON and (text := answers[place]):
            plain = "".join(filter(str.isalnum, text)).lower()
            return salted_hmac("surveys.seasons.person", plain).hexdigest() if plain else None
    return None


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else np.nan


def _known(*values: float | None) -> tuple[float, ...]:
    return tuple(np.nan if value is None else value for value in values)
