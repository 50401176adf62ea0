"""Interviews that were returned to their enumerators: corrected in a draft, or only answered."""

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from surveys import comments, drafts, holds
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Comment, Draft, Interview, QuestionnaireVersion, Submission, User
from surveys.questionnaires import form_of
from surveys.signals import submission_saved
from surveys.xforms.correcting import reopen
from surveys.xforms.instance import set_meta, tree_from_xml


class NotReturned(SurveyError):
    """An interview that is not, or not any more, in its enumerator's hands."""

    status = 409


def returned_to(enumerator: User) -> QuerySet[Interview]:
    """What the enumerator has to correct or answer, the longest waiting first, each with what is
    `asked` and with the person's draft of it in `begun`, if any.
    """
    own_drafts = Draft.objects.filter(enumerator=enumerator).only("pk", "corrects")
    asked = Comment.objects.unanswered().select_related("by")
    return (
        Interview.objects.filter(
            enumerator=enumerator, state=Interview.State.RETURNED, current__isnull=False
        )
        .select_related("site", "questionnaire", "current__version")
        .defer("answers", "skipped", "current__xml")
        .defer(*(f"current__version__{name}" for name in ("xml", "workbook", "definition")))
        .prefetch_related(
            Prefetch("comments", asked, to_attr="asked"),
            Prefetch("current__corrections_begun", own_drafts, to_attr="begun"),
        )
        .order_by("changed_at", "pk")
    )


@transaction.atomic
def correct(enumerator: User, interview_id: int, said: str = "") -> Draft:
    """The draft in which the enumerator corrects a returned interview: begun from the answers as they
    are now, or the one that was begun; with what the enumerator has to say, if anything.

    Raises NotReturned, NoComment, KeyClosed, and InstanceError where the answers are none of the form.
    """
    interview, sent, version = _returned(enumerator, interview_id)
    if said.strip():
        comments.note(sent, said, by=enumerator, is_reply=True)
    key = enumerator.draft_key.number if enumerator.draft_key else None
    begun = Draft.objects.filter(enumerator=enumerator, corrects=sent, key=key).first()
    if begun is None:
        return _begin(enumerator, interview, sent, version)
    begun.enumerator = enumerator  # who carries the key
    return begun


def _begin(
    enumerator: User, interview: Interview, sent: Submission, version: QuestionnaireVersion
) -> Draft:
    draft = Draft(
        enumerator=enumerator,
        version=version,
        site=interview.site,
        corrects=sent,
        is_practice=interview.is_practice,
    )
    root = reopen(form_of(version), tree_from_xml(bytes(sent.xml)))
    set_meta(root, "instanceID", drafts.instance_id_of(draft.pk))
    drafts.put(draft, drafts.written(root))
    draft.save(force_insert=True)
    return draft


@transaction.atomic
def answer(enumerator: User, interview_id: int, said: str) -> Interview:
    """Send a returned interview back as it is, with the reason. Raises NotReturned, NoComment."""
    interview, sent, _version = _returned(enumerator, interview_id)
    comments.note(sent, said, by=enumerator, is_reply=True)
    comments.answer(interview)
    interview.state = Interview.State.SUBMITTED
    interview.save(update_fields=["state", "changed_at"])
    holds.hold_released(interview.questionnaire.survey, interview)
    submission_saved.send(sender=Submission, submission_id=sent.pk)
    return interview


def _returned(
    enumerator: User, interview_id: int
) -> tuple[Interview, Submission, QuestionnaireVersion]:
    """The interview, which nobody decides on meanwhile, and its current version."""
    mine = Interview.objects.filter(enumerator=enumerator, state=Interview.State.RETURNED)
    rows = mine.select_related("questionnaire__survey").select_for_update(of=("self",))
    interview = rows.filter(pk=interview_id).first()
    sent = interview.current if interview else None
    if interview is None or sent is None or sent.version is None:
        raise NotReturned(
            gettext_noop(
                "This interview is not returned to you any more: it was sent again, or somebody has "
                "decided on it."
            )
        )
    return interview, sent, sent.version
