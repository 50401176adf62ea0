"""What a device noted of an interview, in words: how long it took, where, and what was changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys import audits
from surveys.admin.answers import Transcript
from surveys.models import Interview
from surveys.quantities import duration
from surveys.wording import in_words
from surveys.xforms.audit import Log, place_of
from surveys.xforms.definition import without_places
from surveys.xforms.instance import relative

MOST_SLOW = 10
MOST_EDITS = 100


@dataclass(frozen=True)
class Took:
    """A section or a question and the time that it was on the screen."""

    name: str
    words: str
    time: str


@dataclass(frozen=True)
class Edit:
    name: str
    question: str
    old: str
    new: str


@dataclass(frozen=True)
class Timing:
    """The log of an interview as its page shows it."""

    active: str
    events: int
    places: int
    sections: tuple[Took, ...]
    slowest: tuple[Took, ...]
    edits: tuple[Edit, ...]
    more_edits: int
    unread: tuple[str, ...]


def timing_of(
    interview: Interview, transcript: Transcript | None, hidden: Collection[str]
) -> Timing | None:
    """None where no log has come. `hidden` are the paths of answers that are not to be shown."""
    log = audits.log_of(interview)
    if log is None:
        return None
    edits = _edits(log, transcript, hidden)
    return Timing(
        active=duration(log.active_seconds),
        events=len(log.events),
        places=len(log.trail),
        sections=_sections(log, transcript),
        slowest=_slowest(log, transcript),
        edits=edits[:MOST_EDITS],
        more_edits=len(edits[MOST_EDITS:]),
        unread=tuple(map(in_words, log.unread)),
    )


def _sections(log: Log, transcript: Transcript | None) -> tuple[Took, ...]:
    """In the order in which they were come to."""
    titles = _titles(transcript) if transcript else {}
    return tuple(
        Took(name, titles.get(name, "") or ("" if name else _("Outside all sections")), duration(s))
        for name, s in log.section_seconds.items()
    )


def _titles(transcript: Transcript) -> Mapping[str, str]:
    sections = transcript.form.sections
    return {place_of(s.path): transcript.text(s.labels, None) for s in sections}


def _slowest(log: Log, transcript: Transcript | None) -> tuple[Took, ...]:
    order = sorted(log.seconds.items(), key=lambda item: -item[1])
    return tuple(
        Took(place, _question(place, transcript), duration(seconds))
        for place, seconds in order[:MOST_SLOW]
    )


def _edits(log: Log, transcript: Transcript | None, hidden: Collection[str]) -> tuple[Edit, ...]:
    unsaid = {relative(path) for path in hidden}
    places = [(place_of(event.path), event) for event in log.edits]
    return tuple(
        Edit(place, _question(place, transcript), event.old, event.new)
        for place, event in places
        if without_places(place) not in unsaid
    )


def _question(place: str, transcript: Transcript | None) -> str:
    return transcript.question(place) if transcript else ""
