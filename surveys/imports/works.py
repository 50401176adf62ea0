"""What is done with a whole import: by whoever asks, or by a worker where it is large."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from surveys import jobs
from surveys.errors import gettext_noop
from surveys.imports import applying, batches, checking
from surveys.imports.batches import NotImportable, State, Tick
from surveys.jobs import Progress
from surveys.models import ImportBatch, Job, User

LARGE_BYTES = 200_000
LARGE_ROWS = 50


@dataclass(frozen=True)
class Work:
    """Something that is done to a batch, as a job of a kind with its title. `waiting` are the states of
    rows that it is done to.
    """

    kind: str
    title: Promise
    do: Callable[[ImportBatch, User, Tick], None]
    waiting: tuple[State, ...]


WORKS = {
    "read": Work(
        "read_import",
        _("Import: file read"),
        lambda batch, _by, tick: batches.read(batch, tick),
        (),
    ),
    "check": Work(
        "check_import",
        _("Import: rows checked"),
        lambda batch, _by, tick: checking.check(batch, tick),
        (State.WAITING,),
    ),
    "apply": Work(
        "apply_import",
        _("Import of interviews"),
        lambda batch, _by, tick: applying.apply(batch, tick),
        (State.READY,),
    ),
    "apply_all": Work(
        "apply_whole_import",
        _("Import of interviews"),
        lambda batch, _by, tick: applying.apply(batch, tick, only_all=True),
        (State.READY,),
    ),
    "undo": Work("undo_import", _("Import undone"), applying.undo, (State.IMPORTED,)),
    "undo_touched": Work(
        "undo_touched_import",
        _("Import undone"),
        lambda batch, by, tick: applying.undo(batch, by, tick, with_touched=True),
        (State.IMPORTED, State.LEFT),
    ),
}


def is_large(batch: ImportBatch, work: str) -> bool:
    """Whether nobody should wait for it in front of a page."""
    if work == "read":
        return bool(batch.file) and batch.file.size > LARGE_BYTES
    return batch.rows.filter(state__in=WORKS[work].waiting).count() > LARGE_ROWS


def request(batch: ImportBatch, work: str, by: User) -> Job:
    """Ask a worker for it. The caller nudges one."""
    return jobs.request(WORKS[work].kind, batch.survey, {"batch": batch.pk}, by)


def latest(batch: ImportBatch) -> Job | None:
    """The work on a batch that was asked for last."""
    kinds = [work.kind for work in WORKS.values()]
    own = Job.objects.filter(survey=batch.survey_id, kind__in=kinds, params__batch=batch.pk)
    return own.order_by("-pk").first()


def is_moving(job: Job | None) -> bool:
    return job is not None and job.state in jobs.UNFINISHED


def _run(job: Job, _folder: Path, progress: Progress) -> None:
    work = next(one for one in WORKS.values() if one.kind == job.kind)
    batch = ImportBatch.objects.get(pk=job.params["batch"], survey=job.survey_id)
    if job.requested_by is None:
        raise NotImportable(gettext_noop("The person who asked for it is gone."))
    progress.expect(batch.rows.filter(state__in=work.waiting).count())
    work.do(batch, job.requested_by, progress.advance)


for _work in WORKS.values():
    jobs.runner(_work.kind, _work.title)(_run)
