"""The office's corrections: a new version beside what the device sent, and what changed in it and why."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from surveys import entity_lists, readings, review, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.context import Environment
from surveys.formlogic.logic import Problem
from surveys.formlogic.tree import Element
from surveys.models import (
    Change,
    CorrectionBatch,
    Decision,
    Finding,
    Interview,
    QuestionnaireVersion,
    Site,
    Submission,
    User,
)
from surveys.questionnaires import form_of
from surveys.submissions import UnsatisfiedForm
from surveys.verdicts import decidable_by, original_of
from surveys.xforms.amending import amend
from surveys.xforms.definition import FILES, FormDef, Question, without_places
from surveys.xforms.evaluation import evaluate
from surveys.xforms.instance import (
    Instance,
    find,
    read_instance,
    relative,
    set_meta,
    without_controls,
    write_instance,
)


class Uncorrectable(SurveyError):
    """Nothing that can be corrected, or not so."""

    status = 409


@dataclass(frozen=True)
class Difference:
    """An answer before and after, at its place below the root; asked for, or a consequence."""

    place: str
    before: str
    after: str
    is_consequence: bool = False


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


@dataclass(frozen=True)
class Proposal:
    """What a correction would make of an interview; `problems`, by place below the root, are why it
    may not: kinds as of findings, and `unknown`, `calculated`, `file` or `site`.
    """

    instance: Instance
    answers: Mapping[str, str]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


def version_of(interview: Interview) -> QuestionnaireVersion:
    """The version of the form that the answers belong to. Raises Uncorrectable where nobody here can
    read them, or where they may yet become those of another interview.
    """
    current = interview.current
    if current is None or current.is_encrypted:
        raise Uncorrectable(
            gettext_noop("The interview is encrypted. Decrypt it first: nobody has read it yet.")
        )
    if current.version is None:
        raise Uncorrectable(
            gettext_noop(
                "Version %(version)s of the form is not here. Publish it, then correct the answers."
            ),
            version=current.claimed_version or "–",
        )
    if current.findings.filter(kind=Finding.Kind.EDIT).exists():
        raise Uncorrectable(
            gettext_noop(
                "It edits another interview, and nobody has decided whether it takes its place. "
                "Decide that first."
            )
        )
    return current.version


def propose(interview: Interview, answers: Mapping[str, str], by: User) -> Proposal:
    """What would become of an interview with answers, by place below the root, corrected; nothing is
    stored. Raises Uncorrectable.

    What was wrong before may stay so, but nothing else may become wrong.
    """
    version, current = version_of(interview), interview.current
    assert current is not None  # noqa: S101 - `version_of` has seen it
    sent = read_instance(bytes(current.xml))
    there = readings.environment_then(version, sent, interview.received_at, by)
    wanted = {
        f"/{sent.root.name}/{place}": without_controls(text) for place, text in answers.items()
    }
    root = amend(form_of(version), sent.root, wanted, there)
    problems = dict(_broken(form_of(version), sent.root, root, there, wanted))
    problems |= _unfit(form_of(version), root, wanted, there)
    problems |= _astray(interview, form_of(version), sent.root, root)
    found = tuple(Problem(relative(path), kind) for path, kind in problems.items())
    return _proposal(interview, version, root, answers, found)


def _broken(
    form: FormDef,
    before: Element,
    after: Element,
    there: Environment,
    wanted: Collection[str],
) -> Iterator[tuple[str, str]]:
    """What is wrong with the corrected answers, and with others that were right."""
    known = set(evaluate(form, before, there).problems)
    for problem in evaluate(form, after, there).problems:
        if problem.path in wanted or problem not in known:
            yield problem.path, problem.kind


def _unfit(
    form: FormDef, root: Element, wanted: Mapping[str, str], there: Environment
) -> dict[str, str]:
    """The corrected answers that cannot be given at all, or that the form did not keep."""
    hidden = form.logic.relevance(root, there)
    found = {}
    for path, text in wanted.items():
        question, element = form.by_path.get(without_places(path)), find(root, path)
        if question is None or element is None or element.path(form.repeats) != path:
            found[path] = "unknown"
        elif kind := uncorrectable(form, question):
            found[path] = kind
        elif element in hidden and text:
            found[path] = "irrelevant"
        elif question.chosen(element.text) != question.chosen(text):
            found[path] = "choice"
    return found


def uncorrectable(form: FormDef, question: Question) -> str:
    """Why nobody can type an answer to the question, or blank."""
    if not question.takes_answer:
        return "unknown"
    if question.kind in FILES:
        return "file"
    is_calculated = any(bind.path == question.path and bind.calculate for bind in form.binds)
    return "calculated" if is_calculated else ""


def _astray(interview: Interview, form: FormDef, before: Element, after: Element) -> dict[str, str]:
    """Another site, corrected or worked out, that is none of the survey's: the interview would count
    nowhere.
    """
    path, survey = form.roles.get("site", ""), interview.questionnaire.survey
    code = entity_lists.site_said(survey, form, after)
    if not path or code == entity_lists.site_said(survey, form, before):
        return {}
    is_known = Site.objects.filter(survey=survey, code=code).exists()
    return {} if is_known else {path: "site"}


def _proposal(
    interview: Interview,
    version: QuestionnaireVersion,
    root: Element,
    asked: Collection[str],
    problems: tuple[Problem, ...],
) -> Proposal:
    """A tree as the next version of an interview."""
    assert interview.current is not None  # noqa: S101 - `version_of` has seen it
    set_meta(root, "instanceID", f"uuid:{uuid4()}")
    set_meta(root, "deprecatedID", interview.current.instance_id)
    instance = read_instance(write_instance(root))
    answers = readings.evaluated(version, instance, interview.received_at).answers
    found = _differences(interview.answers, answers, asked)
    return Proposal(instance, answers, tuple(found), problems)


def _differences(
    before: Mapping[str, str], after: Mapping[str, str], asked: Collection[str]
) -> Iterator[Difference]:
    """What was asked for first."""
    for place in dict.fromkeys((*asked, *after, *before)):
        old, new = before.get(place, ""), after.get(place, "")
        if old != new:
            yield Difference(place, old, new, place not in asked)


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
    interview = _held(interview_id, by)
    require_newest(interview, seen)
    proposal = propose(interview, answers, by)
    if proposal.problems:
        raise UnsatisfiedForm(proposal.problems)
    return _keep(interview, proposal, by=by, reason=reason, batch=batch)


def _held(interview_id: int, by: User) -> Interview:
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
    before = answers_in(earlier) if earlier else interview.answers
    raise Overtaken(newest, tuple(_differences(before, interview.answers, ())))


def answers_in(submission: Submission) -> Mapping[str, str]:
    """The answers of a version, by place below the root, read again from its XML."""
    answers = readings.reread(submission).fields["answers"]
    return answers if isinstance(answers, dict) else {}


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
            before=one.before,
            after=one.after,
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
    interview = _held(correction.interview_id, by)
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
    return _proposal(interview, version_of(interview), root, asked, ())


def _put_back(interview: Interview, changes: Collection[Change], by: User) -> Proposal:
    """The answers before, in what the interview is now."""
    answers, form = interview.answers, form_of(version_of(interview))
    wanted = {
        change.place: change.before
        for change in changes
        if answers.get(change.place, "") == change.after and _can_be_typed(form, change.place)
    }
    proposal = propose(interview, wanted, by)
    if proposal.problems:
        raise UnsatisfiedForm(proposal.problems)
    return proposal


def _can_be_typed(form: FormDef, place: str) -> bool:
    """Whether the form does not give the answer itself."""
    question = form.by_path.get(without_places(f"/{form.blank.name}/{place}"))
    return question is not None and not uncorrectable(form, question)


@dataclass(frozen=True)
class Contradiction:
    """An answer that the office corrected after the version on which a device's edit builds:
    `before` in that version, `office` now, `device` in the edit.
    """

    place: str
    before: str
    office: str
    device: str


def contradictions(interview: Interview) -> list[Contradiction]:
    """Where an edit of a device that waits for a decision would replace what the office has corrected
    in the interview that it edits; what the form works out follows from these.
    """
    original, edit = original_of(interview), interview.current
    if original is None or edit is None or edit.is_encrypted:
        return []
    base = original.submissions.filter(instance_id=edit.deprecated_id, is_encrypted=False).first()
    if base is None:
        return []
    since = Change.objects.filter(submission__interview=original, submission__gt=base.pk)
    form = form_of(edit.version) if edit.version else None
    places = [
        place
        for place in dict.fromkeys(since.values_list("place", flat=True))
        if form is None or _can_be_typed(form, place)
    ]
    before = answers_in(base) if places else {}
    found = (
        Contradiction(
            place,
            before.get(place, ""),
            original.answers.get(place, ""),
            interview.answers.get(place, ""),
        )
        for place in places
    )
    return [one for one in found if one.office not in (one.before, one.device)]


@transaction.atomic
def reconcile(
    interview_id: int,
    kept: Collection[str],
    *,
    by: User,
    seen: int | None,
    over: int | None,
    reason: str,
) -> Interview:
    """Put a device's edit in place of what it corrects, and keep the office's answers at the places
    that are `kept`. `seen` and `over` are the keys of the versions of both that the person looked
    at, None for whatever is there. Raises what `review.decide` and `correct` raise; then nothing is
    changed.
    """
    edit = _held(interview_id, by)
    corrected = original_of(edit)
    if corrected is not None:
        require_newest(_held(corrected.pk, by), over)
    answers = {one.place: one.office for one in contradictions(edit) if one.place in kept}
    original = review.decide(
        interview_id, Decision.Verdict.REPLACE, by=by, reason=reason, seen=seen
    )
    if answers:
        correct(original.pk, answers, by=by, reason=reason, seen=None)
        original.refresh_from_db()
    return original
