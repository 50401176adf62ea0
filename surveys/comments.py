"""What reviewers and enumerators say to each other about an interview and its answers."""

from django.db import transaction
from django.utils import timezone

from surveys.errors import SurveyError, gettext_noop
from surveys.models import Comment, Interview, Submission, User
from surveys.questionnaires import form_of
from surveys.verdicts import decidable_by
from surveys.xforms.instance import without_controls

LONGEST = 1000  # characters


class NoComment(SurveyError):
    """A comment that says nothing, or about what is not there."""

    status = 422


@transaction.atomic
def say(interview_id: int, text: str, *, by: User, path: str = "") -> Comment:
    """Remark on the answer at a place below the root, or on the whole interview.

    The enumerator sees it once the interview is returned. Raises NoComment.
    """
    rows = decidable_by(by).select_for_update(of=("self",))
    interview = rows.filter(pk=interview_id, current__isnull=False).first()
    if interview is None or interview.current is None:
        raise NoComment(gettext_noop("There is no such interview, or it is not yours to decide."))
    version = interview.current.version
    if path and (version is None or form_of(version).question_at(path) is None):
        raise NoComment(
            gettext_noop("The questionnaire has no such question. Open the page again.")
        )
    return note(interview.current, text, by=by, path=path)


def note(
    submission: Submission, text: str, *, by: User, path: str = "", is_reply: bool = False
) -> Comment:
    """Keep what somebody says of a version of an interview. Raises NoComment."""
    said = without_controls(text).strip()
    if not said:
        raise NoComment(gettext_noop("Write the comment first."))
    if len(said) > LONGEST:
        raise NoComment(
            gettext_noop("A comment may have %(most)s characters. Shorten it."), most=LONGEST
        )
    return Comment.objects.create(
        interview_id=submission.interview_id,
        submission=submission,
        path=path,
        text=said,
        by=by,
        is_reply=is_reply,
    )


def answer(interview: Interview) -> None:
    """Note that the interview has come back: what was asked is answered, and waits to be looked at."""
    interview.comments.unanswered().update(answered_at=timezone.now())


def resolve(interview: Interview) -> None:
    """Be done with all that was said."""
    interview.comments.filter(resolved_at=None).update(resolved_at=timezone.now())
