"""A person's word on an interview: what it becomes, and what follows."""

from dataclasses import dataclass

from django.db import transaction

from surveys import (
    attachments,
    attempts,
    comments,
    corrections,
    entities,
    entity_lists,
    fieldwork,
    readings,
)
from surveys.errors import SurveyError, gettext_noop
from surveys.models import (
    Comment,
    DecisionBatch,
    Finding,
    Interview,
    QuestionnaireVersion,
    Site,
    Submission,
    User,
)
from surveys.models.decision import Verdict
from surveys.questionnaires import form_of
from surveys.signals import submission_saved
from surveys.verdicts import OPEN, STEPS, decidable_by, verdicts_on
from surveys.xforms.definition import FormDef
from surveys.xforms.instance import files_named, read_instance

SETTLED = (Finding.Kind.EDIT, Finding.Kind.UNKNOWN_VERSION, Finding.Kind.UNKNOWN_SITE)
TAKEN_OVER = ("answers", "skipped", "outcome", "started_at", "ended_at", "site")


class Undecidable(SurveyError):
    """Nothing to decide any more, or not yet."""

    status = 409


def needs_site(interview: Interview) -> bool:
    """Whether whoever lets it count must say at which site it was, as the form does not."""
    submission = interview.current
    if interview.site is not None or submission is None or submission.is_encrypted:
        return False
    version = submission.version or _claimed(interview, submission)
    return version is not None and not _site_code(interview, submission, form_of(version))


@dataclass(frozen=True)
class Word:
    """What a person says. Of a `RETURN` the reason is a comment that the enumerator reads."""

    verdict: Verdict
    by: User
    reason: str = ""
    batch: DecisionBatch | None = None


@transaction.atomic
def decide(
    interview_id: int,
    verdict: Verdict,
    *,
    by: User,
    reason: str = "",
    seen: int | None = None,
    state: str = "",
    site: Site | None = None,
    batch: DecisionBatch | None = None,
) -> Interview:
    """Let a person's word stand, and have indicators follow; returns the interview that has the
    answers now: of a correction that was put in the place of its original, the original.

    Answers of what waits are read again, by the form's versions and the sites that are here by now.
    `seen` is the key of the version on which the person decides, None for whatever is there; `state`
    what it was when the person looked, if that matters: a word that somebody else has said since is
    not overruled unread. `site`, one of the survey's, is where the interview was if it `needs_site`.
    `batch` is what it is part of. Raises Undecidable or NoComment; then nothing is changed.
    """
    interview = _held(interview_id, by)
    submission = interview.current
    if state and state != interview.state:
        raise _decided()
    if seen is not None and seen != interview.current_id:
        raise changed_since()
    if submission is None or verdict not in verdicts_on(interview, by):
        raise _undecidable(interview)
    if interview.state in OPEN and verdict != Verdict.REJECT:
        _read_again(interview, submission, site)
        Finding.objects.filter(submission=submission, kind__in=SETTLED).delete()
    if verdict == Verdict.REPLACE:
        interview = _put_in_place(interview, submission)
    _apply(interview, submission, Word(verdict, by, reason.strip(), batch))
    submission_saved.send(sender=Submission, submission_id=submission.pk)
    return interview


def _apply(interview: Interview, submission: Submission, word: Word) -> None:
    """Give the interview the state that the word leads to, and keep the word."""
    step = STEPS[word.verdict]
    if word.verdict == Verdict.RETURN:
        word = _told(interview, submission, word)
    note(interview, submission, word, step.after)
    if step.is_last_word:
        comments.resolve(interview)
    if word.verdict == Verdict.REPLACE:
        comments.answer(interview)
    if word.verdict in (Verdict.REPLACE, Verdict.COUNT):
        entities.follow(interview)


def note(interview: Interview, submission: Submission, word: Word, after: Interview.State) -> None:
    """Put an interview, held by the caller, into a state, and keep who said so of which version."""
    before, interview.state = interview.state, after
    interview.save()
    attempts.follow(interview.case)
    interview.decisions.create(
        submission=submission,
        verdict=word.verdict,
        reason=word.reason,
        before=before,
        after=after,
        by=word.by,
        batch=word.batch,
    )


def _told(interview: Interview, submission: Submission, word: Word) -> Word:
    """Tell the enumerator why it comes back; the reason is kept as a comment then."""
    if word.reason:
        comments.note(submission, word.reason, by=word.by)
    elif not Comment.objects.unanswered().filter(interview=interview).exists():
        raise Undecidable(
            gettext_noop(
                "Say what the enumerator should do: write a comment, or comment on an answer. Then "
                "return the interview."
            )
        )
    return Word(word.verdict, word.by, "", word.batch)


