"""Stored interviews judged again by their forms, over several processes: what was found anew is put
right, and what did not change is left alone.
"""

import gc
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from surveys import attempts, jobs, readings, secrecy
from surveys.formlogic.context import Environment
from surveys.jobs import Progress
from surveys.keys import store
from surveys.keys.sealed import fetch_for, is_readable
from surveys.models import Case, Finding, Interview, Job, Questionnaire, Submission, User
from surveys.questionnaires import environment_of
from surveys.readings import Reread
from surveys.signals import answers_changed

KIND = "revalidate"
BATCH = 250
PROCESSES = 2
ALONE = 2_000  # interviews; for fewer it is not worth starting processes
NOTE_EVERY = timedelta(seconds=1)
Findings: TypeAlias = frozenset[tuple[str, str, str]]


@dataclass(frozen=True)
class Batch:
    """What was judged in one go: up to and with the key `last`."""

    last: int
    judged: int
    changed: int


def request(questionnaire: Questionnaire, by: User | None, processes: int = PROCESSES) -> Job:
    """Ask for all interviews of a questionnaire to be judged again."""
    params = {"questionnaire": questionnaire.pk, "processes": processes}
    return jobs.request(KIND, questionnaire.survey, params, by)


def judged_by_forms(questionnaire_id: int) -> QuerySet[Submission]:
    """The current submissions of which the version is known."""
    return Submission.objects.filter(
        current_of__questionnaire=questionnaire_id, version__isnull=False
    ).order_by("pk")


@jobs.runner(KIND, gettext_lazy("Interviews checked again"), queue="scoring")
def run(job: Job, _folder: Path, progress: Progress) -> None:
    """Judge all; a job that was cut off goes on where it was. Doing it twice changes nothing."""
    found = judged_by_forms(job.params["questionnaire"])
    if "spans" not in job.params:
        job.params.update(spans=_spans(found, job.params["processes"]), changed=0)
    job.total = found.count()
    left = sum(found.filter(pk__gt=after, pk__lte=upto).count() for after, upto in _pairs(job))
    progress.done = job.total - left
    progress.beat(total=job.total, done=progress.done)
    with _batches(job, left) as batches:
        noted_at = timezone.now()
        for number, batch in batches:
            job.params["spans"][number][0] = batch.last
            job.params["changed"] += batch.changed
            progress.advance(batch.judged)
            if timezone.now() - noted_at >= NOTE_EVERY:
                noted_at = timezone.now()
                Job.objects.filter(pk=job.pk).update(params=job.params)
    Job.objects.filter(pk=job.pk).update(params=job.params)


def _pairs(job: Job) -> list[tuple[int, int]]:
    return [(after, upto) for after, upto in job.params["spans"]]


