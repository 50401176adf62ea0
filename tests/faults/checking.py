"""What must hold after a fault run: every acknowledged answer is here once, every job has ended with a word,
and everything that is computed is as it would be without faults.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.core.files.storage import default_storage

from scoring import scores, verification
from scoring.models import Scheme
from surveys import jobs
from surveys.models import Attachment, Draft, Job, Submission, Survey

ENDED = (Job.State.DONE, Job.State.FAILED)


def faults(scheme: Scheme, visits: Survey, ledgers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """All that is not so; nothing after a good run."""
    for ledger in ledgers:
        for record in ledger["records"]:
            yield from _of_record(record)
        for draft in ledger["drafts"]:
            yield from _of_draft(draft)
    known = sum(_count(ledger) for ledger in ledgers)
    stored = Submission.objects.filter(questionnaire__survey=visits)
    if stored.count() != known:
        yield f"{stored.count()} interviews are here, {known} were sent"
    for survey in (scheme.survey, visits):
        yield from map(_of_job, survey.jobs.exclude(state__in=ENDED))
        silent = survey.jobs.filter(state=Job.State.FAILED, error="")
        yield from (f"{job} failed without a word" for job in silent)
        yield from (f"{job} has no file" for job in _without_file(survey))
        yield from (str(one)[:300] for one in verification.differences(survey))
    counted, judged = (
        scores.of_survey(scheme).count(),
        sum(scheme.sites.values_list("people", flat=True)),
    )
    if counted != judged:
        yield f"{counted} interviews, {judged} scores"


def _count(ledger: Mapping[str, Any]) -> int:
    """How many interviews of it must be here, once each; what nobody acknowledged may be."""
    unsure = {f"uuid:{one['id']}" for one in ledger["drafts"] if not one["finished"]}
    unsure |= {one["id"] for one in ledger["records"] if not one["is_sent"]}
    here = Submission.objects.filter(instance_id__in=unsure).count()
    sure = len(ledger["records"]) + len(ledger["drafts"]) - len(unsure)
    return sure + here


def _of_record(record: Mapping[str, Any]) -> Iterator[str]:
    name = record["id"]
    if not record["is_sent"]:
        yield f"{name} was never sent: {record['said']}"
        return
    found = list(Submission.objects.filter(instance_id=name))
    if [one.xml_sha256 for one in found] != [record["sha256"]]:
        yield f"{name} is here {len(found)} times"
        return
    kept = {row.name: _hash_of(row) for row in found[0].attachments.all()}
    if kept != record["files"]:
        yield f"{name} has other files: {kept.keys() ^ record['files'].keys()}"


def _hash_of(row: Attachment) -> str:
    if not row.file:
        return "not here"
    with row.file.open("rb") as file:
        return sha256(file.read()).hexdigest()


def _of_draft(draft: Mapping[str, Any]) -> Iterator[str]:
    """What the page was told last, or something later that it was not told of."""
    name, ages = f"uuid:{draft['id']}", {draft["saved"], *draft["unsure"]} - {""}
    sent = list(Submission.objects.filter(instance_id=name).select_related("interview"))
    if draft["finished"] or sent:
        if [one.interview.answers.get("age") for one in sent] not in [[age] for age in ages]:
            yield f"{name} was finished with {ages}, and here are {[one.interview.answers for one in sent]}"
    elif draft["saved"]:
        row = Draft.objects.filter(pk=draft["id"]).first()
        if row is None or row.revision < draft["revision"]:
            yield f"draft {name} was saved as {draft['revision']}, here is {row and row.revision}"
        elif draft["here"] not in ages:
            yield f"draft {name} was saved with {ages}, here is {draft['here']}"


def _of_job(job: Job) -> str:
    return f"{job} is {job.state} still, after {job.attempts} attempts"


def _without_file(survey: Survey) -> Iterator[Job]:
    for job in survey.jobs.filter(state=Job.State.DONE, kind__in=jobs.WITH_FILES):
        if not job.result or not default_storage.size(str(job.result)):
            yield job
