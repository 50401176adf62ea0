"""What is said about an interview, on its page: findings and comments beside the answers, and its history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext as _

from surveys.admin.rules import held_by
from surveys.models import Comment, Decision, Interview, User
from surveys.models.decision import Verdict


@dataclass(frozen=True)
class Notes:
    """What there is beside one answer: what checks found, in words, and the thread of comments."""

    findings: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()

    @property
    def is_flagged(self) -> bool:
        return bool(self.findings) or any(one.resolved_at is None for one in self.comments)


NOTHING = Notes()
NO_NOTES: Mapping[str, Notes] = MappingProxyType({})


def notes_on(findings: Iterable[tuple[str, str]], comments: Iterable[Comment]) -> dict[str, Notes]:
    """By place below the root. `findings` are places and what is found there."""
    found: dict[str, list[str]] = {}
    for place, words in findings:
        found.setdefault(place, []).append(words)
    threads: dict[str, list[Comment]] = {}
    for comment in comments:
        threads.setdefault(comment.path, []).append(comment)
    return {
        place: Notes(tuple(found.get(place, ())), tuple(threads.get(place, ())))
        for place in {*found, *threads}
        if place
    }


@dataclass(frozen=True)
class Event:
    """Something in an interview's history: a decision, or a comment on the whole."""

    at: datetime
    title: str
    text: str
    by: User | None
    is_reply: bool = False


def history_of(interview: Interview, comments: Sequence[Comment]) -> list[Event]:
    """The latest first; `comments` are those that the reader may see."""
    decisions = interview.decisions.all()
    events = [*map(_decided, decisions), *_said(comments)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _decided(decision: Decision) -> Event:
    is_held = decision.verdict == Verdict.HOLD
    text = held_by(decision) if is_held else decision.reason
    return Event(decision.decided_at, decision.get_verdict_display(), text, decision.by)


def _said(comments: Sequence[Comment]) -> Iterator[Event]:
    for one in comments:
        if not one.path:
            title = _("Answer of the enumerator") if one.is_reply else _("Comment")
            yield Event(one.written_at, title, one.text, one.by, one.is_reply)
