"""Interviews erased when consent is withdrawn: everything that says what somebody answered, for good.

What is only in the database goes in one transaction. Files go right after it, and what is left of
them is found again by a query, as is an interview that slipped in at the same moment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.utils import timezone

from surveys import attempts, erased_entities, jobs, memberships, tallies, tombstones
from surveys.copies import draft_id_in
from surveys.errors import SurveyError, gettext_noop
from surveys.models import (
    Attachment,
    Attempt,
    Case,
    Change,
    Comment,
    Contact,
    CorrectionRow,
    Decision,
    Doubt,
    Draft,
    DraftFile,
    ErasedVersion,
    Finding,
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
from surveys.quality.finding import About, Check
from surveys.signals import interviews_erased

Interviews: TypeAlias = QuerySet[Interview]
QUOTING = Q(about__in=(About.INTERVIEW, About.CASE, About.PERSON)) | Q(check_name=Check.SAME_PLACE)
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
    tallies.ask_again({(wave, site) for wave, site in places if wave})
    at_sites = {(wave, site) for wave, site in places if wave and site}
    interviews_erased.send(sender=Interview, places=at_sites)
    transaction.on_commit(partial(clear, tombstone.pk), robust=True)  # `sweep` does it otherwise
    return tombstone


def _held(interview_id: int, by: User | None) -> tuple[Interview, Interviews]:
    """The interview and all that belongs to it, held. Raises NotErasable."""
    asked = Interview.objects.filter(pk=interview_id).select_related("questionnaire").first()
    if asked is None or not may_erase(asked, by):
        raise NotErasable(gettext_noop("There is no such interview, or it is not yours to erase."))
    rows = belonging_to(asked).select_for_update(of=("self",)).order_by("pk")
    return asked, Interview.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))


def may_erase(interview: Interview, person: User | None) -> bool:
    survey = interview.questionnaire.survey_id
    return person is None or memberships.has_role(person, survey, Role.COORDINATOR)


def belonging_to(interview: Interview) -> Interviews:
    """The interview, what corrects it or is corrected by it and stands beside it, and second visits."""
    keys: set[int] = set()
    found = {interview.pk}
    while not found <= keys:
        keys |= found
        found = _next_to(keys)
    return Interview.objects.filter(pk__in=keys)


def _next_to(keys: Collection[int]) -> set[int]:
    """The interviews that share an id with a version of these, and the visits that asked again."""
    names: defaultdict[int, set[str]] = defaultdict(set)
    versions = Submission.objects.filter(interview__in=keys)
    for questionnaire, *ids in versions.values_list(
        "questionnaire", "instance_id", "deprecated_id"
    ):
        names[questionnaire] |= set(ids) - {""}
    found = set(keys)
    for questionnaire, known in names.items():
        same = Q(instance_id__in=known) | Q(deprecated_id__in=known)
        rows = Submission.objects.filter(same, questionnaire=questionnaire)
        found |= set(rows.values_list("interview", flat=True))
    again = SecondVisit.objects.filter(interview__in=keys, visit__isnull=False)
    return found | set(again.values_list("visit", flat=True))


def extent_of(interviews: Interviews, *, with_contacts: bool = False) -> dict[str, int]:
    """How much there is to erase, by kind; of the counts together, one query."""
    versions = Submission.objects.filter(interview__in=interviews)
    cases = Case.objects.filter(interviews__in=interviews)
    counted: dict[str, QuerySet[Any]] = {
        "versions": versions,
        "files": _files(versions),
        "findings": Finding.objects.filter(submission__in=versions),
        "corrections": Change.objects.filter(submission__in=versions),
        "lines": _lines(interviews, versions),
        "rows": _rows(interviews),
        "comments": Comment.objects.filter(interview__in=interviews),
        "decisions": Decision.objects.filter(interview__in=interviews),
        "doubts": _doubts(interviews),
        "visits": SecondVisit.objects.filter(interview__in=interviews),
        "drafts": _drafts(interviews, versions),
        "entries": erased_entities.touched(interviews),
        "contacts": Contact.objects.filter(case__in=cases if with_contacts else _unlisted(cases)),
    }
    answers = sum(map(len, interviews.values_list("answers", flat=True)))
    counts = [_Count(rows.order_by().values("pk")) for rows in counted.values()]
    found = interviews.order_by("pk").values_list(*counts)[0]
    return {"answers": answers, **dict(zip(counted, found, strict=True))}


class _Count(Subquery):
    """How many rows another query finds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _files(versions: QuerySet[Submission]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(submission__in=versions, file__gt="")


def _lines(interviews: Interviews, versions: QuerySet[Submission]) -> QuerySet[CorrectionRow]:
    """Lines of batches about them, also those that only name one and could not be applied."""
    roots = list(interviews.values_list("root_uuid", flat=True))
    given = [*roots, *(one.removeprefix("uuid:") for one in roots)]
    surveys = interviews.order_by().values("questionnaire__survey")
    named = Q(interview_id_given__in=given, batch__survey__in=surveys)
    about = Q(interview__in=interviews) | Q(seen__in=versions) | Q(became__in=versions)
    return CorrectionRow.objects.filter(named | about)


def _rows(interviews: Interviews) -> QuerySet[ImportRow]:
    """Rows of imported files about them, also those that were not taken in as they were here."""
    ids = set(interviews.values_list("submissions__instance_id", flat=True))
    named = Q(instance_id__in=ids) | Q(key__in=ids)
    surveys = interviews.order_by().values("questionnaire__survey")
    return ImportRow.objects.filter(Q(interview__in=interviews) | named, batch__survey__in=surveys)


def _doubts(interviews: Interviews) -> QuerySet[Doubt]:
    """Doubts that quote an answer, a number or a place of theirs; the others only count them."""
    behind = Q(interviews__in=interviews) & QUOTING
    return Doubt.objects.filter(behind | Q(interview__in=interviews)).distinct()


def _drafts(interviews: Interviews, versions: QuerySet[Submission]) -> QuerySet[Draft]:
    """Drafts of corrections and of second visits, and copies of what was sent from phones."""
    ids = filter(None, map(draft_id_in, versions.values_list("instance_id", flat=True)))
    again = SecondVisit.objects.filter(interview__in=interviews).values("draft")
    return Draft.objects.filter(Q(corrects__in=versions) | Q(pk__in=[*ids]) | Q(pk__in=again))


def _unlisted(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.filter(is_listed=False)


def _remember(
    asked: Interview,
    interviews: Interviews,
    by: User | None,
    reason: Tombstone.Reason,
    *,
    with_contacts: bool,
) -> Tombstone:
    versions = Submission.objects.filter(interview__in=interviews)
    drafts = DraftFile.objects.filter(draft__in=_drafts(interviews, versions))
    names = {
        *_files(versions).values_list("file", flat=True),
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
        counts=extent_of(interviews, with_contacts=with_contacts),
        files=sorted(names),
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
    _drafts(interviews, versions).delete()
    _lines(interviews, versions).delete()
    _rows(interviews).delete()
    Inspection.objects.filter(
        questionnaire__in=interviews.values("questionnaire"), wave__in=interviews.values("wave")
    ).update(seen_until=None)
    Doubt.objects.filter(pk__in=list(_doubts(interviews).values_list("pk", flat=True))).delete()
    SecondVisit.objects.filter(visit__in=interviews).update(
        visit=None, outcome="", compared={}, differences=0, fixed=0, is_denied=False
    )


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
    """Delete the files of an erased interview, and files that were made of it; twice is once."""
    tombstone = Tombstone.objects.filter(pk=tombstone_id, cleared_at=None).first()
    if tombstone is None:
        return
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
