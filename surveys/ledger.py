"""The office's corrections: a new version beside what the device sent, and what changed in it and why."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import QuerySet

from surveys import readings, secrecy, submissions
from surveys.errors import gettext_noop
from surveys.models import Change, CorrectionBatch, Interview, Submission, User
from surveys.proposals import (
    Difference,
    Proposal,
    Uncorrectable,
    can_be_typed,
    differences,
    proposal_of,
    propose,
    version_of,
)
from surveys.questionnaires import form_of
from surveys.submissions import UnsatisfiedForm
from surveys.verdicts import decidable_by
from surveys.xforms.instance import read_instance


class Overtaken(Uncorrectable):
    """Somebody else changed the interview since the version that was looked at: `since` tells what,
    `newest` is the version that is there.
    """

    def __init__(self, newest: Submission, since: tuple[Difference, ...]) -> None:
        super().__init__(
            gettext_noop(
                "Somebody else changed this interview while you were at it. Nothing of yours is "
                "saved yet: look at what changed, and choose."
            )
        )
        self.newest = newest
        self.since = since


@transaction.atomic
def correct(
    interview_id: int,
    answers: Mapping[str, str],
    *,
    by: User,
    reason: str,
    seen: int | None,
    batch: CorrectionBatch | None = None,
) -> Submission:
    """Make a version of an interview with answers, by place below the root, corrected, which counts
    from now on; what the device sent stays as it is.

    `seen` is the key of the version that the person looked at, None for whatever is there.
    Raises Overtaken, Uncorrectable, UnsatisfiedForm; then nothing is changed.
    """
    if not reason.strip():
        raise Uncorrectable(gettext_noop("Say why the answer is corrected."))
    interview = held(interview_id, by)
    require_newest(interview, seen)
    proposal = propose(interview, answers, by)
    if proposal.problems:
        raise UnsatisfiedForm(proposal.problems)
    return _keep(interview, proposal, by=by, reason=reason, batch=batch)


def held(interview_id: int, by: User) -> Interview:
    """The interview, which nobody else corrects or decides on meanwhile."""
    rows = decidable_by(by).select_related("questionnaire__survey")
    found = rows.select_for_update(of=("self",)).filter(pk=interview_id).first()
    if found is None:
        raise Uncorrectable(
            gettext_noop("There is no such interview, or it is not yours to correct.")
        )
    return found


def require_newest(interview: Interview, seen: int | None) -> None:
    """Raises Overtaken where the interview has a newer version than the one that was seen."""
    newest = interview.current
    if seen is None or newest is None or seen == newest.pk:
        return
    earlier = interview.submissions.filter(pk=seen).first()
    before = readings.evaluation_of(earlier).answers if earlier else interview.answers
    raise Overtaken(newest, tuple(differences(before, interview.answers, ())))


def _keep(
    interview: Interview,
    proposal: Proposal,
    *,
    by: User,
    reason: str,
    batch: CorrectionBatch | None,
) -> Submission:
    if not proposal.differences:
        raise Uncorrectable(
            gettext_noop("The answer is that already. There is nothing to correct.")
        )
    submission = submissions.revise(interview, proposal.instance, by)
    Change.objects.bulk_create(
        Change(
            submission=submission,
            place=one.place,
            before=secrecy.quoted(one.before, one.place, submission),
            after=secrecy.quoted(one.after, one.place, submission),
            is_consequence=one.is_consequence,
            reason=reason.strip(),
            batch=batch,
        )
        for one in proposal.differences
    )
    return submission


@transaction.atomic
def undo(correction_id: int, *, by: User, reason: str = "", seen: int | None = None) -> Submission:
    """Put back what a correction, named by the key of its version, changed, as another correction.

    Where nothing came after it, all is as before it, also what was wrong then. Else its answers are
    put back that are still as it left them. Raises Overtaken, Uncorrectable, UnsatisfiedForm; then
    nothing is changed.
    """
    correction = Submission.objects.filter(pk=correction_id, is_office=True).first()
    if correction is None:
        raise Uncorrectable(gettext_noop("There is no such correction."))
    interview = held(correction.interview_id, by)
    require_newest(interview, seen)
    changes = correction.changes.all()
    _require_standing(interview, changes)
    if interview.current_id == correction.pk:
        proposal = _as_before(interview, correction, changes)
    else:
        proposal = _put_back(interview, changes, by)
    kept = _keep(interview, proposal, by=by, reason=reason, batch=None)
    changes.update(undone_by=kept)
    return kept


def _require_standing(interview: Interview, changes: QuerySet[Change]) -> None:
    """Raises Uncorrectable where the correction was undone, or something has replaced its answers."""
    if any(change.undone_by_id for change in changes):
        raise Uncorrectable(gettext_noop("This correction was undone already."))
    moved = [change.place for change in changes if not stands(change, interview)]
    if moved:
        raise Uncorrectable(
            gettext_noop(
                "It cannot be undone: %(places)s was changed again since. Correct what is there now."
            ),
            places=", ".join(moved),
        )


def stands(change: Change, interview: Interview) -> bool:
    """Whether what somebody asked for is what the interview says now; consequences may move on."""
    return change.is_consequence or interview.answers.get(change.place, "") == change.after


def _as_before(
    interview: Interview, correction: Submission, changes: Collection[Change]
) -> Proposal:
    """The version before, once more."""
    earlier = interview.submissions.get(instance_id=correction.deprecated_id, is_encrypted=False)
    root = read_instance(bytes(earlier.xml)).root
    asked = [change.place for change in changes if not change.is_consequence]
    return proposal_of(interview, version_of(interview), root, asked, ())


def _put_back(interview: Interview, changes: Collection[Change], by: User) -> Proposal:
    """The answers before, in what the interview is now."""
    answers, form = interview.answers, form_of(version_of(interview))
    wanted = {
        change.place: change.before
        for change in changes
        if answers.get(change.place, "") == change.after and can_be_typed(form, change.place)
    }
    proposal = propose(interview, wanted, by)
    if proposal.problems:
        raise UnsatisfiedForm(proposal.problems)
    return proposal
