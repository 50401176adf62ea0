"""Interviews that wait for a person's word: counted, put in another's place, or rejected."""

from django.db import transaction
from django.db.models import Q, QuerySet

from surveys import attachments, corrections, entities, fieldwork, submissions
from surveys.errors import SurveyError, gettext_noop
from surveys.models import (
    Case,
    Decision,
    Finding,
    Interview,
    Role,
    Site,
    Submission,
    Survey,
    User,
)
from surveys.models.survey import supervises
from surveys.questionnaires import form_of
from surveys.signals import submission_saved
from surveys.xforms.instance import files_named, read_instance, relative

Verdict = Decision.Verdict
OPEN = (Interview.State.QUARANTINED, Interview.State.REJECTED)  # a rejection can be taken back
SETTLED = (Finding.Kind.EDIT, Finding.Kind.UNKNOWN_VERSION, Finding.Kind.UNKNOWN_SITE)
TAKEN_OVER = ("answers", "skipped", "outcome", "started_at", "ended_at", "site")


class Undecidable(SurveyError):
    """Nothing to decide any more, or not yet."""

    status = 409


def decidable_by(person: User) -> QuerySet[Interview]:
    """The interviews that are the person's to decide on: as coordinator all, as supervisor those of
    the team.
    """
    coordinated = Survey.objects.with_role(person, Role.COORDINATOR)
    return Interview.objects.filter(
        Q(questionnaire__survey__in=coordinated)
        | supervises(person, survey="questionnaire__survey", person="enumerator")
    )


def original_of(interview: Interview) -> Interview | None:
    """The other interview that this one corrects, where it is here."""
    corrects = interview.current.deprecated_id if interview.current else ""
    versions = Submission.objects.filter(
        questionnaire=interview.questionnaire_id, instance_id=corrects
    )
    others = Interview.objects.filter(pk__in=versions.values("interview"))
    return others.exclude(pk=interview.pk).first() if corrects else None


def verdicts_on(interview: Interview, person: User) -> tuple[Verdict, ...]:
    """What the person may decide about it now; nothing where it waits for nobody's word."""
    if interview.state not in OPEN or not _is_theirs(interview, person):
        return ()
    reject = () if interview.state == Interview.State.REJECTED else (Verdict.REJECT,)
    if interview.current is None or interview.current.is_encrypted:
        return reject
    original = original_of(interview)
    replace = (Verdict.REPLACE,) if original and _is_theirs(original, person) else ()
    return (*replace, Verdict.COUNT, *reject)


def _is_theirs(interview: Interview, person: User) -> bool:
    return decidable_by(person).filter(pk=interview.pk).exists()


@transaction.atomic
def decide(interview_id: int, verdict: Verdict, *, by: User, reason: str = "") -> Interview:
    """Let a person's word stand, and have indicators follow; returns the interview that has the
    answers now: of a correction that was put in the place of its original, the original.

    Answers are read again, by the form's versions and the sites that are here by now.
    Raises Undecidable; then nothing is changed.
    """
    interview = _held(interview_id, by)
    submission = interview.current
    if submission is None or verdict not in verdicts_on(interview, by):
        raise _undecidable(interview)
    if verdict != Verdict.REJECT:
        _read_again(interview, submission)
        Finding.objects.filter(submission=submission, kind__in=SETTLED).delete()
    if verdict == Verdict.REPLACE:
        interview = _put_in_place(interview, submission)
    is_out = verdict == Verdict.REJECT
    interview.state = Interview.State.REJECTED if is_out else Interview.State.SUBMITTED
    interview.save()
    interview.decisions.create(submission=submission, verdict=verdict, reason=reason, by=by)
    if not is_out:
        entities.follow(interview)
    submission_saved.send(sender=Submission, submission_id=submission.pk)
    return interview


