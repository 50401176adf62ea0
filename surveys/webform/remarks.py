"""What reviewers remarked on an interview, as the pages on which it is corrected show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from surveys.models import Comment, Draft
from surveys.questionnaires import form_of


@dataclass(frozen=True)
class Remark:
    """A comment or a reply to one. `place` is the question's, blank where it is about the whole."""

    place: str
    text: str
    by: str
    at: datetime
    is_reply: bool

    @classmethod
    def of(cls, comment: Comment, root: str) -> "Remark":
        """`root` is the name of the form's outermost element."""
        place = f"/{root}/{comment.path}" if comment.path else ""
        by = (comment.by.get_full_name() or str(comment.by)) if comment.by else ""
        return cls(place, comment.text, by, comment.written_at, comment.is_reply)


def remarks_on(draft: Draft) -> tuple[Remark, ...]:
    """What is still to be dealt with in a draft that corrects an interview, in the order in which it
    was said; nothing of others. Takes a query where it corrects one.
    """
    if draft.corrects_id is None:
        return ()
    found = Comment.objects.filter(interview__submissions=draft.corrects_id, resolved_at=None)
    root = form_of(draft.version).blank.name
    return remarks_of(found.select_related("by"), root)


def remarks_of(comments: Iterable[Comment], root: str) -> tuple[Remark, ...]:
    return tuple(Remark.of(comment, root) for comment in comments)


def by_place(remarks: Iterable[Remark]) -> dict[str, list[Remark]]:
    found: dict[str, list[Remark]] = {}
    for remark in remarks:
        found.setdefault(remark.place, []).append(remark)
    return found


def as_json(remarks: Sequence[Remark]) -> list[dict[str, object]]:
    """The same for scripts."""
    return [
        {"place": one.place, "text": one.text, "by": one.by, "is_reply": one.is_reply}
        for one in remarks
    ]
