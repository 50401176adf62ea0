"""Interviews erased when consent is withdrawn: everything that says what somebody answered, for good.

What is only in the database goes in one transaction. Its keys are destroyed right after it, so that no
copy anywhere can be read, and its files deleted; what is left of these is found again by a query, as is
an interview that slipped in at the same moment.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from surveys import (
    attempts,
    erased_entities,
    jobs,
    memberships,
    secrecy,
    tallies,
    tombstones,
    traces,
)
from surveys.errors import SurveyError, gettext_noop
from surveys.keys import store
from surveys.models import (
    Attachment,
    Attempt,
    Case,
    Doubt,
    DraftFile,
    ErasedVersion,
    ImportBatch,
    ImportRow,
    Inspection,
    Interview,
    Job,
    Questionnaire,
    Role,
    SecondVisit,
    Submission,
    Tombstone,
    User,
)
from surveys.signals import interviews_erased
from surveys.traces import Interviews

COMMITTED = timedelta(minutes=1)  # what began before that after an erasure may still have read it
AT_ONCE = 500  # ids that are read together


class NotErasable(SurveyError):
    """No interview of that key, or none that the person may erase."""

    status = 404


@transaction.atomic
def erase(
    interview_id: int,
    *,
    by: User | None,
    reason: Tombstone.Reason,
    with_contacts: bool = False,
) -> Tombstone:
    """Erase an interview everywhere: all versions, edits that wait, second visits, files, corrections,
    comments, doubts, drafts, entries of lists; scores and counts are made again without it.

    What stays is the tombstone. `with_contacts` also forgets how the person can be found, and what
    enumerators noted of visits. `by` is a coordinator, or None for the operator of the server.
    Raises NotErasable. Twice is once: then there is nothing to be found.
    """
    asked, interviews = _held(interview_id, by)
    tombstone = _remember(asked, interviews, by, reason, with_contacts=with_contacts)
    erased_entities.forget(interviews)
    _forget_beside(interviews)
    cases = list(Case.objects.filter(interviews__in=interviews).distinct())
    places = set(interviews.values_list("wave", "site"))
    interviews.update(current=None)
    interviews.delete()
    _forget_cases(cases, with_contacts=with_contacts)
    tallies.ask_again(asked.questionnaire.survey_id, places)
    at_sites = {(wave, site) for wave, site in places if wave and site}
    interviews_erased.send(sender=Interview, places=at_sites)
    transaction.on_commit(partial(clear, tombstone.pk), robust=True)  # `sweep` does it otherwise
    return tombstone


def _held(interview_id: int, by: User | None) -> tuple[Interview, Interviews]:
    """The interview and all that belongs to it, held. Raises NotErasable."""
    asked = Interview.objects.filter(pk=interview_id).select_related("questionnaire").first()
    if asked is None or not may_erase(asked, by):
        raise NotErasable(gettext_noop("There is no such interview, or it is not yours to erase."))
    rows = traces.belonging_to(asked).select_for_update(of=("self",)).order_by("pk")
    return asked, Interview.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))


def may_erase(interview: Interview, person: User | None) -> bool:
    survey = interview.questionnaire.survey_id
    return person is None or memberships.has_role(person, survey, Role.COORDINATOR)


def _remember(
    asked: Interview,
    interviews: Interviews,
    by: User | None,
    reason: Tombstone.Reason,
    *,
    with_contacts: bool,
) -> Tombstone:
    versions = Submission.objects.filter(interview__in=interviews)
    drafts = DraftFile.objects.filter(draft__in=traces.drafts(interviews, versions))
    names = {
        *traces.files(versions).values_list("file", flat=True),
        *drafts.values_list("file", flat=True),
    }
    tombstone = Tombstone.objects.create(
        questionnaire=asked.questionnaire,
        wave=asked.wave,
        site=asked.site,
        root_uuid=asked.root_uuid,
        interview_keys=sorted(interviews.values_list("pk", flat=True)),
        received_at=min(interviews.values_list("received_at", flat=True)),
        by=by,
        reason=reason,
        with_contacts=with_contacts,
        counts=traces.extent_of(interviews, with_contacts=with_contacts),
        files=sorted(names),
        keys=sorted(map(str, secrecy.keys_of(versions))),
    )
    touched = Questionnaire.objects.filter(interviews__in=interviews)
    Questionnaire.objects.filter(pk__in=touched.values("pk")).update(has_erased=True)
    ErasedVersion.objects.bulk_create(_versions(tombstone, versions), ignore_conflicts=True)
    return tombstone


def _versions(tombstone: Tombstone, versions: QuerySet[Submission]) -> Iterator[ErasedVersion]:
    for version in versions.defer("xml").prefetch_related("attachments").order_by("pk"):
        files = {file.name: file.sha256 for file in version.attachments.all()}
        yield ErasedVersion(
            tombstone=tombstone,
            questionnaire_id=version.questionnaire_id,
            instance_id=version.instance_id,
            xml_sha256=version.xml_sha256,
            received_at=version.received_at,
            files=tombstones.named_by_hash(files),
        )


def _forget_beside(interviews: Interviews) -> None:
    """What the deletion of the interviews does not take along."""
    versions = Submission.objects.filter(interview__in=interviews)
    traces.drafts(interviews, versions).delete()
    traces.lines(interviews, versions).delete()
    _forget_rows(traces.rows(interviews))
    Inspection.objects.filter(
        questionnaire__in=interviews.values("questionnaire"), wave__in=interviews.values("wave")
    ).update(seen_until=None)
    doubts = list(traces.doubts(interviews).values_list("pk", flat=True))
    Doubt.objects.filter(pk__in=doubts).delete()
    SecondVisit.objects.filter(visit__in=interviews).update(
        visit=None, outcome="", compared={}, differences=0, fixed=0, is_denied=False
    )


def _forget_rows(rows: QuerySet[ImportRow]) -> None:
    """Rows of imported files, and their part of what was found in the columns."""
    telling = rows.order_by().exclude(cells=[])
    batches = ImportBatch.objects.filter(pk__in=telling.values("batch"))
    for batch in batches.select_for_update():
        for row in telling.filter(batch=batch):
            for table in batch.tables[:1]:
                _take_out(table["columns"], row.cells)
        batch.save(update_fields=["tables"])
    rows.delete()


def _take_out(columns: Sequence[dict[str, Any]], cells: Sequence[str]) -> None:
    """Of the values that were found in each column, one that was in this cell."""
    for column, cell in zip(columns, cells, strict=False):
        left = ((text, count - (text == cell.strip())) for text, count in column["found"])
        column["found"] = [[text, count] for text, count in left if count]


def _forget_cases(cases: Collection[Case], *, with_contacts: bool) -> None:
    """Drop those that were made up for what is gone; of others, what became of them without it."""
    for case in cases:
        if not (case.is_listed or case.interviews.exists()):
            case.delete()
        elif with_contacts:
            case.contacts.all().delete()
            Attempt.objects.filter(case=case).update(note="")
    attempts.follow(*(case for case in cases if case.pk))


def clear(tombstone_id: int) -> None:
    """Destroy the keys of an erased interview, delete its files, and files that were made of it; twice
    is once.
    """
    tombstone = Tombstone.objects.filter(pk=tombstone_id, cleared_at=None).first()
    if tombstone is None:
        return
    store.destroy([UUID(one) for one in tombstone.keys or ()])
    for name in tombstone.files:
        if not Attachment.objects.filter(file=name).exists():
            default_storage.delete(name)
    tombstone.exports = list(_taken_back(tombstone))
    tombstone.files, tombstone.cleared_at = [], timezone.now()
    tombstone.save(update_fields=["exports", "files", "cleared_at"])


def exports_since(interview: Interview) -> QuerySet[Job]:
    """The jobs whose files may have the interview: made since it came, of its survey."""
    made = _exports(interview.questionnaire.survey_id)
    return made.filter(state=Job.State.DONE, finished_at__gte=interview.received_at)


def _exports(survey_id: int) -> QuerySet[Job]:
    return Job.objects.filter(survey=survey_id, kind__in=jobs.WITH_FILES).order_by("pk")


def _taken_back(tombstone: Tombstone) -> Iterator[dict[str, Any]]:
    """Delete the stored files that may have it, and tell of each: it may have been saved elsewhere.

    What is being written begins anew.
    """
    made = _exports(tombstone.questionnaire.survey_id)
    made = made.filter(created_at__lte=tombstone.erased_at + COMMITTED)
    made.filter(state=Job.State.RUNNING).update(state=Job.State.QUEUED)
    for job in made.filter(state=Job.State.DONE, finished_at__gte=tombstone.received_at):
        yield {
            "job": job.pk,
            "kind": job.kind,
            "made_at": job.created_at.isoformat(),
            "by": job.requested_by_id,
            "was_stored": bool(job.result),
        }
        if job.result:
            job.result.delete(save=False)
            Job.objects.filter(pk=job.pk).update(result="")


def sweep() -> None:
    """Do what waits: files that could not be deleted, and erased interviews that are here again."""
    for interview_id, reason in come_again().items():
        if Interview.objects.filter(pk=interview_id).exists():  # it may have gone with another
            erase(interview_id, by=None, reason=reason)
    for key in Tombstone.objects.filter(cleared_at=None).values_list("pk", flat=True):
        clear(key)


def come_again() -> dict[int, Tombstone.Reason]:
    """Interviews that are here though they were erased, by key with the reason: received at the very
    moment, or brought back from a backup.
    """
    found: dict[int, Tombstone.Reason] = {}
    erased = ErasedVersion.objects.values_list("questionnaire", "instance_id", "tombstone__reason")
    for questionnaire, instance_id, reason in erased.iterator(AT_ONCE):
        here = Q(instance_id=instance_id) | Q(deprecated_id=instance_id)
        rows = Submission.objects.filter(here, questionnaire=questionnaire)
        for key in rows.values_list("interview", flat=True):
            found[key] = Tombstone.Reason(reason)
    return found
