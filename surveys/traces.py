"""What there is of an interview, wherever it was said, copied or quoted: found to be counted and erased."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, TypeAlias

from django.db.models import IntegerField, Q, QuerySet, Subquery

from surveys import erased_entities
from surveys.copies import draft_id_in
from surveys.models import (
    Attachment,
    Case,
    Change,
    Comment,
    Contact,
    CorrectionRow,
    Decision,
    Doubt,
    Draft,
    Finding,
    ImportRow,
    Interview,
    SecondVisit,
    Submission,
)
from surveys.quality.finding import About, Check

Interviews: TypeAlias = QuerySet[Interview]
QUOTING = Q(about__in=(About.INTERVIEW, About.CASE, About.PERSON)) | Q(check_name=Check.SAME_PLACE)


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
    rows_of_ids = versions.values_list("questionnaire", "instance_id", "deprecated_id")
    for questionnaire, *ids in rows_of_ids:
        names[questionnaire] |= set(ids) - {""}
    found = set(keys)
    for questionnaire, known in names.items():
        same = Q(instance_id__in=known) | Q(deprecated_id__in=known)
        sent = Submission.objects.filter(same, questionnaire=questionnaire)
        found |= set(sent.values_list("interview", flat=True))
    again = SecondVisit.objects.filter(interview__in=keys, visit__isnull=False)
    return found | set(again.values_list("visit", flat=True))


def extent_of(interviews: Interviews, *, with_contacts: bool = False) -> dict[str, int]:
    """How much there is to erase, by kind; of the counts together, one query."""
    versions = Submission.objects.filter(interview__in=interviews)
    cases = Case.objects.filter(interviews__in=interviews)
    told = cases if with_contacts else cases.filter(is_listed=False)
    counted: dict[str, QuerySet[Any]] = {
        "versions": versions,
        "files": files(versions),
        "findings": Finding.objects.filter(submission__in=versions),
        "corrections": Change.objects.filter(submission__in=versions),
        "lines": lines(interviews, versions),
        "rows": rows(interviews),
        "comments": Comment.objects.filter(interview__in=interviews),
        "decisions": Decision.objects.filter(interview__in=interviews),
        "doubts": doubts(interviews),
        "visits": SecondVisit.objects.filter(interview__in=interviews),
        "drafts": drafts(interviews, versions),
        "entries": erased_entities.touched(interviews),
        "contacts": Contact.objects.filter(case__in=told),
    }
    answers = sum(map(len, interviews.values_list("answers", flat=True)))
    counts = [_Count(one.order_by().values("pk")) for one in counted.values()]
    found = interviews.order_by("pk").values_list(*counts)[0]
    return {"answers": answers, **dict(zip(counted, found, strict=True))}


class _Count(Subquery):
    """How many rows another query finds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def files(versions: QuerySet[Submission]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(submission__in=versions, file__gt="")


def lines(interviews: Interviews, versions: QuerySet[Submission]) -> QuerySet[CorrectionRow]:
    """Lines of batches about them, also those that only name one and could not be applied."""
    roots = list(interviews.values_list("root_uuid", flat=True))
    given = [*roots, *(one.removeprefix("uuid:") for one in roots)]
    surveys = interviews.order_by().values("questionnaire__survey")
    named = Q(interview_id_given__in=given, batch__survey__in=surveys)
    about = Q(interview__in=interviews) | Q(seen__in=versions) | Q(became__in=versions)
    return CorrectionRow.objects.filter(named | about)


def rows(interviews: Interviews) -> QuerySet[ImportRow]:
    """Rows of imported files about them, also those that were not taken in as they were here."""
    ids = set(interviews.values_list("submissions__instance_id", flat=True))
    named = Q(instance_id__in=ids) | Q(key__in=ids)
    surveys = interviews.order_by().values("questionnaire__survey")
    return ImportRow.objects.filter(Q(interview__in=interviews) | named, batch__survey__in=surveys)


def doubts(interviews: Interviews) -> QuerySet[Doubt]:
    """Doubts that quote an answer, a number or a place of theirs; the others only count them."""
    behind = Q(interviews__in=interviews) & QUOTING
    return Doubt.objects.filter(behind | Q(interview__in=interviews)).distinct()


def drafts(interviews: Interviews, versions: QuerySet[Submission]) -> QuerySet[Draft]:
    """Drafts of corrections and of second visits, and copies of what was sent from phones."""
    ids = filter(None, map(draft_id_in, versions.values_list("instance_id", flat=True)))
    again = SecondVisit.objects.filter(interview__in=interviews).values("draft")
    return Draft.objects.filter(Q(corrects__in=versions) | Q(pk__in=[*ids]) | Q(pk__in=again))
