"""What is stored in clear is sealed: interviews of an earlier release, and answers that have been tagged
as naming somebody since. Reading works before, meanwhile and afterwards.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy

from surveys import jobs, secrecy
from surveys.jobs import Progress
from surveys.keys import store
from surveys.keys.files import is_sealed
from surveys.keys.sealed import TEXT_MARK, is_readable, seal, seal_text, sealed_places
from surveys.keys.store import InterviewKey, KeyGone
from surveys.models import Attachment, Change, Finding, Interview, Job, Questionnaire, Submission
from surveys.questionnaires import identifiers_of

KIND = "seal"
BATCH = 200


def waiting() -> QuerySet[Questionnaire]:
    """The questionnaires of which something may be in clear that must not be: also what a server of an
    earlier release took in while the others were already of this one.
    """
    never = Q(sealed_as__isnull=True) | Q(identifiers__isnull=True)
    in_clear = Submission.objects.filter(key=None)
    return Questionnaire.objects.filter(
        never | ~Q(sealed_as=F("identifiers")) | Q(pk__in=in_clear.values("questionnaire"))
    )


def keep_up() -> Iterator[int]:
    """Ask for the sealing of whatever waits and was not asked for; yields the jobs."""
    for questionnaire in waiting().select_related("survey"):
        asked = Job.objects.filter(kind=KIND, params__questionnaire=questionnaire.pk)
        if not asked.filter(state__in=jobs.UNFINISHED).exists():
            yield request(questionnaire).pk


def request(questionnaire: Questionnaire) -> Job:
    """Ask for everything of a questionnaire to be sealed."""
    return jobs.request(KIND, questionnaire.survey, {"questionnaire": questionnaire.pk}, None)


@jobs.runner(KIND, gettext_lazy("Answers sealed"), queue="scoring")
def run(job: Job, _folder: Path, progress: Progress) -> None:
    """Seal all; a job that was cut off goes on where it was. Doing it twice changes nothing."""
    questionnaire = Questionnaire.objects.get(pk=job.params["questionnaire"])
    questionnaire.identifiers = identifiers_of(questionnaire)
    questionnaire.save(update_fields=["identifiers"])  # what comes from now on follows them
    found = questionnaire.interviews.order_by("pk")
    progress.expect(found.count())
    after = job.params.get("after", 0)
    while keys := list(found.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        for key in keys:
            with suppress(KeyGone):  # nobody can read it, here or elsewhere
                seal_interview(key)
        after = job.params["after"] = keys[-1]
        Job.objects.filter(pk=job.pk).update(params=job.params)
        progress.advance(len(keys))
    sealed = Questionnaire.objects.filter(pk=questionnaire.pk)
    sealed.update(sealed_as=questionnaire.identifiers)


@transaction.atomic
def seal_interview(interview_id: int) -> None:
    """Seal whatever of an interview is in clear and must not be, and open what need not be sealed. What is
    damaged stays as it is.

    Raises KeyGone where its newest version cannot be read and no other needs a key: no version would name a
    new one.
    """
    rows = Interview.objects.select_for_update(of=("self",)).select_related("questionnaire")
    interview = rows.filter(pk=interview_id).first()
    if interview is None or not _is_open(interview):
        return
    in_clear = list(interview.submissions.filter(key=None))
    key = _key_for(interview, is_new_named=bool(in_clear))
    for version in in_clear:
        xml = seal(key, bytes(version.xml), "xml")
        Submission.objects.filter(pk=version.pk).update(xml=xml, key=key.id)
    _seal_files(interview, key)
    if is_readable(interview.answers):
        answers = secrecy.sealed(dict(interview.answers), interview.questionnaire, key)
        Interview.objects.filter(pk=interview.pk).update(answers=answers)
    _seal_quotes(interview, key)


def _key_for(interview: Interview, *, is_new_named: bool) -> InterviewKey:
    current = interview.current
    try:
        return store.key_of(current.key) if current and current.key else store.made()
    except KeyGone:
        if is_new_named:
            return store.made()
        raise


def _is_open(interview: Interview) -> bool:
    """Whether anything is not as it should be."""
    named = set(secrecy.named_in(interview.answers, interview.questionnaire))
    if named != sealed_places(interview.answers):
        return True
    return interview.submissions.filter(key=None).exists()


def _seal_files(interview: Interview, key: InterviewKey) -> None:
    """Each stored file once, under another name; the one in clear goes when that is sure."""
    of_interview = Attachment.objects.filter(submission__interview=interview, file__gt="")
    for name in set(of_interview.values_list("file", flat=True)):
        with default_storage.open(name) as stored:
            if is_sealed(stored):
                continue
            kept = of_interview.filter(file=name).order_by("pk")[0]
            folderless = name.rpartition("/")[2]
            kept.submission.key = key.id
            kept.file.save(folderless, File(stored, folderless), save=False)
        of_interview.filter(file=name).update(file=kept.file.name)
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _seal_quotes(interview: Interview, key: InterviewKey) -> None:
    """What findings and corrections quote of answers that name somebody."""
    of_interview = {"submission__interview": interview}
    for finding in Finding.objects.filter(**of_interview).exclude(value=""):
        if secrecy.names_somebody(finding.path, interview.questionnaire):
            Finding.objects.filter(pk=finding.pk).update(value="")
    in_clear = Change.objects.filter(**of_interview).exclude(
        Q(before__startswith=TEXT_MARK) | Q(after__startswith=TEXT_MARK)
    )
    for change in in_clear:
        if secrecy.names_somebody(change.place, interview.questionnaire):
            before, after = (seal_text(key, one) for one in (change.before, change.after))
            Change.objects.filter(pk=change.pk).update(before=before, after=after)
