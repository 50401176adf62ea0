"""All that is doubted of one interview: with its numbers, its times, its place and what it is like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.admin.answers import Answer, transcript_of
from surveys.admin.backchecks.differences import visits_to
from surveys.admin.quality.doubts import form_for, row_of, words_at
from surveys.admin.quality.map import map_of
from surveys.admin.remarks import Event
from surveys.asked import places_in
from surveys.doubt_words import title_of
from surveys.models import AuditLog, Dismissal, Doubt, Inspection, Interview, User
from surveys.quality.finding import Check
from surveys.quantities import duration
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
class Pair:
    question: str
    own: str
    other: str
    is_equal: bool


@dataclass(frozen=True)
class Alike:
    """An earlier interview with nearly the same answers, side by side."""

    interview: Interview
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> list[Pair]:
        return [pair for pair in self.pairs if not pair.is_equal]

    @property
    def same(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_equal]


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
        "map": map_of(interview, previous, form),
        "previous": previous,
        "again": list(visits_to(interview, person)),
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


def _alike(interview: Interview, doubts: Sequence[Doubt], person: User) -> Iterator[Alike]:
    """The interviews that it is nearly identical to, with the answers of both."""
    near = [one.pk for one in doubts if one.check_name == Check.NEAR_IDENTICAL]
    others = decidable_by(person).filter(doubts__in=near).exclude(pk=interview.pk).distinct()
    related = others.select_related("current__version", "site", "enumerator", "questionnaire")
    for other in related[:MOST_ALIKE] if near else ():
        yield Alike(other, tuple(_pairs(interview, other)))


def _pairs(interview: Interview, other: Interview) -> Iterator[Pair]:
    """The answers of both, in the order of the form."""
    language = get_language() or ""
    own, theirs = transcript_of(interview, language), transcript_of(other, language)
    if own is None or theirs is None:
        return
    compared = places_in(own.form)
    others = {row.place: row for section in theirs.sections() for row in section.answers}
    rows = (row for section in own.sections() for row in section.answers)
    for row in rows:
        if row.stored and row.place in compared:
            yield _pair(row, others.get(row.place))


def _pair(own: Answer, other: Answer | None) -> Pair:
    return Pair(
        own.question,
        own.words,
        other.words if other else "",
        other is not None and own.stored == other.stored,
    )


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