def _held(interview_id: int, by: User) -> Interview:
    """The interview, which nobody else decides on or corrects meanwhile.

    Its current version is not joined: waiting for the row may have brought another one.
    """
    rows = decidable_by(by).select_related("questionnaire", "case")
    found = rows.select_for_update(of=("self",)).filter(pk=interview_id).first()
    if found is None:
        raise Undecidable(gettext_noop("There is no such interview, or it is not yours to decide."))
    return found


def changed_since() -> Undecidable:
    """What is said where another version is there than the one that was looked at."""
    return Undecidable(gettext_noop("It was changed since you opened it. Look again."))


def _undecidable(interview: Interview) -> Undecidable:
    if interview.state in OPEN and interview.current and interview.current.is_encrypted:
        return Undecidable(
            gettext_noop("The interview is encrypted. Decrypt it first: nobody has read it yet.")
        )
    return _decided()


def _decided() -> Undecidable:
    return Undecidable(
        gettext_noop("Somebody has decided on this interview already. Look at what it is now.")
    )


def _read_again(interview: Interview, submission: Submission, chosen: Site | None) -> None:
    """Put the interview under its version of the form and at its site, if they came after it, or at
    the site that was chosen for one that names none.

    Raises Undecidable while one of them is not here: it could not count anywhere.
    """
    if submission.version is None:
        _read_with_version(interview, submission)
    site = interview.site or _site_of(interview, submission, chosen)
    fieldwork.place(interview, site, _case_named(interview, submission))


def _case_named(interview: Interview, submission: Submission) -> str:
    root = read_instance(bytes(submission.xml)).root
    return entity_lists.case_named(interview.questionnaire.survey, _form(submission), root)


def _form(submission: Submission) -> FormDef | None:
    return form_of(submission.version) if submission.version else None


def _claimed(interview: Interview, submission: Submission) -> QuestionnaireVersion | None:
    """The version of the form that it names, which may be here by now."""
    versions = interview.questionnaire.versions.light()
    return versions.filter(version=submission.claimed_version).first()


def _read_with_version(interview: Interview, submission: Submission) -> None:
    submission.version = _claimed(interview, submission)
    if submission.version is None:
        raise Undecidable(
            gettext_noop(
                "Version %(version)s of the form is not here, and without it nobody can read the "
                "answers. Publish that version, then let the interview count."
            ),
            version=submission.claimed_version or "–",
        )
    submission.save(update_fields=["version"])
    again = readings.reread(submission)
    for field, value in again.fields.items():
        setattr(interview, field, value)
    found = (
        Finding(submission=submission, kind=kind, path=path, value=value)
        for kind, path, value in sorted(again.findings)
    )
    Finding.objects.bulk_create(found, ignore_conflicts=True)
    root = read_instance(bytes(submission.xml)).root
    attachments.expect(submission, files_named(form_of(submission.version), root))


def _site_code(interview: Interview, submission: Submission, form: FormDef | None) -> str:
    """The code of the site that the answers name, or that of whom they choose from a list, or blank."""
    survey, root = interview.questionnaire.survey, read_instance(bytes(submission.xml)).root
    said = entity_lists.site_said(survey, form, root)
    return said or entity_lists.site_chosen(survey, form, root)


def _site_of(interview: Interview, submission: Submission, chosen: Site | None) -> Site:
    code = _site_code(interview, submission, _form(submission))
    if not code:
        if chosen is None:
            raise Undecidable(
                gettext_noop(
                    "The interview does not say at which site it was. Choose the site on its page, "
                    "then let it count."
                )
            )
        return chosen
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
    earlier, former = original.current, original.case
    for field in TAKEN_OVER:
        setattr(original, field, getattr(interview, field))
    fieldwork.place(original, interview.site, _case_named(original, submission))
    interview.current = None  # a version is the current one of one interview
    interview.save(update_fields=["current"])
    interview.submissions.update(interview=original)
    interview.decisions.update(interview=original)
    interview.comments.update(interview=original)
    interview.delete()
    original.current, submission.interview = submission, original
    if earlier is not None:
        attachments.carry(submission, earlier)
    original.save(update_fields=["case"])
    fieldwork.forget(interview.case, interview)
    if former != original.case:
        fieldwork.forget(former, original)
    attempts.follow(former, interview.case)
    return original