def _spans(found: QuerySet[Submission], processes: int) -> list[list[int]]:
    """Keys in as many stretches of the same length as there are processes: after which, up to."""
    keys = list(found.values_list("pk", flat=True))
    if not keys:
        return []
    parts = 1 if len(keys) <= ALONE else max(1, processes)
    ends = [keys[len(keys) * part // parts - 1] for part in range(1, parts + 1)]
    return [[after, upto] for after, upto in zip([0, *ends], ends, strict=False)]


@contextmanager
def _batches(job: Job, left: int) -> Iterator[Iterator[tuple[int, Batch]]]:
    """The batches of all spans, each with the number of its span, as they are done."""
    spans = _pairs(job)
    if len(spans) < 2 or left <= ALONE:
        yield (
            (number, batch)
            for number, (after, upto) in enumerate(spans)
            for batch in revalidate(job.params["questionnaire"], after, upto)
        )
        return
    with ExitStack() as ending:
        children = []
        for after, upto in spans:
            children.append(ending.enter_context(_child(job, after, upto)))
            ending.callback(children[-1].kill)
        yield _read(children)


def _child(job: Job, after: int, upto: int) -> "subprocess.Popen[str]":
    """A process of its own: workers of the queue may not fork, and one has one core."""
    manage = str(settings.BASE_DIR / "manage.py")
    span = (str(job.params["questionnaire"]), str(after), str(upto))
    command = [sys.executable, manage, "revalidate", "--span", *span]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _read(children: "Sequence[subprocess.Popen[str]]") -> Iterator[tuple[int, Batch]]:
    """The batches that the processes say they have done. Raises where one of them broke."""
    with DefaultSelector() as selector:
        for number, child in enumerate(children):
            if child.stdout is not None:
                selector.register(child.stdout, EVENT_READ, (number, child.stdout))
        while selector.get_map():
            for key, _ in selector.select():
                number, lines = key.data
                line = lines.readline()
                if line:
                    yield number, Batch(*map(int, line.split()))
                else:
                    selector.unregister(key.fileobj)
    for child in children:
        if child.wait():
            raise subprocess.CalledProcessError(child.returncode, child.args)


def lines(questionnaire_id: int, after: int, upto: int) -> Iterator[str]:
    """Judge a span and say each batch on a line: what `_read` reads from another process."""
    gc.freeze()  # forms and Django stay; only interviews come and go
    for batch in revalidate(questionnaire_id, after, upto):
        yield f"{batch.last} {batch.judged} {batch.changed}"


def revalidate(questionnaire_id: int, after: int, upto: int) -> Iterator[Batch]:
    """Judge the interviews with keys beyond `after` and up to `upto` again, batch by batch."""
    environments: dict[int, Environment] = {}
    while True:
        batch = list(
            judged_by_forms(questionnaire_id)
            .filter(pk__gt=after, pk__lte=upto)
            .select_related("current_of", "version", "questionnaire")
            .defer("version__workbook", "version__xml", "version__definition")[:BATCH]
        )
        if not batch:
            return
        fetch_for(one.xml for one in batch)
        after = batch[-1].pk
        readable = [one for one in batch if is_readable(one.xml)]  # the others stay as they are
        yield Batch(after, len(batch), _judge(readable, environments))


def _judge(batch: Sequence[Submission], environments: dict[int, Environment]) -> int:
    """Put right what changed; how many interviews that were."""
    stored = _stored_findings(batch)
    changed = [
        (submission, fresh, stored.get(submission.pk, frozenset()))
        for submission in batch
        if (fresh := _fresh(submission, environments)).findings
        != stored.get(submission.pk, frozenset())
        or _differs(submission.current_of, fresh)
    ]
    if changed:
        with transaction.atomic():
            for submission, fresh, findings in changed:
                _store(submission, fresh, findings)
            ids = [submission.pk for submission, _, _ in changed]
            attempts.rebuild(Case.objects.filter(interviews__current__in=ids))
            answers_changed.send(sender=Submission, submission_ids=ids)
    return len(changed)


def _fresh(submission: Submission, environments: dict[int, Environment]) -> Reread:
    version = submission.version
    if version is not None and version.pk not in environments:
        environments[version.pk] = environment_of(version, timezone.localtime())
    return readings.reread(submission, environments.get(version.pk) if version else None)


def _differs(interview: Interview, fresh: Reread) -> bool:
    """Answers that are damaged are made again from the XML like any that differ."""
    if not is_readable(interview.answers):
        return True
    return any(getattr(interview, name) != value for name, value in fresh.fields.items())


def _stored_findings(batch: Sequence[Submission]) -> Mapping[int, Findings]:
    rows = Finding.objects.filter(
        submission__in=batch, kind__in=readings.FOUND_BY_FORMS
    ).values_list("submission", "kind", "path", "value")
    found: dict[int, set[Any]] = {}
    for submission_id, *finding in rows:
        found.setdefault(submission_id, set()).add(tuple(finding))
    return {submission_id: frozenset(findings) for submission_id, findings in found.items()}


def _store(submission: Submission, fresh: Reread, stored: Findings) -> None:
    """Write what is new, unless another version of the interview has become the current one."""
    current = Interview.objects.filter(current=submission.pk)
    key = store.key_of(submission.key) if submission.key else None
    answers = secrecy.sealed(fresh.answers, submission.questionnaire, key)
    fields = {**fresh.fields, "answers": answers}
    if not current.update(**fields, changed_at=timezone.now()):
        return
    for kind, path, _ in stored - fresh.findings:
        submission.findings.filter(kind=kind, path=path).delete()
    Finding.objects.bulk_create(
        [
            Finding(submission=submission, kind=kind, path=path, value=value)
            for kind, path, value in fresh.findings - stored
        ],
        ignore_conflicts=True,
    )