def _held(interview_id: int, by: User) -> Interview:
    """The interview, which nobody else decides on meanwhile."""
    rows = decidable_by(by).select_related("current", "questionnaire")
    found = rows.select_for_update(of=("self",)).filter(pk=interview_id).first()
    if found is None:
        raise Undecidable(gettext_noop("There is no such interview, or it is not yours to decide."))
    return found


def _undecidable(interview: Interview) -> Undecidable:
    if interview.state in OPEN and interview.current and interview.current.is_encrypted:
        return Undecidable(
            gettext_noop("The interview is encrypted. Decrypt it first: nobody has read it yet.")
        )
    return Undecidable(
        gettext_noop("Somebody has decided on this interview already. Look at what it is now.")
    )


def _read_again(interview: Interview, submission: Submission) -> None:
    """Put the interview under its version of the form and at its site, if they came after it.

    Raises Undecidable while one of them is not here: it could not count anywhere.
    """
    if submission.version is None:
        _read_with_version(interview, submission)
    if interview.site is None:
        interview.site = _site_of(interview, submission)
    if interview.wave is not None and interview.case is None:
        code = interview.root_uuid[:100]
        interview.case = fieldwork.case_for(interview.site, interview.wave, code)


def _read_with_version(interview: Interview, submission: Submission) -> None:
    name = submission.claimed_version
    versions = interview.questionnaire.versions.light()
    submission.version = versions.filter(version=name).first()
    if submission.version is None:
        raise Undecidable(
            gettext_noop(
                "Version %(version)s of the form is not here, and without it nobody can read the "
                "answers. Publish that version, then let the interview count."
            ),
            version=name or "–",
        )
    submission.save(update_fields=["version"])
    again = submissions.reread(submission)
    for field, value in again.fields.items():
        setattr(interview, field, value)
    found = (
        Finding(submission=submission, kind=kind, path=path, value=value)
        for kind, path, value in sorted(again.findings)
    )
    Finding.objects.bulk_create(found, ignore_conflicts=True)
    root = read_instance(bytes(submission.xml)).root
    attachments.expect(submission, files_named(form_of(submission.version), root))


def _site_of(interview: Interview, submission: Submission) -> Site:
    path = form_of(submission.version).roles.get("site") if submission.version else None
    code = interview.answers.get(relative(path), "") if path else ""
    site = Site.objects.filter(survey=interview.questionnaire.survey_id, code=code).first()
    if site is None:
        raise Undecidable(
            gettext_noop(
                "The interview says that it was at site “%(site)s”, which is none of this "
                "survey's. Add that site, then let the interview count."
            ),
            site=code,
        )
    return site


def _put_in_place(interview: Interview, submission: Submission) -> Interview:
    """Make the versions of a correction the newest of its original, which is returned, not saved
    yet; the row of the correction goes.
    """
    original = corrections.original_of(submission.deprecated_id, interview.questionnaire)
    if original is None:
        raise _undecidable(interview)
    earlier, case = original.current, interview.case
    for field in TAKEN_OVER:
        setattr(original, field, getattr(interview, field))
    _move_case(original, case)
    interview.current = None  # a version is the current one of one interview
    interview.save(update_fields=["current"])
    interview.submissions.update(interview=original)
    interview.decisions.update(interview=original)
    interview.delete()
    original.current, submission.interview = submission, original
    if earlier is not None:
        attachments.carry(submission, earlier)
    _forget_case(case, interview.root_uuid)
    return original


def _move_case(original: Interview, other: Case | None) -> None:
    """A case that nobody had listed is where its interview says; a listed one stays where it is."""
    if original.case is None:
        original.case = other
    elif original.site and original.case.code == original.root_uuid[:100]:
        original.case.site = original.site
        original.case.save(update_fields=["site"])


def _forget_case(case: Case | None, root_uuid: str) -> None:
    """The case that was made up for a correction by itself was nobody."""
    if case is None or case.code != root_uuid[:100] or case.interviews.exists():
        return
    if not case.weights.exists():
        case.delete()
