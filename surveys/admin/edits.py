"""What an enumerator changed in an interview that is sent again, in words."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from surveys import edits
from surveys.admin.answers import Transcript, Worded
from surveys.models import Interview, User
from surveys.xforms.definition import without_places
from surveys.xforms.instance import relative


@dataclass(frozen=True)
class Line:
    """An answer, by its question's name, before and after."""

    place: str
    question: str
    before: Worded
    after: Worded


@dataclass(frozen=True)
class Edit:
    """A version that came in place of an earlier one."""

    by: User | None
    at: datetime
    lines: tuple[Line, ...]


def edits_of(
    interview: Interview, transcript: Transcript | None, hidden: Collection[str]
) -> list[Edit]:
    """The latest first; without answers at the paths that are `hidden`."""
    if transcript is None:
        return []
    unsaid = {relative(path) for path in hidden}
    return [
        Edit(
            one.submission.sender,
            one.submission.received_at,
            tuple(_lines(one, transcript, unsaid)),
        )
        for one in edits.edits_of(interview)
    ]


def _lines(edit: edits.Edit, transcript: Transcript, unsaid: Collection[str]) -> Iterator[Line]:
    for one in edit.differences:
        if without_places(one.place) not in unsaid:
            before, after = (transcript.worded(one.place, text) for text in (one.before, one.after))
            yield Line(one.place, transcript.question(one.place), before, after)
